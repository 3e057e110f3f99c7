"""Shipped inspection judgements: what is in them, what is not, and that they are what the source says."""

from __future__ import annotations

import csv
import runpy
from collections import Counter
from datetime import date
from importlib import resources
from pathlib import Path

import pytest

from casetrail.errors import UnknownNameError
from casetrail.public.inspections import (
    JUDGEMENTS,
    Grade,
    grade,
    inspections,
    inspections_source,
    judgement_titles,
    national_medians,
    national_source,
    reporting_year,
    what_is_missing,
)
from casetrail.public.shipped import shipped_panel

ROOT = Path(__file__).parents[2]


def test_one_judgement_for_each_authority_of_the_panels() -> None:
    codes = {u.code for u in shipped_panel("re-referrals-12-months").units}
    found = [i.authority for i in inspections()]
    assert len(found) == len(set(found)) == 153
    assert set(found) <= codes
    # The five that ended in 2019 and 2021-23 have no latest judgement.
    assert codes - set(found) == {"835", "836", "837", "909", "928"}


def test_grades_as_counted_in_the_source() -> None:
    """Counted in the source by hand: 63 good, 46 outstanding, 29 requires improvement, 13 inadequate, 2 blank."""
    assert Counter(i.grades.get("overall") for i in inspections()) == {
        Grade.GOOD: 63,
        Grade.OUTSTANDING: 46,
        Grade.REQUIRES_IMPROVEMENT: 29,
        Grade.INADEQUATE: 13,
        None: 2,
    }
    assert sum("care_leavers" in i.not_applicable for i in inspections()) == 7
    assert Counter(i.kind for i in inspections()) == {"short": 78, "standard": 73, "": 2}


def test_not_given_and_not_yet_made_apart_are_two_things() -> None:
    by = {i.authority: i for i in inspections()}
    assert "overall" not in by["304"].grades  # Brent: no overall grade in the source
    assert "overall" not in by["304"].not_applicable
    assert by["890"].not_applicable == ("care_leavers",)  # Blackpool, inspected in December 2022
    assert by["846"].started is None  # Brighton and Hove: no day of inspection
    assert by["846"].year is None
    assert by["309"].year == "2025-26"


@pytest.mark.parametrize(
    ("day", "year"),
    [(date(2024, 3, 31), "2023-24"), (date(2024, 4, 1), "2024-25"), (date(1999, 12, 1), "1999-00")],
)
def test_a_reporting_year_runs_from_april(day: date, year: str) -> None:
    assert reporting_year(day) == year


@pytest.mark.parametrize(
    ("text", "found"),
    [("Good", 3), ("requires improvement to be good", 2), ("RI", 2), (" requires  improvement ", 2), ("1", 1)],
)
def test_a_grade_as_people_write_it(text: str, found: int) -> None:
    assert grade(text) == found


@pytest.mark.parametrize("text", ["", "adequate", "5", "0", "satisfactory"])
def test_a_grade_of_another_series_is_none(text: str) -> None:
    with pytest.raises(UnknownNameError) as caught:
        grade(text)
    assert caught.value.code == "unknown_grade"
    assert "inadequate" in caught.value.todo


def test_no_person_link_or_number_of_a_provider_ships() -> None:
    text = resources.files("casetrail.public").joinpath("data", "inspections.csv").read_text(encoding="utf-8")
    head, *rows = csv.reader(text.splitlines())
    assert set(head) == {"authority", "framework", "kind", "started", "ended", "published", *JUDGEMENTS}
    for row in rows:
        assert row[0].isdecimal()
        assert row[1] == "ILACS"
        assert row[2] in ("short", "standard", "")
        assert all(not cell or date.fromisoformat(cell) for cell in row[3:6])
        assert all(cell in ("1", "2", "3", "4", "..", "z") for cell in row[6:])


def test_what_is_missing_is_said() -> None:
    said = " ".join(what_is_missing())
    assert "only the latest" in said
    assert "earlier frameworks" in said
    assert "what a grade rested on" in said
    assert set(judgement_titles()) == set(JUDGEMENTS)
    assert inspections_source().made_by == "Ofsted"
    assert inspections_source().sha256 != national_source().sha256


def test_the_national_series_is_as_printed() -> None:
    by = {(m.grade, m.years_after): m.value for m in national_medians()}
    assert len(by) == 24
    assert by[Grade.INADEQUATE, 2] == 22.8
    assert by[Grade.REQUIRES_IMPROVEMENT, -3] == 23.8
    assert by[Grade.GOOD, -2] == 20.55
    assert by[Grade.OUTSTANDING, 0] == 18.9


@pytest.mark.shared
def test_made_again_from_the_sources_the_tables_are_the_same(shared: Path) -> None:
    made = runpy.run_path(str(ROOT / "docs" / "make_inspections.py"))
    data = resources.files("casetrail.public").joinpath("data")
    judged = made["table"](made["HEAD"], made["judgements"](shared))
    assert judged == data.joinpath("inspections.csv").read_text(encoding="utf-8")
    medians = made["table"](("grade", "years_after", "median"), made["national"](shared))
    assert medians == data.joinpath("inspections_national.csv").read_text(encoding="utf-8")


@pytest.mark.shared
def test_samples_by_hand_from_the_source(shared: Path) -> None:
    with (shared / "authorities/ofsted/ilacs_judgements_overview.csv").open(encoding="utf-8", newline="") as file:
        source = {row["la_code"]: row for row in csv.DictReader(file)}
    by = {i.authority: i for i in inspections()}
    words = {"overall": "overall_effectiveness_grade", "in_care": "in_care_grade"}
    for code in ("309", "350", "846", "895", "943"):
        for part, column in words.items():
            said = by[code].grades[part].words.removesuffix(" to be good")
            assert said == source[code][column]
    assert source["309"]["inspection_start_date"] == "12/01/2026"
    assert by["309"].started == date(2026, 1, 12)
