"""The trail core on files of made-up authorities, unchanged: who held the case adds up, and what goes round is seen."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from casetrail.inquiry.following import followed
from casetrail.inquiry.parse import parse
from casetrail.inquiry.worldmaking import make_world
from casetrail.world import World

SCENARIOS = ("fair", "bounced", "boring", "rationed", "gamed-deadlines", "harassed-household")
TODAY = dt.date(2026, 11, 1)


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, list[dict[str, Any]]]]:
    """Relations of the trail of each scenario, from its files alone: the truth is removed first."""
    found = {}
    for name in SCENARIOS:
        place = tmp_path_factory.mktemp("worlds") / name
        make_world(World(scenario=name, children=4_000, years=3.0, seed=7), place)
        for file in (place / "truth").iterdir():
            file.unlink()
        with followed(parse(place / "inquiry.toml", today=TODAY)) as (trail, _):
            found[name] = {
                "agency": [dict(row) for row in trail.query("identity", level="agency").rows()],
                "team": [dict(row) for row in trail.query("identity", level="team").rows()],
                "hand_off": [dict(row) for row in trail.query("hand_off", level="agency", by="all").rows()],
            }
    return found


@pytest.mark.parametrize("level", ["agency", "team"])
@pytest.mark.parametrize("name", SCENARIOS)
def test_held_joint_and_limbo_are_all_the_time_that_passed(asked: Any, name: str, level: str) -> None:
    (row,) = asked[name][level]
    assert row["held_us"] + row["joint_us"] + row["limbo_us"] == row["elapsed_us"]
    # Some are held before their first event is recorded: states of events begin with it.
    assert row["states_us"] <= row["elapsed_us"]
    assert row["persons_unequal"] == 0
    assert row["persons"] > 500
    assert min(row["held_us"], row["joint_us"], row["limbo_us"]) > 0


def test_what_goes_round_is_seen_in_the_trail(asked: Any) -> None:
    def straight_back(name: str) -> float:
        (row,) = asked[name]["hand_off"]
        return float(row["loops"] / row["hand_offs"])

    # About 700 hand-offs each: the standard error of a share is below 0.02.
    assert straight_back("bounced") > straight_back("boring") + 0.06
