"""The published logs: the counts their owners and other programs give (see the README beside the data)."""

from __future__ import annotations

from datetime import date

import pytest

from casetrail.figures import Origin
from casetrail.records import SourceSpec, inspect, read_source
from casetrail.schema.events import MICROSECONDS_PER_DAY

pytestmark = pytest.mark.shared

CSV = {"person": ("case:concept:name",), "activity": ("concept:name",), "at": ("time:timestamp",)}
FINES = {"person": ("case_id",), "activity": ("activity",), "at": ("timestamp",)}
SEPSIS = {"person": ("Case ID",), "activity": ("Activity",), "at": ("Complete Timestamp",), "team": ("org:group",)}


@pytest.fixture
def log(shared_trails, keys):
    def reading(name, **settings):
        settings = {"columns": {}, "zone": "Europe/Amsterdam"} | settings
        spec = SourceSpec(name="log", path=shared_trails / name, origin=Origin.PUBLIC_PSEUDONYMOUS, **settings)
        return read_source(spec, keys=keys, as_of=date(2020, 1, 1))

    return reading


@pytest.mark.parametrize(
    ("name", "settings", "cases", "events", "activities"),
    [
        ("receipt.xes.gz", {}, 1_434, 8_577, 27),
        (
            "bpic2013_incidents.xes.gz",
            {"columns": {"activity": ("concept:name", "lifecycle:transition")}},
            7_554,
            65_533,
            13,
        ),
        ("bpic2013_closed_problems.xes.gz", {}, 1_487, 6_660, None),
        ("bpic2012.xes.gz", {}, 13_087, 262_200, 24),
        ("bpic2015_municipality1.csv.gz", {"columns": CSV, "precision": "day"}, 1_199, 52_217, 398),
        ("traffic_fines_10000.csv.gz", {"columns": FINES}, 10_000, 34_724, 11),
        ("sepsis.csv.gz", {"columns": SEPSIS}, 1_050, 15_214, 16),
    ],
)
def test_cases_and_events(log, name, settings, *, cases, events, activities):
    extract = log(name, **settings)

    assert (events, events, 0) == (extract.rows_in, extract.rows_good, extract.rows_quarantined)
    assert cases == len(extract.events["person"].unique())
    assert activities in (None, len(extract.events["activity"].unique()))
    assert list(range(events)) == extract.events["row_no"].to_pylist()


def test_receipt_has_no_end_in_1970(log):
    names = ("startdate", "enddate", "deadline", "enddate_planned")
    extract = log("receipt.xes.gz", dates={name: f"case:{name}" for name in names})

    facts = {name: {} for name in names}
    for row in extract.facts.to_pylist():
        facts[row["name"]][row["person"]] = row["at_us"]
    assert len(facts["enddate"]) == 1_434 - 105
    assert "'enddate' is unknown for 105 of 1,434 cases." in extract.notes
    late = [person for person, end in facts["enddate"].items() if end > facts["deadline"][person]]
    assert len(late) == 377
    spans = [end - facts["startdate"][person] for person, end in facts["enddate"].items()]
    assert pytest.approx(sum(spans) / len(spans) / MICROSECONDS_PER_DAY, abs=0.005) == 58.98


def test_receipt_time_span(log):
    at = log("receipt.xes.gz").events["at_us"].to_pylist()
    assert pytest.approx((max(at) - min(at)) / 1e6, abs=0.0005) == 41_325_735.378


def test_absent_resources_are_unknown(log):
    extract = log("bpic2012.xes.gz", columns={"worker": ("org:resource",)})
    assert 0 < extract.events["worker"].null_count < 262_200


def test_a_day_is_the_day_as_written(log):
    extract = log("bpic2015_municipality1.csv.gz", columns=CSV, precision="day")
    first = extract.events["at_us"].to_pylist()[0]
    assert (date(2014, 5, 20) - date(1970, 1, 1)).days * MICROSECONDS_PER_DAY == first


def test_fines_are_days(log, shared_trails):
    extract = log("traffic_fines_10000.csv.gz", columns=FINES)
    assert any('precision = "day"' in note for note in extract.notes)
    assert inspect(shared_trails / "traffic_fines_10000.csv.gz").precision == "day"


def test_a_mapping_is_proposed_for_sepsis(shared_trails):
    found = inspect(shared_trails / "sepsis.csv.gz")
    assert found.mapping == SEPSIS
    assert found.quarantined == {}
