"""The verb demand: how much was there really, and what never got recorded?"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from casetrail.cli.deadlines import Kind
from casetrail.cli.making import today
from casetrail.cli.options import Json, KnownOn, Out, day

if TYPE_CHECKING:
    from casetrail.demand.linkage.stated import StatedLinks
    from casetrail.figures import Answer
    from casetrail.inquiry.demand_lists import ListsFile
    from casetrail.inquiry.demanding import Wanted


class Assume(StrEnum):
    """What is taken to be absent between three lists or more."""

    INDEPENDENT = "independent"
    TWO_WAY = "two-way"
    NO_HIGHEST = "no-highest"


def demand(
    file: Annotated[
        Path, typer.Argument(help="A table of lists, of repeat counts, or an inquiry file.", show_default=False)
    ],
    assume: Annotated[
        Assume | None,
        typer.Option(
            "--assume",
            help="What is taken to be absent: must be said for three lists or more. independent: no list depends on "
            "another; two-way: pairs may, triples not; no-highest: only all lists at once may not.",
            show_default=False,
        ),
    ] = None,
    odds_ratio: Annotated[
        float | None,
        typer.Option("--odds-ratio", help="Two lists: state it, and get one number.", show_default=False),
    ] = None,
    odds_range: Annotated[
        tuple[float, float] | None,
        typer.Option("--odds-range", help="Two lists: lowest and highest (0.5 and 5).", show_default=False),
    ] = None,
    lists: Annotated[
        list[str] | None,
        typer.Option(
            "--list",
            help="A column that is a list; of an inquiry NAME=agency,agency. May be repeated.",
            show_default=False,
        ),
    ] = None,
    by: Annotated[
        list[str] | None,
        typer.Option(
            "--by", help="A column that divides persons. May be repeated, or several with commas.", show_default=False
        ),
    ] = None,
    area: Annotated[
        str | None,
        typer.Option(
            "--area",
            help="A column of small areas: each drawn towards all, the smallest joined.",
            show_default=False,
        ),
    ] = None,
    upper_bound: Annotated[
        str | None,
        typer.Option(
            "--upper-bound",
            help="Lists (A, or A + B) the count on which, and on no other, is only an upper bound.",
            show_default=False,
        ),
    ] = None,
    most: Annotated[
        int | None,
        typer.Option(
            "--most", help="A number known not to be exceeded, such as all inhabitants.", min=1, show_default=False
        ),
    ] = None,
    along: Annotated[
        list[str] | None,
        typer.Option(
            "--with",
            help="Of repeat counts: a column of numbers that may go with how often persons are recorded, such as age. "
            "May be repeated, or several with commas.",
            show_default=False,
        ),
    ] = None,
    count: Annotated[str | None, typer.Option("--count", help="The column of persons.", show_default=False)] = None,
    missed_links: Annotated[
        list[str] | None,
        typer.Option(
            "--missed-links",
            help="Share of true links that were missed: 0.05, 0.05,0.02,0.09 (with its interval), 15/300 (a check); "
            "A+B=0.05 for one pair of lists. Overlaps are then corrected.",
            show_default=False,
        ),
    ] = None,
    false_links: Annotated[
        list[str] | None,
        typer.Option("--false-links", help="Share of links that are false, written alike.", show_default=False),
    ] = None,
    sheet: Annotated[str | None, typer.Option("--sheet", help="Sheet of a workbook.", show_default=False)] = None,
    origin: Annotated[Kind, typer.Option("--origin", help="What the table is.")] = Kind.REAL,
    made_by: Annotated[str, typer.Option("--made-by", help="Who made the table.", show_default=False)] = "",
    protection: Annotated[
        Path | None,
        typer.Option("--inquiry", help="Inquiry file that says why rows of persons may be used.", show_default=False),
    ] = None,
    since: Annotated[
        date | None,
        typer.Option("--from", help="Of an inquiry: first day.", parser=day, metavar="DATE", show_default=False),
    ] = None,
    until: Annotated[
        date | None,
        typer.Option("--to", help="Of an inquiry: last day.", parser=day, metavar="DATE", show_default=False),
    ] = None,
    repeats: Annotated[
        bool,
        typer.Option("--repeats", help="Of an inquiry: how often each list has a person, not how lists overlap."),
    ] = False,
    known_on: KnownOn = None,
    draws: Annotated[int, typer.Option("--draws", help="Resampled lists.", min=200, max=100_000)] = 1000,
    quick: Annotated[
        bool,
        typer.Option(
            "--quick",
            help="Three lists or more: without averaging over graphs and kinds of persons, which take most of the time "
            "and do not decide.",
        ),
    ] = False,
    seed: Annotated[int, typer.Option("--seed", help="Seed of what is drawn.", min=0)] = 1,
    out: Out = None,
    json: Json = False,
) -> None:
    """How much was never recorded? From lists that overlap, from repeat counts, or from an inquiry's own trail.

    Examples: [bold]casetrail demand lists.csv --assume two-way[/] · [bold]casetrail demand two-lists.csv[/] ·
    [bold]casetrail demand lists.csv --assume two-way --missed-links 15/300 --false-links 0.01[/] ·
    [bold]casetrail demand lists.csv --assume two-way --area ward --most 250000[/] ·
    [bold]casetrail demand repeats.csv[/] · [bold]casetrail demand repeats.csv --by sex,region --with age[/] ·
    [bold]casetrail demand inquiry.toml --repeats --list police=police[/] ·
    [bold]casetrail demand inquiry.toml --assume two-way --list "health=hospital,health visitors"[/]
    """
    from casetrail.demand.linkage.stated import StatedLinks

    wanted = _wanted(assume, odds_ratio, odds_range, draws=draws, seed=seed, quick=quick)
    wanted = _with(wanted, StatedLinks(tuple(missed_links or ()), tuple(false_links or ())), most, upper_bound)
    if file.suffix.casefold() == ".toml":
        _refuse(
            count=count, sheet=sheet, by=by, area=area, **{"with": along}, made_by=made_by or None, inquiry=protection
        )
        choice = (since, until, tuple(lists or ()))
        found, leaves = _of_trail(
            file, wanted, choice, known_on=known_on, repeats=repeats, ways=(json, out is not None)
        )
        guard: Path | None = file
    else:
        _refuse(**{"from": since, "to": until, "known-on": known_on, "repeats": repeats or None})
        from casetrail.inquiry.demand_lists import ListsFile

        asked = ListsFile(
            path=file,
            lists=tuple(lists or ()),
            by=tuple(by or ()),
            along=tuple(along or ()),
            area=area,
            count=count,
            sheet=sheet,
        )
        ways = (json, out is not None)
        found, leaves = _of_file(asked, wanted, (origin, made_by), protection=protection, ways=ways)
        guard = protection
    if out is not None:
        _pack(leaves, out, title=f"How much was never recorded: {file.name}", inquiry_file=guard)
        if leaves is not found:
            _say_withheld()
    from casetrail.cli.looking import say

    say(found, "demand", json=json)


def _refuse(**given: object) -> None:
    """Options that would be passed over in silence are refused."""
    for name, value in given.items():
        if value not in (None, []):
            raise typer.BadParameter(f"--{name} is not for this kind of file")


def _wanted(
    assume: Assume | None,
    odds_ratio: float | None,
    odds_range: tuple[float, float] | None,
    *,
    draws: int,
    seed: int,
    quick: bool,
) -> Wanted:
    from casetrail.demand.answers.every import Asked
    from casetrail.demand.choosing import Assumption
    from casetrail.inquiry.demanding import Wanted

    if odds_ratio is not None and not 0 < odds_ratio < float("inf"):
        raise typer.BadParameter("an odds ratio is above 0", param_hint="--odds-ratio")
    if odds_ratio is not None and odds_range is not None:
        raise typer.BadParameter("state one odds ratio or a range, not both")
    if odds_range is not None and not 0 < odds_range[0] < odds_range[1] < float("inf"):
        raise typer.BadParameter("write the lower and the higher, both above 0", param_hint="--odds-range")
    asked = Asked(
        assumption=None if assume is None else Assumption(assume.value),
        odds_ratio=odds_ratio,
        odds_ratios=odds_range,
        draws=draws,
        quick=quick,
    )
    return Wanted(asked=asked, seed=seed)


def _with(wanted: Wanted, links: StatedLinks, most: int | None, bound: str | None) -> Wanted:
    from dataclasses import replace

    return replace(wanted, asked=replace(wanted.asked, links=links, most=most, bound=bound))


def _of_file(
    asked: ListsFile, wanted: Wanted, said: tuple[Kind, str], *, protection: Path | None, ways: tuple[bool, bool]
) -> tuple[tuple[Answer, ...], tuple[Answer, ...]]:
    """The answers for the screen and for the pack. `ways`: quiet, and whether there is to be a pack."""
    from dataclasses import replace

    from casetrail import inquiry
    from casetrail.cli.saying import watching
    from casetrail.figures import Origin
    from casetrail.inquiry.demanding import file_demand, withheld

    table = replace(asked, origin=Origin(said[0].value), made_by=said[1])
    guard = None if protection is None else inquiry.parse(protection, today=today())
    with watching(quiet=ways[0]) as seen:
        found = file_demand(table, wanted, protection=guard, today=today(), stage=seen.stage)
        if not (ways[1] and withheld(table)):
            return found, found
        if seen.stage is not None:
            seen.stage("the pack, without the counts that it withholds")
        leaving = replace(wanted, leaving=True)
        return found, file_demand(table, leaving, protection=guard, today=today(), stage=seen.stage)


def _of_trail(
    file: Path,
    wanted: Wanted,
    choice: tuple[date | None, date | None, tuple[str, ...]],
    *,
    known_on: date | None,
    repeats: bool,
    ways: tuple[bool, bool],
) -> tuple[tuple[Answer, ...], tuple[Answer, ...]]:
    """As `_of_file`."""
    from dataclasses import replace

    from casetrail import inquiry
    from casetrail.cli.logs import remembered
    from casetrail.cli.saying import watching
    from casetrail.inquiry.demand_leaving import public
    from casetrail.inquiry.demand_trail import asked_with
    from casetrail.inquiry.demanding import trail_demand

    parsed = inquiry.parse(file, today=today())
    asked = asked_with(parsed.demand, since=choice[0], until=choice[1], lists=choice[2])
    asked = replace(asked, repeats=asked.repeats or repeats)
    if not (wanted.asked.links or asked.repeats):
        wanted = replace(wanted, asked=replace(wanted.asked, links=parsed.demand.links))
    with (
        remembered(inquiry.WorkFolder(parsed.work), verbose=False),
        watching(quiet=ways[0]) as seen,
        inquiry.followed(parsed, known_on=known_on, progress=seen.rows, stage=seen.stage) as (trail, _),
    ):
        found = trail_demand(trail, parsed, wanted, asked, known_on=known_on)
        if not ways[1] or public(found[0].origin):
            return found, found
        leaving = replace(wanted, leaving=True)
        return found, trail_demand(trail, parsed, leaving, asked, known_on=known_on)


def _say_withheld() -> None:
    from casetrail.cli.saying import err

    err().print(
        "[dim]The pack withholds counts of fewer than ten persons and is worked out without them; what stands here is "
        "exact and stays in the house.[/]",
        soft_wrap=True,
    )


def _pack(found: tuple[Answer, ...], out: Path, *, title: str, inquiry_file: Path | None) -> None:
    from importlib.metadata import version

    from casetrail import inquiry
    from casetrail.inquiry.demand_guard import guarded
    from casetrail.publish import publish
    from casetrail.publish.folder import zip_path

    publish(guarded(found), out, title=title, version=version("casetrail"), as_of="as the lists are dated")
    if inquiry_file is not None:
        work = inquiry.WorkFolder(inquiry.parse(inquiry_file, today=today()).work)
        work.prepare()
        work.note_written(out, zip_path(out))
