"""How `read` speaks of a statutory return: its tables, what was found, what it can and cannot answer."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rich.markup import escape
from rich.table import Table as Grid

from casetrail.cli.saying import out

if TYPE_CHECKING:
    from casetrail.inquiry import SourceRead
    from casetrail.records import ReturnLook, TableCounts

_MOST_FINDINGS = 40


def say_return(found: ReturnLook) -> None:
    """A dry look at a return. Names, counts and places only."""
    console = out()
    console.print(f"[bold]{escape(found.file)}[/]  {escape(found.title)}: {escape(found.form)}; {found.rows:,} rows")
    console.print(f"  [dim]sha256 {found.sha256}[/]", soft_wrap=True)
    _say_tables(found.tables)
    for one in found.findings[:_MOST_FINDINGS]:
        where = f"{one.table}: {one.column}" if one.column else one.table
        line = f"  {one.severity:<14}  {where}: {one.count:,} {one.code}, first {one.first}"
        console.print(escape(line), soft_wrap=True)
    if len(found.findings) > _MOST_FINDINGS:
        console.print(f"  and {len(found.findings) - _MOST_FINDINGS} kinds more: --json has all")
    made = ", ".join(f"{count:,} {name}" for name, count in found.events.items())
    console.print(f"  would become events: {escape(made) or 'none'}", soft_wrap=True)
    spells = ", ".join(f"{count:,} {role}" for role, count in found.involvements.items())
    console.print(f"  would become involvements: {escape(spells) or 'none'}", soft_wrap=True)
    _say_coverage(found.carries, found.cannot)
    for note in found.notes:
        console.print(f"  [dim]{escape(note)}[/]", soft_wrap=True)


def say_returns(sources: Sequence[SourceRead], findings: Path) -> None:
    """The returns among the sources that were read in."""
    returns = [source for source in sources if source.form]
    for source in returns:
        out().print(f"[bold]{escape(source.ref.name)}[/]  {escape(source.form)}")
        _say_tables(source.tables)
        _say_coverage(source.carries, source.cannot)
    if returns:
        out().print(f"What was found, cell by cell: {escape(str(findings))}", soft_wrap=True)


def _say_tables(tables: Sequence[TableCounts]) -> None:
    files = {table.file for table in tables}
    shown = Grid(show_header=True, header_style="bold", box=None, pad_edge=False, padding=(0, 2, 0, 2))
    for title in ("Table", "Rows in", "Good", "Quarantined", "Where"):
        left = title in ("Table", "Where")
        shown.add_column(title, justify="left" if left else "right", overflow="fold")
    for table in tables:
        place = " ".join(part for part in (table.file if len(files) > 1 else "", table.sheet or "") if part)
        counts = (f"{count:,}" for count in (table.rows_in, table.rows_good, table.rows_quarantined))
        shown.add_row(escape(table.table), *counts, escape(place))
    out().print(shown)


def _say_coverage(carries: Sequence[str], cannot: Sequence[str]) -> None:
    console = out()
    for line in carries:
        console.print(f"  can say     {escape(line)}", soft_wrap=True)
    for line in cannot:
        console.print(f"  cannot say  {escape(line)}", soft_wrap=True)
