"""Make the tables of neighbours and of spend: `python docs/make_neighbours_and_spend.py FOLDER_OF_AUTHORITIES`.

What is taken from which lines stands in `spend.toml` and `neighbours.toml`, beside the tables that this writes.
"""

from __future__ import annotations

import csv
import io
import sys
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

DATA = Path(__file__).parents[1] / "src" / "casetrail" / "public" / "data"
SPEND = "finance/s251_table_a1_2008_09_to_2018_19.parquet"
CODES = "population/ons_mid_year_0_17_2012_2024.csv"
AGES = ("0-4", "5-9", "10-14", "15", "16")
SPLIT = {"928": ("940", "941")}
Amounts = dict[tuple[str, str, str], tuple[float, float]]


def recipe(name: str) -> dict[str, Any]:
    """The sidecar of one table."""
    return tomllib.loads((DATA / f"{name}.toml").read_text(encoding="utf-8"))


def neighbours(folder: Path) -> Iterator[tuple[str, ...]]:
    """Every row of neighbours.csv."""
    yield ("model", "authority", "place", "neighbour", "closeness")
    said = recipe("neighbours")
    letter = {words: key for key, words in said["closeness"].items()}
    for model, about in said["model"].items():
        with (folder / "neighbours" / about["file"]).open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.reader(file))
        first = next(i for i, name in enumerate(rows[0]) if name.replace("_", "") == "SN1")
        for row in sorted((r for r in rows[1:] if r[0].strip().isdecimal()), key=lambda r: int(r[0])):
            for place in range(10):
                code, words = row[first + 2 * place : first + 2 * place + 2]
                yield model, row[0].strip(), str(place + 1), code.strip(), letter[words.strip().casefold()]


def amounts(folder: Path) -> Amounts:
    """Gross and net of every printed line, by authority, year and line."""
    table = pq.read_table(folder / SPEND, columns=["year", "la_code", "line", "gross", "net"]).to_pylist()
    return {(str(r["la_code"]), r["year"], r["line"]): (r["gross"], r["net"]) for r in table if r["net"] is not None}


def spend(folder: Path) -> Iterator[tuple[str, ...]]:
    """Every row of spend.csv."""
    said, printed = recipe("spend"), amounts(folder)
    years = list(said["part"]["placements"])
    codes = sorted({code for code, _, _ in printed}, key=int)
    yield ("authority", "line", "kind", *years)
    for code in codes:
        for line in said["line"]:
            for kind in ("gross", "net"):
                cells = (cell(said, printed, (code, year), (line, kind)) for year in years)
                yield code, line["id"], kind, *cells
    people = children(folder)
    for code in codes:
        yield code, "children", "children", *(people.get((code, year[:4]), "") for year in years)


def cell(said: dict[str, Any], printed: Amounts, of: tuple[str, str], what: tuple[dict[str, Any], str]) -> str:
    """One sum, to the pound; empty where the authority sent nothing or the line has another scope in that year."""
    (code, year), (line, kind) = of, what
    sent = any((code, year, name) in printed for name in said["part"]["asylum"][year])
    if year not in line["comparable"] or not sent:
        return ""
    at = 0 if kind == "gross" else 1

    def of_part(part: str, column: int) -> float:
        return sum(printed[code, year, name][column] for name in said["part"][part][year])

    booked = sum(of_part(part, 0) for part in line["must"]) > 0
    return f"{sum(of_part(part, at) for part in line['parts']):.0f}" if booked else "n"


def children(folder: Path) -> dict[tuple[str, str], str]:
    """Children aged 0 to 16 by authority and calendar year."""
    with (folder / CODES).open(encoding="utf-8-sig", newline="") as file:
        number = {r["new_la_code"]: r["old_la_code"] for r in csv.DictReader(file) if r["old_la_code"]}
    total: dict[tuple[str, str], int] = {}
    for age in AGES:
        for name, year, count in estimates(folder / "population" / f"popest-{age}_2009_2021.csv"):
            if name in number:
                total[number[name], year] = total.get((number[name], year), 0) + count
    for old, new in SPLIT.items():
        for year in {y for _, y in total}:
            total[old, year] = sum(total[code, year] for code in new)
    # An authority that began in 2019 on other boundaries has the code of none before it.
    return {at: str(count) for at, count in total.items()}


def estimates(path: Path) -> Iterator[tuple[str, str, int]]:
    """Area code, year and count of one file of the Office for National Statistics."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = [r for r in csv.reader(file) if len(r) > 2]
    head = next(r for r in rows if r[1] == "mnemonic")
    for row in rows[rows.index(head) + 1 :]:
        for year, count in zip(head[2:], row[2:], strict=True):
            yield row[1], year, int(count)


def write(name: str, rows: Iterable[tuple[str, ...]]) -> None:
    """One table into the package."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    (DATA / f"{name}.csv").write_text(text.getvalue(), encoding="utf-8")


if __name__ == "__main__":
    write("neighbours", neighbours(Path(sys.argv[1])))
    write("spend", spend(Path(sys.argv[1])))
