"""Make the shipped panels from the published files: `python docs/make_panels.py FOLDER_OF_AUTHORITIES`.

What is taken from which column stands in `panels.toml`, beside the table that this writes.
"""

from __future__ import annotations

import csv
import gzip
import io
import sys
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

DATA = Path(__file__).parents[1] / "src" / "casetrail" / "public" / "data"
HEAD = ("measure", "authority", "year", "numerator", "denominator", "value", "mark")
# In the files to 2012 `x` is a small number withheld; in the later ones `c` is, and `x` is not available.
EARLY = {"x": "x", "..": "..", "": "..", ".": ".."}
LATER = {"c": "x", "x": "..", "": "..", ":": "..", ".": "..", "z": "z", "u": "u"}
ALL_AGES = "population/ons_mid_year_0_17_2012_2024.csv"
LEVELS = ("LA", "Local authority", "NAT", "National")
ENGLAND = "970"
Row = Mapping[str, str]
Columns = Mapping[str, Any]
People = Mapping[tuple[str, str], str]


def table(folder: Path) -> bytes:
    """The table as it ships, compressed without a time stamp, so that making it again gives the same bytes."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEAD)
    writer.writerows(lines(folder))
    return gzip.compress(text.getvalue().encode("utf-8"), compresslevel=9, mtime=0)


def lines(folder: Path) -> Iterator[tuple[str, ...]]:
    """Every row, measure by measure, year by year, authority by authority."""
    recipe = tomllib.loads((DATA / "panels.toml").read_text(encoding="utf-8"))
    files = {key: list(rows(folder / "cin" / name)) for key, name in recipe["files"].items()}
    people = {
        (r["old_la_code"] or ENGLAND, r["time_period"]): r["population_estimate"]
        for r in rows(folder / ALL_AGES)
        if r["geographic_level"] in LEVELS
    }
    for measure, body in recipe["measure"].items():
        found = [
            line for key, columns in body.items() if key in files for line in taken(key, columns, files[key], people)
        ]
        yield from ((measure, *line) for line in sorted(found, key=lambda line: (line[1], int(line[0]))))


def taken(key: str, columns: Columns, source: list[Row], people: People) -> Iterator[tuple[str, ...]]:
    """The rows of one measure from one file."""
    early = "-" in key
    marks = EARLY if early else LATER
    for row in source:
        level = row["geog_l" if early else "geographic_level"]
        if level not in LEVELS:
            continue
        code = ENGLAND if level.startswith("N") else row["geog_c" if early else "old_la_code"]
        year = key if early else f"{int(row['time_period']) - 1}-{row['time_period'][2:]}"
        whole = dict(row)
        if not early:
            # The population in the middle of the year that ends in March.
            whole["population"] = people.get((code, str(int(row["time_period"]) - 1)), "")
        bottom = [cell(whole, name, marks) for name in columns.get("denominator", ())]
        value, mark = columns.get("value"), columns.get("mark")
        yield (
            code,
            year,
            added(whole, columns, marks),
            *(bottom or [""]),
            cell(whole, value, marks) if value else "",
            row[mark].strip() if mark else "",
        )


def added(row: Row, columns: Columns, marks: Mapping[str, str]) -> str:
    """The sum of the parts; where a part is withheld, the total less the other parts."""
    parts = [cell(row, name, marks) for name in columns["numerator"]]
    if all(part.isdecimal() for part in parts):
        return str(sum(map(int, parts)))
    rest = [cell(row, name, marks) for name in columns.get("rest", ())]
    total = cell(row, columns["denominator"][0], marks) if rest else ""
    if total.isdecimal() and all(part.isdecimal() for part in rest):
        return str(int(total) - sum(map(int, rest)))
    return next(part for part in parts if not part.isdecimal())


def cell(row: Row, name: str, marks: Mapping[str, str]) -> str:
    """A number as printed without thousands separators, or one of our four marks."""
    text = row[name].strip().replace(",", "")
    if text in marks:
        return marks[text]
    float(text)
    return text


def rows(path: Path) -> Iterator[Row]:
    with path.open(encoding="utf-8-sig", errors="strict", newline="") as file:
        yield from csv.DictReader(file)


if __name__ == "__main__":
    (DATA / "panels.csv.gz").write_bytes(table(Path(sys.argv[1])))
