"""Can the others tell how long a hidden list is? And which pairs of lists share more, or fewer, than chance would?"""

from __future__ import annotations

from collections.abc import Iterator

from casetrail.demand.answers import charts
from casetrail.demand.answers.given import Given, Said, answer, chance
from casetrail.demand.choosing import Evidence, HiddenList, Verdict
from casetrail.demand.choosing.hidden_list import FACTOR
from casetrail.figures import Answer, Cell, Chart, Column, Refusal, Table


def consistency_answers(of: Given, verdict: Verdict) -> Iterator[Answer]:
    """The hidden lists and the pairs; none for a refusal."""
    found = verdict.evidence
    if found is None:
        return
    yield _hidden(of, found)
    if found.dependence is not None:
        yield _pairs(of, found)


def _hidden(of: Given, found: Evidence) -> Answer:
    rows: list[tuple[Cell, ...]] = []
    for j, one in enumerate(found.hidden_lists):
        label = of.lists.names[j]
        if isinstance(one, Refusal):
            counted = of.lists.on(j), int(of.lists.counts[1 << j])
            rows.append((label, *counted, None, None, None, f"cannot be asked: {one.reason.replace('_', ' ')}"))
        else:
            came_out = "missed" if one.fails else "cannot be told" if _wide(one) else "found"
            rows.append((label, one.size, one.known, one.estimate, one.low, one.high, came_out))
    columns = (
        Column("list", "List hidden"),
        Column("size", "Persons on it", "persons"),
        Column("known", "On no other: known", "persons"),
        Column("total", "The others say", "number", 0),
        Column("low", "From", "number", 0),
        Column("high", "To", "number", 0),
        Column("verdict", "Verdict"),
    )
    said = Said(
        id="demand.hidden_lists",
        title="Hide a list of known size: do the others find it?",
        sentence=_sentence(found),
        body=Table(columns, tuple(rows)),
        method=(
            "Internal consistency (Binette and Steorts 2022): the persons on one list are a population whose size is "
            "known; the others estimate how many of them they miss. A list is missed when the known number is outside "
            "the interval and the size comes out wrong by more than 1.5 times; where only the width of the interval "
            "keeps it from that, it cannot be told."
        ),
        chart=Chart(
            charts.intervals("list", "Persons on the hidden list alone", log=False, known=True),
            "For each hidden list what the others say as a point with a line, and the known number as a diamond.",
        )
        if any(isinstance(one, HiddenList) for one in found.hidden_lists)
        else None,
        caveats=("That hidden lists are found says little of those on no list: they are not like persons on a list.",),
    )
    return answer(of, said)


def _wide(one: HiddenList) -> bool:
    """The size comes out wrong by more than the factor, and only a wide interval keeps it from being a miss."""
    return one.factor > FACTOR


def _sentence(found: Evidence) -> str:
    tested = [one for one in found.hidden_lists if isinstance(one, HiddenList)]
    if not tested:
        return "No list can be hidden and looked for: too few persons or lists are left without it."
    missed = sum(one.fails for one in tested)
    untold = sum(_wide(one) and not one.fails for one in tested)
    rest = len(found.hidden_lists) - len(tested)
    cannot = f" For {rest} more it cannot be asked." if rest else ""
    if len(tested) == 1:
        if untold:
            return f"One list was hidden, and whether the others find it cannot be told: too few share it.{cannot}"
        one = "missed" if missed else "found"
        return f"One list was hidden, and the others {one} the known number on it.{cannot}"
    wide = f" Of {untold} more it cannot be told: their intervals are too wide." if untold else ""
    right = len(tested) - missed - untold
    return f"Of {len(tested)} lists hidden in turn the others found {right} and missed {missed}.{wide}{cannot}"


def _pairs(of: Given, found: Evidence) -> Answer:
    tested = found.dependence
    assert tested is not None
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (of.lists.where(p.lists), p.shared, p.expected, p.z) for p in sorted(tested.pairs, key=lambda p: -abs(p.z))
    )
    columns = (
        Column("pair", "Pair of lists"),
        Column("shared", "Persons on both", "persons"),
        Column("expected", "Expected of independent lists", "number", 1),
        Column("z", "z", "number", 1),
    )
    first = max(tested.pairs, key=lambda p: abs(p.z))
    said = Said(
        id="demand.pairs",
        title="Which lists share more or fewer persons than independent lists would",
        sentence=(
            f"Taken together the overlaps are {'not ' if tested.seen(0.05) else ''}those of independent lists "
            f"({chance(tested.p, tested.draws)}); farthest from it are {of.lists.where(first.lists)}: {first.shared:,} "
            f"on both, {first.expected:,.0f} expected."
        ),
        body=Table(columns, rows),
        method=(
            "Score test of independence, and in the direction of all overlaps too large together; p from redrawn "
            "lists. A dependence of all lists at once cannot be seen."
        ),
    )
    return answer(of, said)
