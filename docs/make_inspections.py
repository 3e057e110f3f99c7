"""Make the shipped inspection judgements: `python docs/make_inspections.py FOLDER` (it holds `authorities`, `compare`).

What each column means stands in `inspections.toml`, beside the tables that this writes.
"""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path

DATA = Path(__file__).parents[1] / "src" / "casetrail" / "public" / "data"
JUDGEMENTS = "authorities/ofsted/ilacs_judgements_overview.csv"
NATIONAL = "compare/dfe_children_in_need/f2_median_rereferral_rate_by_ofsted_judgement.csv"

HEAD = (
    "authority",
    "framework",
    "kind",
    "started",
    "ended",
    "published",
    "overall",
    "leaders",
    "help_and_protection",
    "in_care",
    "care_leavers",
)
GRADES = {
    "inadequate": "1",
    "requires improvement": "2",
    "good": "3",
    "outstanding": "4",
    "": "..",
    # The judgement on care leavers was made apart only later: not applicable is not the same as unknown.
    "inspection_pre_dates_judgement": "z",
}
YEARS = ("pre3", "pre2", "pre1", "inspection_year", "post1", "post2")
Row = Mapping[str, str]


def table(head: tuple[str, ...], lines: Iterator[tuple[str, ...]]) -> str:
    """A table as it ships, with bare line feeds."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(head)
    writer.writerows(lines)
    return text.getvalue()


def judgements(folder: Path) -> Iterator[tuple[str, ...]]:
    """One row for each authority, by number. Numbers of providers and of inspectors are left behind."""
    for row in sorted(rows(folder / JUDGEMENTS), key=lambda r: int(r["la_code"])):
        yield (
            row["la_code"],
            "ILACS",
            row["inspection_framework"],
            day(row["inspection_start_date"], "%d/%m/%Y"),
            day(row["inspection_end_date"], "%d/%m/%Y"),
            day(row["publication_date"], "%d/%m/%y"),
            *(
                GRADES[row[name]]
                for name in (
                    "overall_effectiveness_grade",
                    "impact_of_leaders_grade",
                    "help_and_protection_grade",
                    "in_care_grade",
                    "care_leavers_grade",
                )
            ),
        )


def national(folder: Path) -> Iterator[tuple[str, ...]]:
    """One row for each grade and year about the inspection: grade, years after it, the printed median."""
    for row in rows(folder / NATIONAL):
        grade = GRADES[row["ofsted_judgement"].casefold()]
        yield from ((grade, str(k - 3), row[name]) for k, name in enumerate(YEARS))


def day(text: str, form: str) -> str:
    return datetime.strptime(text, form).date().isoformat() if text else ""  # noqa: DTZ007  a day has no zone


def rows(file: Path) -> list[Row]:
    with file.open(encoding="utf-8-sig", newline="") as source:
        return list(csv.DictReader(source))


def main(folder: Path) -> None:
    """Write both tables."""
    made = {
        "inspections.csv": table(HEAD, judgements(folder)),
        "inspections_national.csv": table(("grade", "years_after", "median"), national(folder)),
    }
    for name, text in made.items():
        (DATA / name).write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
