"""Look at rows beside each other: order of dates, birth, rows of no parent, rows that stand twice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from casetrail.records.cells import Coded
from casetrail.records.keys import canonical
from casetrail.records.returns.checks import Checked
from casetrail.records.returns.findings import CANNOT, NOTE, SUSPICIOUS, Flags
from casetrail.records.returns.forms import Form

_SIGN = "\x1f"


def relate(tables: Mapping[str, Checked], form: Form) -> list[str]:
    """Mark what does not fit between cells, rows and tables; says what could not be looked at."""
    told = []
    births = _births(tables, form)
    for table in tables.values():
        _check_order(table)
        _check_births(table, births, _own_birth(table, form))
        _check_twice(table)
        for key in table.held.form.keys:
            other = tables.get(key.table)
            if other is None:
                told.append(
                    f"{table.held.form.name}: the table '{key.table}' is not there, so rows that belong to none of its "
                    "could not be looked for."
                )
                continue
            mine, theirs = cells_of_key(table, key.columns), cells_of_key(other, key.other)
            there = set(theirs)
            lost = np.array([bool(text) and text not in there for text in mine], dtype=np.bool_)
            table.book.mark(lost, "orphan", SUSPICIOUS, column=", ".join(key.columns))
    return told


def _texts(column: Coded | None, rows: int) -> list[str]:
    if column is None:
        return [""] * rows
    plain = [canonical(value) for value in column.values] + [""]
    return [plain[code] for code in column.codes.tolist()]


def cells_of_key(table: Checked, names: Sequence[str]) -> list[str]:
    """The cells of a key as one text for each row; blank where a part is, or is not there."""
    grid = table.held.grid
    parts = [_texts(grid.columns.get(name), len(grid.record)) for name in names]
    if len(parts) == 1:
        return parts[0]
    return [_SIGN.join(cells) if all(cells) else "" for cells in zip(*parts, strict=True)]


def _check_order(table: Checked) -> None:
    for first, second in table.held.form.order:
        before, after = table.days.get(first), table.days.get(second)
        if before is None or after is None:
            continue
        table.book.mark(
            after.before(before), "dates_out_of_order", SUSPICIOUS, column=second, addition=f"It is '{first}'."
        )


def _own_birth(table: Checked, form: Form) -> str:
    """The column in which the rows of a table give the day of birth themselves; empty where none does."""
    own = table.held.form
    name = own.birth or (form.births[2] if form.births else "")
    return name if name in table.days and own.person in table.held.grid.columns else ""


def _births(tables: Mapping[str, Checked], form: Form) -> dict[str, int]:
    """The day of birth of each person over all tables; not where two rows differ, which is told of the later one."""
    born: dict[str, int] = {}
    unsure: set[str] = set()
    for table in tables.values():
        name = _own_birth(table, form)
        if not name or (table.held.grid.format == "xml" and table.held.form.columns[name].inherited):
            continue
        people = cells_of_key(table, (table.held.form.person,))
        us, known = table.days[name].us.tolist(), table.days[name].known.tolist()
        differs = np.array(
            [
                sure and bool(who) and born.setdefault(who, day) != day
                for who, day, sure in zip(people, us, known, strict=True)
            ],
            dtype=np.bool_,
        )
        table.book.mark(differs, "birth_dates_differ", SUSPICIOUS, column=name)
        unsure |= {people[row] for row in np.flatnonzero(differs).tolist()}
    return {who: us for who, us in born.items() if who not in unsure}


def _check_births(table: Checked, births: Mapping[str, int], birth: str) -> None:
    form, grid = table.held.form, table.held.grid
    us, known = np.zeros(len(grid.record), dtype=np.int64), np.zeros(len(grid.record), dtype=np.bool_)
    if births and form.person in grid.columns:
        column = grid.columns[form.person]
        by_text = [births.get(canonical(value)) for value in column.values] + [None]
        us = np.array([day or 0 for day in by_text], dtype=np.int64)[column.codes]
        known = np.array([day is not None for day in by_text], dtype=np.bool_)[column.codes]
    own = table.days.get(birth)
    if own is not None:
        # What the row itself says goes before what other rows say of the person.
        us, known = np.where(own.known, own.us, us), own.known | known
    for name, days in table.days.items():
        about = form.columns[name]
        if name != birth and about.before_birth != "fine" and not about.inherited:
            grade = SUSPICIOUS if about.before_birth == "suspicious" else NOTE
            table.book.mark(days.known & known & (days.us < us), "before_birth", grade, column=name)


def _check_twice(table: Checked) -> None:
    """A row that is the same in every cell as an earlier one would count twice."""
    grid, form = table.held.grid, table.held.form
    if not len(grid.record) or not grid.columns:
        return
    whole = np.stack([column.codes for column in grid.columns.values()], axis=1)
    same = _later(whole, np.ones(len(whole), dtype=np.bool_))
    table.book.mark(same, "duplicate_row", CANNOT if form.unique else SUSPICIOUS)
    for names in form.unique:
        columns = [grid.columns[name] for name in names if name in grid.columns]
        if len(columns) < len(names):
            continue
        codes = np.stack([column.codes for column in columns], axis=1)
        filled = (codes >= 0).all(axis=1) & ~same
        table.book.mark(_later(codes, filled), "duplicate_key", SUSPICIOUS, column=", ".join(names))


def _later(codes: np.ndarray[tuple[int, int], np.dtype[np.int32]], rows: Flags) -> Flags:
    """Of the rows flagged, those with the codes of an earlier one."""
    places = np.flatnonzero(rows)
    flags = np.zeros(len(codes), dtype=np.bool_)
    if len(places):
        _, first = np.unique(codes[places], axis=0, return_index=True)
        flags[places] = True
        flags[places[first]] = False
    return flags
