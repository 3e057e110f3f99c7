"""Before the answers on one set of lists leave the house: what one page withholds, the next must not give back.

`publish.protect` withholds counts of persons under ten, one answer at a time. The pages on lists print the same persons
several times over: patterns, pairs, whole lists and the sum. `demand_leaving` has worked all of them out without the
withheld ones, so none follows from another; the pages of pairs and of hidden lists keep what they found and lose sums
that nobody counted.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from casetrail.demand.answers import charts
from casetrail.figures import Answer, Cell, Chart, Refusal, Table
from casetrail.publish.protect import LEAST_PERSONS, protected

_WITHOUT_COUNTS = (
    "Counts of persons are left out here: with those of fewer than ten withheld, nobody counted these sums."
)


# The numbers of a refusal stand in brackets at its end.
_IN_BRACKETS = re.compile(r" \([^()]*\)(?=\.)")


def guarded(answers: Sequence[Answer]) -> tuple[Answer, ...]:
    """The same answers, ready for `publish`: nothing that is withheld follows from what is not."""
    return tuple(_by_itself(answer) for answer in _together(answers))


def _together(answers: Sequence[Answer]) -> Sequence[Answer]:
    first = next((a for a in answers if a.id == "demand.lists"), None)
    if first is None or not protected(first) or not isinstance(first.body, Table) or not _small(first.body):
        return answers
    return [_MENDED[a.id](a) if a.id in _MENDED else a for a in answers]


def _by_itself(answer: Answer) -> Answer:
    refusal = answer.body
    if isinstance(refusal, Refusal) and refusal.reason == "too_few_repeats" and protected(answer):
        return _uncounted(answer, refusal)
    return answer


def _uncounted(answer: Answer, refusal: Refusal) -> Answer:
    """A refusal without the number of persons that were too few."""
    message = _IN_BRACKETS.sub("", refusal.message)
    sentence = answer.sentence.replace(refusal.message, message)
    return replace(answer, body=replace(refusal, message=message), sentence=sentence)


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
