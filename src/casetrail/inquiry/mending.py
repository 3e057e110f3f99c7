"""Write the quarantine as a workbook, and take in what was mended in one: decisions that last."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from casetrail.errors import InputError, ProtectionError
from casetrail.inquiry.mend_deciding import decided
from casetrail.inquiry.mend_sheet import read_mend_sheet
from casetrail.inquiry.model import Inquiry
from casetrail.inquiry.quarantine_kept import Decision, Kept, decisions, kept, standing
from casetrail.inquiry.quarantine_rows import Row, rows_of
from casetrail.inquiry.quarantine_sheet import Exported, write_quarantine
from casetrail.inquiry.reading import Progress, RecordsRead, read_records
from casetrail.inquiry.work_folder import WorkFolder
from casetrail.records import Keys


@dataclass(frozen=True, slots=True, kw_only=True)
class StillAside:
    """A record that was mended and is set aside all the same: where, and why now."""

    place: str
    column: str | None
    code: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fixed:
    """What became of a workbook: rows taken in, rows still set aside, and how every other row was taken.

    `counts` is by the codes of `mend_deciding.WORDS`, `places` says where in the workbook; `drawn_in` are records set
    aside now though nobody touched them, because a mended one says otherwise, and `freed` counts those that can be used
    now for the same reason; `told` are sentences on the workbook.
    """

    workbook: str
    taken_in: int
    still_aside: tuple[StillAside, ...]
    drawn_in: tuple[StillAside, ...]
    freed: int
    counts: Mapping[str, int]
    places: Mapping[str, tuple[str, ...]]
    told: tuple[str, ...]
    records: RecordsRead | None


def export_quarantine(
    inquiry: Inquiry, work: WorkFolder, out: Path, *, reason: str, today: date, progress: Progress | None = None
) -> Exported:
    """Write what is set aside as a workbook. For real persons a reason is asked, and the view is logged.

    Raises ProtectionError, OutputError, and as `read_records` does, but for a reading that set everything aside.
    """
    if inquiry.is_personal and not reason.strip():
        raise ProtectionError(
            "The workbook shows records of real persons; that needs a reason, which is written to the view log.",
            todo='Add --reason "why you need to see them".',
            code="reason_missing",
        )
    _, found = _read(inquiry, work, progress)
    rows = list(_rows(found, work))
    work.note_written(out)
    exported = write_quarantine(out, rows, title=inquiry.title, on=today)
    said = reason or "made-up or published data"
    work.add_view({"quarantine": out.name, "rows": exported.rows, "reason": said}, today)
    return exported


def fix(inquiry: Inquiry, work: WorkFolder, path: Path, *, today: date, progress: Progress | None = None) -> Fixed:
    """Take in what was mended in a workbook: those rows are read again by the rules of their source, no others change.

    The decisions are kept with the day and the hash of the workbook, and hold for every later reading of the same
    file. Raises InputError when the workbook is none of casetrail's, and as `read_records` does.
    """
    sheet = read_mend_sheet(path)
    records, before = _read(inquiry, work, progress)
    old = list(_rows(before, work))
    earlier = decisions(work, Keys.load(work.key_file))
    found = decided(sheet, old, files=before.files, earlier=earlier, on=today.isoformat())
    rows = old
    if found.fresh:
        records, after = _read(inquiry, work, progress, fresh=(*earlier, *found.fresh))
        rows = list(_rows(after, work))
    now_aside = {row.which: row for row in rows if row.aside}
    mended = [one.which for one in found.fresh if not one.undone]
    was_aside = {row.which for row in old if row.aside}
    touched = {one.which for one in found.fresh}
    return Fixed(
        workbook=sheet.sha256,
        taken_in=sum(which not in now_aside for which in mended),
        still_aside=tuple(_still(now_aside[which]) for which in mended if which in now_aside),
        drawn_in=tuple(_still(row) for which, row in now_aside.items() if which not in was_aside | touched),
        freed=len(was_aside - set(now_aside) - touched),
        counts=found.counts,
        places=found.places,
        told=sheet.told,
        records=records,
    )


def _read(
    inquiry: Inquiry, work: WorkFolder, progress: Progress | None, fresh: tuple[Decision, ...] = ()
) -> tuple[RecordsRead | None, Kept]:
    """Read what has to be read. A reading in which everything is set aside leaves a quarantine to be mended too."""
    records = None
    try:
        records = read_records(inquiry, work, progress, decided=fresh or None)
    except InputError as fault:
        if fault.code != "no_events":
            raise
    found = kept(work, Keys.load(work.key_file))
    if found is None:
        raise InputError(
            "There is no quarantine yet.", todo="Run `casetrail read` on the inquiry.", code="no_quarantine"
        )
    return records, found


def _rows(found: Kept, work: WorkFolder) -> tuple[Row, ...]:
    stands = standing(decisions(work, Keys.load(work.key_file)))
    return tuple(rows_of(found, stands))


def _still(row: Row) -> StillAside:
    first = row.reasons[0] if row.reasons else {}
    return StillAside(
        place=row.place,
        column=first.get("column"),
        code=str(first.get("code") or ""),
        message=str(first.get("message") or ""),
    )
