"""casetrail demand: lists, two lists, repeats, strata, refusals; JSON, pack, explain, and what it will not do."""

from __future__ import annotations

from pathlib import Path

import jsonschema
import pytest

from acceptance.command import casetrail
from casetrail.publish import schema

HEAD = "police,health,school"
THREE = f"{HEAD},count\n1,0,0,140\n0,1,0,120\n0,0,1,160\n1,1,0,40\n1,0,1,52\n0,1,1,45\n1,1,1,15\n"
TWO = "police,health,count\n1,0,80\n0,1,60\n1,1,20\n"
TIMES = "times,persons\n1,600\n2,180\n3,50\n4,12\n5,3\n"


def _file(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "lists.csv"
    path.write_text(text, encoding="utf-8")
    return path


def _by_id(said: object) -> dict[str, dict[str, object]]:
    assert isinstance(said, dict)
    return {answer["id"]: answer for answer in said["answers"]}


def test_three_lists_need_an_assumption_and_are_told_which_there_are(tmp_path: Path) -> None:
    said = casetrail("demand", _file(tmp_path, THREE))
    assert said.code == 4
    for way in ("independent", "two-way", "no-highest"):
        assert way in said.all


def test_quick_leaves_out_what_does_not_decide_and_says_so(tmp_path: Path) -> None:
    file, pack = _file(tmp_path, THREE), tmp_path / "pack"
    asked = ("demand", file, "--assume", "two-way", "--draws", "300", "--origin", "made-up", "--json")
    full, quick = casetrail(*asked), casetrail(*asked, "--quick", "--out", pack)
    assert quick.code == 0, quick.err
    whole, short = _by_id(full.json), _by_id(quick.json)
    assert {*whole} - {*short} == {"demand.graphs", "demand.classes"}
    assert short["demand.hidden"]["sentence"] == whole["demand.hidden"]["sentence"]
    assert str(short["demand.methods"]).count("not asked (--quick)") == 2
    again = casetrail("explain", "demand.methods", "--pack", pack, "--table", file)
    assert "Asked again: the same figure." in again.out


def test_three_lists_give_every_page_and_explain_asks_again(tmp_path: Path) -> None:
    file, pack = _file(tmp_path, THREE), tmp_path / "pack"
    said = casetrail(
        *("demand", file, "--assume", "two-way", "--draws", "300", "--origin", "made-up", "--out", pack, "--json")
    )
    assert said.code == 0, said.err
    jsonschema.validate(said.json, schema())
    assert said.json["schema"] == "casetrail/demand/1"
    assert said.json["origin"] == "made-up"
    found = _by_id(said.json)
    assert next(iter(found)) == "demand.hidden"
    assert {"demand.lists", "demand.methods", "demand.models", "demand.families", "demand.graphs", "demand.classes"} < {
        *found
    }
    told = " ".join(found["demand.hidden"]["caveats"])  # type: ignore[arg-type]
    for sentence in ("Assumed:", "had no chance of being on any of them", "Whitehead", "Binette", "Aleshin-Guendel"):
        assert sentence in told
    page = (pack / "index.html").read_text(encoding="utf-8")
    assert page.count("<svg") >= 5
    again = casetrail("explain", "demand.models", "--pack", pack, "--table", file)
    assert again.code == 0
    assert "Asked again: the same figure." in again.out
    assert "--table" in casetrail("explain", "demand.models", "--pack", pack).out


def test_lists_of_real_persons_are_labelled_so_and_small_counts_do_not_leave(tmp_path: Path) -> None:
    small, pack = THREE.replace("1,1,1,15", "1,1,1,7"), tmp_path / "pack"
    said = casetrail("demand", _file(tmp_path, small), "--assume", "two-way", "--draws", "200", "--out", pack)
    assert said.code == 0, said.err
    assert "Internal, not for release" in said.out
    rows = (pack / "csv" / "demand.lists.csv").read_text(encoding="utf-8-sig")
    assert "withheld" in rows
    assert "7" not in rows.replace("demand", "").split("police + health + school")[1][:8]


def test_two_lists_give_a_range_and_a_number_only_for_a_stated_odds_ratio(tmp_path: Path) -> None:
    """Chapman by hand: 101 * 81 / 21 - 1 = 388.6 in all for an odds ratio of 1."""
    file = _file(tmp_path, TWO)
    ranged = _by_id(casetrail("demand", file, "--origin", "made-up", "--json").json)["demand.hidden"]
    assert ranged["kind"] == "range"
    stated = _by_id(casetrail("demand", file, "--origin", "made-up", "--odds-ratio", "1", "--json").json)
    estimate = stated["demand.hidden"]["estimate"]
    assert estimate["value"] == pytest.approx(101 * 81 / 21 - 1)  # type: ignore[index]
    assert "No one number" in str(ranged["sentence"])


def test_repeat_counts_give_a_lower_bound(tmp_path: Path) -> None:
    """Chao by hand: 845 + 600 * 599 / (2 * 181) = 1,837.8, bias-corrected."""
    found = _by_id(casetrail("demand", _file(tmp_path, TIMES), "--origin", "made-up", "--json").json)
    candidates = found["demand.hidden"]["range"]["candidates"]  # type: ignore[index]
    assert candidates[0]["value"] == pytest.approx(845 + 600 * 599 / (2 * 181))
    assert "At least" in str(found["demand.hidden"]["sentence"])
    assert {"demand.methods", "demand.caps"} < {*found}


def test_strata_stand_beside_the_whole(tmp_path: Path) -> None:
    rows = [f"{area},{row}" for area in ("North", "South", "West") for row in THREE.split("\n")[1:-1]]
    text = f"area,{HEAD},count\n" + "\n".join(rows) + "\n"
    said = casetrail(
        *("demand", _file(tmp_path, text), "--assume", "independent", "--draws", "200", "--origin", "made-up", "--json")
    )
    assert said.code == 0, said.err
    found = _by_id(said.json)
    table = found["demand.strata"]["table"]
    assert [row[0] for row in table["rows"]][-3:] == ["North", "South", "West"]  # type: ignore[index]


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ("1,0,0,50\n0,1,0,40\n0,0,1,30\n", "no_overlap"),
        ("1,0,0,50\n0,1,0,40\n0,0,1,30\n1,1,0,9\n", "disconnected"),
        ("1,0,0,50\n1,1,0,40\n0,1,0,30\n", "empty_list"),
        ("1,1,1,50\n", "all_in_one_cell"),
        ("1,0,0,0\n", "nobody"),
    ],
)
def test_lists_that_cannot_say_are_refused_each_with_its_reason(tmp_path: Path, rows: str, reason: str) -> None:
    said = casetrail(
        *("demand", _file(tmp_path, f"{HEAD},count\n{rows}"), "--assume", "two-way", "--origin", "made-up", "--json")
    )
    assert said.code == 0, said.err
    assert _by_id(said.json)["demand.hidden"]["refusal"]["reason"] == reason  # type: ignore[index]


