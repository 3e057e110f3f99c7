"""The verbs. Each is a few lines: parse, call the inquiry room, say what came of it."""

from __future__ import annotations

from collections.abc import Callable

import typer

from casetrail.cli import (
    auditing,
    comparing,
    deadlines,
    demanding,
    glossing,
    judging,
    looking,
    making,
    protecting,
    questioning,
    reconciling,
    vaulting,
    worldly,
)

app = typer.Typer(
    name="casetrail",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    help="Evidence from linked case records: what happened, who held the case, what was missed, how sure we are.\n\n"
    "Start with [bold]casetrail demo[/]. Exit codes: 0 answered or refused, 2 wrong usage, 3 inquiry file, 4 input, "
    "5 protection, 6 store, 7 output, 8 statute, 9 missing part, 10 integrity, 11 unknown name, 12 made-up world, "
    "130 stopped, 143 ended by the system.",
)


def _version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        typer.echo(f"casetrail {version('casetrail')}")
        raise typer.Exit


@app.callback()
def _top(
    version: bool = typer.Option(False, "--version", callback=_version, is_eager=True, help="Print the version."),
) -> None:
    """Evidence from linked case records."""


_MAKING: tuple[Callable[..., None], ...] = (making.demo, making.run, making.init, protecting.protection)
_WORLD: tuple[Callable[..., None], ...] = (worldly.world,)
_LOOKING: tuple[Callable[..., None], ...] = (
    looking.read,
    looking.follow,
    looking.show,
    comparing.compare,
    deadlines.deadline,
    judging.judges,
    demanding.demand,
    reconciling.reconcile,
    glossing.glossary,
    looking.explain,
)
for verb in (*_MAKING, *_WORLD, *_LOOKING, making.purge):
    app.command()(verb)
app.command("verify-pack")(looking.verify_pack)
app.add_typer(questioning.app, name="question")
app.add_typer(auditing.audit)
app.add_typer(vaulting.app, name="vault")
