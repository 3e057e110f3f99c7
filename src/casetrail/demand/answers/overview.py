"""The lists themselves: how many on each, how many on it alone, and how much they overlap."""

from __future__ import annotations

import numpy as np

from casetrail.demand.answers.given import SECTION, Given, percent
from casetrail.figures import Answer, Cell, Chart, Column, Table

QUESTION = "demand.lists"
COLUMNS = (
    Column("pattern", "On these lists, and on no other"),
    Column("lists", "Lists", "count"),
    Column("persons", "Persons", "persons"),
)
METHOD = (
    "Persons by the exact set of lists they are on, as the table has them; patterns that nobody has are left out. "
    "Nothing is estimated here."
)


def lists_answer(of: Given) -> Answer:
    """Patterns with their persons, most lists last; a chart of the largest."""
    lists = of.lists
    places = np.flatnonzero(lists.counts)
    order = sorted(places.tolist(), key=lambda p: (p.bit_count(), p))
    rows: list[tuple[Cell, ...]] = [(lists.where(p), p.bit_count(), int(lists.counts[p])) for p in order]
    return Answer(
        id=QUESTION,
        section=SECTION,
        title="Who is on which list",
        sentence=_sentence(of),
        body=Table(COLUMNS, tuple(rows)),
        method=METHOD,
        chart=Chart(_SPEC, _alt(of)) if len(rows) <= 40 else None,
        provenance=of.provenance(QUESTION),
        caveats=(*_each(of), *of.notes),
    )


_SPEC: dict[str, object] = {
    "height": {"step": 18},
    "mark": {"type": "bar", "color": "limit"},
    "encoding": {
        "y": {"field": "pattern", "type": "nominal", "sort": None, "axis": {"title": None, "labelLimit": 260}},
        "x": {"field": "persons", "type": "quantitative", "axis": {"title": "Persons"}, "scale": {"type": "symlog"}},
    },
}


def _several(of: Given) -> int:
    return int(sum(of.lists.counts[p] for p in range(of.lists.counts.size) if p.bit_count() > 1))


def _sentence(of: Given) -> str:
    n, several = of.lists.n, _several(of)
    if not n:
        return f"Nobody is on any of the {of.lists.k} lists."
    return (
        f"{n:,} {of.noun} are on at least one of {of.lists.k} lists; {several:,} of them ({percent(several / n)}) are "
        "on two or more, and only those tell how many may be on none."
    )


def _each(of: Given) -> tuple[str, ...]:
    lists = of.lists
    if of.guarded:
        # A caveat is not looked through for small counts of persons as a table is.
        return ()
    said = ", ".join(f"{name} {lists.on(j):,}" for j, name in enumerate(lists.names))
    empty = [
        f"{lists.names[i]} and {lists.names[j]}"
        for i in range(lists.k)
        for j in range(i + 1, lists.k)
        if lists.on(i, j) == 0
    ]
    apart = (f"No person is on both of: {'; '.join(empty)}.",) if empty else ()
    return (f"On each list, alone or with others: {said}.", *apart)


def _alt(of: Given) -> str:
    lists = of.lists
    most = int(np.argmax(lists.counts))
    return f"Bars of persons by the set of lists they are on. The longest is {lists.where(most)}, and no other list."
