"""Read a statutory return into events and involvements, every row accounted for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import pyarrow as pa

from casetrail.records.cells import Progress
from casetrail.records.date_formats import SERIAL, day_part
from casetrail.records.delimited import Dialect
from casetrail.records.extract import Extract, TableCounts
from casetrail.records.faults import Fault
from casetrail.records.files import sha256_of_source
from casetrail.records.identity import about_vault
from casetrail.records.keys import Keys
from casetrail.records.mapping import Mapped
from casetrail.records.mending import Mend, Mended, about_mends, inherited, mended
from casetrail.records.moments import Calendar
from casetrail.records.originals import Kept, originals_table
from casetrail.records.returns.borrowing import with_borrowed
from casetrail.records.returns.checks import Checked, checked
from casetrail.records.returns.choosing import chosen
from casetrail.records.returns.findings import MESSAGES, TableBook, findings_table
from casetrail.records.returns.forms import Form
from casetrail.records.returns.identities import identities_of_return
from casetrail.records.returns.making import make
from casetrail.records.returns.privileged import set_privileged_aside
from casetrail.records.returns.relations import relate
from casetrail.records.returns.rules import follow_rules
from casetrail.records.returns.tables import Collected, check_given, collect
from casetrail.records.returns.telling import about_columns, about_tables
from casetrail.records.returns.years import form_of_year
from casetrail.records.spec import SourceSpec
from casetrail.records.terms import Terms, calendar_of
from casetrail.schema.events import DATED_FACT, ORIGINAL, QUARANTINE

_NOTHING = Mapped({}, {}, (), (), ("at", "end", "recorded"), ())


@dataclass(frozen=True, slots=True)
class Sighted:
    """A return read and looked at, before anything is made of it."""

    form: Form
    year_said: str
    collected: Collected
    tables: tuple[Checked, ...]
    laid: tuple[Mended, ...]
    notes: tuple[str, ...]


def read_return(
    spec: SourceSpec,
    *,
    keys: Keys,
    as_of: date,
    first_row_no: int = 0,
    progress: Progress | None = None,
    mends: Sequence[Mend] = (),
) -> Extract:
    """Read a source whose `format` is the name of a return. `as_of` is the day of the extract.

    A row that cannot be used is set aside with its place and a code; a cell that cannot be read stays unknown and is
    told in `findings`. Rows keep their order: events and involvements are numbered from `first_row_no` on.

    Raises InquiryError for an unknown format or year, InputError when a file cannot be read at all or holds nothing of
    the return, and IntegrityError when rows got lost. None of them says a value of a record.
    """
    digest = sha256_of_source(spec.path)
    seen = sight(spec, as_of=as_of, progress=progress, mends=mends)
    about = seen.form
    scheme = spec.person_scheme if spec.person_scheme != "case" else about.person_scheme
    whole = replace(spec, agency=spec.agency or about.agency, person_scheme=scheme)
    terms = Terms(
        spec=whole,
        mapping=_NOTHING,
        calendar=_calendar(whole, about, as_of),
        keys=keys,
        as_of=as_of,
        first_row_no=first_row_no,
    )
    made = make(seen.tables, terms)
    counts = tuple(table_counts(table) for table in seen.tables)
    rows_in, good = (sum(getattr(table, name) for table in counts) for name in ("rows_in", "rows_good"))
    quarantine = _quarantine(seen.tables, spec.name)
    known = identities_of_return(seen.tables, terms)
    return Extract(
        spec=whole,
        sha256=digest,
        zone=spec.zone,
        events=made.events,
        involvements=made.involvements,
        facts=DATED_FACT.empty_table(),
        quarantine=quarantine,
        rows_in=rows_in,
        rows_good=good,
        rows_quarantined=quarantine.num_rows,
        facts_quarantined=0,
        columns_found=tuple(
            f"{table.held.form.name}.{name}" for table in seen.tables for name in table.held.grid.columns
        ),
        notes=(seen.year_said, *seen.notes, *made.notes, *about_vault(whole, known.held), *about_mends(*seen.laid)),
        next_row_no=made.next_row_no,
        form=f"{about.name} {about.year}",
        fed=_fed(seen.tables),
        tables=counts,
        findings=findings_table([table.book for table in seen.tables], spec.name),
        carries=about.carries,
        cannot=about.cannot,
        identities=known.table,
        held=known.held,
        originals=_originals(seen, spec.name, spec.privileged_words),
        rows_mended=sum(
            len(laid.records - {fault.record for fault in _aside(table)})
            for table, laid in zip(seen.tables, seen.laid, strict=True)
        ),
    )


def _fed(tables: tuple[Checked, ...]) -> tuple[str, ...]:
    """The columns of ours that any table there feeds."""
    fed = {"person", "agency"}
    for table in tables:
        for mapping in table.held.form.mappings:
            there = [ours for ours, feed in mapping.feeds.items() if set(feed.columns) <= set(table.held.grid.columns)]
            fed |= {*there, *mapping.constants}
    return tuple(sorted(fed))


def sight(spec: SourceSpec, *, as_of: date, progress: Progress | None = None, mends: Sequence[Mend] = ()) -> Sighted:
    """Read all tables of a return and look at every cell, in the form of the year that is said or that fits best."""
    latest = chosen(spec, spec.year)
    dialect = Dialect(spec.delimiter, spec.encoding)
    collected = collect(spec.path, latest, dialect=dialect, progress=progress, sheet=spec.sheet)
    check_given(collected.tables, spec)
    about, said = form_of_year(spec, latest, collected)
    laid = [mended(table.grid, mends) for table in collected.tables]
    grids = inherited(laid, [table.grid for table in collected.tables])
    held = with_borrowed(
        [
            replace(table, form=about.tables[table.form.name], grid=grid)
            for table, grid in zip(collected.tables, grids, strict=True)
        ]
    )
    calendar = _calendar(spec, about, as_of)
    tables = tuple(checked(table, calendar, as_of) for table in held)
    for table in tables:
        set_privileged_aside(table, spec.privileged_words)
    by_name = {table.held.form.name: table for table in tables}
    told = relate(by_name, about)
    told += follow_rules(by_name, whole="xml" in {table.held.grid.format for table in tables})
    notes = [*collected.notes, *about_columns(held), *about_tables(about, by_name), *told]
    return Sighted(about, said, collected, tables, tuple(laid), tuple(notes))


def _calendar(spec: SourceSpec, about: Form, as_of: date) -> Calendar:
    formats: tuple[str, ...] = (about.date_format or "", *about.more_date_formats)
    if spec.date_format is not None:
        formats = (spec.date_format, *spec.more_date_formats)
        # A form has columns of days beside those of times, such as that of birth.
        formats += tuple(day_part(text) for text in formats if about.local and text != SERIAL)
    first, *others = formats
    found = calendar_of(replace(spec, date_format=first or None, more_date_formats=tuple(others)), as_of)
    return replace(found, iso_too=about.iso_too)


def table_counts(table: Checked) -> TableCounts:
    """Rows in, good and set aside of one table."""
    grid = table.held.grid
    aside = int(table.book.unusable.sum()) + len(grid.broken)
    return TableCounts(
        table=table.held.form.name,
        title=table.held.form.title,
        file=grid.file,
        sheet=grid.sheet,
        rows_in=grid.rows_in,
        rows_good=grid.rows_in - aside,
        rows_quarantined=aside,
    )


def _quarantine(tables: tuple[Checked, ...], source: str) -> pa.Table:
    """One row for each record set aside, with its first reason; in XML the table stands in the place of the sheet."""
    rows: list[dict[str, object]] = []
    for table in tables:
        grid = table.held.grid
        sheet = grid.sheet or (grid.table if grid.format == "xml" else None)
        firsts = {fault.record: fault for fault in reversed(_aside(table))}
        rows += [
            {
                "source": source,
                "file": grid.file,
                "sheet": sheet,
                "record": fault.record,
                "line": fault.line,
                "column": fault.column,
                "code": fault.code,
                "message": f"{MESSAGES[fault.code]} {fault.addition}".rstrip(),
            }
            for _, fault in sorted(firsts.items())
        ]
    return pa.Table.from_pylist(rows, schema=QUARANTINE)


def _aside(table: Checked) -> list[Fault]:
    """All reasons for which records of a table are set aside, the first one of each in front."""
    grid, book = table.held.grid, table.book
    return [*grid.broken, *(_as_fault(book, about) for about in book.reasons())]


def _originals(seen: Sighted, source: str, words: Sequence[str]) -> pa.Table:
    """The original cells of the records of all tables that are set aside or mended."""
    made = [ORIGINAL.empty_table()]
    for table, found, laid in zip(seen.tables, seen.collected.tables, seen.laid, strict=True):
        form = table.held.form
        there = {*found.grid.columns, *form.borrow}
        more = [name for name, about in form.columns.items() if about.required and about.in_year and name not in there]
        kept = Kept(
            grid=found.grid,
            faults=_aside(table),
            mended=laid.records,
            more=more,
            shut=found.shut or any(form.columns[name].marks_privileged for name in found.grid.columns),
            words=words,
            messages=MESSAGES,
        )
        made.append(originals_table(kept, source))
    return pa.concat_tables(made)


def _as_fault(book: TableBook, about: tuple[int, str, str | None, str]) -> Fault:
    row, code, column, addition = about
    return Fault(int(book.grid.record[row]), code, book.line_of(row, column), column, addition)
