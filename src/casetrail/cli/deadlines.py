"""The verb deadline: is work done to the limit? On published bins without input, or on a file of single cases."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from casetrail.cli.making import today
from casetrail.cli.options import Json, Out, day

if TYPE_CHECKING:
    from casetrail.compare.deadline import Rules
    from casetrail.figures import Answer
    from casetrail.inquiry.deadlines import DeadlineFile


class Counting(StrEnum):
    """Which day is day one; the words of the calendar page with hyphens."""

    DAY_AFTER_RECEIPT = "day-after-receipt"
    RECEIVED_NEXT_WORKING_DAY = "received-next-working-day"
    DAY_OF_RECEIPT = "day-of-receipt"


class Place(StrEnum):
    """Whose bank holidays."""

    ENGLAND_AND_WALES = "england-and-wales"
    SCOTLAND = "scotland"
    NORTHERN_IRELAND = "northern-ireland"


class Kind(StrEnum):
    """What kind of world the file comes from."""

    REAL = "real"
    PUBLIC_PSEUDONYMOUS = "public-pseudonymous"
    PUBLIC_AGGREGATE = "public-aggregate"
    MADE_UP = "made-up"


def deadline(
    file: Annotated[
        Path | None, typer.Argument(help="A file of single cases; without one, published figures.", show_default=False)
    ] = None,
    authority: Annotated[
        str | None,
        typer.Option("--authority", help="Published figures of this English authority.", show_default=False),
    ] = None,
    limit: Annotated[
        int | None,
        typer.Option("--limit", help="Limit in working days, where the file has no column.", min=1, show_default=False),
    ] = None,
    column: Annotated[
        list[str] | None,
        typer.Option(
            "--column", help="Name a column: closed=SignedOff; may be repeated.", metavar="USE=NAME", show_default=False
        ),
    ] = None,
    origin: Annotated[Kind, typer.Option("--origin", help="What the file is.")] = Kind.REAL,
    protection: Annotated[
        Path | None,
        typer.Option("--inquiry", help="Inquiry file that says why real records may be used.", show_default=False),
    ] = None,
    window: Annotated[
        int, typer.Option("--window", help="Last days up to the limit that are looked at.", min=1, max=1000)
    ] = 5,
    as_of: Annotated[
        date | None,
        typer.Option("--as-of", help="Last day the records can know.", parser=day, metavar="DATE", show_default=False),
    ] = None,
    date_format: Annotated[
        str | None, typer.Option("--date-format", help="Such as %d/%m/%Y.", show_default=False)
    ] = None,
    nation: Annotated[Place, typer.Option("--nation", help="Whose bank holidays.")] = Place.ENGLAND_AND_WALES,
    counting: Annotated[
        Counting, typer.Option("--counting", help="Which day is day one.")
    ] = Counting.DAY_AFTER_RECEIPT,
    rereferral_days: Annotated[
        int, typer.Option("--rereferral-days", help="Days after closing in which a re-referral counts.", min=1)
    ] = 90,
    seed: Annotated[
        int | None, typer.Option("--seed", help="Seed of the bootstrap.", min=0, show_default=False)
    ] = None,
    out: Out = None,
    json: Json = False,
) -> None:
    """Is work done to the deadline? The response to a limit, in published figures or in your own cases.

    Examples: [bold]casetrail deadline[/] · [bold]casetrail deadline --authority Haringey[/] ·
    [bold]casetrail deadline cases.csv --limit 45 --inquiry inquiry.toml[/]
    """
    from casetrail.inquiry import deadlines

    if file is None:
        _only_with_a_file(limit=limit, column=column, protection=protection, as_of=as_of, date_format=date_format)
        found = deadlines.public_deadline(authority)
    elif authority is not None:
        raise typer.BadParameter("name a file, or an authority of the published figures, not both")
    else:
        rules = _rules(nation, counting, window=window, rereferral_days=rereferral_days, seed=seed)
        asked = _asked(file, limit, column or [], origin=origin, protection=protection)
        from dataclasses import replace

        asked = replace(asked, as_of=as_of, date_format=date_format)
        found = deadlines.file_deadline(asked, rules, today=today())
    if out is not None:
        _pack(found, out, title=_title(file, authority), protection=protection)
    _say(found, json=json)


def _only_with_a_file(**given: object) -> None:
    """Options that would be passed over in silence are refused."""
    for name, value in given.items():
        if value is not None:
            said = {"protection": "inquiry"}.get(name, name.replace("_", "-"))
            raise typer.BadParameter(f"--{said} needs a file of cases")


def _rules(nation: Place, counting: Counting, *, window: int, rereferral_days: int, seed: int | None) -> Rules:
    from casetrail.compare.deadline import Rules
    from casetrail.statute import Convention, Nation

    return Rules(
        nation=Nation[nation.name],
        convention=Convention[counting.name],
        window=window,
        rereferral_days=rereferral_days,
        seed=Rules().seed if seed is None else seed,
    )


def _asked(
    file: Path, limit: int | None, column: Sequence[str], *, origin: Kind, protection: Path | None
) -> DeadlineFile:
    from casetrail import inquiry
    from casetrail.figures import Origin
    from casetrail.inquiry.deadlines import DeadlineFile

    columns = dict(_pair(text) for text in column)
    wanted = None if protection is None else inquiry.parse(protection, today=today())
    return DeadlineFile(path=file, origin=Origin(origin.value), limit=limit, columns=columns, protection=wanted)


def _pair(text: str) -> tuple[str, str]:
    ours, sign, theirs = text.partition("=")
    if not sign or not ours.strip() or not theirs.strip():
        raise typer.BadParameter("write --column USE=NAME, such as --column closed=SignedOff")
    return ours.strip(), theirs.strip()


def _title(file: Path | None, authority: str | None) -> str:
    whose = "in a file of cases" if file is not None else f"of {authority or 'England'}"
    return f"Response to the deadline {whose}"


def _pack(found: Sequence[Answer], out: Path, *, title: str, protection: Path | None) -> None:
    from importlib.metadata import version

    from casetrail import inquiry
    from casetrail.publish import publish
    from casetrail.publish.folder import zip_path

    ends = (dict(answer.provenance.parameters).get("records_end") for answer in found)
    as_of = next((str(end) for end in ends if end is not None), "published figures to 2025")
    publish(tuple(found), out, title=title, version=version("casetrail"), as_of=as_of)
    if protection is not None:
        work = inquiry.WorkFolder(inquiry.parse(protection, today=today()).work)
        work.prepare()
        work.note_written(out, zip_path(out))


def _say(found: Sequence[Answer], *, json: bool) -> None:
    """Inside the house: nothing is withheld, so personal and pseudonymous records are stamped as internal."""
    from casetrail.cli.saying import print_answers, print_json
    from casetrail.figures import Origin
    from casetrail.publish import envelope
    from casetrail.publish.envelope import INTERNAL, origin_of

    inside = any(a.origin in (Origin.REAL, Origin.PUBLIC_PSEUDONYMOUS) for a in found)
    if json:
        print_json(envelope("deadline", origin_of(found), found, internal=inside))
    else:
        print_answers(found, stamp=INTERNAL if inside else "")
