"""How `read` speaks of a workbook of the quarantine that was written, or taken in again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from rich.markup import escape

from casetrail.cli.saying import out

if TYPE_CHECKING:
    from casetrail.inquiry import Fixed
    from casetrail.inquiry.mending import StillAside
    from casetrail.inquiry.quarantine_sheet import Exported

_MOST = 10


def say_exported(found: Exported, path: Path) -> None:
    """How many rows went into the workbook, and what it is for."""
    from casetrail.publish.envelope import INTERNAL

    shut = f"; {found.shut:,} of them without their cells, which are or may be legally privileged" if found.shut else ""
    out().print(f"[bold]{INTERNAL}[/]")
    out().print(f"{found.rows:,} rows in {escape(str(path))}{shut}.", soft_wrap=True)
    out().print("[dim]Mend in it, then: casetrail read INQUIRY.toml --fix FILE.xlsx[/]")


def say_fixed(found: Fixed) -> None:
    """What became of each row of the workbook; places only, no value."""
    from casetrail.inquiry.mend_deciding import WORDS

    console = out()
    console.print(f"[bold]Mended by hand[/]  {found.taken_in:,} taken in, {len(found.still_aside):,} still set aside")
    _say_rows(found.still_aside)
    if found.drawn_in:
        console.print(f"  {len(found.drawn_in):,} more set aside now, because a mended row says otherwise:")
        _say_rows(found.drawn_in)
    if found.freed:
        console.print(f"  {found.freed:,} more can be used now, because a mended row gives what they lacked")
    for how, words in WORDS.items():
        if count := found.counts.get(how, 0):
            places = found.places.get(how, ()) if how != "untouched" else ()
            more = f" and {len(places) - _MOST:,} more" if len(places) > _MOST else ""
            where = f": {', '.join(places[:_MOST])}{more}" if places else ""
            console.print(escape(f"  {count:,} {words}{where}"), soft_wrap=True)
    for line in found.told:
        console.print(f"  {escape(line)}", soft_wrap=True)


def _say_rows(rows: Sequence[StillAside]) -> None:
    for row in rows[:_MOST]:
        column = f", {row.column}" if row.column else ""
        out().print(escape(f"  {row.place}{column}: {row.code}. {row.message}"), soft_wrap=True)
    if len(rows) > _MOST:
        out().print(f"  and {len(rows) - _MOST:,} more: see quarantine.csv in the work folder")


def fixed_told(found: Fixed) -> dict[str, object]:
    """The same for `--json`."""
    return {
        "workbook": found.workbook,
        "taken_in": found.taken_in,
        "still_aside": [asdict(row) for row in found.still_aside],
        "drawn_in": [asdict(row) for row in found.drawn_in],
        "freed": found.freed,
        "counts": dict(found.counts),
        "places": {how: list(places) for how, places in found.places.items() if how != "untouched"},
        "told": list(found.told),
    }
