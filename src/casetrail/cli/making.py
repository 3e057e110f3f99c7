"""Verbs that make something: demo, run, init, purge."""

from __future__ import annotations

import logging
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from casetrail.cli.options import InquiryFile, Json, KnownOn, Out, Verbose

if TYPE_CHECKING:
    from casetrail.figures import Answer
    from casetrail.inquiry import Run


def today() -> date:
    """The clock is read here and nowhere else; rooms get the day as a value."""
    return date.today()  # noqa: DTZ011  the user's own calendar day is what retention dates mean


def log_to_file(verbose: bool) -> None:
    """With --verbose, stages and times go to casetrail.log in the current folder."""
    if not verbose:
        return
    from casetrail.cli.logs import LOG, start_log

    start_log(LOG)


def demo(
    folder: Annotated[Path, typer.Option("--out", help="Folder to write into.")] = Path("casetrail-demo"),
    json: Json = False,
    verbose: Verbose = False,
) -> None:
    """Run the whole path without any input: real published figures, and a made-up authority with known truth.

    Example: [bold]casetrail demo[/]
    """
    log_to_file(verbose)
    from casetrail import inquiry
    from casetrail.cli.logs import remembered
    from casetrail.cli.saying import watching

    work = inquiry.WorkFolder(folder / "work")
    with remembered(work, verbose=verbose), watching(quiet=json) as seen:
        made = inquiry.demo(folder, today=today(), watching=seen)
    _say_run(made, json=json, verb="demo")
    if not json:
        _say_child(folder / inquiry.DEMO_AUTHORITY)


def _say_child(authority: Path) -> None:
    """One made-up child's story, line by line, is a command away."""
    from casetrail.cli.saying import out
    from casetrail.inquiry.worldmaking import child_to_read

    number = child_to_read(authority)
    if number is not None:
        where = authority / "inquiry.toml"
        out().print(f'  read   casetrail show {number} --scheme "common number" --inquiry {where}', soft_wrap=True)


def run(
    file: InquiryFile, out: Out = None, known_on: KnownOn = None, json: Json = False, verbose: Verbose = False
) -> None:
    """Run the whole path on your own files: read, follow, answer, write the evidence pack.

    Example: [bold]casetrail run inquiry.toml --known-on 2007-03-31[/]
    """
    log_to_file(verbose)
    from casetrail import inquiry
    from casetrail.cli.logs import remembered
    from casetrail.cli.saying import watching

    wanted = inquiry.parse(file, today=today())
    with remembered(inquiry.WorkFolder(wanted.work), verbose=verbose), watching(quiet=json) as seen:
        made = inquiry.run(wanted, known_on=known_on, out=out, watching=seen)
    _say_run(made, json=json, verb="run")


def _say_run(made: Run, *, json: bool, verb: str) -> None:
    from casetrail.cli.saying import out, print_json, print_sources
    from casetrail.figures import Refusal
    from casetrail.publish import envelope, protect
    from casetrail.publish.envelope import origin_of
    from casetrail.publish.protect import may_leave

    logging.getLogger("casetrail").info("%s: %d answers", verb, len(made.answers))
    leaving = [protect(answer) for answer in made.answers if may_leave(answer)]
    if json:
        print_json(envelope(verb, origin_of(leaving), leaving))
        return
    print_sources(made.sources, made.quarantine)
    console = out()
    console.print()
    for answer in leaving:
        if _is_headline(answer):
            refused = "[bold]Cannot be known:[/] " if isinstance(answer.body, Refusal) else ""
            console.print(f"[bold]{answer.title}[/]  [dim]{answer.origin.label}[/]", soft_wrap=True)
            console.print(f"  {refused}{answer.sentence}")
    release = made.release
    console.print()
    console.print(f"[bold]{release.stamp}[/]: evidence pack of {len(leaving)} answers", soft_wrap=True)
    console.print(f"  open   {(release.folder / 'index.html').resolve()}", soft_wrap=True)
    console.print(f"  send   {release.zip_path.resolve()}", soft_wrap=True)
    console.print("  ask    casetrail explain trail.overview --pack " + str(release.folder), soft_wrap=True)


# What a reader most wants to see at once; all the rest is in the pack.
_HEADLINES = (
    "compare.*.summary",
    "compare.*.recording",
    "compare.*.refusal",
    "records.sources",
    "trail.person.*.spells",
    "world.truth",
    "trail.overview",
    "trail.held_time.agency",
    "trail.hand_offs.agency",
    "trail.sent_on",
    "trail.repeats",
    "trail.wait.*",
    "trail.span.*",
    "trail.asked.*",
)


def _is_headline(answer: Answer) -> bool:
    from fnmatch import fnmatchcase

    return any(fnmatchcase(answer.id, pattern) for pattern in _HEADLINES)


def init(
    more: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[FILE]…", help="More files behind --from, as *.csv gives them.", show_default=False),
    ] = None,
    from_file: Annotated[
        list[Path] | None,
        typer.Option("--from", help="Guess the mapping from this file; repeat for more.", show_default=False),
    ] = None,
    form: Annotated[
        str | None,
        typer.Option("--form", help="Print the form of a local extract instead, to change it.", show_default=False),
    ] = None,
    out: Annotated[Path, typer.Option("--out", help="The inquiry file to write.")] = Path("inquiry.toml"),
    force: Annotated[bool, typer.Option("--force", help="Write over an existing file.")] = False,
) -> None:
    """Write an inquiry file with comments; with --from, the mapping is guessed and marked as a guess.

    Example: [bold]casetrail init --from police.csv services.xlsx[/]
    """
    from casetrail.cli.saying import out as console
    from casetrail.inquiry.starting import write_inquiry

    if form is not None:
        from casetrail.records import form_text

        sys.stdout.write(form_text(form))
        return

    guesses = write_inquiry((*(from_file or ()), *(more or ())), out, force=force, today=today())
    console().print(f"Written: {out}. {guesses}", soft_wrap=True)
    console().print(f"Next: look it over, then  casetrail read {out}", soft_wrap=True)


def purge(
    file: InquiryFile,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Remove everything casetrail wrote for an inquiry: keys, snapshots, tables, logs, packs. Your own files stay.

    Example: [bold]casetrail purge inquiry.toml[/]
    """
    from casetrail.cli.saying import out
    from casetrail.inquiry.ending import purge as end

    if not yes:
        typer.confirm(f"Remove everything casetrail wrote for {file.name}? This cannot be undone", abort=True)
    done = end(file)
    out().print(f"Removed {done.removed:,} files that casetrail wrote for {file.name}.", soft_wrap=True)
    if done.identities:
        out().print(f"Among them the vault: who persons are, from {done.identities:,} sources.", soft_wrap=True)
    for said in done.remains:
        out().print(said, soft_wrap=True)
    if done.strangers:
        out().print(
            f"Left alone: {done.strangers:,} files in its folders that casetrail did not write.", soft_wrap=True
        )
    for path in done.stuck:
        out().print(f"[bold red]Could not be removed:[/] {path}", soft_wrap=True)
    if done.stuck:
        raise typer.Exit(7)
