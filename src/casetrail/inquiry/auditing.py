"""Audits put together: a sample drawn from a followed trail, ratings read, an indicator set beside them."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from casetrail.compare.audit import (
    Indicators,
    Rated,
    agreement_answer,
    draw_answers,
    joint_answers,
    lqas_answer,
    rows_answer,
    shares_answer,
    thirty_files_answer,
    two_teams_answer,
    unseen_answer,
)
from casetrail.compare.audit.drawing import WORKLIST
from casetrail.errors import ProtectionError
from casetrail.figures import Answer, Origin, Table
from casetrail.inquiry.audit_frame import FrameAsked, audit_frame
from casetrail.inquiry.audit_indicator import read_indicator
from casetrail.inquiry.audit_reading import Scale, read_ratings
from casetrail.inquiry.audit_sheets import SheetAsked
from casetrail.inquiry.following import followed
from casetrail.inquiry.model import Inquiry
from casetrail.inquiry.reading import Progress
from casetrail.inquiry.stamping import stamped
from casetrail.inquiry.work_folder import WorkFolder, write_whole
from casetrail.publish import sheet_cell
from casetrail.publish.envelope import INTERNAL
from casetrail.stats.sampling import Division


@dataclass(frozen=True, slots=True)
class DrawAsked:
    """How many files, from which frame, divided how. `each`: so many from every stratum."""

    files: int
    frame: FrameAsked = field(default_factory=FrameAsked)
    division: Division = "proportional"
    each: bool = False
    seed: int = 1
    known_on: date | None = None


def audit_draw(
    inquiry: Inquiry,
    asked: DrawAsked,
    *,
    progress: Progress | None = None,
    stage: Callable[[str], None] | None = None,
) -> tuple[Answer, ...]:
    """The strata with their chances, and the worklist. Raises as `followed` does."""
    with followed(inquiry, known_on=asked.known_on, progress=progress, stage=stage) as (trail, _):
        frame = audit_frame(trail, asked.frame)
    return stamped(draw_answers(frame, asked.files, seed=asked.seed, division=asked.division, each=asked.each))


def write_worklist(found: tuple[Answer, ...], out: Path, inquiry: Inquiry) -> int:
    """Write the worklist as CSV, stamped on every row, to be filled in and read again; how many files are in it.

    The columns rater and grade are empty. The work folder notes the file. Raises: OutputError.
    """
    work = next((a.body for a in found if a.id == "audit.draw.worklist"), None)
    if not isinstance(work, Table):
        return 0
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([*(column.name for column in work.columns), "stamp"])
    for row in work.rows:
        writer.writerow([*map(sheet_cell, row), INTERNAL])
    write_whole(out, "\ufeff" + text.getvalue())
    WorkFolder(inquiry.work).note_written(out)
    return len(work.rows)


def is_worklist(path: Path) -> bool:
    """Whether a file is a worklist as `write_worklist` makes it, filled in or not."""
    head = ",".join((*(column.name for column in WORKLIST), "stamp"))
    try:
        with path.open(encoding="utf-8-sig") as file:
            return file.readline().strip() == head
    except (OSError, UnicodeDecodeError):
        return False


def audit_ratings(asked: SheetAsked, scale: Scale, *, protection: Inquiry | None, today: date) -> tuple[Answer, ...]:
    """Do raters agree, and how many files are adequate? Raises: ProtectionError, InputError."""
    check_protection(asked, protection, today)
    return ratings_answers(read_ratings(asked, scale))


def ratings_answers(rated: Rated) -> tuple[Answer, ...]:
    """Agreement, shares by unit, and what became of the rows."""
    first = agreement_answer(rated)
    return stamped((first, shares_answer(rated), rows_answer(rated, first.provenance)))


def audit_beside(
    asked: SheetAsked,
    scale: Scale,
    indicator: SheetAsked,
    *,
    lower_is_better: bool,
    protection: Inquiry | None,
    today: date,
) -> tuple[Answer, ...]:
    """Does the indicator see what the audits see? Raises: ProtectionError, InputError."""
    check_protection(asked, protection, today)
    rated = read_ratings(asked, scale)
    beside = read_indicator(indicator, lower_is_better=lower_is_better)
    return beside_answers(rated, beside)


def beside_answers(rated: Rated, beside: Indicators, *, level: float = 0.95) -> tuple[Answer, ...]:
    """The correlation, each unit's discordance, and what became of the rows of both files."""
    found = joint_answers(rated, beside, level=level)
    return stamped((*found, *(rows_answer(read, found[0].provenance) for read in (rated, beside))))


def audit_files(size: int, team: int | None) -> tuple[Answer, ...]:
    """What so many files can and cannot show."""
    return stamped(ask(size, team) for ask in (thirty_files_answer, unseen_answer, two_teams_answer))


def audit_lqas(
    good: float, poor: float, risks: tuple[float, float], *, team: int | None, size: int | None
) -> tuple[Answer, ...]:
    """A decision rule for a team. Raises: ValueError as `lqas_answer` does."""
    return stamped((lqas_answer(good, poor, alpha=risks[0], beta=risks[1], team=team, size=size),))


def check_protection(asked: SheetAsked, protection: Inquiry | None, today: date) -> None:
    """Ratings of real files need a reason why they may be used. Raises: ProtectionError."""
    if asked.origin is not Origin.REAL:
        return
    known = None if protection is None else protection.protection
    if known is None:
        raise ProtectionError(
            "The file holds ratings of real persons' files, and nothing says why they may be used.",
            where=asked.path.name,
            todo="Name an inquiry file with a [protection] table (--inquiry), or say --origin made-up, "
            "public-pseudonymous or public-aggregate if that is what the file is.",
            code="protection_missing",
        )
    if known.retain_until < today:
        raise ProtectionError(
            "The time for which these records may be kept is over.",
            where="[protection] retain_until",
            todo="Run `casetrail purge` on this inquiry, or have the controllers set a later day.",
            code="retention_over",
        )
