"""The whole path: read, follow, compare, publish."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date
from importlib.metadata import version
from pathlib import Path

from casetrail.compare import tenure_refusal
from casetrail.errors import OutputError
from casetrail.figures import Answer, Origin
from casetrail.inquiry.beside_truth import beside_truth
from casetrail.inquiry.comparing import Compared, compare_shipped
from casetrail.inquiry.coverage_page import coverage_answer
from casetrail.inquiry.deadlines import public_deadline
from casetrail.inquiry.following import followed
from casetrail.inquiry.model import Inquiry, Standing
from casetrail.inquiry.parse import parse
from casetrail.inquiry.questions_page import questions_answer
from casetrail.inquiry.reading import Progress, RecordsRead, SourceRead
from casetrail.inquiry.reconciling import reconcile
from casetrail.inquiry.sources_page import sources_answer
from casetrail.inquiry.stamping import stamped
from casetrail.inquiry.work_folder import WorkFolder
from casetrail.inquiry.worldmaking import WAITS, make_world
from casetrail.publish import Release, publish
from casetrail.publish.folder import zip_path
from casetrail.schema.trails import By
from casetrail.trail import Trail, answers
from casetrail.trail.asking import Asking
from casetrail.trail.person import events, spells
from casetrail.world import World
from casetrail.world.holdings.inquiry_file import MARK, Asked

DEMO_STANDING = Standing("Haringey", "2009-10")
# The year after in short: the page stays small enough to send by mail.
DEMO_YEAR_AFTER = Standing("Haringey", "2010-11")

# Small enough to be made and followed within seconds, and cases go round in it so that there is something to see.
DEMO_WORLD = World(scenario="bounced", children=2_000, years=3.0, seed=7)
DEMO_AUTHORITY = "authority"
DEMO_DRAWS = 500
# Tables are cut here so that the page stays small enough to send by mail.
DEMO_ROWS = 6
_DEMO_LEAVES_OUT = frozenset(
    {
        "trail.variants",
        "trail.waits_between.team",
        "trail.hand_off_pairs.team",
        "trail.held_by_how_many.team",
        "trail.hand_offs.team",
        "trail.endings",
        "trail.terms",
    }
)
# One funnel shows what a funnel is; `casetrail compare` has them all.
_DEMO_FUNNELS_LEFT_OUT = (
    ".initial-assessments-10-days.funnel",
    ".core-assessments-35-days.funnel",
    ".conferences-15-days.funnel",
    ".plan-reviews-in-time.funnel",
)
_DEMO_OWN = frozenset({DEMO_AUTHORITY, "work", "pack", "pack.zip"})


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


def compare_answers(standings: Iterable[Standing]) -> tuple[Answer, ...]:
    """Published figures of authorities. Raises UnknownNameError."""
    found: list[Answer] = []
    for wanted in standings:
        known = {answer.id for answer in found}
        asked = Compared(body=wanted.authority, period=wanted.year)
        found += [answer for answer in compare_shipped(asked) if answer.id not in known]
    return tuple(found)


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
        covered = coverage_answer(records)
        about = [sources_answer(records), *([covered] if covered else []), questions_answer(records)]
        found = (*standings, *stamped(about), *trail_answers(trail, inquiry))
    if inquiry.reconciles:
        found = (*found, *reconcile(inquiry))
    return _released(found, inquiry, records, out or inquiry.out, lede="")


def demo(folder: Path, *, today: date, watching: Watching | None = None) -> Run:
    """Real published figures of an authority, and a made-up authority whose truth is known.

    Raises OutputError when the folder holds files that are not an earlier demonstration's.
    """
    seen = watching or Watching()
    _refuse_foreign(folder)
    after = [a for a in compare_answers([DEMO_YEAR_AFTER]) if a.id.endswith((".summary", ".recording"))]
    asked = [a for a in compare_answers([DEMO_STANDING]) if not a.id.endswith(_DEMO_FUNNELS_LEFT_OUT)]
    deadline = [a for a in public_deadline(None) if a.id.endswith((".assessments", ".conferences"))]
    real = (*asked, *after, *stamped([tenure_refusal()]), *deadline)
    place = _make_demo_authority(folder / DEMO_AUTHORITY, seen)
    inquiry = parse(place / "inquiry.toml", today=today)
    with followed(inquiry, progress=seen.rows, stage=seen.stage) as (trail, records):
        found = trail_answers(trail, inquiry, limit=DEMO_ROWS)
        truth = (*stamped([beside_truth(found, place / "truth")]), *_hidden(trail, inquiry))
        shown = (answer for answer in found if answer.id not in _DEMO_LEAVES_OUT)
        made_up = (*truth, *shown, *stamped([sources_answer(records)]))
    lede = (
        "First, real published figures: was one authority any better or worse than most? Then a made-up authority: ten "
        "agencies each kept a file of their own, casetrail put them into one trail, and what it finds stands beside "
        "what is true."
    )
    titled = replace(inquiry, title="What published figures and linked records can show")
    return _released((*real, *made_up), titled, records, folder / "pack", lede=lede)


def _hidden(trail: Trail, inquiry: Inquiry) -> tuple[Answer, ...]:
    """How many it happened to, from three agencies' lists, beside the truth."""
    from casetrail.demand.answers.every import Asked as OfLists  # compiles numeric code: only when it is asked
    from casetrail.demand.choosing import Assumption
    from casetrail.inquiry.demanding import Wanted, trail_headline

    wanted = Wanted(asked=OfLists(assumption=Assumption.TWO_WAY, draws=DEMO_DRAWS))
    return trail_headline(trail, inquiry, wanted, inquiry.demand)


