"""A small inquiry with one source, to be spoilt in one way at a time."""

from __future__ import annotations

import csv
from pathlib import Path

from .command import Said, casetrail

COLUMNS = {"person": "child", "event_id": "ref", "activity": "what", "at": "when", "end": "until", "team": "team"}
GOOD = (
    "ref,child,what,when,until,team\n"
    "1,C-1,call received,2007-01-08,2007-01-08,duty\n"
    "2,C-1,visit,2007-01-09,2007-01-09,duty\n"
    "3,C-2,call received,2007-02-01,2007-02-02,duty\n"
    "4,C-2,case closed,2007-03-01,2007-03-01,long term\n"
)

_HEAD = '[inquiry]\ntitle = "Small"\nas_of = 2007-12-31\nwork = "work"\nout = "pack"\n'


def source(name: str, file: str, *, settings: str = "", columns: dict[str, str] | None = None) -> str:
    """One [[source]] table."""
    mapping = "".join(f'{ours} = "{theirs}"\n' for ours, theirs in (COLUMNS if columns is None else columns).items())
    return (
        f'[[source]]\nname = "{name}"\nfile = "{file}"\norigin = "made-up"\nagency = "social care"\n'
        f"{settings}\n[source.columns]\n{mapping}"
    )


def inquiry(folder: Path, *sources: str) -> Path:
    """Write the inquiry file."""
    file = folder / "inquiry.toml"
    file.write_text(_HEAD + "\n".join(sources), encoding="utf-8")
    return file


def with_file(
    folder: Path,
    content: bytes | str,
    *,
    name: str = "calls.csv",
    settings: str = "",
    columns: dict[str, str] | None = None,
) -> Path:
    """Write a file and the inquiry on it."""
    (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)
    return inquiry(folder, source("calls", name, settings=settings, columns=columns))


def quarantine(folder: Path) -> list[dict[str, str]]:
    """The rows of quarantine.csv."""
    with (folder / "work" / "quarantine.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def refused(file: Path, code: int, *words: str, verbs: tuple[str, ...] = ("read", "run", "follow")) -> Said:
    """Each verb ends with this exit code and says what, where and what to do, in words and without a traceback."""
    said = None
    for verb in verbs:
        said = casetrail(verb, file)
        assert said.code == code, (verb, said.all)
        assert said.out == ""
        assert "Traceback" not in said.err
        assert "Fault in casetrail" not in said.err
        for part in ("Error", "What to do", *words):
            assert part in said.err, (verb, part, said.err)
    assert said is not None
    return said


def set_aside(folder: Path, file: Path, *, rows_in: int, codes: list[str]) -> list[dict[str, str]]:
    """The file is read, followed and run all the same; the rows that cannot be used stand in the quarantine."""
    said = casetrail("read", file, "--json")
    assert said.code == 0, said.err
    (counts,) = said.json["sources"]
    assert counts["rows_in"] == rows_in == counts["rows_good"] + counts["rows_quarantined"]
    found = quarantine(folder)
    assert sorted(row["code"] for row in found) == sorted(codes)
    assert counts["rows_quarantined"] == len({row["record"] for row in found})
    for row in found:
        assert row["source"] == "calls"
        assert row["file"].startswith("calls.")
        assert int(row["record"]) >= 1
        assert row["message"].endswith(".") or "Declare" in row["message"]
        assert row["stamp"] == "Internal, not for release"
    ran = casetrail("run", file)
    assert ran.code == 0, ran.err
    assert f"{len(codes)}" in ran.out
    return found
