"""The same estimates with the times recorded capped at 5, at the 98th percentile, and as they are, side by side.

A cap counts whoever was recorded more often as recorded just so often. Estimates from few counts (Chao, Zelterman) are
moved by a cap of 3 at most; those that use the mean are moved by every person recorded very often.
"""

from __future__ import annotations

from dataclasses import dataclass

from casetrail.demand.repeats.counts import Repeats
from casetrail.demand.repeats.every import Found, estimates
from casetrail.figures import Refusal

CAP, SHARE = 5, 0.98
# The design's measure of what is not one answer any more.
APART = 1.5


@dataclass(frozen=True, slots=True)
class Capped:
    """`cap` in times recorded, None where there is none; `above`: persons whom it touches; what each method says."""

    name: str
    cap: int | None
    above: int
    found: tuple[Found, ...]


@dataclass(frozen=True, slots=True)
class Caps:
    """The rows, and how far each method moves: the largest of its totals over the smallest, where two answered."""

    rows: tuple[Capped, ...]
    moves: tuple[tuple[str, float], ...]

    @property
    def depends(self) -> tuple[str, ...]:
        """Methods whose total moves by more than 1.5 times."""
        return tuple(name for name, move in self.moves if move > APART)


def caps(of: Repeats, *, level: float = 0.95) -> Caps:
    """Every method under three caps. The percentile is raised to 2 where it is 1: below that nothing is left to use."""
    at = max(of.percentile(SHARE), 2)
    rows = tuple(
        Capped(name, cap, _above(of, cap), estimates(of if cap is None else of.capped(cap), level=level))
        for name, cap in (("five", CAP), ("percentile_98", at), ("uncapped", None))
    )
    totals: dict[str, list[float]] = {}
    for row in rows:
        for method, said in row.found:
            if not isinstance(said, Refusal):
                totals.setdefault(method, []).append(said.total)
    moves = tuple((method, max(t) / min(t)) for method, t in totals.items() if len(t) > 1)
    return Caps(rows, moves)


def _above(of: Repeats, cap: int | None) -> int:
    return 0 if cap is None else int(of.persons[of.times > cap].sum())