def _make_demo_authority(place: Path, seen: Watching) -> Path:
    """The authority of the demonstration, made anew each time: a new version of casetrail may make another."""
    if place.exists():
        shutil.rmtree(place)
    if seen.stage:
        seen.stage("a made-up authority")
    make_world(DEMO_WORLD, place, asked=Asked(waits=WAITS[:1], work="../work", out="../pack"))
    return place


def _refuse_foreign(folder: Path) -> None:
    """Only an empty folder or an earlier demonstration is written into: no file of the user's own is lost."""
    if folder.exists() and not folder.is_dir():
        raise OutputError(
            "There is a file in the place of the folder for the demonstration.",
            where=str(folder),
            todo="Name an empty or new folder with --out.",
        )
    if folder.exists() and any(folder.iterdir()) and not _is_demo(folder):
        raise OutputError(
            "The folder for the demonstration holds other files; they are left alone.",
            where=str(folder),
            todo="Name an empty or new folder with --out.",
        )


def _is_demo(folder: Path) -> bool:
    """Everything in it is a demonstration's own, and a made-up authority where there is one."""
    if any(item.name not in _DEMO_OWN for item in folder.iterdir()):
        return False
    inquiry = folder / DEMO_AUTHORITY / "inquiry.toml"
    return inquiry.is_file() and inquiry.read_bytes().startswith(MARK.encode())


def publish_compare(found: tuple[Answer, ...], out: Path, *, title: str, as_of: str) -> Release:
    """A pack of published figures alone. Raises OutputError."""
    return publish(found, out, title=title, version=version("casetrail"), as_of=as_of)


def _mixes(found: tuple[Answer, ...]) -> bool:
    return len({answer.id.partition(".")[0] == "compare" for answer in found}) > 1


def _released(found: tuple[Answer, ...], inquiry: Inquiry, records: RecordsRead, out: Path, *, lede: str) -> Run:
    # Published figures beside records have years of their own: the day is that of the records.
    as_of = f"records to {inquiry.as_of.isoformat()}" if _mixes(found) else inquiry.as_of.isoformat()
    release = publish(found, out, title=inquiry.title, version=version("casetrail"), as_of=as_of, lede=lede)
    work = WorkFolder(inquiry.work)
    work.note_written(out, zip_path(out))
    return Run(found, records.sources, release, work.quarantine_file)
