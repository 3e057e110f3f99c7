"""What demand says before and around its number: which columns are lists, columns that are none, digits, p, door."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from acceptance.command import casetrail
from casetrail.demand.answers.given import chance, whole
from casetrail.demand.answers.looks import looks, no_list
from casetrail.demand.lists import Lists

HEAD = "police,health,school"
THREE = f"{HEAD},count\n1,0,0,140\n0,1,0,120\n0,0,1,160\n1,1,0,40\n1,0,1,52\n0,1,1,45\n1,1,1,15\n"


def _file(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "lists.csv"
    path.write_text(text, encoding="utf-8")
    return path


def _answers(tmp_path: Path, text: str, *more: object) -> dict[str, dict[str, object]]:
    said = casetrail("demand", _file(tmp_path, text), "--draws", "200", "--origin", "made-up", "--json", *more)
    assert said.code == 0, said.err
    return {answer["id"]: answer for answer in said.json["answers"]}


def test_every_page_says_which_columns_were_taken_as_lists(tmp_path: Path) -> None:
    found = _answers(tmp_path, THREE, "--assume", "independent")
    for answer in found.values():
        assert any("Taken as lists: police, health, school." in note for note in answer["caveats"])  # type: ignore[attr-defined]


SEX = ["1,0,0"] * 60 + ["1,0,1"] * 70 + ["0,1,0"] * 40 + ["0,1,1"] * 40 + ["1,1,0"] * 20 + ["1,1,1"] * 20


def test_a_column_of_sex_is_no_list_until_somebody_says_so(tmp_path: Path) -> None:
    """Two lists and a property: of 250 persons 130 have it, and nobody has it and is on no list."""
    text = "police,health,female\n" + "\n".join(SEX) + "\n"
    refused = _answers(tmp_path, text, "--assume", "independent", "--quick")["demand.hidden"]
    assert refused["refusal"]["reason"] == "looks_like_no_list"  # type: ignore[index]
    assert "--list police --list health" in str(refused["refusal"])
    named = ("--list", "police", "--list", "health", "--list", "female")
    headline = _answers(tmp_path, text, "--assume", "independent", "--quick", *named)["demand.hidden"]
    assert "Nobody is on female alone" in " ".join(headline["caveats"])  # type: ignore[arg-type]
    if headline["kind"] != "refusal":
        assert ": Nobody is on female alone" in str(headline["sentence"])


@pytest.mark.parametrize(
    "counts",
    [
        # On half of all persons, and some of them are on it alone.
        [0, 140, 120, 40, 160, 52, 45, 15],
        # Never alone, and on the few who are on both others: a list that is drawn from them.
        [0, 140, 120, 60, 0, 12, 10, 14],
        # Never alone, and always beside the first list: inside it.
        [0, 60, 90, 20, 0, 80, 0, 60],
    ],
)
def test_ordinary_lists_are_not_taken_for_a_property(counts: list[int]) -> None:
    assert no_list(Lists(("a", "b", "c"), np.array(counts))) is None


def test_a_list_of_an_agency_is_never_a_property() -> None:
    of = Lists(("a", "b", "c"), np.array([0, 60, 40, 20, 0, 70, 40, 20]))
    assert no_list(of) is not None
    assert not looks(of, agencies=True)


def test_a_list_and_its_copy_are_warned_of(tmp_path: Path) -> None:
    """200 of 206 persons on either are on both: 97 %."""
    text = "police,copy,count\n1,0,4\n0,1,2\n1,1,200\n"
    headline = _answers(tmp_path, text)["demand.hidden"]
    assert "nearly the same list (97 % of" in str(headline["sentence"])
    candidates = headline["range"]["candidates"]  # type: ignore[index]
    assert all("copied" in candidate["warnings"][0] for candidate in candidates)


@pytest.mark.parametrize(
    ("counts", "codes"),
    [
        ([0, 140, 120, 40, 160, 52, 45, 15], []),
        ([0, 4, 2, 100, 30, 0, 0, 60], ["lists_nearly_identical"]),
        ([0, 0, 90, 40, 80, 0, 30, 12], ["list_inside_another"]),
        ([0, 60, 40, 20, 0, 70, 40, 20], ["looks_like_no_list"]),
        ([0, 3, 2, 1, 0, 1, 1, 1], []),
    ],
)
def test_what_is_noticed_of_lists(counts: list[int], codes: list[str]) -> None:
    assert [look.code for look in looks(Lists(("a", "b", "c"), np.array(counts)))] == codes


@pytest.mark.parametrize(
    ("number", "least", "read"),
    [(22_991.2, 0, "23,000"), (927.245, 0, "927"), (2_744.3, 2_744, "2,745"), (99_960, 0, "100,000"), (0.4, 0, "0")],
)
def test_a_sentence_has_no_more_digits_than_are_known(number: float, least: float, read: str) -> None:
    assert whole(number, least) == read


@given(st.floats(min_value=0, max_value=1e12))
def test_three_digits_are_within_half_a_per_cent_or_half_a_person(number: float) -> None:
    read = float(whole(number).replace(",", ""))
    assert abs(read - number) <= max(0.5, 0.005 * number) * (1 + 1e-9)


@pytest.mark.parametrize(
    ("p", "redraws", "read"),
    [(0.0312, None, "p 0.031"), (1e-9, None, "p < 0.001"), (0.002, 499, "p <= 1/500"), (0.004, 499, "p 0.004")],
)
def test_a_p_value_is_read_as_what_it_can_be(p: float, redraws: int | None, read: str) -> None:
    assert chance(p, redraws) == read


def test_numbers_of_persons_are_whole_and_levels_spelt_alike(tmp_path: Path) -> None:
    for more in (("--assume", "two-way"), ("--assume", "independent")):
        said = casetrail("demand", _file(tmp_path, THREE), "--draws", "200", "--origin", "made-up", *more)
        assert said.code == 0, said.err
        assert not re.search(r"\d\.\d+ persons", said.out)
        assert "95%" not in said.out
        assert "p 0.0000" not in said.out
    pack = tmp_path / "pack"
    casetrail("demand", _file(tmp_path, THREE), "--draws", "200", "--origin", "made-up", *more, "--out", pack)
    page = (pack / "index.html").read_text(encoding="utf-8")
    assert "95% interval" not in page
    assert "95 % interval" in page


def test_the_choice_of_an_assumption_is_asked_for_in_whole_sentences(tmp_path: Path) -> None:
    said = casetrail("demand", _file(tmp_path, THREE))
    assert said.code == 4
    assert ".;" not in said.err


def test_one_row_is_one_row(tmp_path: Path) -> None:
    found = _answers(tmp_path, f"{HEAD},count\n1,1,1,50\n", "--assume", "two-way")
    assert "Read from 1 row, of patterns" in " ".join(found["demand.hidden"]["caveats"])  # type: ignore[arg-type]


def test_a_withheld_pattern_does_not_follow_from_the_other_pages(tmp_path: Path) -> None:
    """Seven persons on all three lists: no page has a sum or a pair from which they could be subtracted out."""
    pack = tmp_path / "pack"
    small = THREE.replace("1,1,1,15", "1,1,1,7").replace("1,1,0,40", "1,1,0,43")
    file = _file(tmp_path, small)
    said = casetrail("demand", file, "--assume", "two-way", "--draws", "200", "--out", pack)
    assert said.code == 0, said.err
    patterns = (pack / "csv" / "demand.lists.csv").read_text(encoding="utf-8-sig")
    assert [line.split(",")[0] for line in patterns.splitlines() if "withheld" in line] == ["police + health + school"]
    # On a list by hand: 140 + 120 + 160 + 43 + 52 + 45 + 7 = 567, and 565 with five for the withheld count.
    assert not re.search(r"(?<![\d.])567\b", (pack / "answers.json").read_text(encoding="utf-8"))
    pairs = (pack / "csv" / "demand.pairs.csv").read_text(encoding="utf-8-sig")
    assert "Persons on both" not in pairs
    # On police and health by hand: 43 + 7.
    assert "50" not in pairs
    hidden = (pack / "csv" / "demand.hidden_lists.csv").read_text(encoding="utf-8-sig")
    assert "Persons on it" not in hidden
    again = casetrail("explain", "demand.pairs", "--pack", pack, "--table", file)
    assert "Asked again: the same figure." in again.out, again.out + again.err


def test_one_small_count_in_a_stratum_takes_the_pages_of_strata_with_it(tmp_path: Path) -> None:
    rows = [f"{area},{row}" for area in ("North", "South", "West", "East") for row in THREE.split("\n")[1:-1]]
    few = ["Tiny,1,0,0,2", "Tiny,0,1,0,2", "Tiny,1,1,0,3"]
    text = f"area,{HEAD},count\n" + "\n".join([*rows, *few]) + "\n"
    pack = tmp_path / "pack"
    said = casetrail(
        *("demand", _file(tmp_path, text), "--assume", "independent", "--by", "area", "--draws", "200", "--out", pack)
    )
    assert said.code == 0, said.err
    assert not (pack / "csv" / "demand.strata.csv").exists()
    assert "Pages that divide the persons are left out" in (pack / "index.html").read_text(encoding="utf-8")


def test_a_p_that_no_redraw_reached_is_said_as_what_it_is(tmp_path: Path) -> None:
    """Overlaps three times too large: none of the 499 redrawn tables is as odd, so p is at most 1 in 500."""
    text = f"{HEAD},count\n1,0,0,140\n0,1,0,120\n0,0,1,160\n1,1,0,240\n1,0,1,12\n0,1,1,15\n1,1,1,15\n"
    said = casetrail(
        *("demand", _file(tmp_path, text), "--assume", "two-way", "--draws", "200", "--origin", "made-up", "--quick")
    )
    assert said.code == 0, said.err
    assert "p <= 1/500" in said.out
    assert "p 0.002" not in said.out
