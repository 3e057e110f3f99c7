"""Before the answers on one set of lists leave the house: what one page withholds, the next must not give back.

`publish.protect` withholds counts of persons under ten, one answer at a time. The pages on lists print the same persons
several times over: patterns, pairs, whole lists and the sum. So where a pattern is withheld a second one goes with it,
and the pages of pairs and of hidden lists keep what they found and lose the counts they found it from.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from casetrail.demand.answers import charts
from casetrail.figures import Answer, Cell, Chart, Refusal, Suppressed, Table
from casetrail.publish.protect import LEAST_PERSONS, RULE, protected

_WITHOUT_COUNTS = (
    "Counts of persons are left out here: with them a pattern of fewer than 10 persons could be worked out."
)


# The numbers of a refusal stand in brackets at its end.
_IN_BRACKETS = re.compile(r" \([^()]*\)(?=\.)")
# Pages on which each person is in one row.
_ADDED_UP = ("demand.lists", "demand.strata", "demand.areas", "demand.regression")


def guarded(answers: Sequence[Answer]) -> tuple[Answer, ...]:
    """The same answers, ready for `publish`: nothing that is withheld follows from what is not."""
    return tuple(_by_itself(answer) for answer in _together(answers))


def _together(answers: Sequence[Answer]) -> Sequence[Answer]:
    first = next((a for a in answers if a.id == "demand.lists"), None)
    if first is None or not protected(first) or not isinstance(first.body, Table) or not _small(first.body):
        return answers
    return [_MENDED[a.id](a) if a.id in _MENDED else a for a in answers]


def _by_itself(answer: Answer) -> Answer:
    """A table with one withheld row loses a second one, the smallest left: their sum may stand on another page."""
    table = answer.body
    if isinstance(table, Refusal) and table.reason == "too_few_repeats" and protected(answer):
        return _uncounted(answer, table)
    if answer.id not in _ADDED_UP or not protected(answer) or not isinstance(table, Table):
        return answer
    at, small, rows = _at(table), _small(table), list(table.rows)
    for block in _blocks(table, named=answer.id == "demand.regression"):
        rest = [i for i in block if i not in small]
        if len(small & {*block}) == 1 and rest:
            second = min(rest, key=lambda i: _number(table.rows[i][at]))
            rows[second] = tuple(Suppressed(RULE) if j == at else cell for j, cell in enumerate(rows[second]))
    return replace(answer, body=replace(table, rows=tuple(rows)))


def _uncounted(answer: Answer, refusal: Refusal) -> Answer:
    """A refusal without the number of persons that were too few."""
    message = _IN_BRACKETS.sub("", refusal.message)
    sentence = answer.sentence.replace(refusal.message, message)
    return replace(answer, body=replace(refusal, message=message), sentence=sentence)


def _blocks(table: Table, *, named: bool) -> Iterable[Sequence[int]]:
    """Rows that add up to all persons: all but the margins; or, of several columns' kinds, those of one column."""
    blocks: dict[str, list[int]] = {}
    for i, row in enumerate(table.rows):
        if i not in table.margins:
            blocks.setdefault(str(row[0]).split(":")[0] if named else "", []).append(i)
    return blocks.values()


def _at(table: Table) -> int:
    return next(i for i, column in enumerate(table.columns) if column.kind == "persons")


def _small(table: Table) -> set[int]:
    at = _at(table)
    return {i for i, row in enumerate(table.rows) if i not in table.margins and _number(row[at]) < LEAST_PERSONS}


def _number(cell: Cell) -> float:
    return float(cell) if isinstance(cell, int | float) else math.inf


def _without(table: Table, names: Sequence[str]) -> Table:
    keep = [i for i, column in enumerate(table.columns) if column.name not in names]
    rows = tuple(tuple(row[i] for i in keep) for row in table.rows)
    return Table(tuple(table.columns[i] for i in keep), rows, table.margins)


def _pairs(answer: Answer) -> Answer:
    return _cut(answer, ("shared", "expected"), sentence=f"{answer.sentence.split(';')[0]}.")


def _steps(answer: Answer) -> Answer:
    return _cut(answer, ("shared",), sentence=answer.sentence)


def _hidden(answer: Answer) -> Answer:
    chart = answer.chart
    if chart is not None:
        spec = charts.intervals("list", "Persons on the hidden list alone", log=False)
        chart = Chart(spec, "For each hidden list what the others say as a point with a line.")
    return replace(_cut(answer, ("size", "known"), sentence=answer.sentence), chart=chart)


def _cut(answer: Answer, names: Sequence[str], *, sentence: str) -> Answer:
    if not isinstance(answer.body, Table):
        return answer
    caveats = (_WITHOUT_COUNTS, *answer.caveats)
    return replace(answer, body=_without(answer.body, names), sentence=sentence, caveats=caveats)


def _linkage(answer: Answer) -> Answer:
    table = answer.body
    if not isinstance(table, Table):
        return answer
    # The estimate alone: overlaps and the sum go.
    return replace(answer, body=Table(table.columns, table.rows[:1]), caveats=(_WITHOUT_COUNTS, *answer.caveats))


_MENDED: Mapping[str, Callable[[Answer], Answer]] = {
    "demand.pairs": _pairs,
    "demand.linkage": _linkage,
    "demand.steps": _steps,
    "demand.hidden_lists": _hidden,
}
