"""What a return says of who a person is: the columns that its form marks, each thing once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from casetrail.records.cells import Coded
from casetrail.records.extract import ColumnHeld
from casetrail.records.facts import Persons
from casetrail.records.identity import Cells, Identities, gathered, iso_days, plain_texts
from casetrail.records.returns.checks import Checked
from casetrail.records.returns.findings import Flags
from casetrail.records.returns.forms import ColumnForm
from casetrail.records.terms import Terms
from casetrail.schema.identity import IDENTITY

HIDDEN = "hidden"  # of a person or a record, and neither stored nor kept in the vault


def identities_of_return(tables: Sequence[Checked], terms: Terms) -> Identities:
    """The identities in all tables of a return. Rows set aside give none.

    Without `keep_identities` cells are counted and none is kept.
    """
    parts, held = [IDENTITY.empty_table()], []
    for table in tables:
        good = ~table.book.unusable
        held += _held(table, good)
        persons = _persons(table, terms) if terms.spec.keep_identities else None
        if persons is not None:
            parts.append(gathered(table.held.grid, persons, good, _cells(table)))
    return Identities(_once(pa.concat_tables(parts)), tuple(held), ())


def kind_of(table: Checked, about: ColumnForm) -> str:
    """The kind of identity of a column: a field of the vault, `HIDDEN`, or "" for what is no identity."""
    if about.vault or not about.identity:
        return about.vault
    return "identifier" if about.name == table.held.form.person else HIDDEN


def _cells(table: Checked) -> list[Cells]:
    columns = []
    for name, column in table.held.grid.columns.items():
        about = table.held.form.columns[name]
        kind = kind_of(table, about)
        if not kind or kind == HIDDEN:
            continue
        if name in table.days:
            texts = iso_days(table.days[name].us, table.days[name].known & ~_spoilt(table, name))
        else:
            texts = plain_texts(column)
        columns.append(Cells(kind, name, texts))  # type: ignore[arg-type]  # checked where the form is built
    return columns


def _spoilt(table: Checked, name: str) -> Flags:
    return table.book.spoilt.get(name, np.zeros(len(table.held.grid.record), dtype=np.bool_))


def _persons(table: Checked, terms: Terms) -> Persons | None:
    """The persons of a table by the very pseudonyms of its events; None where its form has no person."""
    column = table.held.grid.columns.get(table.held.form.person)
    if column is None:
        return None
    plain = plain_texts(column)
    return Persons(plain, terms.keys.all_of("person", terms.spec.person_scheme, plain.values))


def _held(table: Checked, good: Flags) -> list[ColumnHeld]:
    form = table.held.form
    feeds: dict[str, set[str]] = {form.person: {"person"}} if form.person and form.mappings else {}
    for mapping in form.mappings:
        for ours, feed in mapping.feeds.items():
            for name in feed.columns:
                feeds.setdefault(name, set()).add(ours)
    return [
        ColumnHeld(
            table=form.name,
            column=name,
            filled=_filled(column, good),
            identity=kind_of(table, form.columns[name]),
            feeds=tuple(sorted(feeds.get(name, ()))),
        )
        for name, column in table.held.grid.columns.items()
    ]


def _filled(column: Coded, good: Flags) -> int:
    return int((good & ~column.blank).sum())


def _once(table: pa.Table) -> pa.Table:
    """A thing that stands in several tables of a return is kept once, where it comes first."""
    if not table.num_rows:
        return table
    numbered = table.append_column("place", pa.array(np.arange(table.num_rows)))
    first = numbered.group_by(["person", "field", "label", "value"]).aggregate([("place", "min")])["place_min"]
    return table.take(pa.array(np.sort(first.to_numpy())))
