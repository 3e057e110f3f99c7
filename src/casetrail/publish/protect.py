"""Disclosure control at the first door: no count of persons under ten leaves.

This is the floor until full disclosure control exists, and it knows its limits: it looks at one answer
at a time, so two tables of one pack may still be subtracted from each other. That is why a pack made
from personal records stays stamped as internal whatever this module does.

Zero is withheld too. Ten is the least count that leaves; a printed zero says something about everybody
in its group, and it would tell a reader that each withheld cell is one to nine.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from casetrail.figures import Answer, Cell, Estimate, Origin, Range, Refusal, Suppressed, Table

LEAST_PERSONS = 10
RULE = "fewer than 10 persons"
NEUTRAL_SENTENCE = (
    "Some figures are withheld because they would count fewer than 10 persons; the others are in the table."
)
NEUTRAL_ALT = "Chart of the rows of the table beside it; rows with a withheld figure are left out."

_EXEMPT = frozenset({Origin.PUBLIC_AGGREGATE, Origin.MADE_UP})
_PERSON_UNITS = frozenset({"person", "persons", "people", "child", "children", "household", "households"})
_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")


def protected(answer: Answer) -> bool:
    """Whether the answer comes from records of persons who exist."""
    return answer.origin not in _EXEMPT


def may_leave(answer: Answer) -> bool:
    """Whether the answer may be published at all: nothing about single real persons may."""
    return not (answer.person_level and protected(answer))


def protect(answer: Answer) -> Answer:
    """The answer as it may leave the house.

    A row standing for fewer than ten persons loses all its figures; a table that lost a cell loses its
    margins and every sentence that might repeat them. An estimate from fewer than ten persons becomes a
    refusal. Made-up data and published statistics pass unchanged.
    """
    if not protected(answer):
        return answer
    body = answer.body
    if isinstance(body, Table):
        return _protect_table(answer, body)
    estimates = body.candidates if isinstance(body, Range) else (body,)
    if any(isinstance(e, Estimate) and _too_few(e) for e in estimates):
        return _refused(answer)
    return answer


def _too_few(estimate: Estimate) -> bool:
    if estimate.n is not None and estimate.n < LEAST_PERSONS:
        return True
    return estimate.unit.strip().lower() in _PERSON_UNITS and _small(estimate.value)


def _refused(answer: Answer) -> Answer:
    refusal = Refusal(
        reason="too_few_persons",
        message="The figure rests on fewer than 10 persons and is withheld to protect them.",
        would_help=("a longer period or a wider area, so that at least 10 persons stand behind the figure",),
    )
    return replace(answer, sentence=refusal.message, body=refusal, chart=None, caveats=())


def _small(cell: Cell) -> bool:
    """Whether a cell of a persons column must be withheld. Text that is no number cannot be checked."""
    if cell is None:
        return False
    if isinstance(cell, Suppressed):
        return True
    try:
        count = float(cell)
    except ValueError:
        return True
    return not math.isnan(count) and count < LEAST_PERSONS


def _protect_table(answer: Answer, table: Table) -> Answer:
    at = [i for i, column in enumerate(table.columns) if column.kind == "persons"]
    rows = tuple(_withhold(table, row) if any(_small(row[i]) for i in at) else row for row in table.rows)
    kept = replace(table, rows=rows)
    if not kept.suppressed:
        return answer
    secret = _figures(_lost(table, kept))
    kept = Table(table.columns, tuple(r for i, r in enumerate(rows) if i not in table.margins))
    chart = answer.chart
    if chart is not None:
        spec = _silence_spec(chart.spec, secret)
        chart = replace(chart, alt=NEUTRAL_ALT, spec=spec if isinstance(spec, Mapping) else {})
    return replace(
        answer,
        title=_silence(answer.title, secret),
        sentence=NEUTRAL_SENTENCE,
        body=kept,
        chart=chart,
        method=_silence(answer.method, secret),
        caveats=tuple(_silence(c, secret) for c in answer.caveats),
    )


def _withhold(table: Table, row: tuple[Cell, ...]) -> tuple[Cell, ...]:
    """The row with its labels only: any other figure of it could give the count away."""
    return tuple(
        cell
        if cell is None or isinstance(cell, Suppressed) or (column.kind == "text" and isinstance(cell, str))
        else Suppressed(RULE)
        for column, cell in zip(table.columns, row, strict=True)
    )


def _lost(before: Table, after: Table) -> Iterable[Cell]:
    """Every cell that will not be printed: withheld ones and those of the margins."""
    for i, (old, new) in enumerate(zip(before.rows, after.rows, strict=True)):
        gone = i in before.margins
        yield from (a for a, b in zip(old, new, strict=True) if gone or a is not b)


def _figures(cells: Iterable[Cell]) -> frozenset[float]:
    return frozenset(float(c) for c in cells if isinstance(c, int | float) and math.isfinite(c))


def _silence(text: str, secret: frozenset[float]) -> str:
    """The text without any number that equals a withheld one."""

    def hide(match: re.Match[str]) -> str:
        try:
            value = float(match.group().replace(",", ""))
        except ValueError:
            return match.group()
        return "[withheld]" if value in secret else match.group()

    return _NUMBER.sub(hide, text)


def _silence_spec(node: object, secret: frozenset[float]) -> object:
    """The specification without titles, texts or constant marks that repeat a withheld number."""
    if isinstance(node, Mapping):
        return {
            key: _silence(value, secret)
            if key in {"title", "text"} and isinstance(value, str)
            else _silence_spec(value, secret)
            for key, value in node.items()
        }
    if isinstance(node, list | tuple):
        return [_silence_spec(item, secret) for item in node if not _constant(item)]
    return node


def _constant(layer: object) -> bool:
    """Whether a layer draws a fixed value, such as the overall mean: a margin in another dress."""
    encoding = layer.get("encoding") if isinstance(layer, Mapping) else None
    return isinstance(encoding, Mapping) and any(
        isinstance(channel, Mapping) and "datum" in channel for channel in encoding.values()
    )
