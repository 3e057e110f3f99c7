"""Small areas from lists: each by itself where it can, the smallest joined until they can, then drawn in.

`small_areas` takes an estimate and its error from every area. An area whose own lists have no estimate
has none to give: such areas, and then the smallest of the others, are joined into one until that one has.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from casetrail.demand.strata.alone import Alone, alone
from casetrail.demand.strata.design import Assumed, Design, Strata, design
from casetrail.demand.strata.small_areas import SmallAreas, small_areas
from casetrail.figures import Refusal

# Below so many persons on a list an area is joined with others: its error is not known well enough to be weighed by.
LEAST = 30


@dataclass(frozen=True, slots=True)
class Area:
    """One area, or several joined (`members`, empty for one): `own` persons in all by its own lists, `total` drawn in
    with ends, `weight` of its own estimate against what all areas say."""

    label: str
    members: tuple[str, ...]
    known: int
    own: float
    total: float
    low: float
    high: float
    weight: float


@dataclass(frozen=True, slots=True)
class Areas:
    """All areas, largest first. `between`: standard deviation between areas of the log of hidden per known."""

    areas: tuple[Area, ...]
    between: float
    adjusted: float

    @property
    def joined(self) -> Area | None:
        """The smallest areas taken as one, where there are any."""
        return next((area for area in self.areas if area.members), None)


def areas(of: Strata, assumed: Assumed, *, level: float = 0.95) -> Areas | Refusal:
    """Every area of `of`. Refuses `too_few_strata`, and what `alone` refuses of all the smallest together.

    Raises: ValueError for terms that are no model of these lists.
    """
    model = design(of.k, assumed)
    order = sorted(range(len(of.labels)), key=lambda i: (-int(of.known[i]), of.labels[i]))
    found = [(i, alone(of.one(i), model, level=level)) for i in order]
    single = [(i, one) for i, one in found if isinstance(one, Alone) and one.known >= LEAST]
    few = [i for i, one in found if not isinstance(one, Alone) or one.known < LEAST]
    joined = _joined(of, few, model, level)
    while few and isinstance(joined, Refusal) and single:
        few.append(single.pop()[0])
        joined = _joined(of, few, model, level)
    if isinstance(joined, Refusal):
        return joined
    every: list[tuple[str, tuple[str, ...], Alone]] = [(of.labels[i], (), one) for i, one in single]
    if joined is not None:
        names = tuple(sorted(of.labels[i] for i in few))
        every.append(("the smallest, as one" if len(names) > 1 else names[0], names if len(names) > 1 else (), joined))
    drawn = small_areas(
        np.log([one.hidden / one.known for *_, one in every]), [one.log_error for *_, one in every], level=level
    )
    if isinstance(drawn, Refusal):
        return drawn
    return Areas(_areas(every, drawn), drawn.between, drawn.adjusted)


def _joined(of: Strata, few: Sequence[int], model: Design, level: float) -> Alone | Refusal | None:
    """The estimate of several areas as one; None where there are none."""
    if not few:
        return None
    return alone(Strata(("few",), of.names, of.counts[list(few)].sum(axis=0)[None]).one(0), model, level=level)


def _areas(every: Sequence[tuple[str, tuple[str, ...], Alone]], drawn: SmallAreas) -> tuple[Area, ...]:
    numbers = zip(drawn.values, drawn.low, drawn.high, drawn.own_weight, strict=True)
    out = []
    for (label, members, one), (value, low, high, weight) in zip(every, numbers, strict=True):
        total, lowest, highest = (one.known * (1 + math.exp(float(v))) for v in (value, low, high))
        out.append(Area(label, members, one.known, one.known + one.hidden, total, lowest, highest, float(weight)))
    return tuple(out)
