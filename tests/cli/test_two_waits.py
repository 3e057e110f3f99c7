"""A made-up case of five agencies' files whose answers are known by hand, run as a user would run it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from acceptance.command import Answer, answers, by, casetrail, only, rows
from casetrail.world import write_case

pytestmark = pytest.mark.xdist_group("two_waits")


def whole_days(start: str, end: str) -> int:
    return (datetime.fromisoformat(end) - datetime.fromisoformat(start)).days


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_case("two_waits", tmp_path_factory.mktemp("two_waits")).parent


@pytest.fixture(scope="module")
def found(folder: Path) -> dict[str, Answer]:
    return answers(casetrail("run", folder / "inquiry.toml", "--json"))


# The made-up case, by hand from the five files in src/casetrail/world/cases/two_waits.


def test_an_officer_was_allocated_after_four_months(found: dict[str, Answer]) -> None:
    wait = only(found["trail.wait.officer-requested.officer-allocated"])
    assert whole_days("2007-01-10T09:00+00:00", "2007-05-11T10:00+01:00") == 121
    # 09:00 in winter to 10:00 in summer time is 121 days to the minute.
    assert (wait["persons"], wait["reached"], wait["not_reached"]) == (1, 1, 0)
    assert wait["mean_days"] == wait["median_days"] == wait["most_days"] == 121.0


def test_the_child_was_seen_at_the_hospital_after_four_months(found: dict[str, Answer]) -> None:
    wait = only(found["trail.wait.medical-requested.child-seen-at-clinic"])
    assert whole_days("2007-01-22T00:00+00:00", "2007-05-24T11:20+01:00") == 122
    assert int(wait["most_days"]) == 122
    assert wait["not_reached"] == 0


def test_every_row_is_good_but_the_31st_of_february(folder: Path) -> None:
    read = casetrail("read", folder / "inquiry.toml", "--json").json
    counts = {s["name"]: (s["rows_in"], s["rows_good"], s["rows_quarantined"]) for s in read["sources"]}
    assert counts == {
        "police": (9, 8, 1),
        "children's services": (7, 7, 0),
        "hospital": (2, 2, 0),
        "health department": (1, 1, 0),
        "education department": (1, 1, 0),
    }
    quarantine = Path(read["quarantine"]).read_text(encoding="utf-8-sig").splitlines()
    assert len(quarantine) == 2
    assert quarantine[1].startswith("police,police.csv,,8,9,when,not_a_date,")


def test_limbo_what_was_sent_and_never_accepted(found: dict[str, Answer]) -> None:
    sent = by(found["trail.sent_on"], "sender", "addressee")
    assert set(sent) == {
        ("hospital", "children's services"),
        ("health department", "education department"),
        ("education department", "inspectorate"),
    }
    never = sent["education department", "inspectorate"]
    assert never["status"] == "cannot be known: no records of the addressee"
    # 30 July 2007 to the end of as_of, 31 December 2007: 2 + 31 + 30 + 31 + 30 + 31 days.
    assert never["most_days"] == 155.0
    letter = sent["health department", "education department"]
    assert letter["status"] == "accepted: the addressee acted"
    assert letter["most_days"] == 28.0  # 2 July to 30 July
    assert sent["hospital", "children's services"]["most_days"] == pytest.approx(10, abs=0.7)  # 25 May to 4 June


def test_days_held_and_in_limbo_are_all_the_days(found: dict[str, Answer]) -> None:
    held = by(found["trail.held_time.agency"], "holder")
    total = held.pop("all holders")["held_days"]
    assert total == pytest.approx(sum(row["held_days"] for row in held.values()), rel=1e-12)
    # From the first call (8 January 2007, 21:40) to the end of 31 December 2007.
    assert total == pytest.approx(357 + 2 / 24 + 20 / 1440, abs=1e-6)
    limbo = sum(row["held_days"] for name, row in held.items() if name.startswith("limbo"))
    # The report from 25 May 09:30 BST to 4 June; closed 25 June to 2 July; the letter from 2 July to the end.
    assert limbo == pytest.approx(10 - 8.5 / 24 + 7 + 28 + 155, abs=1e-6)


def test_loops_police_and_services_to_and_fro(found: dict[str, Answer]) -> None:
    """Turns: police and services seven times by turns, hospital, services, health, education department."""
    handed = only(found["trail.hand_offs.agency"])
    assert (handed["hand_offs"], handed["most_turns"]) == (10, 11)
    assert handed["returns"] == 11 - 5  # turns less different holders
    assert handed["loops"] == 5
    # First left by the police on 9 January, last taken back by them on 22 March at 19:30.
    assert handed["loop_days"] == pytest.approx(72 + 19.5 / 24, abs=1e-9)


def test_a_loop_between_teams_duty_long_term_duty(found: dict[str, Answer]) -> None:
    handed = only(found["trail.hand_offs.team"])
    assert (handed["hand_offs"], handed["returns"], handed["loops"]) == (2, 1, 1)


def test_two_calls_were_logged_as_if_they_were_the_first(found: dict[str, Answer]) -> None:
    calls = by(found["trail.repeats"], "activity", "kth")
    assert {kth for activity, kth in calls if activity == "call received"} == {1, 2, 3}
    for kth in (2, 3):
        row = calls["call received", kth]
        assert (row["times"], row["linked"], row["as_new"]) == (1, 0, 1)
    assert "2 of these were logged as if they were the first" in found["trail.repeats"]["sentence"]


def test_the_neighbour_was_never_asked(found: dict[str, Answer]) -> None:
    asked = only(found["trail.asked.neighbour"])
    assert (asked["persons"], asked["reports"], asked["asked"], asked["not_asked"]) == (1, 3, 0, 1)


def test_the_order_across_agencies(found: dict[str, Answer]) -> None:
    (trail,) = [answer for name, answer in found.items() if name.endswith(".events")]
    told = rows(trail)
    assert len(told) == 19
    assert told[0]["activity"] == "call received"
    assert told[-1]["activity"] == "letter of concern received"
    assert [row["happened"] for row in told] == sorted(row["happened"] for row in told)
