"""Read all sources of an inquiry into a records snapshot; rows that cannot be used are set aside, not lost."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa

from casetrail.errors import InputError
from casetrail.figures import Origin, SourceRef
from casetrail.inquiry import quarantine_kept, vault_keeping
from casetrail.inquiry.model import Inquiry
from casetrail.inquiry.quarantine_kept import Decision, Kept, Standing, decisions, write_decisions
from casetrail.inquiry.vault_keeping import mark_of, vault_of
from casetrail.inquiry.work_folder import WorkFolder, write_whole
from casetrail.inquiry.work_owner import claim, keys_of
from casetrail.publish import sheet_cell
from casetrail.publish.envelope import INTERNAL
from casetrail.records import Extract, Keys, TableCounts, chosen_digest, has_form, read_source, told_once
from casetrail.records.codes import shared_digest
from casetrail.records.files import sha256_of_source
from casetrail.schema.events import FINDING, QUARANTINE, SOURCE
from casetrail.store.snapshot import snapshot_key
from casetrail.trail import RECORD_RELATIONS, RecordTables, relation_hashes, store_records

Progress = Callable[[str, int], None]
_ROWS_AT_A_TIME = 50_000


@dataclass(frozen=True, slots=True)
class SourceRead:
    """What became of one source: its reference for figures, its counts and its notes."""

    ref: SourceRef
    rows_in: int
    rows_good: int
    rows_quarantined: int
    notes: tuple[str, ...]
    mapped: tuple[str, ...]
    form: str = ""
    tables: tuple[TableCounts, ...] = ()
    carries: tuple[str, ...] = ()
    cannot: tuple[str, ...] = ()
    agency: str = ""
    rows_mended: int = 0


@dataclass(frozen=True, slots=True)
class RecordsRead:
    """A records snapshot and what became of each source."""

    snapshot: Path
    key: str
    sources: tuple[SourceRead, ...]

    @property
    def refs(self) -> tuple[SourceRef, ...]:
        return tuple(source.ref for source in self.sources)

    @property
    def mapped(self) -> frozenset[str]:
        return frozenset(column for source in self.sources for column in source.mapped)


def end_of_day_us(day: date, zone: str) -> int:
    """The last microsecond of a local day, counted from 1970 in UTC."""
    midnight = datetime.combine(day + timedelta(days=1), time(), ZoneInfo(zone))
    return int((midnight - datetime(1970, 1, 1, tzinfo=UTC)) / timedelta(microseconds=1)) - 1


def file_sha256(path: Path) -> str:
    """Hash of a file's bytes, or of all files of a folder. Raises InputError when it cannot be read."""
    if path.is_dir():
        return sha256_of_source(path)
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        raise InputError(
            "The file of a source does not exist.", where=str(path), todo="Check `file` in the inquiry file."
        ) from None
    except OSError as failure:
        raise InputError(
            f"The file of a source cannot be read ({type(failure).__name__}).",
            where=str(path),
            todo="Close it if it is open in Excel, and check that you may read it.",
        ) from None


