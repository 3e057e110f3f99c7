"""How `read` looks into files, and reads an inquiry in."""

from __future__ import annotations

from pathlib import Path

from rich.markup import escape

from casetrail.cli.making import today
from casetrail.cli.saying import out, print_json, print_sources, watching


def read_in(file: Path, *, json: bool) -> None:
    """Read the sources of an inquiry into the work folder and say what became of each."""
    from casetrail import inquiry

    wanted = inquiry.parse(file, today=today())
    work = inquiry.WorkFolder(wanted.work)
    with watching(quiet=json) as seen:
        records = inquiry.read_records(wanted, work, seen.rows)
    if json:
        sources = [
            {
                "name": source.ref.name,
                "origin": source.ref.origin.value,
                "sha256": source.ref.sha256,
                "rows_in": source.rows_in,
                "rows_good": source.rows_good,
                "rows_quarantined": source.rows_quarantined,
                "notes": list(source.notes),
            }
            for source in records.sources
        ]
        print_json({"schema": "casetrail/read/1", "sources": sources, "quarantine": str(work.quarantine_file)})
        return
    print_sources(records.sources, work.quarantine_file)


def look(files: list[Path], *, json: bool) -> None:
    """A dry look: what is in the files and what would be set aside; nothing is stored."""
    from casetrail.records import inspect

    found = [inspect(file) for file in files]
    if json:
        print_json({"schema": "casetrail/read/1", "files": [one.as_dict() for one in found]})
        return
    console = out()
    for one in found:
        for line in one.lines():
            console.print(escape(line), soft_wrap=True)
        console.print()
