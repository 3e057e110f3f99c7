"""Extracts of police, health and school written out of a made-up world, and what comes back, to the second."""

from __future__ import annotations

import csv
import os
from collections import Counter
from datetime import date

import numpy as np
import pytest

from casetrail.errors import WorldError
from casetrail.inquiry.world_files import LOCAL, SHAPES, returns_asked
from casetrail.inquiry.world_returns import chronicle
from casetrail.records.writing import Occasion, write_return
from casetrail.world import World, before, happened, simulated
from casetrail.world.holdings import read_faults, who_they_are

from .returned import KEYS, read_back

LAST = date(2022, 3, 31)
SECOND = 1_000_000


@pytest.fixture(scope="module")
def known():
    """What happened in a small world, by agency, and how each agency knows it."""
    children = int(os.environ.get("CASETRAIL_RETURNS_CHILDREN", "600"))
    made = simulated(World(children=children, years=3, seed=12))
    what, earlier = happened(made), before(made)
    who = who_they_are(what, faults=read_faults(), rng=np.random.default_rng([12, 3]))
    number = dict(zip(who["person"].to_pylist(), who["common_number"].to_pylist(), strict=True))
    rows = [row for table in (earlier.event, what.event) for row in table.to_pylist()]
    return rows, number, {agency: chronicle(what, earlier, who, agency=agency) for agency in set(LOCAL.values())}


def told(rows, name):
    """Person, activity and instant as an extract would tell them, by hand."""
    mine = [row for row in rows if row["agency"] == LOCAL[name]]
    first = {
        "police-incidents": "call received",
        "health-attendances": "attended emergency department",
        "school-concerns": "concern logged",
        "police-notices": "notification sent",
    }[name]
    begun = {}
    for row in sorted(mine, key=lambda row: row["at_us"]):
        what, at = row["activity"], row["at_us"] // SECOND * SECOND
        thread = (row["person"], row["episode"])
        if what == first:
            begun.setdefault(thread, []).append(row)
            yield row["person"], what, at
            if name == "police-notices":
                yield row["person"], "protection notice created", at
            if name == "health-attendances":
                yield row["person"], "left emergency department", row["end_us"] // SECOND * SECOND
        elif what == "attendance recorded" and name == "school-concerns":
            yield row["person"], what, at
        elif name == "police-incidents" and what in ("officers attended", "call closed without attendance"):
            waiting = [one for one in begun.get(thread, ()) if what not in one.setdefault("told", [])]
            if waiting:
                waiting[0]["told"].append(what)
                attended = "officers attended" in waiting[0]["told"] and what != "officers attended"
                yield row["person"], "call closed" if attended else what, at
        elif what == "referral sent" and name in ("health-attendances", "school-concerns"):
            waiting = [one for one in begun.get(thread, ()) if not one.setdefault("told", [])]
            if waiting:
                waiting[0]["told"].append(what)
                yield row["person"], what, at


@pytest.mark.parametrize("name", sorted(LOCAL))
def test_an_extract_gives_the_events_of_the_world(known, tmp_path, name):
    rows, number, knows = known
    for shape in ("csv", "parquet"):
        write_return(name, knows[LOCAL[name]], tmp_path / shape, occasion=Occasion(known_to=LAST), shape=shape)
    extract = read_back(tmp_path / "csv", name, as_of=LAST)

    wanted = Counter((KEYS.person("la-child-id", number[person]), what, at) for person, what, at in told(rows, name))
    assert sum(wanted.values()) > 100
    assert extract.rows_quarantined == 0
    assert Counter((row["person"], row["activity"], row["at_us"]) for row in extract.events.to_pylist()) == wanted
    # Calls about the unborn come before a birth; the world grades no call.
    assert {row["code"] for row in extract.findings.to_pylist()} <= {"before_birth", "blank_expected"}


@pytest.mark.parametrize("name", sorted(LOCAL))
def test_the_same_bytes_and_nothing_that_excel_runs(known, tmp_path, name):
    _, _, knows = known
    for folder in ("one", "two"):
        write_return(name, knows[LOCAL[name]], tmp_path / folder, occasion=Occasion(known_to=LAST), shape="csv")
    for path in sorted((tmp_path / "one").iterdir()):
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes()
        with path.open(encoding="utf-8", newline="") as file:
            assert not [cell for row in csv.reader(file) for cell in row if cell[:1] in ("=", "+", "-", "@")]


def test_names_are_asked_for_by_name_or_together():
    assert returns_asked("all").names == tuple(SHAPES)
    assert returns_asked("local, ssd").names == (*LOCAL, "ssd")
    for typed in ("", "census", "ssd,court"):
        with pytest.raises(WorldError) as refused:
            returns_asked(typed)
        assert refused.value.code == "unknown_return"
