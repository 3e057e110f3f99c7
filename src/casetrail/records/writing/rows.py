"""The rows of each table of a return: what may be seen of its spells in the days that it covers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, TypeAlias

from casetrail.errors import InquiryError
from casetrail.records.returns.forms import Form
from casetrail.records.writing.chronicle import Chronicle, Holding, Occasion
from casetrail.records.writing.facts import Day, Named, View, day_of, days_before, taking
from casetrail.records.writing.rules import OF_OTHER, Rules, TableRule
from casetrail.records.writing.unfolding import Span, Unfolded

CellValue: TypeAlias = "str | int | date"


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of a row, in the order of the table's columns, and what it is about."""

    cells: tuple[CellValue, ...]
    about: Any


@dataclass(frozen=True, slots=True)
class Written:
    """The rows of one table, and under which rows of another they stand."""

    name: str
    columns: tuple[str, ...]
    rows: Sequence[Row]
    twice: int = 0


@dataclass(frozen=True, slots=True)
class Laid:
    """All tables of a return. `kept` leads from a spell whose row would stand twice to the one that stands for it."""

    tables: Mapping[str, Written]
    kept: Mapping[int, Any]
    view: View
    outside: int


def window(rules: Rules, occasion: Occasion, *, months: int | None = None) -> tuple[Day | None, Day]:
    """First and last day that a return covers. Raises InquiryError when its last day is not known yet."""
    last = occasion.known_to
    if rules.ends:
        month, day = (int(part) for part in rules.ends.split("-"))
        year = occasion.year or (last.year if last >= date(last.year, month, day) else last.year - 1)
        last = date(year, month, day)
        if last > occasion.known_to:
            raise InquiryError(
                f"A return of {year} ends on {last.isoformat()}, after the last day that is known.",
                todo="Ask for an earlier year, or for a longer world.",
                code="return_not_yet",
            )
    far = rules.months if months is None else months
    return (days_before(last, far) if far else None), day_of(last)


def lay(form: Form, rules: Rules, chronicle: Chronicle, *, unfolded: Unfolded, occasion: Occasion) -> Laid:
    """All tables of the form of a year, in its order, with the rows that stand in them on that occasion."""
    first, last = window(rules, occasion)
    view = View(chronicle, rules, occasion, first, last)
    written: dict[str, Written] = {}
    kept: dict[int, Any] = {}
    there: set[int] = set()
    for rule in sorted(rules.tables.values(), key=lambda rule: rule.of == "person"):
        about = form.tables[rule.name]
        if not about.in_year:
            continue
        own = view if rule.months is None else replace(view, first=window(rules, occasion, months=rule.months)[0])
        subjects = _subjects(rule, own, unfolded, there=there)
        written[rule.name] = _table(form, rule, own, subjects=subjects, kept=kept)
        if rule.of not in OF_OTHER or rule.of == "holding":
            there.update(row.about.person for row in written[rule.name].rows)
    order = [name for name in form.tables if name in written]
    seen = {id(row.about) for table in written.values() for row in table.rows}
    outside = sum(id(span) not in seen and id(span) not in kept for those in unfolded.spans.values() for span in those)
    return Laid({name: written[name] for name in order}, kept, view, outside)


@dataclass(frozen=True, slots=True)
class _One:
    """A person as the subject of a row."""

    person: int


def _subjects(rule: TableRule, view: View, unfolded: Unfolded, *, there: set[int]) -> Iterable[Any]:
    if rule.of == "nothing":
        return ()
    if rule.of == "return":
        return (_One(0),)
    if rule.of == "person":
        return (_One(person) for person in sorted(there))
    if rule.of == "holding":
        return _holdings(rule, view, unfolded)
    if rule.of in ("worker", "team"):
        return _named(rule.of, view)
    return (span for span in unfolded.spans[rule.of] if visible(span, view))


def visible(span: Span, view: View) -> bool:
    """Whether a spell reaches into the window, or a point lies in it, together with all spells around it."""
    over = span.told_to
    if span.begin.day > view.last or (view.first is not None and over is not None and over < view.first):
        return False
    return span.parent is None or visible(span.parent, view)


def _holdings(rule: TableRule, view: View, unfolded: Unfolded) -> Iterable[Holding]:
    beside: dict[int, list[Span]] = {}
    if rule.during:
        for span in unfolded.spans[rule.during]:
            if visible(span, view):
                beside.setdefault(span.person, []).append(span)
    for holding in sorted(view.chronicle.holdings, key=lambda held: (held.person, held.from_day)):
        if rule.role and holding.role != rule.role:
            continue
        if holding.from_day > view.last or (
            view.first is not None and holding.to_day is not None and holding.to_day < view.first
        ):
            continue
        if not rule.during or any(_overlap(holding, span) for span in beside.get(holding.person, ())):
            yield holding


def _overlap(holding: Holding, span: Span) -> bool:
    over = span.over
    return (over is None or holding.from_day <= over) and (holding.to_day is None or holding.to_day >= span.begin.day)


def _named(of: str, view: View) -> Iterable[Named]:
    """Workers or teams that are spoken of by the last day, each once."""
    said = {getattr(one, of) for one in view.chronicle.happenings if one.day <= view.last}
    said |= {getattr(one, of) for one in view.chronicle.holdings if one.from_day <= view.last}
    return (Named(key) for key in sorted(said - {""}))


def _table(form: Form, rule: TableRule, view: View, *, subjects: Iterable[Any], kept: dict[int, Any]) -> Written:
    """Rows in order of their subjects; in a table with keys a row the same in every cell stands once."""
    about = form.tables[rule.name]
    names = tuple(name for name, column in about.columns.items() if column.in_year and name not in about.borrow)
    takes: list[Callable[[Any], CellValue]] = [
        taking(rule.columns[name], view) if name in rule.columns else _blank for name in names
    ]
    rows: list[Row] = []
    first: dict[tuple[CellValue, ...], Any] = {}
    twice = 0
    for subject in subjects:
        cells = tuple(take(subject) for take in takes)
        if about.unique:
            stands = first.setdefault(cells, subject)
            if stands is not subject:
                kept[id(subject)] = kept.get(id(stands), stands)
                twice += 1
                continue
        rows.append(Row(cells, subject))
    return Written(rule.name, names, rows, twice)


def _blank(_: Any) -> CellValue:
    return ""
