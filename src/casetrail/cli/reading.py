"""How `read` looks into files, and reads an inquiry in."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rich.markup import escape
from rich.table import Table as Grid

from casetrail.cli.making import today
from casetrail.cli.mending import fixed_told, say_exported, say_fixed
from casetrail.cli.returning import say_return, say_returns
from casetrail.cli.saying import out, print_json, print_sources, watching

if TYPE_CHECKING:
    from casetrail.inquiry import SourceRead
    from casetrail.records import Inspection


@dataclass(frozen=True, slots=True, kw_only=True)
class Mending:
    """What is asked about rows set aside: a workbook to write, one to take in, and why they must be seen."""

    quarantine: Path | None = None
    fix: Path | None = None
    reason: str = ""


def read_in(file: Path, asked: Mending, *, json: bool, verbose: bool) -> None:
    """Read the sources of an inquiry into the work folder and say what became of each."""
    from casetrail import inquiry
    from casetrail.cli.logs import remembered
    from casetrail.store import exclusive

    wanted = inquiry.parse(file, today=today())
    work = inquiry.WorkFolder(wanted.work)
    work.prepare()
    told: dict[str, object] = {}
    with exclusive(work.lock_file), remembered(work, verbose=verbose), watching(quiet=json) as seen:
        if asked.fix is not None:
            fixed = inquiry.fix(wanted, work, asked.fix, today=today(), progress=seen.rows)
            told["fixed"] = fixed_told(fixed)
            if not json:
                say_fixed(fixed)
        if asked.quarantine is not None:
            exported = inquiry.export_quarantine(
                wanted, work, asked.quarantine, reason=asked.reason, today=today(), progress=seen.rows
            )
            told["exported"] = {"file": str(asked.quarantine), **asdict(exported)}
            if not json:
                say_exported(exported, asked.quarantine)
        records = inquiry.read_records(wanted, work, seen.rows)
    if not json:
        print_sources(records.sources, work.quarantine_file)
        say_returns(records.sources, work.findings_file)
        return
    sources = [_source(source) for source in records.sources]
    told |= {"sources": sources, "quarantine": str(work.quarantine_file)}
    print_json({"schema": "casetrail/read/1", **told})


def _source(source: SourceRead) -> dict[str, object]:
    return {
        "name": source.ref.name,
        "origin": source.ref.origin.value,
        "sha256": source.ref.sha256,
        "rows_in": source.rows_in,
        "rows_good": source.rows_good,
        "rows_quarantined": source.rows_quarantined,
        "rows_mended": source.rows_mended,
        "notes": list(source.notes),
        "form": source.form,
        "tables": [asdict(table) for table in source.tables],
        "carries": list(source.carries),
        "cannot": list(source.cannot),
    }


def look(files: list[Path], *, json: bool) -> None:
    """A dry look: what is in the files and what would be set aside; nothing is stored."""
    from casetrail import records

    found = [records.look(file, as_of=today()) for file in files]
    if json:
        print_json({"schema": "casetrail/look/1", "files": [asdict(one) for one in found]})
        return
    for file, one in zip(files, found, strict=True):
        if isinstance(one, records.ReturnLook):
            say_return(one)
            continue
        _say(one)
        alone = one.file == file.name and one.format in ("csv", "xlsx", "parquet")  # and not out of an archive
        if alone and (proposal := records.propose(file)) is not None:
            out().print(f"  Its headings are those of '{proposal.form.name}': init --from reads it by that form.")
    out().print("[dim]Nothing was stored. Next: casetrail init --from FILE[/]")


def _say(found: Inspection) -> None:
    console = out()
    how = [found.format, found.encoding, f"delimiter {found.delimiter!r}" if found.delimiter else None]
    sheets = f"sheet {found.sheet!r} of {len(found.sheets)}" if found.sheet is not None else None
    console.print(f"[bold]{escape(found.file)}[/]  {found.rows:,} records; {'; '.join(x for x in (*how, sheets) if x)}")
    console.print(f"  [dim]sha256 {found.sha256}[/]", soft_wrap=True)
    shown = Grid(show_header=True, header_style="bold", box=None, pad_edge=False, padding=(0, 2, 0, 2))
    for title in ("Column", "Filled", "Kind", "Guessed use", "Dates"):
        shown.add_column(title, justify="right" if title == "Filled" else "left")
    who = {name: f"identity: {kind.replace('_', ' ')}" for kind, names in found.identity.items() for name in names}
    for column in found.columns:
        dates = " ".join(x for x in (column.date_format, column.precision) if x)
        filled = f"{column.filled:.0%}"
        shown.add_row(escape(column.name), filled, column.kind, column.role or who.get(column.name, ""), escape(dates))
    console.print(shown)
    if found.quarantined is not None:
        total = sum(found.quarantined.values())
        said = ", ".join(f"{count:,} {code}" for code, count in sorted(found.quarantined.items()))
        console.print(f"  would be set aside with this guess: {total:,}" + (f" ({said})" if said else ""))
    for note in found.notes:
        console.print(f"  [dim]{escape(note)}[/]")
