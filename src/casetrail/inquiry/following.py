"""Build the trail of an inquiry, as known today or on a day, and open it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from importlib.metadata import version
from pathlib import Path

from casetrail.errors import InquiryError
from casetrail.inquiry.model import Inquiry
from casetrail.inquiry.reading import Progress, RecordsRead, end_of_day_us, read_records
from casetrail.inquiry.work_folder import WorkFolder
from casetrail.inquiry.work_owner import claim
from casetrail.store import Engine, exclusive
from casetrail.store.snapshot import snapshot_key
from casetrail.trail import (
    TRAIL_RELATIONS,
    Trail,
    TrailOptions,
    build_trail,
    open_trail,
    relation_hashes,
    runs_of,
)


@contextmanager
def followed(
    inquiry: Inquiry,
    *,
    known_on: date | None = None,
    progress: Progress | None = None,
    stage: Callable[[str], None] | None = None,
) -> Iterator[tuple[Trail, RecordsRead]]:
    """Read what has changed, build the trail if need be, open it, and close it at the end.

    Raises InquiryError when `known_on` is after the inquiry's `as_of`; InputError, OutputError, StoreError.
    """
    if known_on is not None and known_on > inquiry.as_of:
        raise InquiryError(
            "The day of --known-on is after the inquiry's as_of.",
            where=inquiry.path.name,
            todo=f"Ask for a day up to {inquiry.as_of.isoformat()}.",
        )
    work = WorkFolder(inquiry.work)
    work.prepare()
    claim(work, inquiry)
    options = TrailOptions(
        as_of_us=end_of_day_us(inquiry.as_of, inquiry.zone) + 1,  # half-open: up to the next midnight
        known_on_us=None if known_on is None else end_of_day_us(known_on, inquiry.zone),
        open_ends=inquiry.open_ends,
    )
    label = "trail" if known_on is None else f"trail-known-on-{known_on.isoformat()}"
    # One run at a time builds; once its snapshots are open, nobody waits for anybody.
    with exclusive(work.lock_file, lambda: stage("waiting for another run") if stage else None):
        records = read_records(inquiry, work, progress)
        found = _built(work, label, records=records, options=options, stage=stage)
        trail = open_trail(found, records.snapshot, sources=records.refs, mapped=records.mapped)
    try:
        yield (
            replace(
                trail,
                recordable=inquiry.records_activities,
                parameters=_said(inquiry, known_on),
                built=runs_of(options),
                known_on_us=options.known_on_us,
                zone=inquiry.zone,
            ),
            records,
        )
    finally:
        trail.close()


def _built(
    work: WorkFolder, label: str, *, records: RecordsRead, options: TrailOptions, stage: Callable[[str], None] | None
) -> Path:
    """The snapshot of the trail: the one that stands when nothing has changed, else a new one."""
    key = snapshot_key(
        {
            "version": version("casetrail"),
            "records": records.key,
            "options": options.parameters(),
            "relations": relation_hashes(TRAIL_RELATIONS),
        }
    )

    def make(engine: Engine) -> None:
        engine.attach(records.snapshot, "records")
        build_trail(engine, options, stage)

    return work.snapshots.find(label, key) or work.snapshots.build(label, key, make)


def _said(inquiry: Inquiry, known_on: date | None) -> tuple[tuple[str, object], ...]:
    return (
        ("as_of", inquiry.as_of.isoformat()),
        ("known_on", None if known_on is None else known_on.isoformat()),
        ("open_ends", inquiry.open_ends),
    )