def test_rows_of_real_persons_need_a_reason(tmp_path: Path) -> None:
    rows = "police,health\n" + "1,0\n" * 30 + "1,1\n" * 20 + "0,1\n" * 25
    said = casetrail("demand", _file(tmp_path, rows))
    assert said.code == 5
    assert "--inquiry" in said.err
    assert casetrail("demand", _file(tmp_path, rows), "--origin", "made-up").code == 0


@pytest.mark.parametrize(
    "more",
    [
        ("--odds-ratio", "0"),
        ("--odds-range", "3", "2"),
        ("--odds-ratio", "1", "--odds-range", "0.5", "2"),
        ("--from", "2019-01-01"),
        ("--assume", "hope"),
    ],
)
def test_what_would_be_passed_over_is_refused(tmp_path: Path, more: tuple[str, ...]) -> None:
    assert casetrail("demand", _file(tmp_path, TWO), *more).code == 2


def test_a_column_of_names_never_becomes_something_that_is_published(tmp_path: Path) -> None:
    named = f"name,{HEAD},count\nJane Doe,1,0,0,1\nBob Smith,0,1,0,1\nAnn Exx,1,1,1,1\n"
    for more in ((), ("--by", "name")):
        said = casetrail("demand", _file(tmp_path, named), "--assume", "two-way", *more, "--out", tmp_path / "pack")
        assert said.code in (4, 5)
        assert not (tmp_path / "pack").exists()
        for name in ("Jane", "Bob", "Ann"):
            assert name not in said.all


