"""The Standard Safeguarding Dataset that is written out of a made-up world: tables and columns, and what comes back."""

from __future__ import annotations

import csv
import re
from collections import Counter
from datetime import date, timedelta

import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casetrail.records.writing import Chronicle, Happening, Occasion, Person, write_return

from .returned import KEYS, Returned, day_of_us, local_day, read_back

LAST = date(2022, 3, 31)
OCCASION = Occasion(known_to=LAST)
# The dataset has a code for a worker who left; other reasons of the world have none but "other".
REASONS = {"worker left": "left the role", "work ended": "other", None: None}
# What each thing that is done comes back as, where it needs no case that is open, and where it needs one or a plan.
ANYWHERE = {"contact received": "contact received", "pre-proceedings letter": "letter before proceedings sent"}
IN_A_CASE = {
    "case allocated": "assessment began",
    "child in need visit": "visit to a child in need",
    "section 47 enquiry": "section 47 enquiry began",
    "initial child protection conference": "initial conference held after enquiry",
}
IN_A_PLAN = {"child protection visit": "child protection visit"} | {
    "review child protection conference": "child protection plan reviewed"
}


def told(rows, *, already, began, leaves):  # noqa: PLR0912, PLR0915
    """Activities, days and workers of one child as the dataset would tell them, by hand."""
    steps = [{"day": began, "activity": "already"}] if already else []
    steps += list(rows)
    if leaves is not None and leaves <= LAST:
        before = [step for step in steps if step["day"] <= leaves]
        after = [step for step in steps if step["day"] > leaves]
        steps = [*before, {"day": leaves, "activity": "eighteen"}, *after]
    events = []
    case = plan = need = care = False
    waiting = Counter()

    def tell(activity, row, *, by=False):
        events.append((activity, row["day"], row["worker"] if by else None))

    def stop(row):
        nonlocal plan, need
        if plan:
            tell("child protection plan ended", row)
        if need:
            tell("child in need plan ended", row)
        plan = need = False

    for row in steps:
        what = row["activity"]
        if row.get("agency") == "early help":
            if what == "family support":
                tell("early help began", row)
                events.append(("early help ended", local_day(row["end_us"]), None))
            continue
        if what in ANYWHERE:
            tell(ANYWHERE[what], row)
        if what in ("placement starts", "already", "placement changed", "returned home", "eighteen"):
            changes = what == "placement changed"
            if care and what not in ("placement starts", "already"):
                tell("episode of care ended", row)
                tell("placement ended", row)
            if (changes and care) or (not care and what in ("placement starts", "already")):
                tell("episode of care began", row)
                tell("placement began", row)
            if not care and what in ("placement starts", "already"):
                tell("legal status began", row)
                care = True
            if what in ("returned home", "eighteen"):
                care = False
        if what == "visit to looked-after child" and care:
            tell("visit to a looked-after child", row)
        if what == "referral" and not case:
            case, waiting = True, Counter()
            tell("referral received", row, by=True)
        elif not case:
            continue
        elif what in ("case closed", "eighteen"):
            stop(row)
            tell("case closed", row)
            case = False
        elif what in IN_A_CASE:
            tell(IN_A_CASE[what], row, by=what != "child in need visit")
            waiting[what] += 1
        elif what == "assessment completed" and waiting["case allocated"]:
            waiting["case allocated"] -= 1
            tell("assessment authorised", row)
        elif what == "section 47 enquiry ended" and waiting["section 47 enquiry"]:
            waiting["section 47 enquiry"] -= 1
            tell("section 47 enquiry ended", row)
        elif what == "child in need plan starts" and not need:
            need = True
            tell("child in need plan began", row, by=True)
        elif what == "child protection plan starts":
            if need:
                need = False
                tell("child in need plan ended", row)
            if not plan:
                plan = True
                tell("child protection plan began", row)
        elif what == "child protection plan ends" and plan:
            plan = False
            tell("child protection plan ended", row)
        elif what == "placement starts":
            stop(row)
        elif what in IN_A_PLAN and plan:
            tell(IN_A_PLAN[what], row)
    return events


# The one who authorises is told by the table as the one who assessed: here only whether and when counts.
WITHOUT_WORKER = {"assessment authorised", "section 47 enquiry ended"}


def events_of(extract):
    return Counter(
        (
            row["person"],
            row["activity"],
            day_of_us(row["at_us"]),
            None if row["activity"] in WITHOUT_WORKER else row["worker"],
        )
        for row in extract.events.to_pylist()
    )


def expected(world: Returned):
    made = Counter()
    for person in {*world.done, *world.looked_after}:
        some = told(
            world.done.get(person, []),
            already=person in world.looked_after,
            began=world.began,
            leaves=world.person[person]["left"],
        )
        made.update(
            (world.code(person), what, day, None if worker is None else KEYS.worker(worker))
            for what, day, worker in some
            if day <= LAST
        )
    return made


