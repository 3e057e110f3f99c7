"""The verb compare: every way of asking, the table of one's own, and asking a figure again."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from acceptance.command import casetrail


def table(folder: Path, extra: list[list[object]] | None = None) -> Path:
    """Thirty made-up forces over ten years; one of them far below the others in the last."""
    rng = np.random.default_rng(2)
    rows: list[list[object]] = [["force", "year", "solved", "crimes"]]
    for i in range(30):
        for year in range(2011, 2021):
            crimes = int(rng.integers(300, 900))
            share = 0.03 if (i, year) == (4, 2020) else 0.3
            rows.append([f"Force {i:02d}", year, int(rng.binomial(crimes, share)), crimes])
    path = folder / "forces.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([*rows, *(extra or [])])
    return path


COLUMNS = ("--column", "unit=force", "--column", "numerator=solved", "--column", "denominator=crimes")


def test_the_default_is_haringey_and_says_what_is_not_fit() -> None:
    said = casetrail("compare", "--json").json
    ids = [a["id"] for a in said["answers"]]
    assert ids[:2] == ["compare.haringey.2009-10.summary", "compare.haringey.2009-10.gates"]
    assert "not fit to compare (children in need at 31 March)" in said["answers"][0]["sentence"]


def test_a_measure_in_depth_is_refused_where_it_is_not_fit_and_goes_on_over_time() -> None:
    asked = ("compare", "--year", "2010-11", "--measure", "children-in-need-rate", "--json")
    answers = {a["id"].rsplit(".", 1)[-1]: a for a in casetrail(*asked).json["answers"]}
    for name in ("funnel", "choices", "position", "adjusted", "neighbours"):
        assert answers[name]["kind"] == "refusal"
        assert answers[name]["refusal"]["reason"] == "not_fit_to_compare"
        assert "7.1 years to clear" in answers[name]["sentence"]
    # 2009-10 to 2011-12 are unfit and unknown in the course: it begins after them.
    assert "from 2012-13" in answers["over-time"]["sentence"]


def test_gates_alone_list_every_gated_body() -> None:
    said = casetrail("compare", "--gates", "--year", "2010-11", "--json").json
    (answer,) = said["answers"]
    rows = [dict(zip([c["name"] for c in answer["table"]["columns"]], r, strict=True)) for r in answer["table"]["rows"]]
    mine = [r for r in rows if r["authority"] == "Haringey" and r["verdict"] == "not fit to compare"]
    assert [r["figure"] for r in mine] == ["Children in need at 31 March"]


def test_all_is_a_line_for_every_measure_and_year() -> None:
    (answer,) = casetrail("compare", "--all", "--authority", "Kent", "--json").json["answers"]
    assert len(answer["table"]["rows"]) == 239
    assert "238 have counts and are tested, 1 are refused" in answer["sentence"]


def test_a_table_of_ones_own(tmp_path: Path) -> None:
    path = table(tmp_path, [["Force 07", 2020, "about 3", 10]])
    asked = ("compare", path, *COLUMNS, "--authority", "force 04", "--year", "2020")
    said = casetrail(*asked, "--made-up")
    assert said.code == 0
    assert "301 rows in: 300 used" in said.err and "1 set aside" in said.err
    assert "about 3" not in said.out + said.err
    assert "Made-up: nobody in it exists" in said.out
    answers = casetrail(*asked, "--json").json["answers"]
    assert "solved of crimes, lower" in answers[0]["sentence"]
    deep = casetrail(*asked, "--measure", "solved of crimes", "--worse", "lower", "--json").json["answers"]
    assert [a["id"].rsplit(".", 1)[-1] for a in deep] == ["funnel", "choices", "position", "over-time", "cumulative"]
    everything = casetrail("compare", path, *COLUMNS, "--json").json["answers"]
    assert len(everything[0]["table"]["rows"]) == 10


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        (("--column", "crimes"), 2, "NAME=VALUE"),
        (("--column", "colour=crimes"), 2, "PART=NAME"),
        (("--column", "unit=nobody"), 4, "no column called"),
        ((*COLUMNS, "--authority", "Nobody"), 11, "Force 00"),
        ((*COLUMNS, "--authority", "Force 01", "--year", "1999"), 11, "2011"),
        ((*COLUMNS, "--authority", "Force 01", "--measure", "burnt"), 11, "solved of crimes"),
    ],
)
def test_what_is_asked_wrongly_says_what_there_is(
    tmp_path: Path, options: tuple[str, ...], code: int, said: str
) -> None:
    found = casetrail("compare", table(tmp_path), *options)
    assert found.code == code
    assert said in " ".join((found.out + found.err).split())


def test_a_body_that_was_merged_says_who_followed() -> None:
    found = casetrail("compare", "--authority", "Poole", "--year", "2020-21")
    assert found.code == 11
    assert "Bournemouth, Christchurch and Poole" in " ".join(found.err.split())


def test_every_figure_of_a_pack_asked_again_is_the_same(tmp_path: Path) -> None:
    path = table(tmp_path)
    packs = {
        "shipped": ("--authority", "Leeds", "--year", "2016-17", "--measure", "conferences-15-days", "--money"),
        "gates": ("--gates", "--year", "2012-13"),
        "own": (path, *COLUMNS, "--authority", "Force 04", "--year", "2020"),
    }
    for name, asked in packs.items():
        pack = tmp_path / name
        said = casetrail("compare", *asked, "--out", pack, "--json")
        assert said.code == 0, said.err
        for answer in said.json["answers"]:
            beside = ("--table", path) if name == "own" else ()
            again = casetrail("explain", answer["id"], "--pack", pack, *beside)
            assert again.code == 0, (answer["id"], again.out, again.err)
            assert "the same figure" in again.out


def test_a_changed_table_is_told(tmp_path: Path) -> None:
    path, pack = table(tmp_path), tmp_path / "pack"
    asked = ("compare", path, *COLUMNS, "--authority", "Force 04", "--year", "2020", "--out", pack, "--json")
    figure = casetrail(*asked).json["answers"][0]["id"]
    without = casetrail("explain", figure, "--pack", pack)
    assert "--table" in " ".join(without.out.split())
    path.write_text(path.read_text(encoding="utf-8").replace("Force 04,2020,", "Force 04,2020,1"), encoding="utf-8")
    changed = casetrail("explain", figure, "--pack", pack, "--table", path)
    assert changed.code == 10
