"""Neighbours and spend: the shipped tables against the published files they were made from, and their own rules."""

from __future__ import annotations

import csv
import importlib.util
from functools import lru_cache
from importlib import resources
from pathlib import Path
from types import ModuleType

import numpy as np
import pyarrow.parquet as pq
import pytest

from casetrail.errors import UnknownNameError
from casetrail.figures import Origin
from casetrail.public import neighbours as beside
from casetrail.public import spend
from casetrail.public.panel import Why

MAKER = Path(__file__).parents[2] / "docs" / "make_neighbours_and_spend.py"
DATA = resources.files("casetrail.public").joinpath("data")
Printed = dict[tuple[int, str, str], float]


@pytest.fixture(scope="module")
def maker() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_neighbours_and_spend", MAKER)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def printed(shared: Path) -> Printed:
    """Gross spend by authority, year and printed line."""
    return read(shared / "authorities" / "finance" / "s251_table_a1_2008_09_to_2018_19.parquet")


@lru_cache(maxsize=1)
def read(path: Path) -> Printed:
    rows = pq.read_table(path, columns=["year", "la_code", "line", "gross"]).to_pylist()
    return {(r["la_code"], r["year"], r["line"]): r["gross"] for r in rows}


@pytest.mark.shared
@pytest.mark.parametrize("name", ["neighbours", "spend"])
def test_the_tables_are_made_again_byte_for_byte(shared: Path, maker: ModuleType, name: str) -> None:
    made = [",".join(row) for row in getattr(maker, name)(shared / "authorities")]
    assert made == DATA.joinpath(f"{name}.csv").read_text(encoding="utf-8").splitlines()


@pytest.mark.shared
def test_haringeys_spend_line_by_line(printed: Printed) -> None:
    """Added up here from the printed lines, read off the table by eye and not by the maker's recipe."""
    first = [
        "5 Residential care",
        "6 Fostering services",
        "7 Other children looked after services",
        "8 Secure accommodation (welfare)",
        "9 Short breaks (respite) for looked after children",
        "10 Children placed with family and friends",
        "11 Advocacy services for children looked after",
        "12 Education of looked after children",
        "13 Leaving care support services",
    ]
    total = sum(printed[309, "2008-09", line] for line in first)
    # The published total of that year holds these nine lines and no other.
    assert total == pytest.approx(printed[309, "2008-09", "14 Total Children Looked After"], abs=len(first))
    panel = spend.spend_panel("looked-after")
    at = panel.unit_at("309")
    assert panel.numerator[at, 0] == pytest.approx(total, abs=1)
    social = ["3.3.1 Social work (including LA functions in relation to child protection)"]
    social += ["3.3.2 Commissioning and Children's Services Strategy"]
    money = spend.spend_panel("social-work")
    assert money.numerator[at, -1] == pytest.approx(sum(printed[309, "2018-19", line] for line in social), abs=1)


@pytest.mark.shared
def test_looked_after_is_the_published_total_less_what_joined_it(printed: Printed) -> None:
    """From 2014-15 on the total holds adoption, guardianship and asylum too; the sum of the lines must give it back."""
    panel, adopted = spend.spend_panel("looked-after"), spend.spend_panel("adoption-guardianship")
    year, checked = "2016-17", 0
    column = panel.period_at(year)
    for i, unit in enumerate(panel.units):
        total = printed.get((int(unit.code), year, "3.1.11 Total Children Looked After"))
        asylum = printed.get((int(unit.code), year, "3.1.10 Asylum seeker services - children"))
        if total is None or asylum is None or not np.isfinite(panel.numerator[i, column]):
            continue
        assert panel.numerator[i, column] + adopted.numerator[i, column] + asylum == pytest.approx(total, abs=15)
        checked += 1
    assert checked >= 150


@pytest.mark.shared
def test_england_moves_smoothly_where_headings_were_drawn_anew(printed: Printed) -> None:
    """Social work alone falls by 8 % when its heading changes in 2012-13; the sum that ships moves by less than 1 %."""
    lines = {
        "2011-12": "Commissioning and social work (includes LA functions in relation to",
        "2012-13": "17 Social work (includes LA functions in relation to child protection",
    }
    alone = {year: sum(v for (_, y, line), v in printed.items() if y == year and line == lines[year]) for year in lines}
    panel = spend.spend_panel("social-work")
    ours = {year: np.nansum(panel.numerator[:, panel.period_at(year)]) for year in lines}
    assert alone["2012-13"] / alone["2011-12"] < 0.93
    assert ours["2012-13"] / ours["2011-12"] == pytest.approx(1, abs=0.01)


