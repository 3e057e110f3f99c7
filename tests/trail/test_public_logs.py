"""Every fact of the reference folder's README, read through `records` and the relations of the trail.

Expected figures are those printed in `shared/data/trails/README.md` ("Facts to reproduce"); a tolerance is half
a unit of the last digit printed there. "embedded" figures were written into the file by another program.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from casetrail.schema.events import MICROSECONDS_PER_DAY
from casetrail.trail.handle import Trail

from .public_logs import DATA, FINES, INCIDENTS, LOANS, PERMITS, PROBLEMS, RECEIPT, SEPSIS, PublicLog, built_trail

SECOND = 1_000_000
DAY = MICROSECONDS_PER_DAY

pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(not DATA.is_dir(), reason="no ../shared/data/trails beside the checkout"),
]

Row = dict[str, object]


@pytest.fixture(scope="module")
def receipt() -> Iterator[Trail]:
    yield from built_trail(RECEIPT)


@pytest.fixture(scope="module")
def incidents() -> Iterator[Trail]:
    yield from built_trail(INCIDENTS)


def printed(value: float, digits: int) -> object:
    """A figure as printed: right to half a unit of its last digit."""
    return pytest.approx(value, rel=0, abs=0.5 * 10**-digits + 1e-9)


def one(trail: Trail, name: str, **parameters: object) -> Row:
    (row,) = trail.query(name, **parameters).rows()
    return row


def number(row: Row, column: str) -> float:
    return float(str(row[column]))


def per_case(trail: Trail, measure: str) -> Row:
    rows = trail.query("per_case", by="all").rows()
    return next(row for row in rows if row["measure"] == measure)


# receipt: embedded in the file


def test_receipt_counts(receipt: Trail) -> None:
    overview = one(receipt, "overview")
    assert (overview["persons"], overview["events"]) == (1434, 8577)
    assert (overview["teams"], overview["workers"], overview["activities"]) == (10, 48, 27)
    assert len(receipt.query("variant", by="all").rows()) == 116


@pytest.mark.parametrize(
    ("measure", "mean", "sd", "most"),
    [
        ("events", 5.981, 2.167, 25),
        ("different teams", 4.13, 1.249, None),
        ("different workers", 1.696, 0.987, 5),
        ("different activities", 5.81, 1.743, None),
    ],
)
def test_receipt_per_case(receipt: Trail, *, measure: str, mean: float, sd: float, most: int | None) -> None:
    found = per_case(receipt, measure)
    assert number(found, "mean") == printed(mean, 2 if mean in (4.13, 5.81) else 3)
    assert number(found, "sd") == printed(sd, 3)
    assert most is None or found["most"] == most


def test_receipt_shortest_case_has_one_event(receipt: Trail) -> None:
    assert per_case(receipt, "events")["least"] == 1


def test_receipt_duration(receipt: Trail) -> None:
    found = one(receipt, "duration", by="all")
    assert number(found, "mean_us") / SECOND == printed(467263.915, 3)
    assert number(found, "sd_us") / SECOND == printed(1322517.208, 3)
    assert found["most_us"] == 23832541_524000
    assert found["total_us"] == 670056454_479000
    assert number(found, "mean_us") / DAY == printed(5.408, 3)
    assert number(found, "median_us") / DAY == printed(0.033, 3)


def test_receipt_runs_from_first_to_last_event(receipt: Trail) -> None:
    overview = one(receipt, "overview")
    assert overview["first_us"] == 1286004039_266000  # 2010-10-02T09:20:39.266+02:00
    assert overview["last_us"] == 1327329774_644000  # 2012-01-23T15:42:54.644+01:00
    assert number(overview, "last_us") - number(overview, "first_us") == 41325735_378000


def test_receipt_no_enddate_is_unknown_and_not_1970(receipt: Trail) -> None:
    found = one(receipt, "span", by="all", start="start", finish="end", limit="deadline", until_us=None)
    assert (
        found["persons"],
        found["unknown"],
        found["both_known"],
        found["missed"],
    ) == (1434, 105, 1329, 377)
    assert found["met"] == 1329 - 377
    assert found["limit_unknown"] == 105
    assert number(found, "mean_us") / DAY == printed(58.98, 2)
    assert number(found, "median_us") / DAY == printed(50.64, 2)


def test_receipt_deadline_is_eight_weeks_for_most(receipt: Trail) -> None:
    rows = receipt.query("span_days", start="start", finish="deadline", until_us=None).rows()
    assert sum(int(str(row["persons"])) for row in rows if row["whole_days"] in (55, 56)) == 1091


# bpic2013 incidents: computed for the README; cases and events agree with the literature


def test_incidents_counts(incidents: Trail) -> None:
    overview = one(incidents, "overview")
    assert (overview["persons"], overview["events"]) == (7554, 65533)
    assert tuple(overview[c] for c in ("activities", "workers", "teams", "agencies")) == (4, 1440, 649, 25)
    assert len(incidents.query("variant", by="all").rows()) == 1511


# Case-days as the README prints them; its figures for "Closed" onwards name the second half of the state only.
STATES = (
    ("Completed/Resolved", 28657.0),
    ("Accepted/Wait - User", 19308.9),
    ("Accepted/In Progress", 13395.9),
    ("Queued/Awaiting Assignment", 12582.9),
    ("Accepted/Wait", 6258.9),
    ("Accepted/Assigned", 4871.4),
    ("Accepted/Wait - Implementation", 2664.0),
    ("Accepted/Wait - Vendor", 1716.6),
    ("Completed/Closed", 853.9),
    ("Accepted/Wait - Customer", 485.8),
    ("Completed/In Call", 451.9),
)


@pytest.mark.parametrize(("state", "days"), STATES)
def test_incidents_time_by_state(incidents: Trail, state: str, days: float) -> None:
    rows = incidents.query("time_by_state", by="all").rows()
    (found,) = [row for row in rows if incidents.word(row["state_no"]) == state]
    assert number(found, "total_us") / DAY == printed(days, 1)


def test_incidents_has_thirteen_sub_states(incidents: Trail) -> None:
    assert one(incidents, "overview")["states"] == 13


HOLDERS = (
    ("Org line C", 40442.86, 2),
    ("Org line A2", 24972.56, 2),
    ("Org line V7n", 11521.72, 2),
    ("Org line B", 4497.4, 1),
    ("Other", 3064.43, 2),
    ("Org line V11", 2412.87, 2),
)


@pytest.mark.parametrize(("holder", "days", "digits"), HOLDERS)
def test_incidents_time_by_holder(incidents: Trail, holder: str, days: float, digits: int) -> None:
    rows = incidents.query("held_time", by="all", level="agency").rows()
    (found,) = [row for row in rows if incidents.body(row["holder_no"]) == holder]
    assert number(found, "total_us") / DAY == printed(days, digits)


@pytest.mark.parametrize("level", ["agency", "team"])
def test_incidents_identity(incidents: Trail, level: str) -> None:
    found = one(incidents, "identity", level=level)
    assert number(found, "elapsed_us") / DAY == printed(91247.37, 2)
    held = sum(int(str(found[kind])) for kind in ("held_us", "joint_us", "limbo_us"))
    assert found["elapsed_us"] == found["states_us"] == held
    assert found["persons_unequal"] == 0
    by_holder = sum(number(row, "total_us") for row in incidents.query("held_time", by="all", level=level).rows())
    assert by_holder == found["elapsed_us"]


HAND_OFF_COLUMNS = ("hand_offs", "persons_handed", "returns", "persons_returned")


def test_incidents_hand_offs_between_groups(incidents: Trail) -> None:
    found = one(incidents, "hand_off", level="team", by="all")
    assert tuple(found[c] for c in HAND_OFF_COLUMNS) == (9454, 3820, 3286, 1258)
    assert tuple(found[c] for c in ("loops", "persons_looped", "most_turns")) == (2394, 1177, 32)


def test_incidents_hand_offs_between_organisation_lines(incidents: Trail) -> None:
    found = one(incidents, "hand_off", level="agency", by="all")
    assert tuple(found[c] for c in HAND_OFF_COLUMNS) == (4350, 2034, 2058, 891)


def test_incidents_held_by_one_group_or_several(incidents: Trail) -> None:
    rows = incidents.query("held_by_how_many", level="team", by="all").rows()
    alone, several = sorted(rows, key=lambda row: bool(row["several"]))
    assert (alone["persons"], several["persons"]) == (3734, 3820)
    assert number(alone, "mean_us") / DAY == printed(5.14, 2)
    assert number(alone, "median_us") / DAY == printed(0.29, 2)
    assert number(several, "mean_us") / DAY == printed(18.87, 2)
    assert number(several, "median_us") / DAY == printed(9.97, 2)


# The other logs: cases, events, activities, variants, mean and median days (None where the README prints none)
OTHERS = (
    (PROBLEMS, 1487, 6660, None, 183, 178.885, 82.022),
    (LOANS, 13087, 262200, 24, 4366, 8.624, 0.809),
    (PERMITS, 1199, 52217, 398, 1137, 95.719, 61.374),
    (FINES, 10000, 34724, 11, 44, 296.135, 125.0),
    (SEPSIS, 1050, 15214, 16, 846, 28.469, 5.343),
)


@pytest.mark.parametrize(
    ("log", "cases", "events", "activities", "variants", "mean", "median"),
    OTHERS,
    ids=[row[0].file.split(".")[0] for row in OTHERS],
)
def test_other_logs(
    *, log: PublicLog, cases: int, events: int, activities: int | None, variants: int, mean: float, median: float
) -> None:
    for trail in built_trail(log):
        overview = one(trail, "overview")
        assert (cases, events) == (overview["persons"], overview["events"])
        assert activities in (None, overview["activities"])
        assert len(trail.query("variant", by="all").rows()) == variants
        found = one(trail, "duration", by="all")
        assert number(found, "mean_us") / DAY == printed(mean, 3)
        assert number(found, "median_us") / DAY == printed(median, 3)
        if log is SEPSIS:
            assert overview["teams"] == 26
        if log is FINES:
            assert _events_by_activity(trail) == FINE_EVENTS
        for level in ("agency", "team"):
            assert one(trail, "identity", level=level)["persons_unequal"] == 0


FINE_EVENTS = {
    "Create Fine": 10000,
    "Send Fine": 6570,
    "Payment": 4910,
    "Insert Fine Notification": 4635,
    "Add penalty": 4635,
    "Send for Credit Collection": 3387,
    "Insert Date Appeal to Prefecture": 232,
    "Send Appeal to Prefecture": 227,
    "Receive Result Appeal from Prefecture": 55,
    "Notify Result Appeal to Offender": 54,
    "Appeal to Judge": 19,
}


def _events_by_activity(trail: Trail) -> dict[str | None, int]:
    """Every event leaves a fine in the state of its own activity, as no other state is mapped."""
    rows = trail.query("time_by_state", by="all").rows()
    return {trail.word(row["state_no"]): int(str(row["times"])) for row in rows}
