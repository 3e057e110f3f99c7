"""What lists look like before anything is estimated: a column that is no list, and two lists that are one.

Both make an answer look surer than it is, and no model can see either: a property of persons ties the lists together
like a list that everybody may be on, and of a list and its copy no person is on one alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from casetrail.demand.answers.given import percent
from casetrail.demand.lists import Lists
from casetrail.figures import Answer, Estimate, Range, Refusal

# Persons on a list from whom on it means something that none of them is on it alone, or none is not on the other.
ENOUGH = 10
# Share of those on either of two lists who are on both; share of the shorter list that is on the longer.
ALIKE, INSIDE = 0.9, 0.98
# Share of all persons, and of those of one pattern of the other lists at least, of a property beyond doubt.
HALF, SPLIT = (0.3, 0.7), 0.1


@dataclass(frozen=True, slots=True)
class Look:
    """What was noticed. Codes: `looks_like_no_list`, `lists_nearly_identical`, `list_inside_another`."""

    code: str
    words: str


def looks(lists: Lists, *, agencies: bool = False) -> tuple[Look, ...]:
    """Everything noticed of these lists, gravest first. Names of lists alone are said, no counts of persons.

    `agencies`: they are known to be lists, so none can be a property of persons.
    """
    pairs = list(_pairs(lists))
    told = {name for look in pairs for name in look[1]}
    asked = () if agencies else range(lists.k)
    alone = (_never_alone(lists, j) for j in asked if lists.names[j] not in told)
    return (*(look for look, _ in pairs), *(look for look in alone if look is not None))


def _pairs(lists: Lists) -> Iterator[tuple[Look, tuple[str, ...]]]:
    for i, j in combinations(range(lists.k), 2):
        both, one, other = lists.on(i, j), lists.on(i), lists.on(j)
        if min(one, other) < ENOUGH:
            continue
        either = one + other - both
        names = lists.names[i], lists.names[j]
        if both >= ALIKE * either:
            yield Look("lists_nearly_identical", _IDENTICAL.format(*names, percent(both / either))), names
        elif both >= INSIDE * min(one, other) and lists.k > 2:
            inner, outer = names if one <= other else names[::-1]
            yield Look("list_inside_another", _INSIDE.format(inner, outer)), (inner,)


def _never_alone(lists: Lists, j: int) -> Look | None:
    on, others = lists.on(j), lists.n - lists.on(j)
    if on < ENOUGH or others < ENOUGH or int(lists.counts[1 << j]):
        return None
    return Look("looks_like_no_list", _NO_LIST.format(lists.names[j]))


def no_list(lists: Lists) -> Refusal | None:
    """Why a column that was only found to hold 0 and 1 cannot be a list, beyond doubt; None where there is none.

    Nobody is on it alone, it is on about half of all persons, and on some and not on others wherever the other lists
    have ten persons or more with one pattern: a list that finds half of all persons finds somebody by itself.
    """
    found = [j for j in range(lists.k) if lists.k > 2 and _beyond_doubt(lists, j)]
    if not found:
        return None
    names = ", ".join(lists.names[j] for j in found)
    rest = " ".join(f"--list {name}" for j, name in enumerate(lists.names) if j not in found)
    return Refusal("looks_like_no_list", _REFUSED.format(names), (_NAME_LISTS.format(rest), _NAME_IT.format(names)))


def _beyond_doubt(lists: Lists, j: int) -> bool:
    if _never_alone(lists, j) is None or not HALF[0] <= lists.on(j) / lists.n <= HALF[1]:
        return False
    bit = 1 << j
    pairs = [(int(lists.counts[p | bit]), int(lists.counts[p])) for p in range(1, lists.counts.size) if not p & bit]
    split = [on / (on + off) for on, off in pairs if on + off >= ENOUGH]
    return len(split) > 1 and all(SPLIT <= share <= 1 - SPLIT for share in split)


_REFUSED = (
    "{0} is no list but a property that persons have or have not, such as sex: nobody has it and is on no other list, "
    "and about half of the persons on each set of lists have it. Taken as a list it makes any answer meaningless"
)
_NAME_LISTS = "saying which columns are lists: {0}, and --by for what divides persons"
_NAME_IT = "naming it among them (--list {0}) if it is a list after all; the answer then comes with a warning"
_IDENTICAL = (
    "{0} and {1} are nearly the same list ({2} of the persons on either are on both). If one was copied from the "
    "other they count as one list, and the answer is far surer than it should be: take one of them out."
)
_INSIDE = (
    "Nearly everybody on {0} is also on {1}. If {0} is drawn from {1} it says nothing of persons on no list: take it "
    "out."
)
_NO_LIST = (
    "Nobody is on {0} alone, as if it were no list but a property that persons have or have not, such as sex. If it is "
    "one, name it with --by: taken as a list it makes any answer meaningless."
)


def beware(of: Answer, found: Sequence[Look]) -> Answer:
    """The answer with what was noticed: in its sentence (the gravest), its estimates, its caveats and, by code, in
    its provenance."""
    if not found:
        return of
    said = tuple(look.words for look in found)
    body = of.body
    if isinstance(body, Estimate):
        body = replace(body, warnings=(*said, *body.warnings))
    if isinstance(body, Range):
        body = replace(body, candidates=tuple(replace(c, warnings=(*said, *c.warnings)) for c in body.candidates))
    again = "Beware as well" if "Beware:" in of.sentence else "Beware"
    sentence = f"{of.sentence} {again}: {said[0]}" if isinstance(body, Estimate | Range) else of.sentence
    came = of.provenance
    codes = ("warnings", [look.code for look in found])
    return replace(
        of,
        sentence=sentence,
        body=body,
        caveats=(*said, *of.caveats),
        provenance=replace(came, parameters=(*came.parameters, codes)),
    )