@pytest.mark.shared
def test_neighbours_of_haringey_as_published(shared: Path) -> None:
    with (shared / "authorities/neighbours/statistical_neighbours_2025.csv").open(encoding="utf-8-sig") as file:
        row = next(r for r in csv.reader(file) if r[0] == "309")
    found = beside.neighbours("309", "2025")
    assert [n.code for n in found] == row[4::2]
    assert [n.closeness for n in found] == [words.strip().lower() for words in row[5::2]]


def test_every_authority_has_ten_neighbours_once() -> None:
    for model, many in (("2021", 156), ("2025", 153)):
        codes = {code for m, code in beside._rows() if m == model}
        assert len(codes) == many
        for code in codes:
            found = beside.neighbours(code, model)
            assert [n.place for n in found] == list(range(1, 11))
            assert len({n.code for n in found} | {code}) == 11
    assert beside.models() == ("2021", "2025")


def test_which_model_is_used_when() -> None:
    assert [beside.model_for(y) for y in ("2009-10", "2023-24", "2024-25")] == ["2021", "2021", "2025"]
    assert "every year up to 2023-24" in beside.said_of("2021")
    assert beside.neighbours("999", "2021") == ()
    with pytest.raises(UnknownNameError):
        beside.neighbours("309", "2030")


def test_lines_say_what_they_hold_and_when() -> None:
    lines = {line.id: line for line in spend.spend_lines()}
    assert set(lines) == {"core", "looked-after", "social-work", "social-work-alone", "adoption-guardianship"}
    assert set(lines["core"].parts) > set(lines["looked-after"].parts) | set(lines["social-work"].parts)
    assert all(set(line.comparable) <= set(spend.spend_years()) for line in lines.values())
    assert "2013-14" not in spend.spend_years()
    alone = spend.spend_panel("social-work-alone")
    before = alone.period_at("2011-12")
    assert not np.isfinite(alone.numerator[:, before]).any()
    assert set(alone.why[:, before].tolist()) == {int(Why.ABSENT)}
    with pytest.raises(UnknownNameError):
        spend.spend_line("everything")


def test_nothing_booked_is_not_nothing_spent() -> None:
    """Stockton-on-Tees sent a return of zeros for 2009-10: that is no spend of 0."""
    panel = spend.spend_panel("core")
    cell = panel.unit_at("808"), panel.period_at("2009-10")
    assert np.isnan(panel.numerator[cell]) and panel.why[cell] == Why.UNRELIABLE
    assert np.nanmin(panel.numerator) > 0


def test_net_is_never_more_than_gross() -> None:
    gross, net = spend.spend_panel("core", "gross"), spend.spend_panel("core", "net")
    both = np.isfinite(gross.numerator)
    assert (net.numerator[both] <= gross.numerator[both] + 1).mean() > 0.99
    assert gross.measure.kind == "bare"


def test_per_child_only_where_children_are_known() -> None:
    """No population before mid-2009, and none on the old boundaries of Bournemouth, Poole and Dorset."""
    panel = spend.spend_panel("core")
    assert not np.isfinite(panel.value[:, 0]).any()
    for code in ("835", "836", "837"):
        assert not np.isfinite(panel.value[panel.unit_at(code)]).any()
        assert np.isfinite(panel.numerator[panel.unit_at(code)]).all()
    own = spend.spend_of("309", "core")
    assert own[1] == pytest.approx(panel.numerator[panel.unit_at("309"), 1] / 53_883, abs=0.05)


def test_sources_are_cited_with_the_bytes() -> None:
    for source in (spend.source(), beside.source()):
        assert source.origin is Origin.PUBLIC_AGGREGATE and len(source.sha256) == 64
        assert "Open Government Licence" in source.note
    assert any("Pounds of the year" in said for said in spend.caveats())


def test_the_tables_stay_small() -> None:
    sizes = [len(DATA.joinpath(f"{name}.csv").read_bytes()) for name in ("neighbours", "spend")]
    assert sum(sizes) < 300_000
