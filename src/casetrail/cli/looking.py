"""Verbs that look: read, follow, show, explain, verify-pack."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from casetrail.cli.making import log_to_file, today
from casetrail.cli.options import Group, InquiryFile, Json, KnownOn, Out, Verbose

if TYPE_CHECKING:
    from casetrail.figures import Answer


def read(
    files: Annotated[
        list[Path], typer.Argument(help="Files to look at, or one inquiry file to read in.", show_default=False)
    ],
    quarantine: Annotated[
        Path | None,
        typer.Option("--quarantine", help="Write the rows set aside as a new workbook (.xlsx).", show_default=False),
    ] = None,
    fix: Annotated[
        Path | None,
        typer.Option("--fix", help="Take in what was mended in such a workbook.", show_default=False),
    ] = None,
    reason: Annotated[
        str, typer.Option("--reason", help="Why you need the rows of real persons; goes to the view log.")
    ] = "",
    json: Json = False,
    verbose: Verbose = False,
) -> None:
    """Look into files without storing anything; or, given an inquiry file, read its sources in.

    Examples: [bold]casetrail read police.csv[/] · [bold]casetrail read inquiry.toml[/] ·
    [bold]casetrail read inquiry.toml --quarantine aside.xlsx[/] · [bold]casetrail read inquiry.toml --fix aside.xlsx[/]
    """
    log_to_file(verbose)
    from casetrail.cli import reading

    if [file.suffix for file in files] == [".toml"]:
        asked = reading.Mending(quarantine=quarantine, fix=fix, reason=reason)
        reading.read_in(files[0], asked, json=json, verbose=verbose)
    elif quarantine is not None or fix is not None:
        raise typer.BadParameter("--quarantine and --fix need the inquiry file: casetrail read INQUIRY.toml --fix FILE")
    else:
        reading.look(files, json=json)


def follow(
    file: InquiryFile,
    by: Annotated[Group, typer.Option("--by", help="Group each measure.")] = Group.ALL,
    known_on: KnownOn = None,
    all_rows: Annotated[bool, typer.Option("--all-rows", help="All rows, not the first 25.")] = False,
    out: Out = None,
    json: Json = False,
    verbose: Verbose = False,
) -> None:
    """Build the trail and measure it: who held the case, waits, hand-offs, loops, limbo, repeats.

    Example: [bold]casetrail follow inquiry.toml --by period --known-on 2007-03-31[/]
    """
    log_to_file(verbose)
    from casetrail import inquiry
    from casetrail.cli.logs import remembered
    from casetrail.cli.saying import watching

    wanted = inquiry.parse(file, today=today())
    with (
        remembered(inquiry.WorkFolder(wanted.work), verbose=verbose),
        watching(quiet=json) as seen,
        inquiry.followed(wanted, known_on=known_on, progress=seen.rows, stage=seen.stage) as (trail, _),
    ):
        found = inquiry.trail_answers(trail, wanted, by=by.value, limit=None if all_rows else 25)
    if out is not None:
        _pack(found, out, wanted)
    say(found, "follow", json=json)


def _pack(found: Sequence[Answer], out: Path, wanted: Any) -> None:
    from importlib.metadata import version

    from casetrail.inquiry import WorkFolder
    from casetrail.publish import publish
    from casetrail.publish.folder import zip_path

    publish(found, out, title=wanted.title, version=version("casetrail"), as_of=wanted.as_of.isoformat())
    WorkFolder(wanted.work).note_written(out, zip_path(out))


def say(found: Sequence[Answer], verb: str, *, json: bool, pack: Path | None = None) -> None:
    """Inside the house: nothing is withheld, so personal and pseudonymous records are stamped as internal."""
    from casetrail.cli.saying import print_answers, print_json
    from casetrail.figures import Origin
    from casetrail.publish import envelope
    from casetrail.publish.envelope import INTERNAL, origin_of

    inside = any(a.origin in (Origin.REAL, Origin.PUBLIC_PSEUDONYMOUS) for a in found)
    if json:
        print_json(envelope(verb, origin_of(found), found, internal=inside))
    else:
        print_answers(found, stamp=INTERNAL if inside else "", pack=pack)


def show(
    person: Annotated[str, typer.Argument(help="A pseudonym; with --scheme, the identifier as an agency writes it.")],
    file: Annotated[Path, typer.Option("--inquiry", help="The inquiry file.")] = Path("inquiry.toml"),
    scheme: Annotated[
        str | None, typer.Option("--scheme", help="The person_scheme of the identifier.", show_default=False)
    ] = None,
    reason: Annotated[str, typer.Option("--reason", help="Why you need to see it; goes to the view log.")] = "",
    known_on: KnownOn = None,
    json: Json = False,
) -> None:
    """One person's trail on one page. For inside the house: asks a reason and writes a view log.

    Example: [bold]casetrail show NUMBER --scheme "common number" --inquiry inquiry.toml[/]
    (the last line of casetrail demo has one with a number in it)
    """
    from casetrail import inquiry
    from casetrail.cli.saying import print_answers, print_json
    from casetrail.publish import envelope
    from casetrail.publish.envelope import INTERNAL, origin_of

    wanted = inquiry.parse(file, today=today())
    found = inquiry.show(wanted, person, scheme=scheme, reason=reason, known_on=known_on, today=today())
    if json:
        print_json(envelope("show", origin_of(found), found, internal=True))
    else:
        print_answers(found, stamp=INTERNAL)


def explain(
    figure: Annotated[str, typer.Argument(help="The id that stands under a figure.", show_default=False)],
    pack: Annotated[Path | None, typer.Option("--pack", help="The pack's folder.", show_default=False)] = None,
    file: Annotated[
        Path | None, typer.Option("--inquiry", help="The inquiry file, to ask again.", show_default=False)
    ] = None,
    table: Annotated[
        Path | None, typer.Option("--table", help="Your own table, for a figure of compare on it.", show_default=False)
    ] = None,
    json: Json = False,
) -> None:
    """How a figure came about: sources with hashes, parameters, the SQL that ran; and ask it again.

    Example: [bold]casetrail explain trail.held_time.agency --pack casetrail-demo/pack[/]
    """
    from casetrail import inquiry
    from casetrail.cli.explaining import say
    from casetrail.cli.saying import err
    from casetrail.inquiry.explaining import find_pack, inquiry_beside
    from casetrail.publish import verify_pack as verify

    folder = find_pack(pack or Path())
    beside = file or inquiry_beside(folder)
    wanted = None if beside is None else inquiry.parse(beside, today=today())
    found = inquiry.explain(figure, folder, inquiry=wanted, table=table)
    say(found, folder, json=json)
    whole = verify(folder).whole
    if not whole:
        err().print("[bold red]Files of this pack were changed since it was written[/]: see casetrail verify-pack.")
    if found.same is False or not whole:
        raise typer.Exit(10)


def verify_pack(folder: Annotated[Path, typer.Argument(help="The pack's folder.", show_default=False)]) -> None:
    """Check that no file of a pack was changed since it was written.

    Example: [bold]casetrail verify-pack casetrail-demo/pack[/]
    """
    from casetrail.cli.saying import out
    from casetrail.publish import verify_pack as verify

    found = verify(folder)
    faults = (("changed", found.changed), ("missing", found.missing), ("added", found.extra))
    for said, names in faults:
        for name in names:
            out().print(f"[bold red]{said}[/] {name}", soft_wrap=True)
    if any(names for _, names in faults):
        raise typer.Exit(10)
    one = hashlib.sha256((folder / "provenance.json").read_bytes()).hexdigest()
    out().print(f"Every file that provenance.json of {folder} lists is as listed.", soft_wrap=True)
    out().print(
        f"provenance.json itself has sha256 {one}: compare it with the one its publisher quotes.", soft_wrap=True
    )
