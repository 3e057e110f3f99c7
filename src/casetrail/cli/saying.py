"""Words, tables and progress on a terminal."""

from __future__ import annotations

import json
import logging
import sys
import traceback
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from rich.console import Console
from rich.markup import escape
from rich.table import Table as Grid

from casetrail.errors import CasetrailError
from casetrail.figures import Answer, Estimate, Range, Refusal, Table

if TYPE_CHECKING:
    from casetrail.inquiry import SourceRead, Watching


# More columns than this do not fit a terminal of 100 signs.
_MOST_COLUMNS = 11
# Of a longer table a terminal shows the row of the body asked for.
_MOST_CANDIDATES = 6
_MOST_BLOCKS = 40
_LOOKED_AT = 200
# A text longer than this keeps so much room beside narrow columns.
_LONG, _ROOM = 40, 44


def out() -> Console:
    return Console(highlight=False, soft_wrap=False)


def err() -> Console:
    return Console(stderr=True, highlight=False)


def complain(failure: CasetrailError) -> None:
    """What, where, what to do; on the error stream."""
    console = err()
    console.print(f"[bold red]Error[/] {escape(failure.what)}", soft_wrap=True)
    if failure.where:
        console.print(f"  Where       {escape(failure.where)}", soft_wrap=True)
    if failure.todo:
        console.print(f"  What to do  {escape(failure.todo)}", soft_wrap=True)


def complain_unexpected(failure: Exception) -> None:
    """The kind and the place of an unforeseen fault; its message is withheld because it can quote a record."""
    frames = traceback.extract_tb(failure.__traceback__)
    places = [
        f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames if "casetrail" in frame.filename
    ]
    console = err()
    console.print(
        f"[bold red]Fault in casetrail[/] ({type(failure).__name__}); its message is withheld.", soft_wrap=True
    )
    console.print(f"  Where       {' < '.join(reversed(places[-4:]))}", soft_wrap=True)
    console.print("  What to do  Please report the two lines above. Nothing of a record is in them.", soft_wrap=True)


def print_json(envelope: Mapping[str, Any]) -> None:
    text = json.dumps(envelope, ensure_ascii=False, indent=1, allow_nan=False, default=date.isoformat)
    sys.stdout.write(text + "\n")


def print_answers(answers: Sequence[Answer], *, stamp: str = "", hint: bool = True, pack: Path | None = None) -> None:
    """Answers one below the other: origin, sentence, table, caveats, and the id that `explain` takes."""
    console = out()
    section = ""
    if stamp:
        console.print(f"[bold]{stamp}[/]")
    for answer in answers:
        if answer.section != section:
            section = answer.section
            console.rule(escape(section))
        console.print(f"\n[bold]{escape(answer.title)}[/]  [dim]{answer.origin.label}[/]")
        console.print(escape(answer.sentence))
        _print_body(console, answer)
        for caveat in answer.caveats:
            console.print(f"  [dim]- {escape(caveat)}[/]")
        if hint:
            beside = "" if pack is None else f" --pack {escape(str(pack))}"
            console.print(f"  [dim]casetrail explain {answer.id}{beside}[/]")


def _print_body(console: Console, answer: Answer) -> None:
    body = answer.body
    if isinstance(body, Table):
        shown = _part(body, answer)
        if len(body.columns) > _MOST_COLUMNS or _needs(body) > console.width:
            _print_blocks(console, shown)
        else:
            console.print(grid(shown))
        if len(shown.rows) < len(body.rows):
            left = len(body.rows) - len(shown.rows)
            console.print(
                f"  [dim]{left:,} more rows: --json prints them, --out FOLDER writes them as CSV and a page.[/]"
            )
    elif isinstance(body, Refusal):
        console.print(f"  [bold]Cannot be known from this data[/] ({body.reason}). {escape(body.message)}")
        for help_text in body.would_help:
            console.print(f"    would help: {escape(help_text)}")
    elif isinstance(body, Estimate):
        from casetrail.publish.cells import estimated

        console.print(f"  {estimated(body.value, body.unit)} {escape(body.unit)} ({_interval(body)})")
    elif isinstance(body, Range):
        _print_range(console, body)


def _print_range(console: Console, body: Range) -> None:
    from casetrail.publish.cells import estimated, range_text

    console.print(f"  {range_text(body)}")
    for one in body.candidates[:_MOST_CANDIDATES]:
        console.print(f"    {estimated(one.value, one.unit)} {escape(one.unit)}: {escape(one.method)}", soft_wrap=True)
    if len(body.candidates) > _MOST_CANDIDATES:
        console.print(f"    [dim]{len(body.candidates) - _MOST_CANDIDATES} more: --json prints them.[/]")


