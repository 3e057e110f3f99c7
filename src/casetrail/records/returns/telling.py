"""Plain sentences on columns and tables: what is absent, what the form does not know, what is of other years."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from casetrail.records.returns.forms import ColumnForm, Form
from casetrail.records.returns.tables import Held


def about_columns(held: Sequence[Held]) -> list[str]:
    told = []
    for table in held:
        name = table.form.name
        if table.strange:
            told.append(f"{name}: not known to the form and not read: column {', '.join(table.strange)}.")
        absent = [
            column
            for column, about in table.form.columns.items()
            if column not in table.grid.columns and _missed(about, table.grid.format, bool(table.form.telling))
        ]
        shut = [column for column, about in table.form.columns.items() if about.privileged]
        if shut:
            told.append(f"{name}: legally privileged and never read: column {', '.join(shut)}.")
        if absent:
            told.append(f"{name}: not in the file: column {', '.join(absent)}.")
        for column in table.grid.columns:
            about = table.form.columns[column]
            if not about.in_year and about.years:
                told.append(f"{name}: column {column} is of the forms of {_span(about.years)}; read all the same.")
    return told


def _missed(about: ColumnForm, format_: str, local: bool) -> bool:
    """Whether it is worth telling that a column is absent: in XML an element that may be left out is not."""
    if about.privileged or not about.in_year or (local and about.identity and not about.required):
        return False
    return about.required or about.expected if format_ == "xml" else not about.xml_only


def _span(years: tuple[int, ...]) -> str:
    return f"{years[0]} to {years[-1]}" if len(years) > 1 else str(years[0])


def about_tables(about: Form, there: Collection[str]) -> list[str]:
    absent = [name for name, table in about.tables.items() if table.in_year and name not in there]
    told = [f"Not there: table {', '.join(absent)}. What they would hold is unknown, not nothing."] if absent else []
    late = [name for name in there if not about.tables[name].in_year]
    return told + [
        f"The table {name} is of the forms of {_span(about.tables[name].years)}; read all the same." for name in late
    ]
