"""What a local extract is and which column is which, as far as headings and cells tell: a proposal, to be checked."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import TypeAlias

from casetrail.records.another import speaks_of_another
from casetrail.records.cells import MARKS, Coded, Grid
from casetrail.records.columnar import read_columnar
from casetrail.records.delimited import Dialect, read_delimited
from casetrail.records.guess import looks_like_a_record
from casetrail.records.returns.dated import Written, are_dates, written
from casetrail.records.returns.forms import ColumnForm, Form, TableForm
from casetrail.records.returns.headings import matched, may_be
from casetrail.records.returns.library import form, form_names
from casetrail.records.returns.parts import put_together
from casetrail.records.returns.spelling import code_reader
from casetrail.records.returns.tables import container_of
from casetrail.records.returns.wording import means, nearest, words_of
from casetrail.records.sheets import opened
from casetrail.records.workbook import read_sheet

Pairs: TypeAlias = list[tuple[str, str]]

# A column of cells is one of codes when so many of its distinct texts are codes of it, and it has so many.
_MOST_ARE_CODES, _FEWEST_TEXTS, _ENOUGH_TEXTS = 0.6, 2, 300
_LOOKED_AT = 3
# What is of an event log of our own kind is not guessed to be an extract of another.
_EVENT_LOG = frozenset(("activity", "concept:name", "activity name"))
_PERSONAL = frozenset(("person", "child", "client", "subject", "customer", "individual", "patient", "pupil", "victim"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """One table of an extract. `known`: headings that the form knows; `guessed`: by likeness or by cells.

    `spare` are headings that nothing was found for, `dates` how its dates are written.
    """

    form: Form
    table: TableForm
    known: Mapping[str, str]
    guessed: Mapping[str, str] = field(default_factory=dict)
    spare: tuple[str, ...] = ()
    dates: Written = field(default_factory=Written)
    sheet: str | None = None

    @property
    def columns(self) -> dict[str, tuple[str, ...]]:
        """The headings of each column, known or guessed."""
        both = {**self.known, **self.guessed}
        return {name: tuple(h for h, column in both.items() if column == name) for name in dict.fromkeys(both.values())}


@dataclass(frozen=True, slots=True)
class _Seen:
    """The cells of a file, and which of its columns are dates, told once."""

    grid: Grid
    known: dict[str, bool] = field(default_factory=dict)

    def dated(self, heading: str, about: Form) -> bool:
        if heading not in self.known:
            self.known[heading] = are_dates(self.grid.columns[heading], about)
        return self.known[heading]


def propose(path: Path, name: str | None = None) -> Proposal | None:
    """The likeliest form of a local extract, or of the form `name`; None when it is likely none.

    Raises InputError when the file cannot be read at all.
    """
    names = [one for one in form_names() if form(one).local] if name is None else [name]
    best: tuple[float, Proposal] | None = None
    for grid in _grids(path, [form(one) for one in names]):
        seen = _Seen(grid)
        if name is None and (_EVENT_LOG & {heading.casefold() for heading in grid.names} or _headless(grid)):
            continue
        for about, table in _likeliest(grid, names):
            found = _fitted(seen, about, table)
            score = _score(found)
            if score > 0 and (best is None or score > best[0]):
                best = score, replace(found, dates=_dates_of(grid, found), sheet=grid.sheet)
    return None if best is None else best[1]


def _likeliest(grid: Grid, names: Sequence[str]) -> list[tuple[Form, TableForm]]:
    """The tables most of whose headings are in the file: cells are looked at for these alone."""
    tables = [(about, table) for about in map(form, names) for table in about.tables.values()]
    headings = [name for name in grid.names if name]
    return sorted(tables, key=lambda pair: -len(matched(headings, pair[1])))[:_LOOKED_AT]


def _dates_of(grid: Grid, found: Proposal) -> Written:
    both = {**found.known, **found.guessed}
    cells = put_together({heading: grid.columns[heading] for heading in both}, both, found.table)
    return written({name: cell for name, cell in cells.items() if found.table.columns[name].dated}, found.form)


def _headless(grid: Grid) -> bool:
    return looks_like_a_record(grid.names)


def _grids(path: Path, forms: Sequence[Form]) -> list[Grid]:
    kind = container_of(path)
    if kind == "csv":
        return [read_delimited(path, Dialect(), mapped=(), wanted=None, progress=None)]
    if kind == "parquet":
        return [read_columnar(path, mapped=(), wanted=None, progress=None)]
    if kind != "xlsx":
        return []
    tables = [table for about in forms for table in about.tables.values()]

    def header(rows: Sequence[Sequence[str]]) -> int | None:
        fits = [max(len(matched([text for text in row if text], table)) for table in tables) for row in rows]
        return fits.index(max(fits)) if any(fits) else None

    with opened(path) as book:
        found = [read_sheet(book, name, find_header=header) for name in book.names]
    return [grid for grid in found if grid is not None]


def _score(found: Proposal) -> float:
    """0 when something needed is missing or too little tells this form from others."""
    has = {*found.known.values(), *found.guessed.values()}
    needed = {name for name, column in found.table.columns.items() if column.required}
    telling = has & set(found.table.telling)
    coded = [name for name in found.guessed.values() if found.table.columns[name].codes]
    if not needed <= has or len(telling) < 2 or (len(found.known) < 2 and len(coded) < 3):
        return 0.0
    return len(set(found.known.values())) + 0.5 * len(set(found.guessed.values())) + len(telling)


def _fitted(seen: _Seen, about: Form, table: TableForm) -> Proposal:
    grid = seen.grid
    headings = [name for name in grid.names if name]
    known = matched(headings, table)
    guessed = _codes_not_names(seen, about, known, table)
    known = {heading: name for heading, name in known.items() if heading not in guessed}
    free = {
        name: column
        for name, column in table.columns.items()
        if name not in known.values() and name not in guessed.values()
    }
    left = [name for name in headings if name not in known and name not in guessed]
    for guess in (_by_cells, _by_likeness, _by_need):
        for heading, name in guess(seen, about, left, free):
            if heading in left and name in free:
                guessed[heading] = name
                left.remove(heading)
                del free[name]
    return Proposal(form=about, table=table, known=known, guessed=guessed, spare=tuple(left))


def _codes_not_names(seen: _Seen, about: Form, known: Mapping[str, str], table: TableForm) -> dict[str, str]:
    """Headings such as 'Caller' that may be the name of another or what kind of caller it was: codes, by the cells."""
    found: dict[str, str] = {}
    for heading, name in known.items():
        if table.columns[name].codes or not speaks_of_another(heading) or _is_name_of_another(heading):
            continue
        free = {
            other: column
            for other, column in table.columns.items()
            if column.codes and other not in known.values() and other not in found.values() and means(heading, column)
        }
        found |= dict(_by_cells(seen, about, [heading], free)[:1])
    return found


def _is_name_of_another(heading: str) -> bool:
    return speaks_of_another(heading) and "name" in words_of(heading)


@cache
def _reader(form_name: str, column: str, codes: tuple[str, ...]) -> Callable[[str], str]:
    """The reader of a column's codes, made once."""
    tables = form(form_name).tables.values()
    return code_reader(
        next(t.columns[column] for t in tables if column in t.columns and tuple(t.columns[column].codes) == codes)
    )


