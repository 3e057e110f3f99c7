"""Read one source, as the inquiry declares it, into events or involvements with nothing lost."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import date
from pathlib import Path

from casetrail.errors import InputError
from casetrail.records.assemble import assemble
from casetrail.records.cells import Grid, Progress, plural
from casetrail.records.columnar import read_columnar
from casetrail.records.delimited import Dialect, read_delimited
from casetrail.records.enclosed import enclosed
from casetrail.records.extract import Extract
from casetrail.records.faults import quarantine_table
from casetrail.records.files import Format, format_of, sha256_of
from casetrail.records.identity import about_vault, identities_of
from casetrail.records.keys import Keys
from casetrail.records.mapping import PRIVILEGED, XES_DEFAULTS, mapped, near_names
from casetrail.records.mending import Mend, Mended, about_mends, mended
from casetrail.records.originals import Kept, originals_table
from casetrail.records.returns import has_form, read_return
from casetrail.records.spec import SourceSpec
from casetrail.records.terms import Terms, calendar_of
from casetrail.records.workbook import read_workbook
from casetrail.records.xes import read_xes


def read_source(
    spec: SourceSpec,
    *,
    keys: Keys,
    as_of: date,
    first_row_no: int = 0,
    progress: Callable[[int], None] | None = None,
    mends: Sequence[Mend] = (),
) -> Extract:
    """Read one source: a file of one table, or a statutory return of many; packed as a zip archive or not.

    A bad record is set aside with its place and a code; it never stops the reading.

    `as_of` is the last day the inquiry looks at, in the zone of the source; later dates are set aside.
    `progress` is called with the number of records read so far. Rows keep the order of the file: the
    `row_no` of record n is `first_row_no` + n - 1. `mends` are records mended by hand, laid over the file.

    Raises InquiryError when the mapping cannot work, InputError when the file cannot be read at all, and
    IntegrityError when rows got lost. None of them says a value of a record.
    """
    form = has_form(spec)
    with enclosed(spec, mends, tables=form) as at_hand:
        read = read_return if form else _read_file
        return at_hand.told(
            read(
                at_hand.spec,
                keys=keys,
                as_of=as_of,
                first_row_no=first_row_no,
                progress=progress,
                mends=at_hand.mends,
            )
        )


def _read_file(
    spec: SourceSpec,
    *,
    keys: Keys,
    as_of: date,
    first_row_no: int,
    progress: Callable[[int], None] | None,
    mends: Sequence[Mend],
) -> Extract:
    format_ = format_of(spec.path, spec.format)
    mapping = mapped(spec, format_)
    terms = Terms(
        spec=spec,
        mapping=mapping,
        calendar=calendar_of(spec, as_of),
        keys=keys,
        as_of=as_of,
        first_row_no=first_row_no,
    )
    digest = sha256_of(spec.path)
    wanted = tuple(
        dict.fromkeys([*mapping.source_columns(spec.dates), *(n for ns in spec.identity.values() for n in ns)])
    )
    grid = read_grid(spec, format_, mapped_names=wanted, wanted=wanted, progress=progress)
    _check_present(grid, wanted)
    laid = mended(grid, mends)
    extract = _extract(grid, laid, terms, digest=digest, notes=_told(grid, wanted))
    if progress:
        progress(extract.rows_in)
    return extract


def _extract(found: Grid, laid: Mended, terms: Terms, *, digest: str, notes: Sequence[str]) -> Extract:
    spec, grid = terms.spec, laid.grid
    made = assemble(grid, terms)
    faults = (*grid.broken, *made.faults)
    known = identities_of(grid, terms, made.persons, made.good)
    kept = Kept(
        grid=found,
        faults=(*faults, *made.fact_faults),
        mended=laid.records,
        more=[name for name in terms.mapping.source_columns(spec.dates) if name not in found.columns],
        shut=PRIVILEGED in terms.mapping.columns,
        words=spec.privileged_words,
    )
    return Extract(
        spec=spec,
        sha256=digest,
        zone=spec.zone,
        events=made.events,
        involvements=made.involvements,
        facts=made.facts,
        quarantine=quarantine_table(
            (*faults, *made.fact_faults), source=spec.name, file=spec.path.name, sheet=grid.sheet
        ),
        rows_in=grid.rows_in,
        rows_good=made.events.num_rows + made.involvements.num_rows,
        rows_quarantined=len(faults),
        facts_quarantined=len(made.fact_faults),
        columns_found=tuple(name for name in grid.names if name),
        notes=(*notes, *made.notes, *known.notes, *about_vault(spec, known.held), *about_mends(laid)),
        next_row_no=terms.first_row_no + grid.rows_in,
        identities=known.table,
        held=known.held,
        originals=originals_table(kept, spec.name),
        rows_mended=len(laid.records - {fault.record for fault in faults}),
    )


def read_grid(
    spec: SourceSpec,
    format_: Format,
    *,
    mapped_names: Collection[str],
    wanted: Collection[str] | None,
    progress: Progress | None,
) -> Grid:
    """The cells of a file as they are, by its format. `wanted` None keeps all columns."""
    path: Path = spec.path
    if format_ == "csv":
        dialect = Dialect(spec.delimiter, spec.encoding)
        return read_delimited(path, dialect, mapped=mapped_names, wanted=wanted, progress=progress)
    if format_ == "xlsx":
        return read_workbook(path, sheet=spec.sheet, mapped=mapped_names, wanted=wanted, progress=progress)
    if format_ == "parquet":
        return read_columnar(path, mapped=mapped_names, wanted=wanted, progress=progress)
    return read_xes(path, wanted=wanted, progress=progress)


def _check_present(grid: Grid, wanted: Sequence[str]) -> None:
    """In XES a key that no event carries may still be declared; elsewhere a column is there or not."""
    present = {*grid.names, *grid.defaults}
    if grid.format == "xes":
        if not grid.rows_in:
            return
        present |= {name for names in XES_DEFAULTS.values() for name in names}
    missing = [name for name in wanted if name not in present]
    if not missing:
        return
    raise InputError(
        f"{plural(len(missing), 'column')} of the mapping {'is' if len(missing) == 1 else 'are'} not in the "
        f"file: {near_names(missing, grid.names)}.",
        where=grid.file + (f", sheet '{grid.sheet}'" if grid.sheet else ""),
        todo="Correct `columns` and `dates`; `casetrail read FILE` lists the columns of a file.",
        code="missing_column",
    )


def _told(grid: Grid, wanted: Sequence[str]) -> list[str]:
    """Plain sentences on the file as a whole."""
    told = list(grid.notes)
    if not grid.rows_in:
        told.append("The file has no records.")
    declared = [name for name in wanted if name in grid.defaults]
    if declared:
        names = ", ".join(f"'{name}'" for name in declared)
        told.append(f"The file declares a default for {names}: it was not filled in; what is absent is unknown.")
    return told
