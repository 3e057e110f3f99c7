"""The shipped table: its facts, cell by cell, against the Department's own files."""

from __future__ import annotations

import csv
import hashlib
from pathlib import Path

import pytest

from casetrail import public
from casetrail.errors import UnknownNameError
from casetrail.figures import Origin, Suppressed
from casetrail.public import Fact, about, authorities, children_in_need, indicators, source, years

SHARED = Path(__file__).parents[2].parent / "shared" / "data"
FILES = {"2009-10": "cin_2009_10_osr28_2010.csv", "2010-11": "cin_2010_11_osr26_2011.csv"}


def original(year: str) -> list[dict[str, str]]:
    path = SHARED / "authorities" / "cin" / FILES[year]
    if not path.exists():
        pytest.skip("the shared reference data is not beside the checkout")
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def as_printed(cell: int | float | Suppressed | None) -> str:
    if isinstance(cell, Suppressed):
        return "x"
    return ".." if cell is None else str(cell)


@pytest.mark.shared
@pytest.mark.parametrize("year", FILES)
def test_every_cell_is_the_departments(year: str) -> None:
    rows = {(r["geog_l"], r["geog_n"]): r for r in original(year)}
    facts = children_in_need(year)
    seen = 0
    for fact in facts:
        national = fact.authority == public.england()
        row = rows["National" if national else "LA", fact.authority.name]
        assert national or int(row["geog_c"]) == fact.authority.code
        columns = fact.indicator.columns[year]
        cells = {"numerator": as_printed(fact.numerator), "denominator": as_printed(fact.denominator)}
        cells |= {"value": fact.printed, "confidence": fact.confidence or ""}
        for part, ours in cells.items():
            theirs = row[columns[part]].strip().replace(",", "") if part in columns else None
            if theirs is not None:
                assert theirs == ours, (fact.authority.name, fact.indicator.id, part)
                seen += 1
    assert len(facts) == 153 * sum(year in i.columns for i in indicators())
    assert seen > 4000


@pytest.mark.shared
def test_the_source_columns_are_those_of_the_reference_figures() -> None:
    path = SHARED / "authorities" / "haringey_reference_figures.csv"
    if not path.exists():
        pytest.skip("the shared reference data is not beside the checkout")
    with path.open(encoding="utf-8", newline="") as file:
        theirs = {(r["year"], r["source_column"]) for r in csv.DictReader(file)}
    ours = {(y, c["value"]) for i in indicators() for y, c in i.columns.items() if "value" in c}
    assert theirs == ours


def fact(year: str, name: str, indicator: str) -> Fact:
    return next(f for f in children_in_need(year) if f.authority.name == name and f.indicator.id == indicator)


def test_withheld_missing_and_zero_are_three_things() -> None:
    withheld = fact("2009-10", "City of London", "initial-assessments-7-days")
    assert isinstance(withheld.numerator, Suppressed)
    assert isinstance(withheld.value, Suppressed)
    missing = [f for f in children_in_need("2009-10") if f.printed == ".."]
    assert {None} == {f.value for f in missing}
    zero = fact("2010-11", "Isles Of Scilly", "plans-rate")
    assert zero.value == 0


def test_a_suppressed_fact_cannot_be_added_up() -> None:
    withheld = fact("2009-10", "City of London", "initial-assessments-7-days")
    with pytest.raises(TypeError, match="suppressed"):
        sum([1, withheld.numerator])  # type: ignore[list-item]  # the very misuse that must fail


def test_printed_digits_are_kept() -> None:
    assert fact("2009-10", "England", "initial-assessments-7-days").printed == "67"
    assert fact("2010-11", "Haringey", "children-in-need-rate").printed == "1272.4"


def test_a_year_not_shipped_says_which_are() -> None:
    with pytest.raises(UnknownNameError) as caught:
        children_in_need("2015-16")
    assert "2009-10, 2010-11" in caught.value.todo


def test_the_source_names_maker_licence_and_bytes() -> None:
    ref = source()
    table = Path(public.__file__).parent / "data" / "children_in_need.csv"
    assert hashlib.sha256(table.read_bytes()).hexdigest() == ref.sha256
    assert ref.origin is Origin.PUBLIC_AGGREGATE
    assert ref.made_by == "Department for Education"
    assert "Open Government Licence v3.0" in ref.note
    assert table.stat().st_size < 150_000


def test_every_indicator_says_what_it_is_and_judges_nothing() -> None:
    marks = {f.confidence for year in years() for f in children_in_need(year)} - {None}
    assert marks <= set(about().confidence)
    for i in indicators():
        assert i.title and i.definition.endswith(".") and i.direction.startswith("A higher figure means")
        assert set(i.columns) <= set(years())
    assert len(authorities()) == 152
