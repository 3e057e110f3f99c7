"""The looked-after return that is written out of a made-up world: columns, codes and order, and what comes back."""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casetrail.records import told_once
from casetrail.records.writing import Chronicle, Happening, Occasion, Person, write_return

from .returned import KEYS, Returned, day_of_us, local_day, moved, read_back

YEARS = (2020, 2021, 2022)
FIRST, LAST = date(2019, 4, 1), date(2022, 3, 31)
ENDS = {"placement changed": "X1", "returned home": "E4A", "eighteen": "E8"}
# The words that an ending comes back in.
WORDS = {
    "X1": "episode goes on in another", "E4A": "returned home, as planned", "E8": "care ceased for any other reason",
    None: None,
}  # fmt: skip
# Our files, as the specification calls them.
FILES = {
    "header": "Header", "episodes": "Episodes", "reviews": "Reviews", "uasc": "UASC", "oc2": "OC2", "oc3": "OC3",
    "ad1": "AD1", "placed_adoption": "PlacedAdoption", "previous_permanence": "PrevPerm", "missing": "Missing",
    "sw_episodes": "SWEpisodes", "dolo": "DoLo",
}  # fmt: skip
TABLES = {"previous_permanence": "prev_perm", "sw_episodes": "social_worker"}


def episodes(rows, *, already, began, leaves):
    """The episodes of one child, by hand: first day, why new, last day, why over."""
    steps = [(began, "already")] if already else []
    steps += [(row["day"], row["activity"]) for row in rows if row["agency"] == "social care"]
    if leaves is not None and leaves <= LAST:
        before = [step for step in steps if step[0] <= leaves]
        steps = [*before, (leaves, "eighteen"), *(step for step in steps if step[0] > leaves)]
    made, now = [], None
    for day, what in steps:
        if what in ("placement starts", "already") and now is None:
            now = [day, "S", None, None]
            made.append(now)
        elif what in ENDS and now is not None:
            now[2:] = [day, ENDS[what]]
            now = [day, "P", None, None] if what == "placement changed" else None
            made += [now] if now else []
    return made


def of_world(world: Returned, *, since: date = FIRST):
    """Each child and its episodes that touch the days of the returns."""
    for person in {*world.done, *world.looked_after}:
        those = episodes(
            world.done.get(person, []),
            already=person in world.looked_after,
            began=world.began,
            leaves=world.person[person]["left"],
        )
        yield person, [one for one in those if one[2] is None or one[2] >= since]


def expected(world: Returned):
    events, custody = Counter(), Counter()
    for person, those in of_world(world):
        code = world.code(person)
        for begun, why, over, reason in those:
            events[code, "started to be looked after" if why == "S" else "episode of care changed", begun, None] += 1
            if over is not None and reason != "X1":
                events[code, "ceased to be looked after", over, WORDS[reason]] += 1
            custody[code, "holder", begun, over, WORDS[reason]] += 1
    return events, custody


def read_events(extracts):
    return Counter(
        (row["person"], row["activity"], day_of_us(row["at_us"]), row["closing_code"])
        for extract in extracts
        for row in extract.events.to_pylist()
    )


def read_custody(extracts):
    return Counter(
        (row["person"], row["role"], day_of_us(row["from_us"]), day_of_us(row["to_us"]), row["reason_end"])
        for extract in extracts
        for row in extract.involvements.to_pylist()
        if row["worker"] is None
    )


@pytest.mark.parametrize("shape", ["csv", "xml"])
def test_three_years_give_the_events_and_custody_of_the_world(small, tmp_path, shape):
    paths = [small.folder / "returns" / f"ssda903_{year}" for year in YEARS]
    if shape == "xml":
        paths = [tmp_path / f"{year}.xml" for year in YEARS]
        for year, path in zip(YEARS, paths, strict=True):
            write_return("ssda903", small.knows, path, occasion=Occasion(known_to=LAST, year=year), shape="xml")
    extracts = [read_back(path, "ssda903", as_of=LAST, year=year) for year, path in zip(YEARS, paths, strict=True)]

    assert sum(extract.rows_quarantined for extract in extracts) == 0
    assert not [row for extract in extracts for row in extract.findings.to_pylist()]
    wanted, held = expected(small)
    assert sum(wanted.values()) > 30
    series = told_once(extracts)
    assert read_events(series) == wanted
    assert read_custody(series) == held


def test_social_workers_spells_come_back_from_2024_on(small, tmp_path):
    days = (date(2024, 3, 31) - LAST).days
    path = tmp_path / "903"
    last = LAST + timedelta(days=days)
    write_return("ssda903", moved(small.knows, days), path, occasion=Occasion(known_to=last, year=2024), shape="csv")
    extract = read_back(path, "ssda903", as_of=last, year=2024)

    shift, since = timedelta(days=days), date(2021, 4, 1)
    spells = {}
    for person, those in of_world(small, since=since):
        if those:
            spells[person] = min(one[0] for one in those), max((one[2] or date.max) for one in those)
    wanted = Counter()
    for held in small.held:
        begun = local_day(held["from_us"])
        over = None if held["to_us"] is None else local_day(held["to_us"])
        over = None if over is None or over > LAST else over
        if held["person"] not in spells or (over is not None and over < since):
            continue
        first, until = care(small, held["person"], since)
        if begun <= until and (over is None or over >= first):
            reason = None if over is None else {"worker left": "left the role"}.get(held["reason_end"], "other")
            to = None if over is None else over + shift
            wanted[small.code(held["person"]), KEYS.worker(held["worker"]), begun + shift, to, reason] += 1
    assert sum(wanted.values()) > 8
    seen = Counter(
        (row["person"], row["worker"], day_of_us(row["from_us"]), day_of_us(row["to_us"]), row["reason_end"])
        for row in extract.involvements.to_pylist()
        if row["worker"] is not None
    )
    # Two spells of one worker that fill the same days are one row.
    assert seen == Counter(dict.fromkeys(wanted, 1))