@pytest.mark.parametrize("shape", ["csv", "parquet"])
def test_the_tables_give_the_events_and_custody_of_the_world(small, tmp_path, shape):
    folder = small.folder / "returns" / "ssd"
    if shape == "parquet":
        folder = tmp_path / "ssd"
        write_return("ssd", small.knows, folder, occasion=OCCASION, shape="parquet")
    extract = read_back(folder, "ssd", as_of=LAST)

    wanted = expected(small)
    assert sum(wanted.values()) > 1000
    assert extract.rows_quarantined == 0
    assert events_of(extract) == wanted
    custody = Counter()
    for held in small.held:
        over = None if held["to_us"] is None else local_day(held["to_us"])
        known = over is not None and over <= LAST
        custody[
            small.code(held["person"]),
            held["role"],
            KEYS.worker(held["worker"]),
            local_day(held["from_us"]),
            over if known else None,
            REASONS[held["reason_end"]] if known else None,
        ] += 1
    assert sum(custody.values()) > 100
    assert custody == Counter(
        (
            row["person"],
            row["role"],
            row["worker"],
            day_of_us(row["from_us"]),
            day_of_us(row["to_us"]),
            row["reason_end"],
        )
        for row in extract.involvements.to_pylist()
    )
    said = {(row["severity"], row["code"]) for row in extract.findings.to_pylist()}
    assert said <= {("note", "before_birth"), ("note", "code_spelt_otherwise")}


def test_the_files_are_the_same_bytes_for_the_same_seed(small, tmp_path):
    write_return("ssd", small.knows, tmp_path / "csv", occasion=OCCASION, shape="csv")
    written = sorted((small.folder / "returns" / "ssd").iterdir())
    assert len(written) == 48
    assert all((tmp_path / "csv" / path.name).read_bytes() == path.read_bytes() for path in written)
    for name in ("one", "two"):
        write_return("ssd", small.knows, tmp_path / name, occasion=OCCASION, shape="parquet")
    for path in sorted((tmp_path / "one").iterdir()):
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes()
        assert pq.read_schema(path).metadata[b"origin"] == b"made-up"


CENSUS = {
    "source_code": r"[123][A-F]|5[A-D]|4|[6-9]|10",
    "need_code": r"N[0-9]",
    "close_reason": r"RC[1-9]",
    "category": "NEG|PHY|SAB|EMO|MUL",
    "nfa": "[YN]",
    "seen": "[YN]",
    "sex": "[MFU]",
}


@pytest.mark.shared
def test_the_tables_obey_columns_keys_and_types(small, shared):
    with (shared / "records" / "spec" / "ssd_columns.csv").open(encoding="utf-8", newline="") as file:
        spec = list(csv.DictReader(file))
    tables = {}
    for row in spec:
        tables.setdefault(row["table"], []).append(row)
    rows = {}
    for name, about in tables.items():
        path = small.folder / "returns" / "ssd" / f"{name}.csv"
        with path.open(encoding="utf-8", newline="") as file:
            lines = csv.DictReader(file)
            assert lines.fieldnames == [row["column"] for row in about], name
            rows[name] = list(lines)
        for row in about:
            cells = [line[row["column"]] for line in rows[name]]
            filled = [cell for cell in cells if cell]
            if "date" in row["type"].casefold() and not row["column"].endswith(("timestamp", "_at")):
                assert all(date.fromisoformat(cell).isoformat() == cell for cell in filled)
            for ending, pattern in CENSUS.items():
                if row["column"].endswith(ending):
                    assert all(re.fullmatch(pattern, cell) for cell in filled), row["column"]
            if row["primary_key"] == "Y":
                assert len(set(filled)) == len(cells) == len(filled), row["column"]
    assert set(tables) == {path.stem for path in (small.folder / "returns" / "ssd").iterdir()}
    for row in spec:
        # What a key names is there; keys of the specification that lead to no column of it are left out.
        other, _, column = row["foreign_key"].partition(".")
        if other in rows and any(one["column"] == column for one in tables[other]):
            there = {line[column] for line in rows[other]}
            assert {line[row["column"]] for line in rows[row["table"]]} - {""} <= there, row["column"]
    assert len(rows["ssd_person"]) > 100


STEPS = (
    *ANYWHERE, *IN_A_CASE, *IN_A_PLAN, "referral", "referral", "case closed", "assessment completed",
    "section 47 enquiry ended", "child in need plan starts", "child protection plan starts",
    "child protection plan ends", "placement starts", "placement changed", "returned home",
    "visit to looked-after child",
)  # fmt: skip


@given(
    steps=st.lists(st.tuples(st.integers(0, 400), st.sampled_from(STEPS)), max_size=60).map(
        lambda steps: sorted(steps, key=lambda step: step[0])
    )
)
@settings(max_examples=4)
def test_whatever_happens_in_whatever_order_comes_back(steps, tmp_path_factory):
    first = date(2021, 2, 24)
    rows = [{"day": first + timedelta(days=at), "activity": what, "worker": "A1", "agency": "x"} for at, what in steps]
    knows = Chronicle(
        persons=[Person(key="C1", born=16_000, sex="male")],
        happenings=[
            Happening(person=0, day=(row["day"] - date(1970, 1, 1)).days, activity=row["activity"], worker="A1")
            for row in rows
        ],
        holdings=[],
    )
    folder = tmp_path_factory.mktemp("any") / "ssd"
    write_return("ssd", knows, folder, occasion=OCCASION, shape="csv")
    extract = read_back(folder, "ssd", as_of=LAST)
    wanted = Counter(
        (KEYS.person("la-child-id", "C1"), what, day, None if worker is None else KEYS.worker(worker))
        for what, day, worker in told(rows, already=False, began=first, leaves=None)
    )
    assert extract.rows_quarantined == 0
    assert events_of(extract) == wanted
