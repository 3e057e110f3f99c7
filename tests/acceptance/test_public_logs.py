"""Every fact of ../shared/data/trails/README.md, from what the command line prints.

Witness of each number: that page (embedded in the file by another program, published, or computed apart
with Polars and DuckDB). The tolerance is half a unit of the last digit printed there.
"""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Any

import pytest

from .command import Row, by, only, rows
from .public_logs import Log, log

DAY = 86_400

pytestmark = [pytest.mark.shared, pytest.mark.xdist_group("public logs")]


def printed(digits: str) -> Any:
    """A number as a page prints it: equal to half a unit of its last digit."""
    told = Decimal(digits.replace(",", ""))
    exponent = told.as_tuple().exponent
    assert isinstance(exponent, int)
    return pytest.approx(float(told), rel=1e-12, abs=0.5 * 10**exponent * (1 + 1e-9))


def overview(found: Log) -> Row:
    return only(found.followed["trail.overview"])


def duration(found: Log) -> Row:
    return only(found.followed["trail.duration"])


SIZES = {  # cases, events, activities, variants, mean and median days
    "receipt": (1434, 8577, 27, 116, "5.408", "0.033"),
    "incidents": (7554, 65_533, 4, 1511, None, None),
    "closed problems": (1487, 6660, None, 183, "178.885", "82.022"),
    "bpic2012": (13_087, 262_200, 24, 4366, "8.624", "0.809"),
    "bpic2015": (1199, 52_217, 398, 1137, "95.719", "61.374"),
    "fines": (10_000, 34_724, 11, 44, "296.135", "125"),
    "sepsis": (1050, 15_214, 16, 846, "28.469", "5.343"),
}


@pytest.mark.parametrize("name", SIZES)
def test_size_and_length_of_each_log(name: str) -> None:
    cases, events, activities, variants, mean, median = SIZES[name]
    found = log(name)
    size = overview(found)
    assert (cases, events) == (size["persons"], size["events"])
    assert activities in (None, size["activities"])
    assert variants == len(rows(found.followed["trail.variants"]))
    if mean and median:
        assert printed(mean) == duration(found)["mean_days"]
        assert printed(median) == duration(found)["median_days"]


@pytest.mark.parametrize("name", SIZES)
def test_no_row_is_lost_or_set_aside(name: str) -> None:
    (source,) = log(name).read.json["sources"]
    assert SIZES[name][1] == source["rows_in"] == source["rows_good"] + source["rows_quarantined"]
    assert source["rows_quarantined"] == 0


@pytest.mark.parametrize("name", SIZES)
def test_what_leaves_counts_no_fewer_than_ten_persons(name: str) -> None:
    for answer in log(name).ran.values():
        assert answer["origin"] == "public-pseudonymous"
        if answer["kind"] != "table":
            continue
        columns = [c["name"] for c in answer["table"]["columns"] if c["kind"] == "persons"]
        for row in rows(answer):
            counts = [row[name] for name in columns if isinstance(row[name], int)]
            assert all(count >= 10 for count in counts), answer["id"]


def test_receipt_as_the_file_itself_states_it() -> None:
    """The `meta_*` elements that another program wrote into the file."""
    found = log("receipt")
    size, length = overview(found), duration(found)
    per_case = by(found.followed["trail.per_case"], "measure")
    assert (size["teams"], size["workers"]) == (10, 48)
    assert size["first_event"] == "2010-10-02T07:20:39.266000+00:00"  # 09:20:39.266+02:00
    assert size["last_event"] == "2012-01-23T14:42:54.644000+00:00"  # 15:42:54.644+01:00
    assert printed("41325735.378") == size["span_days"] * DAY
    assert printed("670056454.479") == size["total_days"] * DAY
    assert printed("467263.915") == length["mean_days"] * DAY
    assert printed("1322517.208") == length["sd_days"] * DAY
    assert printed("23832541.524") == length["most_days"] * DAY
    stated = {
        "events": ("5.981", "2.167", 1, 25),
        "different teams": ("4.13", "1.249", None, None),
        "different workers": ("1.696", "0.987", None, 5),
        "different activities": ("5.81", "1.743", None, None),
    }
    for measure, (mean, sd, least, most) in stated.items():
        row = per_case[measure]
        assert (printed(mean), printed(sd)) == (row["mean"], row["sd"])
        assert least in (None, row["least"])
        assert most in (None, row["most"])


def test_receipt_a_declared_default_is_unknown_and_not_1970() -> None:
    span = only(log("receipt").followed["trail.span.startdate.enddate"])
    assert (span["persons"], span["both_known"], span["unknown"]) == (1434, 1329, 105)
    assert (span["missed"], span["met"], span["limit_unknown"]) == (377, 1329 - 377, 105)
    assert printed("28.4") == 100 * span["missed"] / span["both_known"]
    assert printed("58.98") == span["mean_days"]
    assert printed("50.64") == span["median_days"]
    (source,) = log("receipt").read.json["sources"]
    assert any("'enddate' is unknown for 105 of 1,434 cases" in note for note in source["notes"])