def care(world, person, since):
    """First and last day of the care that touches the year; the made-up children here have one."""
    those = episodes(
        world.done.get(person, []),
        already=person in world.looked_after,
        began=world.began,
        leaves=world.person[person]["left"],
    )
    runs, now = [], None
    for begun, why, over, reason in those:
        if why == "S":
            now = [begun, None]
            runs.append(now)
        now[1] = over if reason != "X1" else None
    (one,) = [run for run in runs if run[1] is None or run[1] >= since]
    return one[0], one[1] or date.max


def test_the_files_are_the_same_bytes_for_the_same_seed(small, tmp_path):
    for year in YEARS:
        place = tmp_path / str(year)
        write_return("ssda903", small.knows, place, occasion=Occasion(known_to=LAST, year=year), shape="csv")
        written = sorted((small.folder / "returns" / f"ssda903_{year}").iterdir())
        assert [path.name for path in sorted(place.iterdir())] == [path.name for path in written]
        assert all((place / path.name).read_bytes() == path.read_bytes() for path in written)


def rules(shared, year):
    """For each file and column of the specification: type, codes, may be blank; with the changes up to a year."""
    with (shared / "records" / "spec" / "ssda903_columns_codes.csv").open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))
    made = {}
    for line in lines:
        if line["file"] != "(change)":
            codes = set(filter(None, line["codes_or_change"].split(";")))
            made[line["file"], line["column"]] = [line["type"], codes, line["can_be_blank"] == "True"]
        elif int(line["from_year"]) <= year:
            # One of the texts lacks its last brace.
            text = line["codes_or_change"]
            change = json.loads(text + "}" * (text.count("{") - text.count("}")))
            _, table, *rest = line["column"].split(".")
            if rest:
                made[table, rest[0]][1] = {code["code"] for code in change["value"]}
            else:
                for column, about in change["value"].items():
                    kind = next((kind for kind in ("date", "string", "category") if kind in about), "string")
                    codes = {code["code"] for code in about.get("category", [])}
                    made[table, column] = [kind, codes, bool(about.get("canbeblank", False))]
    return made


@pytest.mark.shared
@pytest.mark.parametrize("year", range(2017, 2027))
def test_every_year_obeys_columns_order_and_codes(small, shared, tmp_path, year):
    later = moved(small.knows, (date(year, 3, 31) - LAST).days)
    folder = tmp_path / "903"
    write_return("ssda903", later, folder, occasion=Occasion(known_to=date(year, 3, 31), year=year), shape="csv")

    named = json.loads((shared / "records" / "spec" / "ssda903_files.json").read_text(encoding="utf-8"))
    known = rules(shared, year)
    files = {path.stem for path in folder.iterdir()}
    assert files == {name for name in FILES if year >= 2024 or name not in ("sw_episodes", "dolo")}
    for name in files:
        with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            head, *lines = list(csv.reader(file))
        assert head == named[FILES[name]]
        for line in lines:
            for column, cell in zip(head, line, strict=True):
                kind, codes, blank = known[TABLES.get(name, name), column]
                check_cell(cell, kind, codes, blank or column in ("SW_DEC", "SW_REASON"))
    with (folder / "episodes.csv").open(encoding="utf-8", newline="") as file:
        assert len(list(csv.DictReader(file))) > 10


def check_cell(cell, kind, codes, blank):
    if not cell:
        assert blank
    elif kind == "date":
        assert datetime.strptime(cell, "%d/%m/%Y").strftime("%d/%m/%Y") == cell  # noqa: DTZ007
    elif codes:
        assert cell in codes
    else:
        assert re.fullmatch(r"[A-Za-z0-9-]+", cell)


STEP = st.tuples(
    st.integers(0, 700), st.sampled_from(["placement starts", "placement changed", "returned home", "referral"])
)


@given(steps=st.lists(STEP, max_size=20).map(lambda steps: sorted(steps, key=lambda step: step[0])))
@settings(max_examples=25)
def test_whatever_happens_in_whatever_order_comes_back(steps, tmp_path_factory):
    day = date(2020, 6, 1)
    rows = [{"agency": "social care", "activity": what, "day": day + timedelta(days=at)} for at, what in steps]
    knows = Chronicle(
        persons=[Person(key="C1", born=16_000, sex="male")],
        happenings=[
            Happening(person=0, day=(row["day"] - date(1970, 1, 1)).days, activity=row["activity"]) for row in rows
        ],
        holdings=[],
    )
    folder = tmp_path_factory.mktemp("any") / "903"
    write_return("ssda903", knows, folder, occasion=Occasion(known_to=LAST, year=2022), shape="csv")
    rows = [row for row in rows if row["day"] <= LAST]
    runs, now = [], None
    for one in episodes(rows, already=False, began=day, leaves=None):
        now = [] if one[1] == "S" else now
        runs += [now] if one[1] == "S" else []
        now.append(one)
    since = date(2021, 4, 1)
    wanted = {
        (begun, over, WORDS[reason])
        for run in runs
        for begun, _, over, reason in run
        if (over is None or over >= since) and (run[-1][2] is None or run[-1][2] >= since)
    }
    if not wanted:
        return
    extract = read_back(folder, "ssda903", as_of=LAST, year=2022)
    assert extract.rows_quarantined == 0
    assert {
        (day_of_us(row["from_us"]), day_of_us(row["to_us"]), row["reason_end"])
        for row in extract.involvements.to_pylist()
    } == wanted
