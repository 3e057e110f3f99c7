"""Which lists to count when nobody said: a list for each agency, and what becomes of the agencies beyond six."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from casetrail.demand.from_trail.wanted import MOST_LISTS, ListOf, Wanted
from casetrail.figures import Refusal

OTHERS = "other agencies"


@dataclass(frozen=True, slots=True)
class Chosen:
    """The lists to count by name, and what was done to get there: agencies `merged` or `left_out`, with persons."""

    lists: Mapping[str, ListOf]
    merged: tuple[tuple[str, int], ...] = ()
    left_out: tuple[tuple[str, int], ...] = ()
    why: str = ""


def choose(wanted: Wanted, persons: Mapping[str, int]) -> Chosen | Refusal:
    """Lists as wanted, or one for each agency. `persons`: how many each agency has by events that count.

    Refuses more than six lists that were asked for by name: which to merge is not for a program to say then.
    """
    if len(wanted.lists) > MOST_LISTS:
        return Refusal(
            "too_many_lists",
            f"{len(wanted.lists)} lists were asked for; from a trail no more than {MOST_LISTS} are counted.",
            ("merging lists that come from the same source: name several agencies for one list",),
        )
    if wanted.lists:
        named = {a for one in wanted.lists.values() for a in one.agencies}
        return Chosen(wanted.lists, left_out=_listed(a for a in persons.items() if a[0] not in named) if named else ())
    # Equally many: by name, so that the same records give the same lists.
    order = sorted(persons.items(), key=lambda item: (-item[1], item[0]))
    if len(order) <= MOST_LISTS:
        return Chosen({agency: ListOf(agencies=(agency,)) for agency in sorted(persons)})
    keep = MOST_LISTS - 1 if wanted.many == "merge" else MOST_LISTS
    first, rest = order[:keep], order[keep:]
    lists = {agency: ListOf(agencies=(agency,)) for agency, _ in sorted(first)}
    if wanted.many == "merge":
        lists[_free(OTHERS, lists)] = ListOf(agencies=tuple(sorted(agency for agency, _ in rest)))
        return Chosen(lists, merged=tuple(rest), why=_why(len(order), "merged into one list, so that they still count"))
    return Chosen(lists, left_out=tuple(rest), why=_why(len(order), "left out: whom only they know counts as hidden"))


def _why(agencies: int, done: str) -> str:
    return (
        f"{agencies} agencies have records that count and no more than {MOST_LISTS} lists can be told apart: those "
        f"with the fewest persons are {done}."
    )


def _free(name: str, taken: Mapping[str, ListOf]) -> str:
    return _free(f"{name} (merged)", taken) if name in taken else name


def _listed(items: Iterable[tuple[str, int]]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(items, key=lambda item: (-item[1], item[0])))
