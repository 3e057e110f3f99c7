"""What leaves of small tables of real persons: every table that agrees in what is shown gives the same pack."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from acceptance.command import casetrail
from casetrail.inquiry.demand_leaving import spelt

HEAD = "police,health,school,count\n"
SMALL = HEAD + "1,0,0,140\n0,1,0,90\n0,0,1,75\n1,1,0,40\n1,0,1,33\n0,1,1,21\n1,1,1,{0}\n"
TWO = "a,b,count\n1,0,120\n0,1,200\n1,1,{0}\n"
TIMES = "times,persons\n1,145\n2,83\n3,37\n4,{0}\n5,13\n"
THREE = ("--assume", "two-way", "--draws", "200", "--quick")


def _pack(tmp_path: Path, text: str, *more: str) -> dict[str, bytes]:
    """Everything that a pack holds, its zip as well."""
    file = tmp_path / "table.csv"
    file.write_text(text, encoding="utf-8")
    place = tmp_path / "pack"
    said = casetrail("demand", file, *more, "--out", place)
    assert said.code == 0, said.err
    found = {path.relative_to(place).as_posix(): path.read_bytes() for path in place.rglob("*") if path.is_file()}
    return {**found, "zip": place.with_suffix(".zip").read_bytes()}


@pytest.mark.parametrize(
    ("table", "values", "more"),
    [
        (TWO, range(1, 10), ()),
        (TIMES, range(1, 10), ()),
        (SMALL, (1, 4, 7, 9), THREE),
        (TWO, (2, 9), ("--odds-ratio", "1")),
    ],
)
def test_a_withheld_count_may_be_any(
    tmp_path: Path, table: str, values: range | tuple[int, ...], more: tuple[str, ...]
) -> None:
    """By brute force: no two of the counts that are withheld give packs that differ in a byte."""
    packs = [_pack(tmp_path, table.format(value), *more) for value in values]
    assert all(pack == packs[0] for pack in packs[1:])


def test_a_count_that_is_shown_still_moves_the_figures(tmp_path: Path) -> None:
    one, other = (_pack(tmp_path, TWO.format(5).replace("120", count)) for count in ("120", "121"))
    assert one["answers.json"] != other["answers.json"]


def test_the_hash_of_a_small_table_stays_inside_and_explain_notices_what_is_shown(tmp_path: Path) -> None:
    pack = _pack(tmp_path, TWO.format(5))
    file, place = tmp_path / "table.csv", tmp_path / "pack"
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    assert not any(digest[:12].encode() in held for held in pack.values())
    assert b"its hash is left out" in pack["provenance.json"]
    again = casetrail("explain", "demand.hidden", "--pack", place, "--table", file)
    assert "Asked again: the same figure." in again.out, again.out + again.err
    file.write_text(TWO.format(5).replace("200", "207"), encoding="utf-8")
    assert "NOT the same figure" in casetrail("explain", "demand.hidden", "--pack", place, "--table", file).out


def test_the_screen_stays_exact(tmp_path: Path) -> None:
    """Chapman by hand: 325 + 120 * 200 / (5 + 1) = 4,325."""
    file = tmp_path / "two.csv"
    file.write_text(TWO.format(5), encoding="utf-8")
    said = casetrail("demand", file, "--odds-ratio", "1", "--json").json
    headline = next(a for a in said["answers"] if a["id"] == "demand.hidden")
    assert headline["estimate"]["value"] == pytest.approx(325 + 120 * 200 / 6)


def test_a_table_without_small_counts_leaves_as_it_is(tmp_path: Path) -> None:
    pack = _pack(tmp_path, TWO.format(15))
    digest = hashlib.sha256((tmp_path / "table.csv").read_bytes()).hexdigest()
    assert digest.encode() in pack["provenance.json"]
    assert b"taken as five" not in pack["answers.json"]


def test_whether_there_is_an_answer_at_all_may_hang_on_what_is_withheld(tmp_path: Path) -> None:
    """Twice 1 and three times 6 are 7 persons, too few; taken as nine each they are 18, enough."""
    packs = [_pack(tmp_path, f"times,persons\n1,60\n2,{a}\n3,{b}\n") for a, b in ((1, 6), (9, 9))]
    assert packs[0] == packs[1]
    assert b"withheld_counts" in packs[0]["answers.json"]


def test_rows_of_a_table_of_patterns_are_said_and_count_nobody(tmp_path: Path) -> None:
    """The table has three rows, and three persons are withheld."""
    pack = _pack(tmp_path, TWO.format(3))
    assert b"Read from three rows, of patterns" in pack["index.html"]
    assert b"[withheld] rows" not in pack["index.html"]


@pytest.mark.parametrize(
    ("number", "words"),
    [(1, "one"), (12, "twelve"), (19, "nineteen"), (20, "twenty"), (63, "sixty-three"), (140, "140")],
)
def test_numbers_in_words(number: int, words: str) -> None:
    assert spelt(number) == words
