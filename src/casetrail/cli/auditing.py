"""The verb audit: draw files, read ratings, set an indicator beside them, and what few files can show."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from casetrail.cli.looking import say
from casetrail.cli.making import log_to_file, today
from casetrail.cli.options import InquiryFile, Json, KnownOn, Out, Verbose, day

if TYPE_CHECKING:
    from casetrail.figures import Answer
    from casetrail.inquiry.audit_sheets import SheetAsked
    from casetrail.inquiry.model import Inquiry

audit = typer.Typer(
    name="audit",
    no_args_is_help=True,
    rich_markup_mode="rich",
    help="Do indicators see what audits see? Draw files at random, read what auditors said, and know what it shows.\n\n"
    "Example: [bold]casetrail audit files --size 30[/]",
)


class By(StrEnum):
    """Bodies that a file can belong to; never a worker."""

    TEAM = "team"
    AGENCY = "agency"


class Periods(StrEnum):
    """Stretches of time that make strata of their own."""

    NONE = "none"
    YEAR = "year"
    QUARTER = "quarter"


class Division(StrEnum):
    """How files are divided among strata."""

    PROPORTIONAL = "proportional"
    EQUAL = "equal"


class Kind(StrEnum):
    """What kind of world a file comes from."""

    REAL = "real"
    PUBLIC_PSEUDONYMOUS = "public-pseudonymous"
    PUBLIC_AGGREGATE = "public-aggregate"
    MADE_UP = "made-up"


RatingsFile = Annotated[Path, typer.Argument(help="Ratings: unit, file, rater, grade, and weight.", show_default=False)]
Columns = Annotated[
    list[str] | None,
    typer.Option("--column", help="USE=NAME where a column of the ratings is called otherwise.", show_default=False),
]
Grades = Annotated[
    str | None,
    typer.Option("--grades", help="All grades, worst first, with commas between.", metavar="LIST", show_default=False),
]
Adequate = Annotated[
    str | None, typer.Option("--adequate", help="The lowest grade that is adequate.", show_default=False)
]
OriginOf = Annotated[Kind, typer.Option("--origin", help="What the ratings are.")]
Protection = Annotated[
    Path | None,
    typer.Option("--inquiry", help="Inquiry file that says why real ratings may be used.", show_default=False),
]
Team = Annotated[
    int | None, typer.Option("--team", help="How many files the team has.", min=1, show_default="very many")
]


@audit.command()
def draw(
    file: InquiryFile,
    files: Annotated[int, typer.Option("--files", help="How many files in all.", min=1)] = 30,
    by: Annotated[By, typer.Option("--by", help="Whose files: strata are teams or agencies.")] = By.TEAM,
    each: Annotated[bool, typer.Option("--each", help="So many from each stratum, not in all.")] = False,
    periods: Annotated[
        Periods, typer.Option("--periods", help="Strata of their own for each year or quarter.")
    ] = Periods.NONE,
    since: Annotated[
        date | None,
        typer.Option("--since", help="Held on or after this day.", parser=day, metavar="DATE", show_default=False),
    ] = None,
    until: Annotated[
        date | None,
        typer.Option("--until", help="Held on or before this day.", parser=day, metavar="DATE", show_default=False),
    ] = None,
    division: Annotated[
        Division, typer.Option("--division", help="How files are divided among strata.")
    ] = Division.PROPORTIONAL,
    seed: Annotated[int, typer.Option("--seed", help="The same seed draws the same files.", min=0)] = 1,
    known_on: KnownOn = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", help="Worklist for auditors (CSV); stays in the house.", show_default=False),
    ] = None,
    json: Json = False,
    verbose: Verbose = False,
) -> None:
    """Draw files for an audit from a followed trail, each with the chance it had.

    Example: [bold]casetrail audit draw inquiry.toml --files 30 --by team --seed 1 --out worklist.csv[/]
    """
    log_to_file(verbose)
    from casetrail import inquiry
    from casetrail.cli.logs import remembered
    from casetrail.cli.saying import watching
    from casetrail.inquiry.audit_frame import FrameAsked
    from casetrail.inquiry.auditing import DrawAsked, audit_draw, write_worklist

    wanted = inquiry.parse(file, today=today())
    frame = FrameAsked(by.value, periods.value, since, until)
    asked = DrawAsked(files, frame, division.value, each, seed, known_on)
    with remembered(inquiry.WorkFolder(wanted.work), verbose=verbose), watching(quiet=json) as seen:
        found = audit_draw(wanted, asked, progress=seen.rows, stage=seen.stage)
    written = 0 if out is None else write_worklist(found, out, wanted)
    _say_draw(found, written, out, json=json)


def _say_draw(found: Sequence[Answer], written: int, out: Path | None, *, json: bool) -> None:
    """A worklist is for inside the house, whatever the records are."""
    from casetrail.cli.saying import out as console
    from casetrail.cli.saying import print_answers, print_json
    from casetrail.publish import envelope
    from casetrail.publish.envelope import INTERNAL, origin_of

    if json:
        print_json(envelope("audit-draw", origin_of(found), found, internal=True))
        return
    print_answers([a for a in found if not written or a.id != "audit.draw.worklist"], stamp=INTERNAL, hint=False)
    if written:
        console().print(f"\nWritten: {out}, {written:,} files. {INTERNAL}.", soft_wrap=True)
        console().print("Next: fill in rater and grade, then  casetrail audit read FILE", soft_wrap=True)


@audit.command()
def read(
    ratings: RatingsFile,
    column: Columns = None,
    grades: Grades = None,
    adequate: Adequate = None,
    origin: OriginOf = Kind.REAL,
    protection: Protection = None,
    out: Out = None,
    json: Json = False,
) -> None:
    """Do raters of one file agree, and how many files are adequate? Double ratings are found by file.

    Example: [bold]casetrail audit read ratings.csv --grades "poor,fair,good" --adequate fair --inquiry inquiry.toml[/]
    """
    from casetrail.inquiry.audit_reading import Scale
    from casetrail.inquiry.auditing import audit_ratings

    known = _protected(protection)
    found = audit_ratings(
        _sheet(ratings, origin, column), Scale(_list(grades), adequate), protection=known, today=today()
    )
    if out is not None:
        _pack(found, out, title="What auditors said, and whether they agree", known=known)
    say(found, "audit-read", json=json)


@audit.command()
def beside(
    ratings: RatingsFile,
    indicator: Annotated[
        Path,
        typer.Argument(
            help="Indicator: unit, numerator, denominator, and period where there are several.", show_default=False
        ),
    ],
    lower_is_better: Annotated[
        bool, typer.Option("--lower-is-better", help="Less of the indicator is better.")
    ] = False,
    column: Columns = None,
    grades: Grades = None,
    adequate: Adequate = None,
    origin: OriginOf = Kind.REAL,
    protection: Protection = None,
    out: Out = None,
    json: Json = False,
) -> None:
    """Does the indicator see what the audits see? The correlation without the error of both, and where they part.

    Example: [bold]casetrail audit beside ratings.csv in-time.csv --inquiry inquiry.toml[/]
    """
    from casetrail.figures import Origin
    from casetrail.inquiry.audit_reading import Scale
    from casetrail.inquiry.audit_sheets import SheetAsked
    from casetrail.inquiry.auditing import audit_beside

    known = _protected(protection)
    found = audit_beside(
        _sheet(ratings, origin, column),
        Scale(_list(grades), adequate),
        SheetAsked(path=indicator, origin=Origin(origin.value), columns={}),
        lower_is_better=lower_is_better,
        protection=known,
        today=today(),
    )
    if out is not None:
        _pack(found, out, title="An indicator beside audits", known=known)
    say(found, "audit-beside", json=json)


@audit.command()
def files(
    size: Annotated[int, typer.Option("--size", help="How many files are read.", min=1)] = 30,
    team: Team = None,
    out: Out = None,
    json: Json = False,
) -> None:
    """What 30 files can and cannot show: of one team, of a rare fault, of two teams. Needs no records.

    Example: [bold]casetrail audit files --size 30 --team 120[/]
    """
    from casetrail.inquiry.auditing import audit_files

    found = audit_files(size, team)
    if out is not None:
        _pack(found, out, title=f"What {size:,} files can and cannot show", known=None)
    say(found, "audit-files", json=json)


@audit.command()
def lqas(
    good: Annotated[float, typer.Option("--good", help="Share of adequate files that is good.", min=0, max=1)] = 0.9,
    poor: Annotated[float, typer.Option("--poor", help="Share of adequate files that is poor.", min=0, max=1)] = 0.7,
    alpha: Annotated[float, typer.Option("--alpha", help="Risk that a good team does not pass.")] = 0.1,
    beta: Annotated[float, typer.Option("--beta", help="Risk that a poor team passes.")] = 0.1,
    team: Team = None,
    size: Annotated[
        int | None, typer.Option("--size", help="How many files are to be read.", min=1, show_default="the fewest")
    ] = None,
    out: Out = None,
    json: Json = False,
) -> None:
    """How few files tell a good team from a poor one, and how often that goes wrong. Needs no records.

    Example: [bold]casetrail audit lqas --good 0.9 --poor 0.7 --team 60[/]
    """
    from casetrail.inquiry.auditing import audit_lqas

    if not poor < good:
        raise typer.BadParameter("--poor must be below --good")
    if not (0 < alpha < 1 and 0 < beta < 1):
        raise typer.BadParameter("--alpha and --beta are risks between 0 and 1")
    found = audit_lqas(good, poor, (alpha, beta), team=team, size=size)
    if out is not None:
        _pack(found, out, title="Is a team plainly good or plainly poor?", known=None)
    say(found, "audit-lqas", json=json)


def _sheet(path: Path, origin: Kind, column: Sequence[str] | None) -> SheetAsked:
    from casetrail.figures import Origin
    from casetrail.inquiry.audit_sheets import SheetAsked

    columns = {}
    for one in column or ():
        ours, sign, theirs = one.partition("=")
        if not sign or not ours.strip() or not theirs.strip():
            raise typer.BadParameter("write USE=NAME, such as unit=Team", param_hint="--column")
        columns[ours.strip()] = theirs.strip()
    return SheetAsked(path=path, origin=Origin(origin.value), columns=columns)


def _list(text: str | None) -> tuple[str, ...]:
    return () if text is None else tuple(part.strip() for part in text.split(","))


def _protected(protection: Path | None) -> Inquiry | None:
    from casetrail import inquiry

    return None if protection is None else inquiry.parse(protection, today=today())


def _pack(found: Sequence[Answer], out: Path, *, title: str, known: Inquiry | None) -> None:
    from casetrail import inquiry
    from casetrail.inquiry.running import publish_compare
    from casetrail.publish.folder import zip_path

    publish_compare(tuple(found), out, title=title, as_of=today().isoformat())
    if known is not None:
        work = inquiry.WorkFolder(known.work)
        work.prepare()
        work.note_written(out, zip_path(out))
