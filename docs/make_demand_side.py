"""Make the shipped demand-side tables: `python docs/make_demand_side.py FOLDER_OF_AUTHORITIES`.

Where each figure comes from, and what it means, stands in the sidecar of the same name beside the table.
"""

from __future__ import annotations

import csv
import io
import sys
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

DATA = Path(__file__).parents[1] / "src" / "casetrail" / "public" / "data"
# Both give the Department's number and the code of the Office for National Statistics for each authority.
ALL_AGES = "population/ons_mid_year_0_17_2012_2024.csv"
INTERACTIVE = "lait/lait_2016_2025.parquet"
# The estimates by age are on the boundaries of April 2021. The county that two bodies replaced that day is their sum.
SUMMED = {"928": ("940", "941")}
# Codes from 960 on are England and its regions in the interactive tool.
REGIONS = 960
Line = tuple[str, ...]


def tables(folder: Path) -> Iterator[tuple[str, str]]:
    """Name and text of every table, as it ships."""
    makers: dict[str, Callable[[Path, dict[str, object]], Iterator[Line]]] = {
        "idaci": deprivation,
        "child_population": everybody,
        "child_population_bands": bands,
        "adjusters_low_income": interactive,
        "adjusters_free_meals": interactive,
        "adjusters_injuries": interactive,
        "ethnicity_language": interactive,
    }
    for name, make in makers.items():
        sidecar = tomllib.loads((DATA / f"{name}.toml").read_text(encoding="utf-8"))
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(["year", "authority", *sidecar["columns"]])
        writer.writerows(sorted(make(folder, sidecar["made_from"]), key=lambda line: (line[0], int(line[1]))))
        yield name, text.getvalue()


def deprivation(folder: Path, recipe: dict[str, object]) -> Iterator[Line]:
    """The average score of each edition, under the year that its claims were counted in."""
    number = numbers(folder)
    for year, file in dict(recipe["files"]).items():  # type: ignore[call-overload]
        for row in rows(folder / file):
            score = next(v for k, v in row.items() if k and k.strip().endswith("Average score") and "Rank" not in k)
            code = next(v for k, v in row.items() if k and "District code" in k)
            yield year, number[code], score


def everybody(folder: Path, recipe: dict[str, object]) -> Iterator[Line]:
    """Children aged 0 to 17 at mid-year; an x is not available and gives no row."""
    for row in rows(folder / str(recipe["file"])):
        if row["geographic_level"] == "Local authority" and row["population_estimate"] != "x":
            yield row["time_period"], row["old_la_code"], row["population_estimate"]


def bands(folder: Path, recipe: dict[str, object]) -> Iterator[Line]:
    """Children by age band at mid-year, one file for each band."""
    number = numbers(folder)
    found: dict[tuple[str, str], list[int]] = {}
    for file in dict(recipe["files"]).values():  # type: ignore[call-overload]
        for (year, code), people in band(folder / file).items():
            if code in number:
                found.setdefault((year, number[code]), []).append(people)
    for whole, parts in SUMMED.items():
        for year in sorted({year for year, _ in found}):
            found[year, whole] = [sum(people) for people in zip(*(found[year, part] for part in parts), strict=True)]
    for (year, authority), people in found.items():
        yield year, authority, *(str(n) for n in people)


def band(path: Path) -> dict[tuple[str, str], int]:
    """One file of Nomis: lines of title, a head, a body for each authority of the United Kingdom, and notes."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        lines = [line for line in csv.reader(file) if len(line) > 2]
    years = lines[0][2:]
    return {(year, line[1]): int(n) for line in lines[1:] for year, n in zip(years, line[2:], strict=True)}


def interactive(folder: Path, recipe: dict[str, object]) -> Iterator[Line]:
    """One measure of the Local Authority Interactive Tool; a dash is withheld or missing and gives no row."""
    import pyarrow.parquet as pq

    table = pq.read_table(folder / INTERACTIVE, filters=[("Short Desc", "=", recipe["measure"])])
    for row in table.to_pylist():
        code = int(row["LA Number"])
        if code < REGIONS and row["Values"] != "-":
            # The tool's own file holds 16.899999999999999 where the Department printed 16.9.
            yield row["Years"], str(code), f"{float(row['Values']):.2f}".rstrip("0").rstrip(".")


def numbers(folder: Path) -> dict[str, str]:
    """The Department's number for each code of the Office for National Statistics."""
    return {r["new_la_code"]: r["old_la_code"] for r in rows(folder / ALL_AGES) if r["old_la_code"]}


def rows(path: Path) -> list[dict[str, str]]:
    """A published file as it is."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


if __name__ == "__main__":
    for name, text in tables(Path(sys.argv[1])):
        (DATA / f"{name}.csv").write_text(text, encoding="utf-8", newline="\n")
