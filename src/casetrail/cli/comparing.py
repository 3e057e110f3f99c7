"""The verb compare: published figures that ship, or any table of the user's."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from casetrail.cli.looking import say
from casetrail.cli.options import Json, Out

if TYPE_CHECKING:
    from casetrail.compare.tables import ReadTable
    from casetrail.figures import Answer

PARTS = ("unit", "name", "measure", "period", "numerator", "denominator", "value")


class Kind(StrEnum):
    """What the figures of a table are."""

    PROPORTION = "proportion"
    RATE = "rate"
    RATIO = "ratio"


class Worse(StrEnum):
    """Which way a figure points."""

    HIGHER = "higher"
    LOWER = "lower"


def compare(
    table: Annotated[
        Path | None,
        typer.Argument(
            help="A table of your own (CSV, XLSX, Parquet). Without it: figures that ship.", show_default=False
        ),
    ] = None,
    authority: Annotated[
        str | None, typer.Option("--authority", help="Name or code of a body. [default: Haringey]", show_default=False)
    ] = None,
    year: Annotated[
        str | None, typer.Option("--year", help="A period such as 2009-10. [default: 2009-10]", show_default=False)
    ] = None,
    measure: Annotated[
        str | None,
        typer.Option("--measure", help="One measure in depth: limits, position, over time.", show_default=False),
    ] = None,
    gates: Annotated[bool, typer.Option("--gates", help="Only: which figures are fit to compare?")] = False,
    everything: Annotated[bool, typer.Option("--all", help="Every measure and period, a line each.")] = False,
    since: Annotated[
        str | None,
        typer.Option("--since", help="With --measure: beside a mix of others, since this period.", show_default=False),
    ] = None,
    breaks: Annotated[
        list[str] | None,
        typer.Option("--break", help="PERIOD=REASON, with --measure: a new series begins here.", show_default=False),
    ] = None,
    money: Annotated[bool, typer.Option("--money", help="With --measure: Section 251 spend beside it.")] = False,
    worse: Annotated[
        Worse | None, typer.Option("--worse", help="With --measure: which way is worse.", show_default=False)
    ] = None,
    column: Annotated[
        list[str] | None,
        typer.Option("--column", help="PART=NAME, for a table: unit, name, measure, period, …", show_default=False),
    ] = None,
    kind: Annotated[
        Kind | None, typer.Option("--kind", help="What the figures of a table are.", show_default=False)
    ] = None,
    per: Annotated[
        float | None, typer.Option("--per", help="Print a rate per so many, such as 10000.", min=0, show_default=False)
    ] = None,
    sheet: Annotated[str | None, typer.Option("--sheet", help="Sheet of a workbook.", show_default=False)] = None,
    made_up: Annotated[bool, typer.Option("--made-up", help="The table is made up, and is to be labelled so.")] = False,
    questions: Annotated[
        Path | None,
        typer.Option("--questions", help="Open a question on each figure out of limits, here.", show_default=False),
    ] = None,
    seed: Annotated[int, typer.Option("--seed", help="Seed of what is drawn (sets of positions).", min=0)] = 1,
    out: Out = None,
    json: Json = False,
) -> None:
    """Was this body any better or worse than most? On published figures, without any input, or on a table of your own.

    Examples: [bold]casetrail compare --authority Haringey --year 2009-10[/] ·
    [bold]casetrail compare --authority Kent --year 2023-24 --measure re-referrals-12-months[/] ·
    [bold]casetrail compare --gates --year 2010-11[/] ·
    [bold]casetrail compare figures.csv --authority "Body 3" --column unit=code[/]
    """
    from casetrail.inquiry.comparing import Compared, TableAsked, compare_shipped, compare_table

    if measure is None and (since is not None or breaks or money or worse is not None):
        raise typer.BadParameter("--since, --break, --money and --worse go with --measure")
    if per is not None and per <= 0:
        raise typer.BadParameter("a rate is printed per some number above 0", param_hint="--per")
    period = None if year is None else year.replace("/", "-") if table is None else year
    asked = Compared(
        authority,
        period,
        measure,
        gates,
        everything,
        since,
        _pairs(breaks or [], "--break"),
        money,
        None if worse is None else worse is Worse.HIGHER,
        seed,
    )
    if table is None:
        found = compare_shipped(asked)
    else:
        wanted = TableAsked(table, _columns(column or []), kind.value if kind else None, per, sheet, made_up)
        found, read = compare_table(wanted, asked)
        if not json:
            _told(read)
    if questions is not None:
        _open_questions(found, questions, json=json)
    if out is not None:
        _pack(found, out, authority=authority or "Haringey", year=year or "2009-10", table=table)
    say(found, "compare", json=json, pack=out)


def _columns(said: Sequence[str]) -> dict[str, str]:
    chosen = _pairs(said, "--column")
    if not set(chosen) <= set(PARTS):
        raise typer.BadParameter(f"write PART=NAME, with PART one of {', '.join(PARTS)}", param_hint="--column")
    return chosen


def _pairs(said: Sequence[str], option: str) -> dict[str, str]:
    chosen = {}
    for one in said:
        part, _, name = one.partition("=")
        if not part or not name:
            raise typer.BadParameter("write NAME=VALUE", param_hint=option)
        chosen[part] = name
    return chosen


def _told(read: ReadTable) -> None:
    """What was taken as what, and what was set aside: on the error stream, so that a pipe gets answers alone."""
    from rich.markup import escape

    from casetrail.cli.saying import err

    console = err()
    parts = [f"{part} = {name}" for part in PARTS if (name := getattr(read.columns, part))]
    console.print(f"[dim]Columns: {escape('; '.join(parts))}[/]", soft_wrap=True)
    counts = f"{read.rows_in:,} rows in: {read.rows_used:,} used, {read.rows_whole:,} of a nation or region"
    aside = sum(a.rows for a in read.aside)
    console.print(f"[dim]{counts}, {read.rows_again:,} said again, {aside:,} set aside[/]", soft_wrap=True)
    for one in read.aside:
        lines = ", ".join(str(line) for line in one.places)
        console.print(f"  [bold]{one.rows:,}[/] set aside: {one.words} (lines {lines})", soft_wrap=True)
    for note in read.notes:
        console.print(f"  [dim]{escape(note)}[/]", soft_wrap=True)


def _pack(found: tuple[Answer, ...], out: Path, *, authority: str, year: str, table: Path | None) -> None:
    from casetrail.inquiry.running import publish_compare

    title = f"{authority}, {year}: any better or worse than most?" if table is None else f"Comparison on {table.name}"
    publish_compare(found, out, title=title, as_of=year)


def _open_questions(found: tuple[Answer, ...], file: Path, *, json: bool) -> None:
    from casetrail.cli.making import today
    from casetrail.cli.saying import err
    from casetrail.compare.question_file import open_questions
    from casetrail.compare.questions import questions_from

    asked = next((dict(a.provenance.parameters).get("authority") for a in found if a.id.endswith(".summary")), None)
    if asked is None:
        raise typer.BadParameter("questions come from the summary: leave --measure, --gates and --all out")
    opened = open_questions(file, questions_from(found, addressee=str(asked), opened_on=today()))
    if not json:
        err().print(
            f"{len(opened.fresh)} questions opened in {file}, {len(opened.already)} were there.", soft_wrap=True
        )
