"""The three counts of two lists, what stands in the way of an estimate, and links that were missed or false.

A link that was missed makes two persons out of one: the pair is counted once on each list alone. With a share m of the
true links missed and a share f of the found links false, of `both` found links both (1 - f) / (1 - m) are true. Source:
Y. Ding and S. E. Fienberg, "Dual system estimation of census undercount in the presence of matching error", Survey
Methodology 20 (1994) 149-158.
"""

from __future__ import annotations

from dataclasses import dataclass

from casetrail.demand.lists import Lists
from casetrail.demand.refusals import refuse
from casetrail.figures import Refusal


@dataclass(frozen=True, slots=True)
class Linkage:
    """Shares of links that went wrong: `missed` of the true ones, `false` of those found; both at least 0, below 1."""

    missed: float = 0.0
    false: float = 0.0

    def __post_init__(self) -> None:
        if not (0 <= self.missed < 1 and 0 <= self.false < 1):
            raise ValueError("a share of links lies between 0 and 1, and is not 1")

    @property
    def growth(self) -> float:
        """How much is to be added to the persons on both lists, as a share of those found; below 0 takes away."""
        return (1 - self.false) / (1 - self.missed) - 1


PERFECT = Linkage()


@dataclass(frozen=True, slots=True)
class Cells:
    """Persons on both lists, on the first alone and on the second alone: whole unless corrected for links."""

    both: float
    first: float
    second: float

    @property
    def known(self) -> float:
        """Persons on at least one of the two."""
        return self.both + self.first + self.second

    def corrected(self, links: Linkage) -> Cells:
        """What the counts would have been, had all links been right."""
        more = self.both * links.growth
        return Cells(self.both + more, self.first - more, self.second - more)


def cells(of: Lists) -> Cells | Refusal:
    """The counts as they are, or why they say nothing of those on neither list."""
    why = _not_two(of) or _not_tied(of)
    first, second, both = (int(c) for c in of.counts[1:]) if of.k == 2 else (0, 0, 0)
    return why or Cells(both, first, second)


def _not_two(of: Lists) -> Refusal | None:
    if of.k < 2:
        return refuse("too_few_lists")
    if of.k > 2:
        return refuse("too_many_lists", f"{of.k}, and 2 here")
    return refuse("nobody") if of.n == 0 else None


def _not_tied(of: Lists) -> Refusal | None:
    empty = [name for j, name in enumerate(of.names) if of.on(j) == 0]
    if empty:
        return refuse("empty_list", ", ".join(empty))
    first, second, both = (int(c) for c in of.counts[1:])
    if both == 0:
        return refuse("no_overlap")
    if first == 0 and second == 0:
        return refuse("all_in_one_cell", of.where(3))
    if first and second:
        return None
    inner, outer = of.names if first == 0 else of.names[::-1]
    return refuse("no_mle", f"all persons on {inner} are on {outer}, so none would be hidden whatever is assumed")


def linked(of: Lists, links: Linkage) -> tuple[Cells, Cells] | Refusal:
    """Counts as they are and as corrected, or why there is no estimate."""
    found = cells(of)
    if isinstance(found, Refusal):
        return found
    right = found.corrected(links)
    if min(right.first, right.second) <= 0:
        return refuse("no_mle", "with so many links missed nobody would be on one list alone")
    return found, right
