"""casetrail demand on an inquiry: lists from its own trail, the truth of a made-up authority beside, refusals."""

from __future__ import annotations

import csv
import shutil
from collections import defaultdict
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from acceptance.command import Said, casetrail

LISTS = ("--list", "police=police", "--list", "health=health")


@pytest.fixture(scope="module")
def inquiry(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("world") / "made"
    said = casetrail("world", "--scenario", "fair", "--children", "600", "--years", "2", "--seed", "5", "--out", folder)
    assert said.code == 0, said.err
    return folder / "inquiry.toml"


@pytest.fixture(scope="module")
def said(inquiry: Path) -> Said:
    return casetrail("demand", inquiry, *LISTS, "--out", inquiry.parent.parent / "pack", "--json")


def _ids(said: Said) -> set[str]:
    return {answer["id"] for answer in said.json["answers"]}


def test_two_agencies_give_a_range_beside_the_truth(said: Said) -> None:
    assert said.code == 0, said.err
    assert said.json["origin"] == "made-up"
    assert {"demand.hidden", "demand.lists", "demand.odds", "demand.links", "world.hidden"} <= _ids(said)
    headline = next(a for a in said.json["answers"] if a["id"] == "demand.hidden")
    assert headline["kind"] in ("range", "refusal")
    assert any(note.startswith("Counted: persons with an event from") for note in headline["caveats"])


@pytest.mark.parametrize("figure", ["demand.hidden", "world.hidden"])
def test_a_figure_is_asked_again_from_the_inquiry(said: Said, inquiry: Path, figure: str) -> None:
    pack = inquiry.parent.parent / "pack"
    assert "Asked again: the same figure." in casetrail("explain", figure, "--pack", pack, "--inquiry", inquiry).out


def test_without_the_inquiry_it_says_what_is_missing(said: Said, inquiry: Path, tmp_path: Path) -> None:
    alone = tmp_path / "pack"
    shutil.copytree(inquiry.parent.parent / "pack", alone)
    assert "--inquiry" in casetrail("explain", "demand.hidden", "--pack", alone).out


def test_an_agency_that_is_nowhere_and_a_list_without_a_name_are_told(inquiry: Path) -> None:
    nowhere = casetrail("demand", inquiry, "--list", "police=police", "--list", "x=coastguard")
    assert nowhere.code == 11
    assert "coastguard" in nowhere.err
    assert casetrail("demand", inquiry, "--list", "court").code == 3
    assert "police" in casetrail("demand", inquiry, "--list", "court").err


def test_days_beyond_what_the_agencies_cover_are_refused(inquiry: Path) -> None:
    beyond = casetrail("demand", inquiry, *LISTS, "--from", "2010-01-01", "--to", "2010-12-31", "--json")
    assert beyond.code == 0, beyond.err
    assert {a["refusal"]["reason"] for a in beyond.json["answers"]} == {"not_covered"}


def test_options_of_tables_are_refused(inquiry: Path) -> None:
    assert casetrail("demand", inquiry, "--by", "area").code == 2


def test_errors_of_linking_stated_in_the_inquiry_are_corrected(inquiry: Path, tmp_path: Path) -> None:
    """Of 60 true pairs looked at 6 were not linked: the overlap grows by 1 / (1 - 6.5 / 61), Jeffreys' mean."""
    stated = inquiry.with_name("stated.toml")
    stated.write_text(
        inquiry.read_text(encoding="utf-8") + '\n[demand.linkage]\nmissed = "6/60"\n', encoding="utf-8", newline="\n"
    )
    pack = tmp_path / "pack"
    said = casetrail("demand", stated, *LISTS, "--out", pack, "--json")
    assert said.code == 0, said.err
    found = next(a for a in said.json["answers"] if a["id"] == "demand.linkage")
    row = next(row for row in found["table"]["rows"] if row[0] == "on both police and health")
    assert row[2] == pytest.approx(row[1] / (1 - 6.5 / 61))
    again = casetrail("explain", "demand.linkage", "--pack", pack, "--inquiry", stated)
    assert "Asked again: the same figure." in again.out, again.out


def test_repeats_are_counted_by_incident_from_the_trail_itself(inquiry: Path, tmp_path: Path) -> None:
    """The agency's own file counted again with the csv module: different incidents of each person."""
    incidents: dict[str, set[str]] = defaultdict(set)
    with (inquiry.parent / "social_care_events.csv").open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            # A record that names no incident is of its episode, where it names one.
            named = row["incident_ref"] or row.get("episode_ref")
            if row["common_number"] and named:
                incidents[row["common_number"]].add(named)
    pack = tmp_path / "pack"
    said = casetrail("demand", inquiry, "--repeats", "--list", "care=social care", "--out", pack, "--json")
    assert said.code == 0, said.err
    found = {answer["id"]: answer for answer in said.json["answers"]}
    row = found["demand.repeats"]["table"]["rows"][0]
    assert row[:3] == ["care", len(incidents), sum(len(held) > 1 for held in incidents.values())]
    assert {"demand.repeats.care", "demand.repeats.care.methods", "demand.repeats.care.caps"} <= {*found}
    caps = found["demand.repeats.care.caps"]["table"]["columns"]
    assert [column["title"].split(" (")[0] for column in caps[1:4]][::2] == ["At most 5", "Uncapped"]
    for figure in ("demand.repeats", "demand.repeats.care.caps"):
        again = casetrail("explain", figure, "--pack", pack, "--inquiry", inquiry)
        assert "Asked again: the same figure." in again.out, again.out


def test_a_list_of_records_that_are_about_no_incident_is_refused_and_the_others_are_not(inquiry: Path) -> None:
    """A school records attendance of everybody, and names an incident only where it logs a concern."""
    stated = inquiry.with_name("repeats.toml")
    stated.write_text(
        inquiry.read_text(encoding="utf-8") + "\n[demand]\nrepeats = true\n", encoding="utf-8", newline="\n"
    )
    said = casetrail("demand", stated, "--list", "police=police", "--list", "school=school", "--json")
    assert said.code == 0, said.err
    rows = {row[0]: row for row in said.json["answers"][0]["table"]["rows"]}
    assert [*rows] == ["police", "school", "all lists together"]
    assert rows["school"][6] == "refused: incident unknown"
    assert rows["police"][6] == "refused: too few repeats"


def test_without_a_column_of_incidents_repeats_are_refused(inquiry: Path) -> None:
    blind = inquiry.with_name("blind.toml")
    lines = inquiry.read_text(encoding="utf-8").splitlines()
    kept = [line for line in lines if not line.startswith("incident = ")]
    blind.write_text("\n".join(kept) + "\n", encoding="utf-8", newline="\n")
    said = casetrail("demand", blind, "--repeats", "--list", "police=police", "--json")
    assert said.code == 0, said.err
    assert [a["refusal"]["reason"] for a in said.json["answers"]] == ["incident_not_mapped"]


def test_what_does_not_go_with_repeats_is_told(inquiry: Path, tmp_path: Path) -> None:
    assert casetrail("demand", inquiry, "--repeats", "--assume", "two-way").code == 4
    assert casetrail("demand", inquiry, "--repeats", "--missed-links", "0.1").code == 4
    table = tmp_path / "lists.csv"
    table.write_text("police,health,count\n1,0,80\n0,1,60\n1,1,20\n", encoding="utf-8")
    assert casetrail("demand", table, "--repeats").code == 2


def test_a_made_up_inquiry_counts_harm_and_its_lists_are_of_those_whose_number_is_known(inquiry: Path) -> None:
    """Whom the files of these lists have, counted again by the number of each record in the sealed truth."""
    truth = inquiry.parent / "truth"
    of_ref: dict[tuple[str, str], int] = {}
    for row in pq.read_table(truth / "events.parquet").to_pylist():
        for ref in (row["event_ref"], row["second_event_ref"]):
            if ref is not None:
                of_ref[row["agency"], ref] = row["person"]
    happened = {
        person
        for name in ("told", "hidden")
        for person in pq.read_table(truth / f"{name}.parquet").column("person").to_pylist()
    }
    harm = {
        "police": {"call received", "missing report"},
        "health": {"attended emergency department"},
        "school": {"concern logged"},
    }
    on: set[int] = set()
    for agency, activities in harm.items():
        with (inquiry.parent / f"{agency}_events.csv").open(encoding="utf-8-sig", newline="") as file:
            on |= {of_ref[agency, row["event_ref"]] for row in csv.DictReader(file) if row["activity"] in activities}
    said = casetrail("demand", inquiry, "--assume", "two-way", "--quick", "--draws", "200", "--json")
    assert said.code == 0, said.err
    found = {answer["id"]: answer for answer in said.json["answers"]}
    listed = sum(row[2] for row in found["demand.lists"]["table"]["rows"])
    assert listed == len(on)
    rows = {row[0]: row for row in found["world.hidden"]["table"]["rows"]}
    assert rows["of those on a list, persons to whom something happened"][4] == len(on & happened)
    assert "Not to be compared" not in found["world.hidden"]["sentence"]


def test_lists_of_ordinary_work_are_not_held_against_the_truth_of_harm(inquiry: Path) -> None:
    """A school has everybody's attendance: most of its children came to no harm in these days."""
    said = casetrail("demand", inquiry, "--list", "police", "--list", "school=school", "--json")
    assert said.code == 0, said.err
    beside = next(answer for answer in said.json["answers"] if answer["id"] == "world.hidden")
    assert beside["sentence"].startswith("Not to be compared: to ")
    for word in ("inside", "below what", "above what", "above that end"):
        assert word not in beside["sentence"]
