"""casetrail demand on repeat counts with what is known of persons: published figures, groups, faults, real persons."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from acceptance.command import casetrail
from casetrail.demand.repeats.described import Cell, Described, designed
from casetrail.demand.repeats.regression import Regression, poisson_regression
from casetrail.errors import InputError
from casetrail.figures import Origin, Refusal
from casetrail.inquiry.demand_lists import ListsFile, read_lists
from casetrail.inquiry.demand_times import ReadTimes

# The Dutch counts of van der Heijden and others (2003): 1,880 persons; the way to share the records out between women
# and men that gives the published 7,319 (tests/demand/test_demand_repeats_regression.py finds it).
ALL = [1645, 183, 37, 13, 1, 1]
GROUPS = {"North": [350, 40, 8, 2], "South": [295, 83, 29, 11, 3]}


def _file(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "repeats.csv"
    path.write_text(text, encoding="utf-8")
    return path


def _grouped() -> str:
    rows = [f"{i + 1},{area},{n}" for area, persons in GROUPS.items() for i, n in enumerate(persons)]
    return "times,area,persons\n" + "\n".join(rows) + "\n"


def _answers(tmp_path: Path, text: str, *more: object) -> dict[str, dict[str, object]]:
    said = casetrail("demand", _file(tmp_path, text), "--origin", "made-up", "--json", *more)
    assert said.code == 0, said.err
    return {answer["id"]: answer for answer in said.json["answers"]}


def test_by_area_each_area_is_as_fitted_alone(tmp_path: Path) -> None:
    found = _answers(tmp_path, _grouped(), "--by", "area")
    assert {"demand.hidden", "demand.methods", "demand.caps", "demand.regression", "demand.rates"} == {*found}
    rows = {row[0]: row for row in found["demand.regression"]["table"]["rows"]}  # type: ignore[index]
    totals = []
    for area, persons in GROUPS.items():
        cells = tuple(Cell((), (), i + 1, n) for i, n in enumerate(persons))
        alone = poisson_regression(designed(Described((), (), cells)).known)
        assert isinstance(alone, Regression)
        assert rows[f"area: {area}"][1:5] == pytest.approx(
            [sum(persons), alone.hidden.total, alone.hidden.low, alone.hidden.high]
        )
        totals.append(alone.hidden.total)
    assert rows["all, truncated Poisson regression"][2] == pytest.approx(sum(totals))
    # One rate beside the other, from the two fits apart.
    rate = found["demand.rates"]["table"]["rows"][0]  # type: ignore[index]
    assert rate[0] == "area: North, beside South"
    assert rate[1] < 1
    assert rate[4] == "less often"
    assert "Assumed: persons of whom the same is known (area)" in " ".join(found["demand.regression"]["caveats"])  # type: ignore[arg-type]


def test_the_published_dutch_figure_stands_as_the_one_with_nothing_known(tmp_path: Path) -> None:
    rows = [f"{i + 1},{half},{n // 2 + (n % 2) * (half == 'a')}" for half in "ab" for i, n in enumerate(ALL)]
    found = _answers(tmp_path, "times,half,persons\n" + "\n".join(rows) + "\n", "--by", "half")
    table = {row[0]: row[2] for row in found["demand.regression"]["table"]["rows"]}  # type: ignore[index]
    assert table["all, nothing known of them"] == pytest.approx(7080, abs=0.5)


def test_a_number_goes_with_the_rate_as_it_was_made(tmp_path: Path) -> None:
    """Persons of age 0 to 16, the rate doubling over 16 years: 2 ** (1 / 16) for each year. Drawn with a fixed seed."""
    rng = np.random.default_rng(3)
    age = rng.integers(0, 17, 20_000)
    times = rng.poisson(0.7 * 2 ** (age / 16))
    keys, held = np.unique(np.column_stack([times, age])[times > 0], axis=0, return_counts=True)
    text = "times,age,persons\n" + "\n".join(f"{t},{a},{n}" for (t, a), n in zip(keys, held, strict=True)) + "\n"
    found = _answers(tmp_path, text, "--with", "age")
    rate = found["demand.rates"]["table"]["rows"][0]  # type: ignore[index]
    assert rate[0] == "age: one more"
    assert rate[2] <= 2 ** (1 / 16) <= rate[3]
    whole = found["demand.regression"]["table"]["rows"][0]  # type: ignore[index]
    assert whole[3] <= 20_000 <= whole[4]


def test_rows_of_single_persons_are_added_up_and_need_a_reason(tmp_path: Path) -> None:
    rows = [f"{i + 1},{area}" for area, persons in GROUPS.items() for i, n in enumerate(persons) for _ in range(n)]
    text = "times,area\n" + "\n".join(rows) + "\n"
    one = _answers(tmp_path, text, "--by", "area")["demand.regression"]["table"]
    assert one == _answers(tmp_path, _grouped(), "--by", "area")["demand.regression"]["table"]
    said = casetrail("demand", _file(tmp_path, text), "--by", "area")
    assert said.code == 5


def test_explain_asks_again_and_a_small_area_takes_the_page_with_it(tmp_path: Path) -> None:
    text = _grouped() + "1,West,6\n2,West,2\n1,East,100\n2,East,30\n3,East,9\n"
    file, pack = _file(tmp_path, text), tmp_path / "pack"
    said = casetrail("demand", file, "--by", "area", "--out", pack)
    assert said.code == 0, said.err
    assert not (pack / "csv" / "demand.regression.csv").exists()
    for figure in ("demand.divided", "demand.hidden"):
        again = casetrail("explain", figure, "--pack", pack, "--table", file)
        assert "Asked again: the same figure." in again.out, again.out


def test_an_area_where_nobody_came_twice_has_no_fit(tmp_path: Path) -> None:
    found = _answers(tmp_path, _grouped() + "1,West,60\n", "--by", "area")
    assert found["demand.regression"]["refusal"]["reason"] == "no_mle"  # type: ignore[index]
    assert "demand.rates" not in found


@pytest.mark.parametrize(
    ("text", "said", "code"),
    [
        (_grouped(), {}, "not_said"),
        (_grouped(), {"by": ("area",), "along": ("area",)}, "not_said"),
        (_grouped(), {"along": ("area",)}, "not_a_number"),
        (_grouped(), {"by": ("region",)}, "no_column"),
        (_grouped() + "1,North,5\n", {"by": ("area",)}, "said_twice"),
        (_grouped() + "0,North,5\n", {"by": ("area",)}, "zero_pattern"),
        (_grouped() + "7,,5\n", {"by": ("area",)}, "blank"),
        ("times,age,persons\n1,x,5\n", {"along": ("age",)}, "not_a_number"),
        ("police,health,count\n1,1,5\n", {"along": ("count",)}, "no_times"),
    ],
)
def test_each_fault_has_its_place(tmp_path: Path, text: str, said: dict[str, tuple[str, ...]], code: str) -> None:
    with pytest.raises(InputError) as caught:
        read_lists(ListsFile(path=_file(tmp_path, text), origin=Origin.MADE_UP, **said))  # type: ignore[arg-type]
    assert caught.value.code == code
    assert "repeats.csv" in caught.value.where


def test_a_table_of_lists_with_a_column_of_records_stays_one(tmp_path: Path) -> None:
    text = "police,health,records\n1,0,80\n0,1,60\n1,1,20\n"
    read = read_lists(ListsFile(path=_file(tmp_path, text), origin=Origin.MADE_UP, count="records"))
    assert not isinstance(read, ReadTimes | Refusal)


def test_several_columns_in_one_text(tmp_path: Path) -> None:
    text = "times,area,sex,persons\n1,N,f,40\n2,N,f,15\n1,S,m,60\n2,S,m,30\n1,S,f,20\n2,S,f,9\n"
    found = _answers(tmp_path, text, "--by", "area, sex")
    labels = [row[0] for row in found["demand.regression"]["table"]["rows"]]  # type: ignore[index]
    assert labels[3:] == ["area: N", "area: S", "sex: f", "sex: m"]


def test_a_refusal_of_real_persons_leaves_without_their_number(tmp_path: Path) -> None:
    """Four persons came twice: too few, and too few to be said outside."""
    file, pack = _file(tmp_path, "times,persons\n1,60\n2,4\n"), tmp_path / "pack"
    said = casetrail("demand", file, "--out", pack)
    assert said.code == 0, said.err
    assert "4 where 10 are needed" in said.out
    page = (pack / "index.html").read_text(encoding="utf-8")
    assert "where 10 are needed" not in page
    assert "Too few persons were recorded more than once" in page
    again = casetrail("explain", "demand.hidden", "--pack", pack, "--table", file)
    assert "Asked again: the same figure." in again.out, again.out


def test_what_is_known_moves_the_headline_where_it_says_much(tmp_path: Path) -> None:
    """Made-up: men at a rate of 2, women of 0.4, 2,000 of each: the truth is 4,000."""
    rng = np.random.default_rng(3)
    lines = ["sex,times,persons"]
    for sex, rate in (("m", 2.0), ("f", 0.4)):
        for times, persons in enumerate(np.bincount(rng.poisson(rate, 2000))):
            if times and persons:
                lines.append(f"{sex},{times},{persons}")
    file = tmp_path / "repeats.csv"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    said = casetrail("demand", file, "--by", "sex", "--origin", "made-up", "--json")
    assert said.code == 0, said.err
    headline = said.json["answers"][0]
    assert "What is known of the persons says much" in headline["sentence"]
    methods = {one["method"]: one["value"] for one in headline["range"]["candidates"]}
    assert methods["truncated Poisson regression on what is known"] == pytest.approx(4000, rel=0.06)
    assert headline["range"]["high"] is None or headline["range"]["high"] >= 4000