def test_receipt_eight_weeks_to_the_deadline() -> None:
    histogram = by(log("receipt").followed["trail.span_days.startdate.deadline"], "whole_days")
    assert histogram[55]["persons"] + histogram[56]["persons"] == 1091
    assert sum(row["persons"] for row in histogram.values()) == 1434


def test_receipt_the_span_leaves_the_house_as_it_is() -> None:
    """What the pack says of the 1970 trap is the same as what is followed inside."""
    found = log("receipt")
    assert rows(found.followed["trail.span.startdate.enddate"]) == rows(found.ran["trail.span.startdate.enddate"])


STATES = {
    "Completed/Resolved": "28,657.0",
    "Accepted/Wait - User": "19,308.9",
    "Accepted/In Progress": "13,395.9",
    "Queued/Awaiting Assignment": "12,582.9",
    "Accepted/Wait": "6,258.9",
    "Accepted/Assigned": "4,871.4",
    "Accepted/Wait - Implementation": "2,664.0",
    "Accepted/Wait - Vendor": "1,716.6",
    "Completed/Closed": "853.9",
    "Accepted/Wait - Customer": "485.8",
    "Completed/In Call": "451.9",
}
LINES = {
    "Org line C": "40,442.86",
    "Org line A2": "24,972.56",
    "Org line V7n": "11,521.72",
    "Org line B": "4,497.4",
    "Other": "3,064.43",
    "Org line V11": "2,412.87",
}


def test_incidents_size() -> None:
    size = overview(log("incidents"))
    assert (size["activities"], size["states"]) == (4, 13)
    assert (size["agencies"], size["teams"], size["workers"]) == (25, 649, 1440)


def test_incidents_time_by_state() -> None:
    states = by(log("incidents").followed["trail.time_by_state"], "state")
    assert {name: printed(told) for name, told in STATES.items()} == {n: states[n]["state_days"] for n in STATES}


def test_incidents_time_by_holder() -> None:
    holders = by(log("incidents").followed["trail.held_time.agency"], "holder")
    assert {name: printed(told) for name, told in LINES.items()} == {n: holders[n]["held_days"] for n in LINES}


def test_incidents_identity_by_holder_by_state_and_by_length() -> None:
    found = log("incidents").followed
    elapsed = overview(log("incidents"))["total_days"]
    assert printed("91,247.37") == elapsed == duration(log("incidents"))["total_days"]
    by_state = math.fsum(row["state_days"] for row in rows(found["trail.time_by_state"]))
    assert pytest.approx(elapsed, rel=1e-13) == by_state
    for level in ("agency", "team"):
        held = by(found[f"trail.held_time.{level}"], "holder")
        total = held.pop("all holders")
        assert elapsed == total["held_days"]
        assert pytest.approx(elapsed, rel=1e-13) == math.fsum(row["held_days"] for row in held.values())


def test_incidents_hand_offs_between_groups() -> None:
    expected = {
        "hand_offs": 9454,
        "persons_handed": 3820,
        "returns": 3286,
        "persons_returned": 1258,
        "loops": 2394,
        "persons_looped": 1177,
        "most_turns": 32,
    }
    found = only(log("incidents").followed["trail.hand_offs.team"])
    assert expected == {name: found[name] for name in expected}


def test_incidents_hand_offs_between_organisation_lines() -> None:
    expected = {"hand_offs": 4350, "persons_handed": 2034, "returns": 2058, "persons_returned": 891}
    found = only(log("incidents").followed["trail.hand_offs.agency"])
    assert expected == {name: found[name] for name in expected}


def test_incidents_held_by_one_group_or_by_several() -> None:
    found = by(log("incidents").followed["trail.held_by_how_many.team"], "held_by")
    one, several = found["one team"], found["several teams"]
    assert (3734, printed("5.14"), printed("0.29")) == (one["persons"], one["mean_days"], one["median_days"])
    assert (3820, printed("18.87")) == (several["persons"], several["mean_days"])
    assert printed("9.97") == several["median_days"]


def test_bpic2013_published_total_less_the_log_that_is_not_here() -> None:
    """74,544 events over three logs (Bautista et al., CEUR Vol-1052, paper 2), of them 2,351 open problems."""
    events = overview(log("incidents"))["events"] + overview(log("closed problems"))["events"]
    assert events == 74_544 - 2351


def test_fines_each_activity_as_often_as_published() -> None:
    expected = {
        "Create Fine": 10_000,
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
    found = rows(log("fines").followed["trail.time_by_state"])  # no state is mapped: the activity is the state
    assert expected == {row["state"]: row["times"] for row in found}


def test_sepsis_groups() -> None:
    assert overview(log("sepsis"))["teams"] == 26
