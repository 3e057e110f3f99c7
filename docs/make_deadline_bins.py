"""Write the shipped bins of durations: `python docs/make_deadline_bins.py FOLDER [--preview FILE] [--out FOLDER]`.

FOLDER holds the Department's tables C2 and C4 of 2022; FILE the row of England of 2025. Counts and marks are copied as
they are printed; nothing is added up, filled in or rounded.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

DATA = Path(__file__).parents[1] / "src" / "casetrail" / "public" / "data"
ENGLAND = "970"
FILES = {
    "assessments": "c2_children_in_need_assessments_duration_2014_to_2022.csv",
    "conferences": "c4_children_in_need_section_47s_and_icpcs_2013_to_2022.csv",
}
# Our column: the Department's.
COLUMNS = {
    "assessments": {
        "total": "Assessments_completed",
        "d0": "Same_day",
        **{f"d{span}": f"{span.replace('_', '-')}_days" for span in ("1_10", "11_20", "21_30", "31_40", "41_45")},
        **{f"d{span}": f"{span.replace('_', '-')}_days" for span in ("46_50", "51_60")},
        "d61": "61+_days",
        "p25": "25th_Percentile_days",
        "median": "Median_days",
        "p75": "75th_Percentile_days",
    },
    "conferences": {
        "total": "ICPC",
        **{f"d{span}": f"Duration_{span.replace('_', '-')}_days" for span in ("0_10", "11_15", "16_20")},
        "d21": "Duration_21+_days",
        "p25": "Duration_25th_Percentile",
        "median": "Duration_median",
        "p75": "Duration_75th_Percentile",
    },
}
PREVIEW = {
    "total": "assessments_completed",
    "d0": "same_day",
    **{f"d{span}": f"d{span}" for span in ("1_10", "11_20", "21_30", "31_40", "41_45", "46_50", "51_60")},
    "d61": "d61_plus",
    "p25": "p25_days",
    "median": "median_days",
    "p75": "p75_days",
}


def rows(path: Path) -> Iterator[dict[str, str]]:
    """Rows of England and of authorities, without regions."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        yield from (r for r in csv.DictReader(file) if r["geographic_level"] in ("National", "Local authority"))


def taken(row: Mapping[str, str], columns: Mapping[str, str]) -> list[str]:
    """The cells of our columns; thousands separators never occur, and an empty cell would be a change of layout."""
    cells = [row[theirs].strip() for theirs in columns.values()]
    if "" in cells:
        raise SystemExit("A cell is empty: the table's layout has changed.")
    return cells


def written(path: Path, head: Iterable[str], lines: Iterable[Iterable[str]]) -> None:
    """A CSV file with one kind of line end on every system."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(head)
        writer.writerows(lines)


def main() -> None:
    """Read, check that each body has one row in a year, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--preview", type=Path)
    parser.add_argument("--out", type=Path, default=DATA)
    asked = parser.parse_args()
    for measure, file in FILES.items():
        lines: dict[tuple[int, int], list[str]] = {}
        for row in rows(asked.folder / file):
            code = row["old_la_code"] or ENGLAND
            key = (int(row["time_period"]), int(code))
            if key in lines:
                raise SystemExit(f"Code {code} has two rows in {key[0]}.")
            lines[key] = taken(row, COLUMNS[measure])
        if asked.preview and measure == "assessments":
            with asked.preview.open(encoding="utf-8", newline="") as preview:
                nation = next(r for r in csv.DictReader(preview) if r["area"] == "England")
            lines[int(nation["year"]), int(ENGLAND)] = taken(nation, PREVIEW)
        body = ([str(year), str(code), *lines[year, code]] for year, code in sorted(lines))
        written(asked.out / f"deadline_{measure}.csv", ("year", "body", *COLUMNS[measure]), body)


if __name__ == "__main__":
    main()
