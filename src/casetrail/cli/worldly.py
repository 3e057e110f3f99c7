"""The verb that makes a made-up authority."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from casetrail.cli.making import log_to_file
from casetrail.cli.options import Json, Verbose, day

if TYPE_CHECKING:
    from casetrail.inquiry.worldmaking import Telling


def world(
    scenario: Annotated[str, typer.Option("--scenario", help="Which world; --list shows all.")] = "fair",
    children: Annotated[int, typer.Option("--children", help="Children living there at any time.")] = 60_000,
    years: Annotated[float, typer.Option("--years", help="How long.")] = 6.0,
    seed: Annotated[int, typer.Option("--seed", help="The same seed makes the same world.")] = 1,
    out: Annotated[
        Path | None, typer.Option("--out", help="New or empty folder to write into.", show_default=False)
    ] = None,
    authorities: Annotated[int, typer.Option("--authorities", help="Divide the children among so many.")] = 1,
    started: Annotated[date, typer.Option("--started", help="First day.", parser=day, metavar="DATE")] = "2019-04-01",  # type: ignore[assignment]
    change: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            help="Another value of a parameter: name=value, as in TOML; repeat for more. Lists and distributions in "
            "quotes: 'people.household_sizes=\\[0.5, 0.5]', 'wait.court={median = 4000}'.",
            show_default=False,
        ),
    ] = None,
    parquet: Annotated[bool, typer.Option("--parquet", help="Agencies' files as Parquet instead of CSV.")] = False,
    threads: Annotated[
        int, typer.Option("--threads", min=0, help="How many authorities to run at once; 0: as fits.")
    ] = 0,
    returns: Annotated[
        str | None,
        typer.Option(
            "--returns",
            help="Also statutory returns: annex-a, cin-census, ssd, ssda903, or all; and extracts of other agencies: "
            "local, or their names.",
            show_default=False,
        ),
    ] = None,
    returns_year: Annotated[
        list[int] | None,
        typer.Option("--returns-year", help="Only returns of that year; repeat for more.", show_default=False),
    ] = None,
    listed: Annotated[bool, typer.Option("--list", help="Show all scenarios and stop.")] = False,
    json: Json = False,
    verbose: Verbose = False,
) -> None:
    """Make a made-up authority whose truth is known: agencies' files, an inquiry file, and the sealed truth.

    Example: [bold]casetrail world --scenario rationed --children 60000 --years 6 --seed 7 --out made-up[/]
    """
    if listed:
        _list(json=json)
        return
    log_to_file(verbose)
    from casetrail.cli.saying import out as console
    from casetrail.cli.saying import print_answers, print_json
    from casetrail.inquiry.world_files import returns_asked
    from casetrail.inquiry.worldmaking import make_world
    from casetrail.publish import envelope
    from casetrail.publish.envelope import origin_of
    from casetrail.world import World

    wanted = World(
        scenario=scenario,
        children=children,
        years=years,
        seed=seed,
        authorities=authorities,
        started=started,
        changes=_changes(change or []),
    )
    folder = out or Path(f"world-{scenario}-{seed}")
    if returns_year and not returns:
        raise typer.BadParameter("name the returns as well, with --returns", param_hint="--returns-year")
    asked = returns_asked(returns, returns_year or (), parquet=parquet) if returns else None
    with _telling(quiet=json) as telling:
        made = make_world(
            wanted,
            folder,
            threads=threads or min(authorities, os.cpu_count() or 1),
            table_format="parquet" if parquet else "csv",
            telling=telling,
            returns=asked,
        )
    if json:
        print_json(envelope("world", origin_of(made.answers), made.answers))
        return
    print_answers(made.answers, hint=False)
    console().print(f"\nWritten into {folder}. The truth lies sealed in {folder / 'truth'}.", soft_wrap=True)
    console().print(f"Next: casetrail run {made.written.inquiry}", soft_wrap=True)


def _list(*, json: bool) -> None:
    from casetrail.cli.saying import out as console
    from casetrail.cli.saying import print_json
    from casetrail.inquiry.worldmaking import scenarios_listed
    from casetrail.publish import envelope
    from casetrail.publish.envelope import origin_of
    from casetrail.world import scenario, scenario_names

    if json:
        listed = scenarios_listed()
        print_json(envelope("world", origin_of(listed), listed))
        return
    for name in scenario_names():
        console().print(f"[bold]{name}[/]  {scenario(name).about}", soft_wrap=True)


def _changes(given: list[str]) -> dict[str, Any]:
    """Parameters as typed. Raises typer.BadParameter."""
    made: dict[str, Any] = {}
    for text in given:
        name, sign, value = text.partition("=")
        if not sign or not name.strip():
            raise typer.BadParameter("write a change as name=value", param_hint="--set")
        made[name.strip()] = _typed(value.strip())
    return made


def _typed(text: str) -> Any:
    """A value as TOML reads it, a number that only Python reads, or else the words as they are."""
    try:
        read = tomllib.loads(f"x = {text}")
    except (ValueError, RecursionError):
        read = {}
    # More than one key: the text went on in another line, so it is no single value.
    if set(read) == {"x"}:
        return read["x"]
    try:
        return float(text)
    except ValueError:
        return text


@contextmanager
def _telling(*, quiet: bool) -> Iterator[Telling]:
    """A progress bar on the error stream, when that is a terminal."""
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    from casetrail.cli import stopping
    from casetrail.cli.saying import err
    from casetrail.inquiry.worldmaking import Telling

    console = err()
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=quiet or not console.is_terminal) as shown:
        task = shown.add_task("drawing the people", total=1.0)

        def years(part: float) -> None:
            # The years are lived through in threads of their own, which would go on to the end.
            if stopping.is_set():
                raise KeyboardInterrupt
            shown.update(task, description="living through the years", completed=part)

        def file(name: str, rows: int) -> None:
            shown.update(task, description=f"writing {name}, {rows:,} rows", total=None)

        yield Telling(years=years, file=file)
