"""One sign that a figure may not be what it seems, for every cell of a panel."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from casetrail.public.panel import Panel

Levels = npt.NDArray[np.int8]


class Fitness(IntEnum):
    """Three verdicts; the worst sign decides."""

    FIT = 0
    CAUTION = 1
    NOT_FIT = 2

    @property
    def words(self) -> str:
        return {0: "fit to compare", 1: "fit with caution", 2: "not fit to compare"}[int(self)]


@dataclass(frozen=True, slots=True)
class Sign:
    """`levels` (units, periods) hold a Fitness; `words(unit, period)` gives the reason as a clause for a reader.

    `judged` is 1 where the sign could be looked for at all. `from_data`: seen in the figures, not in a mark on them.
    """

    gate: str
    levels: Levels
    judged: npt.NDArray[np.bool_]
    words: Callable[[int, int], str]
    from_data: bool = True


def levels_of(panel: Panel) -> Levels:
    """No sign anywhere."""
    return np.zeros(panel.value.shape, dtype=np.int8)
