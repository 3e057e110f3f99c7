"""The funnel of 152 bodies for 4,340 measure-years (434 measures, ten years): `python bench/compare_funnels.py`.

Half of the made-up measures are shares, half rates, with ordinary differences and sizes from 20 to 8,000. `judged` is
what the whole table of measures needs: exact p, eight choices, verdicts of all bodies. `funnel` is the answer on one of
them (limits, table, chart, sentence, how many by chance), `choices` the table of choices. Exits 1 when judging all
takes 20 seconds of processor time or more.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterator

import numpy as np

from casetrail.compare.funnels import choices_answer, funnel_of
from casetrail.compare.judged import Judged
from casetrail.compare.judging import judge
from casetrail.figures import Origin, SourceRef, Table
from casetrail.public.panel import Measure, Panel, PanelKind, Unit

BODIES, MEASURES, YEARS, BAR = 152, 434, 10, 20.0
SOURCE = SourceRef("made-up", "0" * 64, Origin.MADE_UP)
UNITS = tuple(Unit(str(i), f"Body {i}") for i in range(BODIES))


def panels(measures: int) -> Iterator[Panel]:
    """One made-up panel for each measure."""
    rng = np.random.default_rng(12)
    for number in range(measures):
        kind: PanelKind = "rate" if number % 2 else "proportion"
        n = np.round(np.exp(rng.uniform(3, 9, (BODIES, YEARS))))
        level = 1 / (1 + np.exp(-(rng.normal() + 0.4 * rng.standard_normal((BODIES, YEARS)))))
        x = rng.poisson(0.1 * n * level) if kind == "rate" else rng.binomial(n.astype(np.int64), level)
        per = 10_000.0 if kind == "rate" else 100.0
        yield Panel(
            measure=Measure(f"measure-{number}", f"Measure {number}", kind, "%", per),
            units=UNITS,
            periods=tuple(map(str, range(2016, 2016 + YEARS))),
            numerator=x.astype(np.float64),
            denominator=n,
            value=per * x / n,
            why=np.zeros(x.shape, dtype=np.int8),
            source=SOURCE,
        )


def timed(what: Callable[[Panel, int], object], of: list[Panel]) -> tuple[float, float]:
    """Wall and processor seconds for every panel and year."""
    wall, processor = time.perf_counter(), time.process_time()
    for panel in of:
        for year in range(YEARS):
            what(panel, year)
    return time.perf_counter() - wall, time.process_time() - processor


def judged(panel: Panel, year: int) -> None:
    found = judge(panel, year)
    if not isinstance(found, Judged):
        raise SystemExit(f"{panel.measure.title}: refused, {found.message}")


def funnel(panel: Panel, year: int) -> None:
    if not isinstance(funnel_of(panel, "Body 7", panel.periods[year]).body, Table):
        raise SystemExit(f"{panel.measure.title}: no funnel")


def choices(panel: Panel, year: int) -> None:
    if not isinstance(choices_answer(panel, "Body 7", panel.periods[year]).body, Table):
        raise SystemExit(f"{panel.measure.title}: no choices")


def main() -> int:
    """Time the three; 1 when the bar is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--measures", type=int, default=MEASURES, help="fewer, to try it: times are then scaled up")
    asked = parser.parse_args()
    of = list(panels(asked.measures))
    done, whole, seconds = asked.measures * YEARS, MEASURES * YEARS, {}
    judged(of[0], 0)
    for what in (judged, funnel, choices):
        wall, processor = timed(what, of)
        seconds[what.__name__] = processor * whole / done
        print(
            f"{what.__name__:8s} {1e3 * processor / done:6.2f} ms of processor time a table of {BODIES} bodies "
            f"({1e3 * wall / done:.2f} ms by the clock); {whole:,} tables: {processor * whole / done:.1f} s",
            flush=True,
        )
    holds = seconds["judged"] < BAR
    print(f"{'holds' if holds else 'MISSED'}: all {whole:,} judged in less than {BAR:.0f} s of processor time")
    return 0 if holds else 1


if __name__ == "__main__":
    sys.exit(main())
