"""The quality gates on clean tables, and on tables with finished work left open as much as in Haringey in 2009-10."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from bars import Bar

from casetrail.compare.quality import assess_all
from casetrail.compare.quality.sign import Fitness
from casetrail.figures import Origin, SourceRef
from casetrail.public.panel import Measure, Panel, Unit

METHOD = "gates.quality"
SAYS = "quality gates: signs in a table that its figures were recorded badly"
_QUALITY = "casetrail.compare.quality"
CODE = (
    *(("casetrail.stats.robust", n) for n in ("middle", "width", "own_middle_elsewhere", "distance")),
    *(("casetrail.stats.gates", n) for n in ("stock_and_flow", "_along", "balance", "jumps", "heaping")),
    ("casetrail.stats.gates", "missing_by_value"),
    *((f"{_QUALITY}.flow", n) for n in ("clearing", "balancing")),
    *((f"{_QUALITY}.marks", n) for n in ("contradictions", "gaps")),
    *((f"{_QUALITY}.series", n) for n in ("jumped", "rebased", "odd_denominator")),
    *((f"{_QUALITY}.assess", n) for n in ("assess", "assess_all", "_heaped")),
)
WORLDS = {
    "clean": "150 bodies, 16 years, differences between bodies and years as wide as in the published tables",
    "clean-heavy": "the same with differences from a t distribution with four degrees of freedom",
    "clean-one-year": "the clean table of one year alone",
    "left-open": "one body counts 43 % of its endings for two years, and clears up in the third",
    "left-open-one-year": "the first of those years alone: no history, no balance",
    "half-left-open": "half as many endings not counted",
}
BARS = {
    "false": Bar("share of clean figures with a sign in the data against them", 0.0, 0.02, "asked for: at most 2 %"),
    "caught": Bar("first year of work left open is not called fit", 0.8, 1.0, "asked for: at least 80 %"),
    "caught_one_year": Bar("the same from that year's table alone", 0.8, 1.0, "asked for: at least 80 %"),
    "caught_half": Bar("half as much work left open is not called fit", None, None, "printed: not of that size"),
    "not_fit": Bar("first year of work left open is called not fit", None, None, "printed"),
    "others": Bar("share of figures of the other bodies with a sign", 0.0, 0.02, "one bad body must not accuse others"),
    "answered": Bar("tables that could be judged", 0.9, 1.0, "the rule for every method"),
}
REPLICATES = 1000
UNITS, YEARS = 150, 16
# 4.1 years to clear against 1.2: with 57 % of endings uncounted a stock of 1.2 years grows to that in one year.
UNCOUNTED = 0.57
_SOURCE = SourceRef("made-up", "0" * 64, Origin.MADE_UP)


def replicate(world: str, rng: np.random.Generator) -> Iterator[tuple[str, bool | float]]:
    """One made-up table."""
    one_year, bad = world.endswith("one-year"), "left-open" in world
    at = (int(rng.integers(UNITS)), int(rng.integers(4, YEARS - 4)))
    share = UNCOUNTED / 2 if world.startswith("half") else UNCOUNTED
    panels = _table(rng, heavy=world == "clean-heavy", bad=at if bad else None, share=share)
    if one_year:
        panels = [_only(p, at[1]) for p in panels]
    found = assess_all(panels, {"stock": ("started", "ended")})
    yield "answered", bool(np.isfinite(found["stock"].signs[-2].levels).all())
    seen = {name: q.seen_in_data for name, q in found.items()}
    if not bad:
        yield "false", float(np.mean(np.concatenate([s.ravel() for s in seen.values()])))
        return
    i, j = at[0], 0 if one_year else at[1]
    fitness = found["stock"].fitness(i, j)
    name = "caught_half" if world.startswith("half") else "caught_one_year" if one_year else "caught"
    yield name, fitness is not Fitness.FIT
    yield "not_fit", fitness is Fitness.NOT_FIT
    others = np.arange(UNITS) != i
    yield "others", float(np.mean(np.concatenate([s[others].ravel() for s in seen.values()])))


def _table(rng: np.random.Generator, *, heavy: bool, bad: tuple[int, int] | None, share: float) -> list[Panel]:
    shape = (UNITS, YEARS)

    def wide(size: tuple[int, ...]) -> np.ndarray:
        return rng.standard_t(4, size) / np.sqrt(2) if heavy else rng.standard_normal(size)

    people = np.round(60_000 * np.exp(0.6 * rng.standard_normal((UNITS, 1))) * 1.005 ** np.arange(YEARS))
    level = np.log(0.034) + 0.35 * wide((UNITS, 1)) + 0.08 * np.cumsum(wide(shape), axis=1) / 2
    stock = rng.poisson(people * np.exp(level)).astype(float)
    pace = np.exp(0.15 + 0.33 * wide((UNITS, 1)) + 0.2 * wide(shape))
    ended = rng.poisson(stock / pace).astype(float)
    started = ended.copy()
    started[:, 1:] += np.diff(stock, axis=1) + np.round(stock[:, 1:] * (0.04 + 0.05 * wide((UNITS, YEARS - 1))))
    started = np.maximum(started, 0.0)
    if bad is not None:
        i, j = bad
        # What was not counted as ended stays open, until it is cleared up without being counted.
        lost = np.round(share * ended[i, j : j + 2])
        ended[i, j : j + 2] -= lost
        stock[i, j : j + 2] += np.cumsum(lost)
    cases = rng.poisson(0.006 * people * np.exp(0.15 * wide(shape))).astype(float) + 1
    odds = 1.0 + 0.7 * wide((UNITS, 1)) + 0.3 * wide(shape)
    inside = rng.binomial(cases.astype(int), 1 / (1 + np.exp(-odds))).astype(float)
    asked = rng.poisson(0.055 * people * np.exp(0.3 * wide((UNITS, 1)) + 0.12 * wide(shape))).astype(float)
    return [
        _panel("stock", "rate", stock, people),
        _panel("started", "rate", started, people),
        _panel("ended", "rate", ended, people),
        _panel("in-time", "proportion", inside, cases),
        _panel("referrals", "rate", asked, people),
    ]


def _panel(name: str, kind: str, x: np.ndarray, n: np.ndarray) -> Panel:
    per = 100.0 if kind == "proportion" else 10_000.0
    units = tuple(Unit(f"u{i}", f"Body {i}") for i in range(x.shape[0]))
    periods = tuple(f"{2005 + j}-{6 + j:02d}" for j in range(x.shape[1]))
    why = np.zeros(x.shape, dtype=np.int8)
    n = np.broadcast_to(n, x.shape)
    return Panel(Measure(name, name, kind, "", per), units, periods, x, n, per * x / n, why, _SOURCE)  # type: ignore[arg-type]


def _only(panel: Panel, j: int) -> Panel:
    cut = slice(j, j + 1)
    return Panel(
        panel.measure,
        panel.units,
        panel.periods[cut],
        panel.numerator[:, cut],
        panel.denominator[:, cut],
        panel.value[:, cut],
        panel.why[:, cut],
        _SOURCE,
    )