def test_a_real_table_says_its_strata_with_by(tmp_path: Path) -> None:
    rows = [f"{area},{row}" for area in ("North", "South") for row in THREE.split("\n")[1:-1]]
    file = _file(tmp_path, f"area,{HEAD},count\n" + "\n".join(rows) + "\n")
    said = casetrail("demand", file, "--assume", "independent")
    assert said.code == 4
    assert "--by" in said.err
    assert casetrail("demand", file, "--assume", "independent", "--by", "area", "--draws", "200").code == 0


def test_times_beyond_reason_are_told_and_not_a_fault(tmp_path: Path) -> None:
    said = casetrail("demand", _file(tmp_path, TIMES + "1000000000,2\n"), "--origin", "made-up")
    assert said.code == 4
    assert "1,000,000" in said.err


def test_steps_are_counted_without_the_start(tmp_path: Path) -> None:
    said = casetrail(
        *("demand", _file(tmp_path, THREE), "--assume", "two-way", "--draws", "200", "--origin", "made-up", "--json")
    )
    found = _by_id(said.json)
    if "demand.steps" in found:
        rows = found["demand.steps"]["table"]["rows"]  # type: ignore[index]
        assert rows[0][0] == "none"
        assert all(row[0] for row in rows)
        assert f"adds {len(rows) - 1} pair" in str(found["demand.steps"]["sentence"])


@pytest.mark.parametrize(
    ("text", "more"),
    [
        (TWO, ("--assume", "two-way")),
        (THREE, ("--assume", "two-way", "--odds-ratio", "2")),
        (TIMES, ("--assume", "two-way")),
        (TIMES, ("--odds-ratio", "3")),
        (TWO, ("--sheet", "first")),
    ],
)
def test_what_does_not_fit_these_lists_is_told(tmp_path: Path, text: str, more: tuple[str, ...]) -> None:
    said = casetrail("demand", _file(tmp_path, text), "--origin", "made-up", *more)
    assert said.code == 4
    assert "Leave" in said.err


def test_an_odds_ratio_that_reads_one_is_one(tmp_path: Path) -> None:
    """160 + 80 * 60 / (20 + 1) = 388.6 by hand, in the table as in the sentence."""
    found = _by_id(casetrail("demand", _file(tmp_path, TWO), "--origin", "made-up", "--json").json)["demand.odds"]
    ones = [row for row in found["table"]["rows"] if f"{row[0]:.2f}" == "1.00"]  # type: ignore[index]
    assert [row[:2] for row in ones] == [[1.0, pytest.approx(160 + 80 * 60 / 21)]]


def test_few_draws_and_missing_ones_are_said(tmp_path: Path) -> None:
    few = ("--assume", "independent", "--draws", "200", "--quick", "--origin", "made-up", "--json")
    headline = _by_id(casetrail("demand", _file(tmp_path, THREE), *few).json)["demand.hidden"]
    assert "Ends of intervals are rough" in " ".join(headline["caveats"])  # type: ignore[arg-type]
    twos = "times,persons\n2,180\n3,50\n4,12\n"
    found = _by_id(casetrail("demand", _file(tmp_path, twos), "--origin", "made-up", "--json").json)
    assert "Nobody was recorded just once" in " ".join(found["demand.hidden"]["caveats"])  # type: ignore[arg-type]


def test_a_number_beyond_reason_is_refused_and_an_end_beyond_it_left_open(tmp_path: Path) -> None:
    """500 * 400 / (1 + 1) = 100,000 hidden at an odds ratio of 1; 901 were seen, a thousand times is 901,000."""
    file = _file(tmp_path, "a,b,count\n1,0,500\n0,1,400\n1,1,1\n")
    said = ("--origin", "made-up", "--json")
    ranged = _by_id(casetrail("demand", file, *said).json)["demand.hidden"]
    assert ranged["range"]["high"] is None  # type: ignore[index]
    assert str(ranged["sentence"]).startswith("At least")
    far = _by_id(casetrail("demand", file, "--odds-ratio", "20", *said).json)["demand.hidden"]
    assert far["refusal"]["reason"] == "beyond_reason"  # type: ignore[index]
