"""Look at every cell of a table by itself: type, code, form, formula, a date in the future."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from casetrail.records.cells import ERROR, LOSSY, MARKS, Coded
from casetrail.records.columns import recoded, rounded_rows
from casetrail.records.moments import CODE_OF, ISO, Calendar, Micros, cast_moments, day_us
from casetrail.records.returns.findings import CANNOT, NOTE, SUSPICIOUS, Flags, Severity, TableBook
from casetrail.records.returns.forms import ColumnForm
from casetrail.records.returns.packed import check_packed
from casetrail.records.returns.spelling import code_reader
from casetrail.records.returns.tables import Held

_LABEL = re.compile(r"[a-z]\d?\) ")
_NUMBER = re.compile(r"\d{1,9}", re.ASCII)
_DECIMAL = re.compile(r"\d{1,9}(\.\d{1,20})?", re.ASCII)
_SHAPES = {"number": _NUMBER, "decimal": _DECIMAL}
_NUMBER_OF_DAYS = re.compile(r"\d{5}(\.\d+)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Days:
    """A column of dates or times: midnight of each local day, and whether there is one.

    `instant_us` is the instant of a time and `timed` whether more than the day is written.
    """

    us: Micros
    known: Flags
    instant_us: Micros
    timed: Flags

    def before(self, other: Days) -> Flags:
        """Rows in which both are known and this lies before the other; by days where either is only a day."""
        by_time = self.timed & other.timed
        earlier = np.where(by_time, self.instant_us < other.instant_us, self.us < other.us)
        both: Flags = self.known & other.known & earlier
        return both


@dataclass(frozen=True, slots=True)
class Checked:
    """A table with its findings: codes as the return writes them, dates as days."""

    held: Held
    book: TableBook
    codes: Mapping[str, Coded]
    days: Mapping[str, Days]


def checked(held: Held, calendar: Calendar, as_of: date) -> Checked:
    """Look at every cell. Faults of a cell that a row cannot do without set the row aside."""
    grid, book = held.grid, TableBook(held.grid)
    codes: dict[str, Coded] = {}
    days: dict[str, Days] = {}
    for name, form in held.form.columns.items():
        column = grid.columns.get(name)
        if column is None:
            if form.required and form.in_year:
                book.mark(np.ones(len(grid.record), dtype=np.bool_), "missing_required", CANNOT, column=name)
            continue
        quiet = TableBook(grid) if form.inherited else book
        _check_presence(column, form, quiet)
        _check_formulas(held, name, column, quiet)
        if grid.marked:
            _check_marks(column, form, quiet)
        if form.kind == "id" or form.vault == "identifier":
            quiet.mark(rounded_rows(column), "id_precision_lost", _grade(form), column=name, spoils=True)
        if form.dated:
            days[name] = _dates(held, form, quiet, calendar=calendar, as_of=as_of)
        elif form.codes:
            codes[name] = _codes(column, form, quiet)
        elif form.kind in _SHAPES:
            _check_shape(column, _SHAPES[form.kind], quiet, name=name, code="not_a_number")
        if form.packed is not None:
            check_packed(column, form, quiet)
        if form.like:
            _check_shape(column, re.compile(form.like), quiet, name=name, code="not_of_the_form")
    return Checked(held, book, codes, days)


def _grade(form: ColumnForm) -> Severity:
    return CANNOT if form.required else SUSPICIOUS


def _by_text(column: Coded, test: Callable[[str], bool]) -> Flags:
    """Rows whose text passes a test; blank cells do not."""
    flags = np.array([test(value) for value in column.values] + [False], dtype=np.bool_)
    return flags[column.codes]


def _check_shape(column: Coded, pattern: re.Pattern[str], book: TableBook, *, name: str, code: str) -> None:
    rows = _by_text(column, lambda text: text[0] not in MARKS and not pattern.fullmatch(text.strip()))
    book.mark(rows, code, SUSPICIOUS, column=name)


def _check_presence(column: Coded, form: ColumnForm, book: TableBook) -> None:
    if form.required:
        book.mark(column.blank, "missing_required", CANNOT, column=form.name)
    elif form.expected and form.in_year:
        book.mark(column.blank, "blank_expected", SUSPICIOUS, column=form.name)


def _check_formulas(held: Held, name: str, column: Coded, book: TableBook) -> None:
    if name not in held.grid.formulas:
        return
    rows = np.zeros(len(column), dtype=np.bool_)
    rows[held.grid.formulas[name]] = True
    book.mark(rows & ~column.blank, "formula", NOTE, column=name)
    book.mark(rows & column.blank, "formula_without_value", SUSPICIOUS, column=name)


def _check_marks(column: Coded, form: ColumnForm, book: TableBook) -> None:
    """Errors of a spreadsheet, and identifiers that lost digits."""
    if not form.dated:
        errors = _by_text(column, lambda text: text[0] == ERROR)
        book.mark(errors, "cell_error", _grade(form), column=form.name, spoils=True)
    if form.kind == "id" or form.codes:
        lossy = _by_text(column, lambda text: text[0] == LOSSY)
        book.mark(lossy, "id_precision_lost", _grade(form), column=form.name, spoils=True)


def _dates(held: Held, form: ColumnForm, book: TableBook, *, calendar: Calendar, as_of: date) -> Days:
    column = held.grid.columns[form.name]
    moments = cast_moments(column.values, calendar, absent=(), marked=held.grid.marked).at(column.codes)
    for state, code in CODE_OF.items():
        book.mark(moments.state == state, code, _grade(form), column=form.name, spoils=True)
    unknown = moments.sentinel & ~moments.known
    book.mark(unknown, "stands_for_unknown", _grade(form) if form.required else NOTE, column=form.name, spoils=True)
    if held.form.telling:
        serial = _by_text(column, lambda text: _NUMBER_OF_DAYS.fullmatch(text.strip()) is not None)
        book.mark(serial & moments.known, "date_written_otherwise", NOTE, column=form.name)
    elif calendar.declared is not None and calendar.iso_too:
        iso = _by_text(column, lambda text: text[0] not in MARKS and ISO.fullmatch(text.strip()) is not None)
        book.mark(iso & moments.known, "date_written_otherwise", NOTE, column=form.name)
    future = moments.known & (moments.day_us >= day_us(as_of + timedelta(days=1)))
    if form.future != "fine":
        severity: Severity = CANNOT if form.required and form.future == "suspicious" else form.future
        book.mark(future, "after_as_of", severity, column=form.name, spoils=True)
    timed = moments.known & ~moments.is_day & (form.kind == "time")
    return Days(moments.day_us, moments.known, moments.instant_us, timed)


def _codes(column: Coded, form: ColumnForm, book: TableBook) -> Coded:
    """The column with each text as the return writes that code; a text that is no code becomes blank."""
    known, code_of = form.codes, code_reader(form)
    plain = _by_text(column, lambda text: text[0] not in MARKS)
    strange = plain & _by_text(column, lambda text: not code_of(text))
    other = plain & _by_text(column, lambda text: bool(code_of(text)) and not _as_asked(text.strip(), known))
    book.mark(strange, "unknown_code", SUSPICIOUS, column=form.name, spoils=True)
    book.mark(other, "code_spelt_otherwise", NOTE, column=form.name)
    return recoded(column, code_of)


def _as_asked(text: str, known: Container[str]) -> bool:
    """A code itself, or a label with the letter that a request for lists puts before its codes ("a) Yes")."""
    return text in known or _LABEL.match(text) is not None