def _texts(column: Coded) -> list[str]:
    return [text for text in column.values if text[0] not in MARKS][:_ENOUGH_TEXTS]


def _by_cells(seen: _Seen, about: Form, left: Sequence[str], free: Mapping[str, ColumnForm]) -> Pairs:
    """Columns of codes, by how many of their texts are codes; for yes and no the heading must be like as well."""
    found = []
    for heading in left:
        texts = _texts(seen.grid.columns[heading])
        if _is_name_of_another(heading):
            continue
        worded = [text for text in texts if sum(sign.isalpha() for sign in text) > 1]
        for name, column in free.items():
            alike = len(words_of(heading) & words_of(name))
            some = texts if alike else worded
            if (
                not column.codes
                or len(some) < (1 if alike else _FEWEST_TEXTS)
                or (len(column.codes) <= 2 and not alike)
            ):
                continue
            reader = _reader(about.name, name, tuple(column.codes))
            share = sum(bool(reader(text)) for text in some) / len(some)
            if share >= _MOST_ARE_CODES:
                found.append((share + 0.2 * alike, heading, name))
    return [(heading, name) for _, heading, name in sorted(found, key=lambda one: -one[0])]


def _by_likeness(seen: _Seen, about: Form, left: Sequence[str], free: Mapping[str, ColumnForm]) -> Pairs:
    """Headings that share most of their words with those of a column, whose cells are of its kind."""
    found = []
    for heading in left:
        is_date = seen.dated(heading, about)
        alike = [
            column
            for column in free.values()
            if column.dated == is_date and not column.codes and may_be(heading, column)
        ]
        column = nearest(heading, alike)
        if column is not None:
            found.append((heading, column.name))
    return found


def _by_need(seen: _Seen, about: Form, left: Sequence[str], free: Mapping[str, ColumnForm]) -> Pairs:
    """What a row cannot do without: the first column of dates, and the first of numbers, of persons if one says so."""
    found = []
    for name, column in free.items():
        if not column.required:
            continue
        if column.dated:
            fits = [one for one in left if seen.dated(one, about) and "birth" not in words_of(one)]
        else:
            fits = [
                one
                for one in left
                if may_be(one, column) and _may_number(seen.grid.columns[one]) and not seen.dated(one, about)
            ]
            fits.sort(key=lambda heading: not words_of(heading) & _PERSONAL)
        found += [(heading, name) for heading in fits[:1]]
    return found


def _may_number(column: Coded) -> bool:
    texts = _texts(column)
    filled = int((~column.blank).sum())
    plain = all(" " not in text.strip() and 1 <= len(text.strip()) <= 40 for text in texts)
    return bool(texts) and plain and filled >= 0.5 * len(column) and len(texts) > 1
