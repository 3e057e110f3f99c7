"""casetrail demand with stated errors of linking: corrected overlaps, their interval, the grid, faults."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from acceptance.command import casetrail
from casetrail.demand.linkage.carried import carried, two_lists
from casetrail.demand.linkage.correct import correct
from casetrail.demand.linkage.rates import alike, checked, exactly
from casetrail.demand.linkage.stated import StatedLinks
from casetrail.demand.lists import Lists
from casetrail.errors import InputError, InquiryError
from casetrail.inquiry.demand_links import links_asked
from casetrail.inquiry.toml_reader import Section

HEAD = "police,health,school"
THREE = f"{HEAD},count\n1,0,0,140\n0,1,0,120\n0,0,1,160\n1,1,0,40\n1,0,1,52\n0,1,1,45\n1,1,1,15\n"
TWO = "police,health,count\n1,0,800\n0,1,600\n1,1,200\n"
NAMES = ("police", "health", "school")


def _file(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "lists.csv"
    path.write_text(text, encoding="utf-8")
    return path


def _answers(said: object) -> dict[str, dict[str, object]]:
    assert isinstance(said, dict)
    return {answer["id"]: answer for answer in said["answers"]}


def test_two_lists_are_corrected_as_by_hand(tmp_path: Path) -> None:
    """200 links, 2 % false and a tenth of the true ones missed: 200 * 0.98 / 0.9 = 217.8 truly on both, so 218;
    782 and 582 on one alone; Chapman 782 * 582 / 219 hidden."""
    said = casetrail(
        *("demand", _file(tmp_path, TWO), "--origin", "made-up", "--odds-ratio", "1", "--missed-links", "0.1"),
        *("--false-links", "0.02", "--json"),
    )
    assert said.code == 0, said.err
    found = _answers(said.json)
    value = found["demand.hidden"]["estimate"]["value"]  # type: ignore[index]
    assert value == pytest.approx(782 + 582 + 218 + 782 * 582 / 219)
    rows = {row[0]: row[1:3] for row in found["demand.linkage"]["table"]["rows"]}  # type: ignore[index]
    assert rows["on both police and health"] == pytest.approx([200, 200 * 0.98 / 0.9])
    assert rows["on any list"] == pytest.approx([1600, 1600 - (200 * 0.98 / 0.9 - 200)])
    assert "10 % of true links missed; 2 % of links false" in str(found["demand.hidden"]["sentence"])
    patterns = [row[2] for row in found["demand.lists"]["table"]["rows"]]  # type: ignore[index]
    assert patterns == [800, 600, 200]


def test_what_is_not_known_of_the_links_makes_the_interval_wider() -> None:
    lists = Lists(("a", "b"), np.array([0, 800, 600, 200]))
    widths = []
    for rate in (exactly(0.15), checked(150, 1000), checked(15, 100), checked(3, 20)):
        found = carried(lists, alike(2, missed=rate), two_lists(1.0), np.random.default_rng(1), draws=400)
        assert found.low is not None
        assert found.high is not None
        widths.append(found.high - found.low)
    assert widths[0] < widths[2] < widths[3]
    assert widths[1] < widths[2]


def test_three_lists_carry_it_into_every_page_and_explain_asks_again(tmp_path: Path) -> None:
    file, pack = _file(tmp_path, THREE), tmp_path / "pack"
    said = casetrail(
        *(
            "demand",
            file,
            "--assume",
            "independent",
            "--draws",
            "200",
            "--origin",
            "made-up",
            "--missed-links",
            "15/300",
        ),
        *("--false-links", "police+health=0.02,0.01,0.04", "--out", pack, "--json"),
    )
    assert said.code == 0, said.err
    found = _answers(said.json)
    note = "Counts are corrected for stated errors of linking: 15 of 300 checked true links missed; 2 % (1 to 4 %) of "
    for name in ("demand.hidden", "demand.methods", "demand.graphs"):
        assert any(caveat.startswith(note) for caveat in found[name]["caveats"])  # type: ignore[attr-defined]
    assert list(found)[:2] == ["demand.hidden", "demand.linkage"]
    estimate = found["demand.hidden"]["estimate"]
    row = found["demand.linkage"]["table"]["rows"][0]  # type: ignore[index]
    assert estimate["low"] <= row[3] < row[4] <= estimate["high"]  # type: ignore[index]
    assert estimate["value"] == pytest.approx(row[2])  # type: ignore[index]
    again = casetrail("explain", "demand.linkage", "--pack", pack, "--table", file)
    assert "Asked again: the same figure." in again.out, again.out


def test_the_grid_stands_beside_lists_of_which_nothing_is_stated(tmp_path: Path) -> None:
    said = casetrail(
        *(
            "demand",
            _file(tmp_path, THREE),
            "--assume",
            "independent",
            "--draws",
            "200",
            "--origin",
            "made-up",
            "--json",
        )
    )
    rows = _answers(said.json)["demand.links"]["table"]["rows"]  # type: ignore[index]
    at = {(row[1], row[2]): row[3] for row in rows}
    assert len(at) == 5 * 4
    # More missed: fewer persons; more false: more persons.
    assert at[0.2, 0.0] < at[0.05, 0.0] < at[0.0, 0.0] < at[0.0, 0.05]
    assert next(row[4] for row in rows if row[1] == row[2] == 0) == 1


@pytest.mark.parametrize(
    "more",
    [
        ("--missed-links", "1"),
        ("--missed-links", "-0.1"),
        ("--missed-links", "some"),
        ("--missed-links", "20/10"),
        ("--missed-links", "0.1,0.2,0.3"),
        ("--missed-links", "0.1", "--missed-links", "0.2"),
        ("--false-links", "police+court=0.1"),
        ("--false-links", "police+police=0.1"),
        ("--false-links", "police=0.1"),
    ],
)
def test_a_share_that_is_none_is_told(tmp_path: Path, more: tuple[str, ...]) -> None:
    said = casetrail("demand", _file(tmp_path, TWO), "--origin", "made-up", *more)
    assert said.code == 4
    assert "15/300" in said.err


def test_shares_do_not_go_with_repeat_counts(tmp_path: Path) -> None:
    said = casetrail(
        *("demand", _file(tmp_path, "times,persons\n1,60\n2,30\n"), "--origin", "made-up", "--missed-links", "0.1")
    )
    assert said.code == 4


def test_shares_that_do_not_fit_the_lists_are_warned_of(tmp_path: Path) -> None:
    """Half of the true links missed where four in five of the shorter list are linked: that cannot be."""
    text = "police,health,count\n1,0,50\n0,1,10\n1,1,200\n"
    said = casetrail(
        *(
            "demand",
            _file(tmp_path, text),
            "--origin",
            "made-up",
            "--odds-ratio",
            "1",
            "--missed-links",
            "0.5",
            "--json",
        )
    )
    assert said.code == 0, said.err
    found = _answers(said.json)
    assert "fewer than nobody" in " ".join(found["demand.linkage"]["caveats"])  # type: ignore[arg-type]


def test_the_inquiry_states_them_for_all_pairs_and_for_one() -> None:
    table = {
        "missed": "15/300",
        "false": [0.02, 0.01, 0.04],
        "pair": [{"lists": ["police", "health"], "missed": 0.2}],
    }
    links = links_asked(Section(table, "[demand] [linkage]"))
    assert links == StatedLinks(("15/300", "police + health=0.2"), ("0.02,0.01,0.04",))
    rates = links.rates(NAMES)
    assert rates.missed[0, 1].share == 0.2
    assert rates.missed[0, 2] == checked(15, 300)
    assert rates.false[1, 2].share == 0.02


@pytest.mark.parametrize(
    "table",
    [
        {"missed": 1},
        {"missed": True},
        {"missed": []},
        {"missed": {}},
        {"mised": 0.1},
        {"pair": [{"lists": ["police"], "missed": 0.1}]},
        {"pair": [{"lists": ["police", "police"], "missed": 0.1}]},
    ],
)
def test_each_mistake_of_the_inquiry_has_its_place(table: dict[str, object]) -> None:
    with pytest.raises(InquiryError) as caught:
        links_asked(Section(table, "[demand] [linkage]"))
    assert "[demand] [linkage]" in caught.value.where


def test_a_pair_whose_names_hold_a_plus_sign() -> None:
    rates = StatedLinks(missed=("a+b+c=0.1",)).rates(("a+b", "c"))
    assert rates.missed[0, 1].share == 0.1
    with pytest.raises(InputError):
        StatedLinks(missed=("a+b+c=0.1",)).rates(("a", "c"))


def test_correcting_by_hand_for_a_pair_alone() -> None:
    """Nothing is stated of school, so that overlaps with it among unsplit persons move by no link of their own."""
    lists = Lists(NAMES, np.array([0, 140, 120, 40, 160, 0, 0, 0]))
    found = correct(lists, StatedLinks(missed=("police+health=0.2",)).rates(NAMES))
    assert found.counts.tolist() == pytest.approx([0, 130, 110, 50, 160, 0, 0, 0])


def test_more_than_six_lists_are_not_corrected(tmp_path: Path) -> None:
    head = ",".join("abcdefg")
    rows = [",".join("1" if i in (j, (j + 1) % 7) else "0" for i in range(7)) + ",20" for j in range(7)]
    file = _file(tmp_path, f"{head},count\n" + "\n".join(rows) + "\n")
    said = casetrail("demand", file, "--assume", "two-way", "--origin", "made-up", "--quick", "--missed-links", "0.1")
    assert said.code == 4
    assert "6 at most" in said.err
