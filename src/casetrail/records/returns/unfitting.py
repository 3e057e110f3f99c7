"""What to say of an extract whose headings are those of no table of the form that it should be read by."""

from __future__ import annotations

from collections.abc import Sequence

from casetrail.errors import InputError
from casetrail.records.returns.forms import Form
from casetrail.records.returns.headings import matched, sayable


def unfit(form: Form, names: Sequence[str], where: str) -> InputError:
    """Says, for the table of the form that lacks least, which columns no heading means and which headings mean none."""
    filled = [name for name in names if name]
    tables = [(table, matched(filled, table)) for table in form.tables.values()]
    table, known = max(tables, key=lambda pair: len(pair[1]))
    there = set(known.values())
    needed = [name for name, column in table.columns.items() if column.required and name not in there]
    telling = [name for name in table.telling if name not in there]
    strange = [sayable(name, at) for at, name in enumerate(names, start=1) if name and name not in known]
    wanted = needed or telling
    how = "need" if needed else "at least two of these"
    return InputError(
        f"No heading of it means {', '.join(repr(name) for name in wanted)}; rows of '{form.name}' {how}"
        + (" them." if needed else " tell what it is."),
        where=where,
        todo='Say which it is under [source.headings], such as person = "Their heading". Not understood so far: '
        + (", ".join(strange[:30]) or "none")
        + ".",
        code="no_table",
    )
