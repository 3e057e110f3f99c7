"""What a record must hold, what is joined, keyed and counted: whatever the file format."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pyarrow as pa
import pytest

from casetrail.errors import InquiryError, IntegrityError
from casetrail.schema.events import DATED_FACT, EVENT, INVOLVEMENT, QUARANTINE

SIMPLE = {"person": ("who",), "activity": ("what",), "at": ("when",)}


def test_what_is_missing_is_named(read, faults):
    extract = read("who,what,when\n,call,2007-03-04\n1,,2007-03-04\n1,call,\n,,\n")

    assert faults(extract) == [
        (1, 2, "who", "missing_person"),
        (2, 3, "what", "missing_activity"),
        (3, 4, "when", "missing_time"),
    ]
    assert extract.rows_in == 3


def test_a_record_is_set_aside_once(read):
    assert read("who,what,when\n,,31/02/2007\n").quarantine.num_rows == 1


def test_duplicate_event_ids_keep_the_first_good_record(read, faults):
    extract = read(
        "id,who,what,when\n7,1,call,\n7,1,call,2007-03-04\n8,1,call,2007-03-04\n7,1,call,2007-03-05\n,1,x,2007-03-04\n",
        columns=SIMPLE | {"event_id": ("id",)},
    )

    assert faults(extract) == [(1, 2, "when", "missing_time"), (4, 5, "id", "duplicate_event_id")]
    assert "The first is record 2." in extract.quarantine["message"].to_pylist()[1]
    assert extract.events["event_id"].null_count == 1


def test_legally_privileged_records_are_refused(read, faults):
    marks = ["yes", "TRUE", "1", "LPP", "no", "False", "0", ""]
    text = "who,what,when,lpp,due\n" + "".join(f"{n},a,2007-03-04,{m},2007-05-01\n" for n, m in enumerate(marks))

    extract = read(text, columns=SIMPLE | {"privileged": ("lpp",)}, dates={"due": "due"})

    assert [(n, n + 1, "lpp", "legally_privileged") for n in (1, 2, 3, 4)] == faults(extract)
    assert extract.facts.num_rows == 4


def test_unknown_text_is_unknown_everywhere_and_counted(read, faults):
    extract = read(
        "who,what,when,team,end\n1,call,2007-03-04,-,-\n-,call,2007-03-04,A,\n",
        columns=SIMPLE | {"team": ("team",), "end": ("end",)},
        unknown_text=("-",),
    )

    assert extract.events["team"].to_pylist() == [None]
    assert faults(extract) == [(2, 3, "who", "missing_person")]
    assert "1 cell in 'team' stood for 'unknown' and became unknown." in extract.notes


def test_columns_are_joined(read, keys):
    extract = read(
        "a,b,status,sub,when\n1,2,Accepted,Wait,2007-03-04\n1,,Queued,,2007-03-04\n1,3,Queued,,2007-03-04\n",
        columns={"person": ("a", "b"), "activity": ("status", "sub"), "at": ("when",)},
    )

    assert extract.events["activity"].to_pylist() == ["Accepted/Wait", "Queued"]
    assert [keys.person("case", "1/2"), keys.person("case", "1/3")] == extract.events["person"].to_pylist()
    assert extract.quarantine["code"].to_pylist() == ["missing_person"]


def test_identifiers_are_keyed_and_share_a_scheme(read, keys):
    columns = SIMPLE | {"household": ("home",), "worker": ("by",), "event_id": ("id",)}
    extract = read("id,who,what,when,home,by\n9,1,call,2007-03-04,h1,Smith\n", columns=columns, person_scheme="nhs")

    row = extract.events.to_pylist()[0]
    assert keys.person("nhs", "1") == row["person"]
    assert keys.thing("household", "nhs", "h1") == row["household"]
    assert keys.thing("event", "police", "9") == row["event_id"]
    assert keys.worker("Smith") == row["worker"]


def test_constants_agency_and_rank(read):
    extract = read(
        "who,what,when\n1,call,2007-03-04\n1,visit,2007-03-04\n",
        agency="Police",
        constants={"team": "Public Protection"},
        activity_rank={"visit": 2},
    )

    assert extract.events["agency"].to_pylist() == ["Police", "Police"]
    assert extract.events["team"].unique().to_pylist() == ["Public Protection"]
    assert extract.events["rank"].to_pylist() == [0, 2]


@pytest.mark.parametrize(
    ("settings", "code"),
    [
        ({"columns": {"person": ("who",)}}, "mapping_incomplete"),
        ({"columns": SIMPLE | {"persn": ("who",)}}, "mapping_unknown"),
        ({"constants": {"person": "x"}}, "mapping_twice"),
        ({"constants": {"end": "2007-03-04"}}, "mapping_constant"),
        ({"constants": {"team": " "}}, "mapping_constant"),
        ({"activity_rank": {"call": 40_000}}, "rank_bounds"),
    ],
)
def test_a_mapping_that_cannot_work(read, settings, code):
    with pytest.raises(InquiryError) as excinfo:
        read("who,what,when\n1,call,2007-03-04\n", **settings)
    assert code == excinfo.value.code


def test_facts_of_a_case(read):
    extract = read(
        "who,what,when,due\n"
        "1,a,2007-03-04,2030-05-01\n"  # a deadline may lie after as_of
        "1,b,2007-03-05,2030-05-01\n"
        "2,a,2007-03-04,\n"
        "3,a,2007-03-04,soon\n"
        "4,a,2007-03-04,2007-05-01\n"
        "4,a,2007-03-05,2007-05-02\n"
        "5,a,,2007-05-03\n",
        dates={"deadline": "due"},
    )

    assert extract.facts.num_rows == 2
    assert extract.facts["name"].unique().to_pylist() == ["deadline"]
    assert "'deadline' is unknown for 3 of 5 cases." in extract.notes
    found = [(row["record"], row["code"]) for row in extract.quarantine.to_pylist()]
    assert found == [(4, "unreadable_fact"), (6, "conflicting_fact"), (7, "missing_time")]
    assert (
        extract.rows_in,
        extract.rows_good,
        extract.rows_quarantined,
        extract.facts_quarantined,
    ) == (7, 6, 1, 2)


def test_involvements(read, faults):
    extract = read(
        "who,role,from,to\n"
        "1,Advocate,2007-03-04,\n"
        "1,boss,2007-03-04,\n"
        "1,,2007-03-04,\n"
        "1,holder,2007-03-04,2007-03-03\n"
        "1,holder,2005-03-04,2007-03-03\n"
        "1,holder,2005-03-04,2006-03-03\n",
        kind="involvements",
        columns={"person": ("who",), "role": ("role",), "from": ("from",), "to": ("to",)},
        covers_from=date(2007, 1, 1),
        agency="Council",
    )

    assert faults(extract) == [
        (2, 3, "role", "unknown_role"),
        (3, 4, "role", "missing_role"),
        (4, 5, "to", "end_before_start"),
        (6, 7, "from", "outside_coverage"),
    ]
    assert extract.involvements["role"].to_pylist() == ["advocate", "holder"]
    assert extract.involvements["agency"].to_pylist() == ["Council", "Council"]
    assert extract.events.num_rows == 0


def test_shapes_and_the_promise(read):
    extract = read("who,what,when\n1,call,2007-03-04\n,call,\n")

    for table, shape in (
        (extract.events, EVENT),
        (extract.involvements, INVOLVEMENT),
        (extract.facts, DATED_FACT),
        (extract.quarantine, QUARANTINE),
    ):
        assert table.schema.equals(shape)
        table.validate(full=True)
    for name in ("row_no", "source", "source_place", "person", "activity", "at_us", "precision", "rank"):
        assert extract.events[name].null_count == 0
    with pytest.raises(IntegrityError):
        replace(extract, rows_in=3)
    with pytest.raises(IntegrityError):
        replace(extract, events=pa.table({}))