def read_records(
    inquiry: Inquiry,
    work: WorkFolder,
    progress: Progress | None = None,
    *,
    decided: Sequence[Decision] | None = None,
) -> RecordsRead:
    """Read the sources, or take the snapshot when nothing has changed. Raises InputError, OutputError, StoreError.

    `decided` are all decisions on how records should read; None: those that the work folder has. They are written once
    the sources have been read with them.
    """
    work.prepare()
    claim(work, inquiry)
    keys = keys_of(work)
    files = {source.name: file_sha256(source.path) for source in inquiry.sources}
    mends = Standing.of(decisions(work, keys) if decided is None else decided, files)
    key = _stamp(inquiry, keys, files, mends)
    report_file = work.root / "sources.json"
    vault = vault_of(work, keys)
    if vault_keeping.is_kept(vault, inquiry, key) and (known := _known(work, report_file, key)) is not None:
        return known
    extracts = list(told_once(_extracts(inquiry, keys, mends, progress)))
    # From here on the files say what this reading found: a report of an earlier one must not vouch for them.
    report_file.unlink(missing_ok=True)
    if decided is not None:
        write_decisions(work, keys, decided)
    _write_told(work.quarantine_file, QUARANTINE, [extract.quarantine for extract in extracts])
    if any(extract.tables for extract in extracts):
        _write_told(work.findings_file, FINDING, [extract.findings for extract in extracts])
    quarantine_kept.keep(
        work, keys, Kept(files=files, rows=pa.concat_tables([extract.originals for extract in extracts]))
    )
    _refuse_nothing(extracts, work)
    # The vault comes first: a run killed between the two finds no snapshot and reads both anew.
    vault_keeping.keep(vault, inquiry, extracts, key)
    tables = _tables(extracts)
    built = work.snapshots.build("records", key, lambda engine: (store_records(engine, tables), None)[1])
    sources = tuple(_became(extract, mends) for extract in extracts)
    report = {"key": key, "stamp": INTERNAL, "sources": [_entry(source) for source in sources]}
    write_whole(report_file, json.dumps(report, indent=1))
    return RecordsRead(built, key, sources)


def _known(work: WorkFolder, report_file: Path, key: str) -> RecordsRead | None:
    """What an earlier reading of the same left; None when it must be read."""
    found = work.snapshots.find("records", key)
    if found is None or not report_file.is_file() or not quarantine_kept.is_kept(work):
        return None
    report = json.loads(report_file.read_text(encoding="utf-8"))
    if report["key"] != key:
        return None
    return RecordsRead(found, key, tuple(_source_read(entry) for entry in report["sources"]))


def _stamp(inquiry: Inquiry, keys: Keys, files: Mapping[str, str], mends: Standing) -> str:
    declared = [
        repr(replace(source, path=Path(source.path.name), form_file=None, room=None)) for source in inquiry.sources
    ]
    return snapshot_key(
        {
            "version": version("casetrail"),
            "files": list(files.values()),
            "declared": declared,
            "as_of": inquiry.as_of.isoformat(),
            "forms": {s.name: chosen_digest(s) for s in inquiry.sources if has_form(s)},
            "shared": shared_digest(),
            "relations": relation_hashes(RECORD_RELATIONS),
            "keyed": mark_of(keys),
            "mended": mends.digest,
        }
    )


def _extracts(inquiry: Inquiry, keys: Keys, mends: Standing, progress: Progress | None) -> list[Extract]:
    extracts: list[Extract] = []
    row_no = 0
    for source in inquiry.sources:
        tick = None if progress is None else (lambda rows, name=source.name: progress(name, rows))
        extract = read_source(
            source,
            keys=keys,
            as_of=inquiry.as_of,
            first_row_no=row_no,
            progress=tick,
            mends=mends.of_source(source.name),
        )
        row_no = extract.next_row_no
        extracts.append(extract)
    return extracts


def _refuse_nothing(extracts: list[Extract], work: WorkFolder) -> None:
    if not any(extract.events.num_rows for extract in extracts):
        rows = sum(extract.rows_in for extract in extracts)
        raise InputError(
            f"No usable event: {rows:,} rows were read and all were set aside."
            if rows
            else "The sources hold no rows.",
            where=str(work.quarantine_file),
            todo="Look at the codes in that file; docs/formats.md says what each means.",
            code="no_events",
        )


def _tables(extracts: list[Extract]) -> RecordTables:
    return RecordTables(
        events=pa.concat_tables([e.events for e in extracts]),
        involvements=pa.concat_tables([e.involvements for e in extracts]),
        facts=pa.concat_tables([e.facts for e in extracts]),
        sources=pa.Table.from_pylist([_source_row(e) for e in extracts], schema=SOURCE),
        quarantine=pa.concat_tables([e.quarantine for e in extracts]),
        zones={e.spec.name: e.zone for e in extracts},
    )


def _mapped(extract: Extract) -> tuple[str, ...]:
    spec = extract.spec
    if extract.tables:
        return extract.fed
    agency = ("agency",) if spec.agency is not None else ()
    return tuple(sorted({*spec.columns, *spec.constants, *agency}))


