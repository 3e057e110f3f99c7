"""Does a grade given at an event follow a figure of the years before, or foretell one of the years after?

One row for each event: its unit, its period, its grade (ordered classes). For each number of years k from the event:
the median figure of each grade, tau-b between grade and figure with an interval, and the difference of the median
between high and low grades. Figures are taken relative to the median of all units in the same period, so that a move of
everybody is not put down to a grade.

The test deals whole schedules (periods and grades) anew among the units that have one, which is right when schedules
have nothing to do with figures, however much a unit's figures are alike from year to year. All years are tested at
once: P. H. Westfall and S. S. Young, "Resampling-based multiple testing" (1993) ch. 2, single-step maximum.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from casetrail.stats.tau_b import Floats, Tau, Whole, tau_b, tau_b_rows

FEWEST, FEWEST_IN_HALF = 20, 5


@dataclass(frozen=True, slots=True)
class Events:
    """Rows and columns of a table of figures where something was graded. `grade`: ordered whole numbers."""

    unit: Whole
    period: Whole
    grade: Whole

    def __post_init__(self) -> None:
        if self.unit.ndim != 1 or self.unit.shape != self.period.shape or self.unit.shape != self.grade.shape:
            raise ValueError("units, periods and grades must be equally long")


@dataclass(frozen=True, slots=True)
class Look:
    """Which years from the event, which grades to print medians of, and from which grade on they count as higher."""

    years: Sequence[int]
    grades: Sequence[int]
    cut: int


@dataclass(frozen=True, slots=True)
class YearFromEvent:
    """What the figure k years from the event has to do with the grade.

    `medians` are of the figures as given, one for each of the grades asked for (not-a-number where fewer than five).
    `tau` is None, and the p values are not-a-number, where there are too few events with a figure. `difference`:
    median relative figure of the higher grades less that of the lower ones. `p` is of this year alone, `p_all` allows
    for all years having been looked at; the same for the difference.
    """

    k: int
    n: int
    medians: tuple[float, ...]
    tau: Tau | None
    p: float
    p_all: float
    difference: float
    p_difference: float
    p_difference_all: float


def years_from_event(
    figures: Floats, events: Events, look: Look, *, rng: np.random.Generator, permutations: int = 2_000
) -> tuple[YearFromEvent, ...]:
    """One entry for each year looked at. `figures` has the shape (units, periods), not-a-number where unknown.

    A year is tested with at least twenty events that have a figure, five of them of higher and five of lower grades.
    Raises: ValueError when an event lies outside the table.
    """
    if events.unit.size and (events.unit.max() >= figures.shape[0] or events.period.max() >= figures.shape[1]):
        raise ValueError("an event lies outside the table of figures")
    relative = relative_to_all(figures)
    tested = [k for k in look.years if _enough(_at(relative, events.unit, events, k), events, look.cut)]
    dealt = _dealt(events.unit, rng, permutations)
    p_tau: dict[int, tuple[float, float]] = {}
    p_gap: dict[int, tuple[float, float]] = {}
    if tested:
        seen = np.stack([_both(_at(relative, dealt, events, k), events.grade, look.cut) for k in tested])
        p_tau, p_gap = _p_values(tested, seen[:, 0]), _p_values(tested, seen[:, 1])
    found: list[YearFromEvent] = []
    for k in look.years:
        own = _at(relative, events.unit, events, k)
        known = np.isfinite(own)
        plain = _at(figures, events.unit, events, k)
        medians = tuple(_median(plain[known & (events.grade == g)]) for g in look.grades)
        if k not in p_tau:
            nothing = (float("nan"),) * 2
            found.append(YearFromEvent(k, int(known.sum()), medians, None, *nothing, float("nan"), *nothing))
            continue
        gap = float(_both(own[None, :], events.grade, look.cut)[1, 0])
        tau = tau_b(events.grade, own, clusters=events.unit)
        found.append(YearFromEvent(k, int(known.sum()), medians, tau, *p_tau[k], gap, *p_gap[k]))
    return tuple(found)


def relative_to_all(figures: Floats) -> Floats:
    """Figures less the median of all units in the same period; not-a-number stays so."""
    return np.asarray(figures - middles(figures.T)[None, :], dtype=np.float64)


def middles(rows: Floats) -> Floats:
    """The median of each row over its known values; not-a-number for a row without any."""
    known = np.isfinite(rows).sum(axis=1)
    ordered = np.concatenate([np.sort(rows, axis=1), np.full((len(rows), 1), np.nan)], axis=1)
    low, high = np.maximum(known - 1, 0) // 2, known // 2
    pair = np.take_along_axis(ordered, np.stack([low, high], axis=1), axis=1)
    return np.asarray(np.where(known > 0, pair.mean(axis=1), np.nan), dtype=np.float64)


def _at(figures: Floats, units: Whole, events: Events, k: int) -> Floats:
    """Figures k years from each event, for the units put in its place (the last axis runs over events)."""
    when = events.period + k
    inside = (when >= 0) & (when < figures.shape[1])
    found = figures[units, np.where(inside, when, 0)]
    return np.where(inside, found, np.nan)


def _dealt(units: Whole, rng: np.random.Generator, permutations: int) -> Whole:
    """Shape (permutations + 1, events): the units as they are, then schedules dealt anew among them."""
    names, own = np.unique(units, return_inverse=True)
    keys = rng.random((permutations, names.size))
    others = names[np.argsort(keys, axis=1)][:, own]
    return np.asarray(np.concatenate([units[None, :], others]), dtype=np.int64)


def _both(values: Floats, grade: Whole, cut: int) -> Floats:
    """tau-b and the difference of medians, of each row: shape (2, rows)."""
    high = grade >= cut
    return np.stack([tau_b_rows(grade, values), middles(values[:, high]) - middles(values[:, ~high])])


def _p_values(tested: Sequence[int], seen: Floats) -> dict[int, tuple[float, float]]:
    """p of each year alone and of all years together; `seen` has the shape (years, 1 + permutations)."""
    # Years with more figures vary less: each is measured by its own spread before the greatest is taken.
    spread = np.nanstd(seen[:, 1:], axis=1, keepdims=True)
    far = np.nan_to_num(np.abs(seen) / np.where(spread > 0, spread, np.inf))
    greatest = far.max(axis=0)
    return {
        k: (float(np.mean(row >= row[0] - 1e-12)), float(np.mean(greatest >= row[0] - 1e-12)))
        for k, row in zip(tested, far, strict=True)
    }


def _enough(values: Floats, events: Events, cut: int) -> bool:
    known = np.isfinite(values)
    high, low = int(np.sum(known & (events.grade >= cut))), int(np.sum(known & (events.grade < cut)))
    units, different = np.unique(events.unit[known]).size, np.unique(values[known]).size
    return high + low >= FEWEST and min(high, low, units) >= FEWEST_IN_HALF and different > 1


def _median(values: npt.NDArray[np.float64]) -> float:
    return float(np.median(values)) if values.size >= FEWEST_IN_HALF else float("nan")
