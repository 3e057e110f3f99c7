"""Every measure and year of a table of 152 bodies judged: `python bench/run.py --only comparison`.

Half of the made-up measures are shares, half rates, with ordinary differences and sizes from 20 to 8,000.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np

from casetrail.compare.collection import collected
from casetrail.compare.tables.everything import every_line
from casetrail.figures import Origin, SourceRef
from casetrail.public.panel import Measure, Panel, PanelKind, Unit
from lines import Line

BODIES, MEASURES, YEARS = 152, 434, 10
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


def lines(measures: int = MEASURES) -> Iterator[Line]:
    """Gates, exact p, eight choices of limits and verdicts for every measure and year."""
    of = [panel for _, panel in zip(range(measures), panels(MEASURES), strict=False)]
    begun = time.perf_counter()
    seen = sum(line.refused == "" for line in every_line(collected("made-up", of, {})))
    took = (time.perf_counter() - begun) * MEASURES / measures
    if seen != measures * YEARS:
        raise SystemExit(f"{measures * YEARS - seen} tables were refused")
    work = f"{MEASURES} measures x {YEARS} years x {BODIES} bodies with counts, judged"
    yield Line("comparison", work, "a minute", took, 60.0, "at most", 1.0)
