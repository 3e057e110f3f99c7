"""The verbs. Each is a few lines: parse, call the inquiry room, say what came of it."""

from __future__ import annotations

import typer

from casetrail.cli import looking, making

app = typer.Typer(
    name="casetrail",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    help="Evidence from linked case records: what happened, who held the case, what was missed, and how sure we are.\n\n"
    "Start with [bold]casetrail demo[/]. Exit codes: 0 answered or refused, 2 wrong usage, 3 inquiry file, 4 input, "
    "5 protection, 6 store, 7 output, 8 statute, 9 missing part, 10 integrity, 11 unknown name, 130 stopped.",
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


for verb in (making.demo, making.run, making.init, looking.read, looking.follow, looking.show):
    app.command()(verb)
for verb in (looking.compare, looking.explain, making.purge):
    app.command()(verb)
app.command("verify-pack")(looking.verify_pack)
