"""`casetrail world --returns` as a stranger meets it: what is written, that inquiries on it work, what is refused."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from acceptance.command import answers, casetrail, rows

YEAR = ("--children", "200", "--years", "1", "--started", "2021-04-01", "--seed", "3")


def test_returns_and_extracts_are_written_and_each_inquiry_reads_them(tmp_path: Path) -> None:
    said = casetrail("world", *YEAR, "--returns", "all,local", "--json", "--out", tmp_path / "made")
    assert said.code == 0
    told = {row["file"]: row for row in rows(answers(said)["world.returns"])}
    assert {path.name for path in (tmp_path / "made" / "returns").iterdir()} == {*told, "left_out.csv"}
    assert told["cin_census_2022.xml"]["form"] == "cin-census 2022"
    assert told["cin_census_2022.xml"]["covers"] == "2021-04-01 to 2022-03-31"
    for name in ("cin-census", "annex-a", "ssd", "police-incidents"):
        file = tmp_path / "made" / f"inquiry_{name}.toml"
        sources = tomllib.loads(file.read_text(encoding="utf-8"))["source"]
        own = [source for source in sources if source.get("format") == name]
        assert {source["agency"] for source in own} == {"police" if name == "police-incidents" else "social care"}
        # The agency's own files are not read beside its return: everything would be told twice.
        assert not [one for one in sources if one["agency"] == own[0]["agency"] and one not in own]
        assert casetrail("read", file).code == 0


def test_a_return_comes_in_the_shape_that_is_asked_for(tmp_path: Path) -> None:
    shapes = "annex-a:csv,ssda903:xml,police-notices:xlsx-folder"
    assert casetrail("world", *YEAR, "--returns", shapes, "--out", tmp_path / "made").code == 0
    returns = tmp_path / "made" / "returns"
    assert len(list((returns / "annex_a").glob("List *.csv"))) == 11
    assert (returns / "ssda903_2022.xml").read_bytes().startswith(b"<?xml")
    assert (returns / "police_notices" / "notices.xlsx").is_file()
    assert casetrail("read", tmp_path / "made" / "inquiry_police-notices.toml").code == 0


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        (("--returns", "cin-census:csv"), "is not written as 'csv'"),
        (("--returns", "all:csv"), "is not written as 'csv'"),
        (("--returns", "census"), "no return called census"),
        (("--returns", "cin-census", "--returns-year", "2030"), "outside the years of this world"),
        (("--returns", "all", "--authorities", "2"), "several"),
        (("--returns-year", "2022"), "name the returns as well"),
    ],
)
def test_what_cannot_be_written_is_refused_before_anything_is_made(
    tmp_path: Path, typed: tuple[str, ...], words: str
) -> None:
    said = casetrail("world", *YEAR, *typed, "--out", tmp_path / "made")
    assert said.code != 0
    assert words in " ".join(said.err.split())
    assert not (tmp_path / "made").exists()