def _part(table: Table, answer: Answer) -> Table:
    """What a terminal shows of a long table: the row of the body asked for where there is one, else the first rows."""
    asked = {value for name, value in answer.provenance.parameters if name in ("authority", "unit") and value}
    own = tuple(row for row in table.rows if row[0] in asked)
    # A list that names no body of its own, such as that of the gates, is what was asked for: all of it.
    return Table(table.columns, own) if own and len(table.rows) > _MOST_BLOCKS else table


def _needs(table: Table) -> int:
    """The width below which a grid would cut words and digits."""
    from casetrail.publish.cells import cell_text

    widths = []
    for column in table.columns:
        cells = [cell_text(column, cell) for cell in table.column(column.name)[:_LOOKED_AT]]
        longest = max((len(text) for text in cells), default=0)
        word = max((len(part) for part in column.title.split()), default=0)
        widths.append(max(word, min(longest, _ROOM)) + 2)
    return sum(widths)


def _print_blocks(console: Console, table: Table) -> None:
    """A table too wide for a terminal: one block per row, a line per column."""
    from casetrail.publish.cells import cell_text

    for row in table.rows:
        shown = Grid(show_header=False, box=None, pad_edge=False, padding=(0, 2, 0, 2))
        shown.add_column(style="dim")
        shown.add_column()
        for column, cell in zip(table.columns[1:], row[1:], strict=True):
            shown.add_row(escape(column.title), escape(cell_text(column, cell)))
        console.print(f"  [bold]{escape(cell_text(table.columns[0], row[0]))}[/]")
        console.print(shown)


def _interval(estimate: Estimate) -> str:
    if estimate.low is None or estimate.high is None or estimate.level is None:
        return "no interval"
    from casetrail.publish.cells import estimated, level_text

    low, high = (estimated(end, estimate.unit) for end in (estimate.low, estimate.high))
    return f"{low} to {high}, {level_text(estimate.level)}"


def grid(table: Table) -> Grid:
    """A table as a terminal shows it: unknown and withheld in words."""
    from casetrail.publish.cells import cell_text

    shown = Grid(show_header=True, header_style="bold", box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for column in table.columns:
        long = column.kind == "text" and any(len(str(cell)) > _LONG for cell in table.column(column.name))
        justify: Literal["left", "right"] = "left" if column.kind in ("text", "date") else "right"
        shown.add_column(column.title, justify=justify, min_width=_ROOM if long else None)
    for i, row in enumerate(table.rows):
        cells = [escape(cell_text(column, cell)) for column, cell in zip(table.columns, row, strict=True)]
        shown.add_row(*cells, style="bold" if i in table.margins else None)
    return shown


def print_sources(sources: Sequence[SourceRead], quarantine: Path) -> None:
    """What became of each source: rows in = good + quarantined."""
    console = out()
    shown = Grid(show_header=True, header_style="bold", box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for title in ("Source", "Origin", "Rows in", "Good", "Quarantined"):
        shown.add_column(title, justify="left" if title in ("Source", "Origin") else "right")
    for source in sources:
        counts = (source.rows_in, source.rows_good, source.rows_quarantined)
        shown.add_row(escape(source.ref.name), source.ref.origin.value, *(f"{count:,}" for count in counts))
    console.print(shown)
    for source in sources:
        for note in source.notes:
            console.print(f"  [dim]{escape(source.ref.name)}: {escape(note)}[/]")
    if any(source.rows_quarantined for source in sources):
        console.print(f"Rows set aside, each with place, code and reason: {escape(str(quarantine))}", soft_wrap=True)


@contextmanager
def watching(*, quiet: bool) -> Iterator[Watching]:
    """A progress display on the error stream, when that is a terminal; stages go to the log of --verbose too."""
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    from casetrail.inquiry import Watching

    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[count]}"), TimeElapsedColumn())
    console = err()
    log = logging.getLogger("casetrail")
    begun: set[str] = set()
    with Progress(*columns, console=console, transient=True, disable=quiet or not console.is_terminal) as shown:
        task = shown.add_task("starting", total=None, count="")

        def rows(name: str, count: int) -> None:
            if name not in begun:
                begun.add(name)
                log.info("reading %s", name)
            shown.update(task, description=f"reading {name}", count=f"{count:,} rows")

        def stage(name: str) -> None:
            log.info("building %s", name)
            shown.update(task, description=f"building {name}", count="")

        yield Watching(rows=rows, stage=stage)
