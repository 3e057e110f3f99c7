"""The whole path: read, follow, compare, publish."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date
from importlib.metadata import version
from pathlib import Path

from casetrail.compare import standing, tenure_refusal
from casetrail.errors import OutputError
from casetrail.figures import Answer, Origin
from casetrail.inquiry.following import followed
from casetrail.inquiry.model import Inquiry, Standing
from casetrail.inquiry.parse import parse
from casetrail.inquiry.reading import Progress, RecordsRead, SourceRead
from casetrail.inquiry.sources_page import sources_answer
from casetrail.inquiry.work_folder import WorkFolder
from casetrail.publish import Release, publish
from casetrail.publish.folder import zip_path
from casetrail.schema.trails import By
from casetrail.trail import Trail, answers
from casetrail.trail.asking import Asking
from casetrail.trail.person import events, spells
from casetrail.world import write_case

DEMO_STANDING = Standing("Haringey", "2009-10")
# The year after in short: the page stays small enough to send by mail.
DEMO_YEAR_AFTER = Standing("Haringey", "2010-11")

# How the inquiry file of the made-up case begins: what tells a demonstration from an inquiry of the user's own.
_DEMO_MARK = b"# A made-up case: nobody in it exists"


@dataclass(frozen=True, slots=True)
class Watching:
    """Where progress goes: rows read per source, and stages of building."""

    rows: Progress | None = None
    stage: Callable[[str], None] | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """What a run made: the answers, what became of the sources, and the pack."""

    answers: tuple[Answer, ...]
    sources: tuple[SourceRead, ...]
    release: Release
    quarantine: Path


def stamped(found: Iterable[Answer]) -> tuple[Answer, ...]:
    """Answers with the version of casetrail that made them."""
    now = version("casetrail")
    return tuple(replace(a, provenance=replace(a.provenance, version=now)) for a in found)


def compare_answers(standings: Iterable[Standing]) -> tuple[Answer, ...]:
    """Published figures of authorities. Raises UnknownNameError."""
    found: list[Answer] = []
    for wanted in standings:
        known = {answer.id for answer in found}
        found += [answer for answer in standing(wanted.authority, wanted.year) if answer.id not in known]
    return stamped(found)


def trail_answers(trail: Trail, inquiry: Inquiry, *, by: By = "all", limit: int | None = 25) -> tuple[Answer, ...]:
    """All questions of the trail; a trail of one made-up person also shows that one trail."""
    found = answers(trail, inquiry.wanted, by=by, limit=limit)
    if by == "all" and trail.origin is Origin.MADE_UP and _persons(trail) == 1:
        one = Asking(trail, "all", None)
        found = (spells(one, person_no=1), events(one, person_no=1), *found)
    return stamped(found)


def _persons(trail: Trail) -> int:
    return int(str(trail.query("overview").rows()[0]["persons"]))


def run(
    inquiry: Inquiry, *, known_on: date | None = None, out: Path | None = None, watching: Watching | None = None
) -> Run:
    """Read, follow, answer, publish. Raises the errors of every stage."""
    seen = watching or Watching()
    standings = compare_answers(inquiry.standings)
    with followed(inquiry, known_on=known_on, progress=seen.rows, stage=seen.stage) as (trail, records):
        found = (*standings, *stamped([sources_answer(records)]), *trail_answers(trail, inquiry))
    return _released(found, inquiry, records, out or inquiry.out, lede="")


def demo(folder: Path, *, today: date, watching: Watching | None = None) -> Run:
    """Real published figures of an authority, and one made-up case whose truth is known."""
    seen = watching or Watching()
    _refuse_foreign(folder)
    inquiry = parse(write_case("two_waits", folder), today=today)
    after = [a for a in compare_answers([DEMO_YEAR_AFTER]) if a.id.endswith((".summary", ".recording"))]
    real = (*compare_answers([DEMO_STANDING]), *after, *stamped([tenure_refusal()]))
    with followed(inquiry, progress=seen.rows, stage=seen.stage) as (trail, records):
        made_up = (*trail_answers(trail, inquiry), *stamped([sources_answer(records)]))
    lede = (
        "First, real published figures: was one authority any better or worse than most? Then a made-up case that five "
        "agencies each kept in a file of their own, put into one trail."
    )
    titled = replace(inquiry, title="What published figures and linked records can show")
    return _released((*real, *made_up), titled, records, folder / "pack", lede=lede)


def _refuse_foreign(folder: Path) -> None:
    """Only an empty folder or an earlier demonstration is written into: no file of the user's own is lost."""
    if folder.exists() and not folder.is_dir():
        raise OutputError(
            "There is a file in the place of the folder for the demonstration.",
            where=str(folder),
            todo="Name an empty or new folder with --out.",
        )
    if folder.exists() and any(folder.iterdir()) and not _is_demo(folder / "inquiry.toml"):
        raise OutputError(
            "The folder for the demonstration holds other files; they are left alone.",
            where=str(folder),
            todo="Name an empty or new folder with --out.",
        )


def _is_demo(inquiry: Path) -> bool:
    return inquiry.is_file() and inquiry.read_bytes().startswith(_DEMO_MARK)


def publish_compare(found: tuple[Answer, ...], out: Path, *, authority: str, year: str) -> Release:
    """A pack of published figures alone. Raises OutputError."""
    title = f"{authority}, {year}: any better or worse than most?"
    return publish(found, out, title=title, version=version("casetrail"), as_of=year)


def _mixes(found: tuple[Answer, ...]) -> bool:
    return len({answer.id.partition(".")[0] == "compare" for answer in found}) > 1


def _released(found: tuple[Answer, ...], inquiry: Inquiry, records: RecordsRead, out: Path, *, lede: str) -> Run:
    # Published figures beside records have years of their own: the day is that of the records.
    as_of = f"records to {inquiry.as_of.isoformat()}" if _mixes(found) else inquiry.as_of.isoformat()
    release = publish(found, out, title=inquiry.title, version=version("casetrail"), as_of=as_of, lede=lede)
    work = WorkFolder(inquiry.work)
    work.note_written(out, zip_path(out))
    return Run(found, records.sources, release, work.quarantine_file)