def _source_row(extract: Extract) -> dict[str, object]:
    spec = extract.spec
    return {
        "name": spec.name,
        "agency": spec.agency,
        "sha256": extract.sha256,
        "origin": spec.origin.value,
        "made_by": spec.made_by,
        "judged_by_it": spec.judged_by_it,
        "checked_by": spec.checked_by,
        "covers_from": spec.covers_from,
        "covers_to": spec.covers_to,
        "zone": extract.zone,
        "rows_in": extract.rows_in,
        "rows_good": extract.rows_good,
        "rows_quarantined": extract.rows_quarantined,
        "columns_mapped": list(_mapped(extract)),
    }


def _became(extract: Extract, mends: Standing) -> SourceRead:
    spec = extract.spec
    covers = f"covers {spec.covers_from or 'unknown'} to {spec.covers_to or 'unknown'}"
    rows = f"{extract.rows_in:,} rows in, {extract.rows_good:,} good, {extract.rows_quarantined:,} quarantined"
    checked = f"checked by {spec.checked_by}" if spec.checked_by else "checked by nobody named"
    ref = SourceRef(
        spec.name, extract.sha256, spec.origin, spec.made_by, spec.judged_by_it, f"{rows}; {covers}; {checked}"
    )
    return SourceRead(
        ref,
        extract.rows_in,
        extract.rows_good,
        extract.rows_quarantined,
        (*extract.notes, *mends.about(spec.name)),
        _mapped(extract),
        extract.form,
        extract.tables,
        extract.carries,
        extract.cannot,
        spec.agency or "",
        extract.rows_mended,
    )


def _entry(source: SourceRead) -> dict[str, object]:
    ref = source.ref
    return {
        "name": ref.name,
        "sha256": ref.sha256,
        "origin": ref.origin.value,
        "made_by": ref.made_by,
        "judged_by_it": ref.judged_by_it,
        "note": ref.note,
        "rows_in": source.rows_in,
        "rows_good": source.rows_good,
        "rows_quarantined": source.rows_quarantined,
        "notes": list(source.notes),
        "mapped": list(source.mapped),
        "form": source.form,
        "tables": [asdict(table) for table in source.tables],
        "carries": list(source.carries),
        "cannot": list(source.cannot),
        "agency": source.agency,
        "rows_mended": source.rows_mended,
    }


def _source_read(entry: dict[str, Any]) -> SourceRead:
    text = {key: str(entry[key]) for key in ("name", "sha256", "origin", "made_by", "judged_by_it", "note")}
    ref = SourceRef(
        text["name"], text["sha256"], Origin(text["origin"]), text["made_by"], text["judged_by_it"], text["note"]
    )
    notes, mapped = entry["notes"], entry["mapped"]
    if not isinstance(notes, list) or not isinstance(mapped, list):
        raise InputError("The report of an earlier reading is damaged.", todo="Run `casetrail purge` and read again.")
    counts = [int(str(entry[key])) for key in ("rows_in", "rows_good", "rows_quarantined")]
    return SourceRead(
        ref,
        counts[0],
        counts[1],
        counts[2],
        tuple(notes),
        tuple(mapped),
        entry["form"],
        tuple(TableCounts(**table) for table in entry["tables"]),
        tuple(entry["carries"]),
        tuple(entry["cannot"]),
        entry["agency"],
        int(entry["rows_mended"]),
    )


def _write_told(path: Path, shape: pa.Schema, tables: list[pa.Table]) -> None:
    """One row per record set aside, or per finding: where it is and why, never what stands in it."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([*shape.names, "stamp"])
    for table in tables:
        for batch in table.to_batches(max_chunksize=_ROWS_AT_A_TIME):
            for cells in zip(*(column.to_pylist() for column in batch.columns), strict=True):
                writer.writerow([*map(sheet_cell, cells), INTERNAL])
    write_whole(path, "\ufeff" + out.getvalue())
