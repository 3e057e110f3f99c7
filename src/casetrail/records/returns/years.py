"""Which year's form a return is read by."""

from __future__ import annotations

from casetrail.records.returns.choosing import chosen, chosen_years
from casetrail.records.returns.forms import Form
from casetrail.records.returns.tables import Collected
from casetrail.records.spec import SourceSpec


def form_of_year(spec: SourceSpec, latest: Form, collected: Collected) -> tuple[Form, str]:
    """The form to read by: of the year that the inquiry says, the return says, or whose codes fit best."""
    if spec.year is not None:
        return latest, f"Read by the form of {latest.year}, for the year {spec.year} that the inquiry says."
    if latest.year_in is not None and (year := _written_year(collected, *latest.year_in)) is not None:
        first = chosen_years(spec)[0]
        about = chosen(spec, max(year, first))
        return about, f"Read by the form of {about.year}: the return says that it is of {year}."
    years = chosen_years(spec)
    if len(years) == 1:
        return latest, f"Read by the form of {latest.year}."
    best = min(years, key=lambda year: (_unknown_codes(chosen(spec, year), collected), -year))
    about = chosen(spec, best)
    return about, f"The files do not say their year: read by the form of {about.year}, whose codes fit best."


def _written_year(collected: Collected, table: str, column: str) -> int | None:
    for held in collected.tables:
        cells = held.grid.columns.get(column) if held.form.name == table else None
        if cells is not None and len(cells.values) == 1 and cells.values[0].strip().isdigit():
            year = int(cells.values[0])
            return year if 1990 <= year <= 2199 else None
    return None


def _unknown_codes(about: Form, collected: Collected) -> int:
    """Cells that hold no code of a form, columns and tables that it lacks: how ill it fits."""
    ill = 0
    for held in collected.tables:
        table = about.tables[held.form.name]
        ill += 0 if table.in_year else held.grid.rows_in
        for name, column in held.grid.columns.items():
            codes = table.columns[name].codes
            ill += 0 if table.columns[name].in_year else int((~column.blank).sum())
            if codes:
                strange = [value.strip() not in codes for value in column.values] + [False]
                ill += int(sum(strange[code] for code in column.codes.tolist()))
    return ill
