"""The shipped bins against the reference figures, and against the Department's own files."""

from __future__ import annotations

import csv
import runpy
import sys
from importlib import resources
from pathlib import Path

import pytest

from casetrail.errors import UnknownNameError
from casetrail.figures import Suppressed
from casetrail.public import authority
from casetrail.public.deadline_bins import TIMED, BinRow, TimedWork, bin_rows, bodies, deadline_source, timed_work

ENGLAND = 970
DOCS = Path(__file__).parents[2] / "docs"


def found(work: TimedWork, row: dict[str, str]) -> BinRow:
    code = ENGLAND if row["area"] == "England" else authority(row["area"]).code
    return next(r for r in bin_rows(work.id, code) if r.year == int(row["year_ending_31_march"]))


@pytest.mark.shared
def test_all_38_reference_rows_to_the_printed_digit(shared: Path) -> None:
    with (shared / "authorities" / "deadline_bunching_reference.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 38
    for row in rows:
        work = timed_work("conferences" if row["measure"].startswith("ICPC") else "assessments")
        ours = found(work, row)
        before, after = ours.counts[work.before], ours.counts[work.before + 1]
        assert isinstance(before, int) and isinstance(ours.total, int)
        assert str(ours.total) == row["total"]
        assert str(ours.counts[work.early]) == row["early_bin(1-10 or 0-10 working days)"]
        assert str(before) == row["last_5_days_before_limit"]
        assert f"{100 * before / ours.total:.1f}" == row["percent_in_last_5_days"]
        assert str(ours.median) == row["median_working_days"]
        if isinstance(after, int):
            assert str(after) == row["first_5_days_after_limit"]
            assert f"{before / after:.2f}" == row["ratio_before_to_after"]
        else:
            assert isinstance(after, Suppressed)
            assert (row["first_5_days_after_limit"], row["ratio_before_to_after"]) == ("c", "")


def test_cases_per_working_day_in_2025() -> None:
    """The README's figures: 13,138 (31-40), 24,546 (41-45), 7,528 (46-50), 2,786 (51-60), ratio 3.26."""
    work, row = timed_work("assessments"), bin_rows("assessments")[-1]
    per_day = []
    for at in (4, 5, 6, 7):
        last, count = work.last[at], row.counts[at]
        assert isinstance(count, int) and last is not None
        per_day.append(count / (last - work.first[at] + 1))
    assert row.year == 2025
    assert [f"{value:.0f}" for value in per_day] == ["13138", "24546", "7528", "2786"]
    assert f"{per_day[1] / per_day[2]:.2f}" == "3.26"


@pytest.mark.shared
def test_the_shipped_files_are_what_the_script_writes_from_the_departments(
    shared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    preview = shared / "compare" / "dfe_children_in_need" / "c2_assessment_durations_2025_preview.csv"
    folder = shared / "authorities" / "cin"
    monkeypatch.setattr(sys, "argv", ["make", str(folder), "--preview", str(preview), "--out", str(tmp_path)])
    runpy.run_path(str(DOCS / "make_deadline_bins.py"), run_name="__main__")
    for which in TIMED:
        shipped = resources.files("casetrail.public").joinpath("data", f"deadline_{which}.csv").read_bytes()
        assert (tmp_path / f"deadline_{which}.csv").read_bytes() == shipped


def test_bins_are_whole_and_add_up() -> None:
    """Counts of authorities add up to the total but for a few cases without a duration; England's are rounded to 10."""
    for which in TIMED:
        work = timed_work(which)
        assert work.last[work.before] == work.limit
        assert len(work.first) == len(work.last)
        exact = whole = 0
        for code in bodies(which):
            for row in bin_rows(which, code):
                assert len(row.counts) == len(work.first)
                assert row.rounded_to == (10 if code == ENGLAND else 1)
                if code != ENGLAND and all(isinstance(count, int) for count in (*row.counts, row.total)):
                    whole += 1
                    exact += sum(c for c in row.counts if isinstance(c, int)) == row.total
        assert whole > 1_000
        assert exact / whole > 0.9


def test_marks_are_kept_apart() -> None:
    """Zero, withheld and not published: the City of London in 2014, and Hackney, which sent nothing for two years."""
    row = bin_rows("assessments", authority("City of London").code)[0]
    assert row.counts[0] == 0
    assert isinstance(row.counts[1], Suppressed)
    sent_nothing = [r for r in bin_rows("assessments", authority("Hackney").code) if r.year >= 2021]
    assert sent_nothing
    assert all(count is None for row in sent_nothing for count in row.counts)


def test_every_body_has_a_name() -> None:
    for which in TIMED:
        assert all(code == ENGLAND or authority(code).code == code for code in bodies(which))


def test_the_source_is_cited_with_the_hash_of_its_bytes() -> None:
    source = deadline_source("assessments")
    assert len(source.sha256) == 64
    assert "Open Government Licence v3.0" in source.note
    files = [resources.files("casetrail.public").joinpath("data", f"deadline_{which}.csv") for which in TIMED]
    assert sum(len(file.read_bytes()) for file in files) < 400_000


def test_unknown_tables_and_bodies() -> None:
    with pytest.raises(UnknownNameError, match="No published durations"):
        timed_work("visits")  # type: ignore[arg-type]
    assert bin_rows("assessments", 1) == ()
