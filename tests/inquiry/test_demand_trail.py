"""Lists of an inquiry's own trail: against a count of the agencies' files, and refused where data do not reach."""

from __future__ import annotations

import csv
import datetime as dt
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from acceptance.small import inquiry, source
from casetrail.demand.from_trail.wanted import Counting, ListOf, Wanted
from casetrail.demand.lists import Lists
from casetrail.errors import InquiryError, UnknownNameError
from casetrail.figures import Origin, Refusal
from casetrail.inquiry.demand_notes import notes
from casetrail.inquiry.demand_trail import TrailLists, asked_again, asked_with, trail_lists
from casetrail.inquiry.demanding import _without_empty_merged
from casetrail.inquiry.following import followed
from casetrail.inquiry.model import DemandAsked, Inquiry
from casetrail.inquiry.parse import parse
from casetrail.inquiry.worldmaking import make_world
from casetrail.trail import Trail
from casetrail.world import World

TODAY = dt.date(2026, 11, 1)
# What each agency records of a harm itself; social care is left out, for it is told by the others.
HARM = {
    "police": ("call received", "missing report", "police protection"),
    "health": ("attended emergency department", "pre-birth concern"),
    "school": ("concern logged",),
}
LISTS = Wanted(lists={name: ListOf(agencies=(name,), activities=of) for name, of in HARM.items()})
DAYS = (dt.date(2019, 6, 15), dt.date(2020, 12, 31))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("world") / "boring"
    make_world(World(scenario="boring", children=1_500, years=2.0, seed=7), place)
    return place


@pytest.fixture(scope="module")
def world(made: Path) -> Iterator[tuple[Trail, Inquiry]]:
    asked = parse(made / "inquiry.toml", today=TODAY)
    with followed(asked) as (trail, _):
        yield trail, asked


def _lists(found: TrailLists | Refusal) -> TrailLists:
    assert isinstance(found, TrailLists), found
    return found


def _by_hand(place: Path, *, until: dt.date = DAYS[1], known_on: dt.date | None = None) -> Counter[int]:
    """Patterns counted from the agencies' own files, row by row; all their times are local, with an offset."""
    on: dict[str, int] = {}
    for j, (agency, activities) in enumerate(HARM.items()):
        with (place / f"{agency}_events.csv").open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                learnt = dt.datetime.fromisoformat(row["recorded_at"] or row["at"]).date()
                day = dt.datetime.fromisoformat(row["at"]).date()
                if row["activity"] in activities and DAYS[0] <= day <= until and not (known_on and learnt > known_on):
                    on[row["common_number"]] = on.get(row["common_number"], 0) | 1 << j
    return Counter(on.values())


def test_lists_are_those_of_the_agencies_files(made: Path, world: tuple[Trail, Inquiry]) -> None:
    trail, asked = world
    found = _lists(trail_lists(trail, asked, DemandAsked(wanted=LISTS, since=DAYS[0], until=DAYS[1])))
    by_hand = _by_hand(made)
    assert found.counted.lists.names == ("police", "health", "school")
    assert found.counted.lists.counts.tolist() == [by_hand[p] for p in range(8)]
    assert found.counted.lists.n > 150
    assert {one.source for one in found.covered} == {"police", "health", "school"}
    assert {ref.name for ref in found.sources} == {"police", "health", "school"}
    assert found.origin is Origin.MADE_UP
    assert sum(found.repeats("police", "day").values()) == found.counted.lists.on(0)


def test_as_known_on_the_last_day(made: Path) -> None:
    # The first day by whose end some agency has not yet recorded the first thing it knows of a person.
    days = (dt.date(2019, 7, 1) + dt.timedelta(days=i) for i in range(400))
    day = next(d for d in days if _by_hand(made, until=d, known_on=d) != _by_hand(made, until=d))
    asked = parse(made / "inquiry.toml", today=TODAY)
    with followed(asked, known_on=day) as (trail, _):
        found = _lists(trail_lists(trail, asked, DemandAsked(wanted=LISTS, since=DAYS[0]), known_on=day))
        later = DemandAsked(wanted=LISTS, until=day + dt.timedelta(days=1))
        beyond = trail_lists(trail, asked, later, known_on=day)
    by_hand = _by_hand(made, until=day, known_on=day)
    assert found.until == day
    assert found.counted.lists.counts.tolist() == [by_hand[p] for p in range(8)]
    assert isinstance(beyond, Refusal)
    assert beyond.reason == "not_covered"


def test_without_a_choice_all_agencies_over_all_days(world: tuple[Trail, Inquiry]) -> None:
    trail, asked = world
    # A choice of its own stands in the file of a made-up authority; this is none.
    found = _lists(trail_lists(trail, asked, DemandAsked()))
    assert (found.since, found.until) == (dt.date(2019, 4, 1), dt.date(2021, 3, 30))
    assert found.counted.lists.k == 6
    assert len(found.counted.chosen.merged) == 3
    # Referrals: social care came to know of many because they were sent to it.
    told = {(p.first, p.second): p.passed for p in found.counted.passed}
    assert told["police", "social care"] > 20
    assert told["social care", "early help"] > 20
    assert told["police", "school"] == 0
    said = " ".join(notes(found))
    for words in ("2019-04-01 to 2021-03-30", "merged into one list", "by being sent the case", "in both halves"):
        assert words in said


def test_the_request_asks_the_same_again(world: tuple[Trail, Inquiry]) -> None:
    trail, asked = world
    counting = Counting(words=("concern", "call"), severity_from=1.5)
    wanted = Wanted(lists=LISTS.lists, counting=counting, many="leave-out", passed_within_days=90)
    found = _lists(trail_lists(trail, asked, DemandAsked(wanted=wanted, since=DAYS[0], until=DAYS[1])))
    again, known_on = asked_again(found.request)
    assert known_on is None
    assert again == DemandAsked(wanted=wanted, since=DAYS[0], until=DAYS[1])
    same = _lists(trail_lists(trail, asked, again))
    assert same.counted.lists.counts.tolist() == found.counted.lists.counts.tolist()
    with pytest.raises((KeyError, ValueError)):
        asked_again({"lists": []})


@pytest.mark.parametrize(
    "wrong",
    [
        Wanted(lists={"a": ListOf(agencies=("police",)), "b": ListOf(agencies=("helth",))}),
        Wanted(lists={"a": ListOf(sources=("police",)), "b": ListOf(sources=("nothing",))}),
        Wanted(lists={"a": ListOf(agencies=("police",), activities=("cal",)), "b": ListOf(agencies=("health",))}),
        Wanted(counting=Counting(activities=("cal received",))),
    ],
)
def test_a_misspelt_name_is_no_empty_list(world: tuple[Trail, Inquiry], wrong: Wanted) -> None:
    with pytest.raises(UnknownNameError, match="No record has"):
        trail_lists(*world, DemandAsked(wanted=wrong))


ROWS = "ref,child,what,when,until,team\n{}1,C-1,call,2007-01-08,,duty\n{}2,C-2,call,2007-03-08,,duty\n"


def _two(folder: Path, first: str, second: str) -> TrailLists | Refusal:
    """Lists of the agencies a and b, whose sources have these settings."""
    sources = []
    for name, settings in (("a", first), ("b", second)):
        (folder / f"{name}.csv").write_text(ROWS.format(name, name), encoding="utf-8")
        sources.append(source(name, f"{name}.csv", settings=settings).replace('"social care"', f'"{name}"'))
    asked = parse(inquiry(folder, *sources), today=TODAY)
    both = Wanted(lists={name: ListOf(agencies=(name,)) for name in ("a", "b")})
    with followed(asked) as (trail, _):
        return trail_lists(trail, asked, DemandAsked(wanted=both))


YEAR = "covers_from = 2007-01-01\ncovers_to = 2007-12-31"


def test_the_days_that_both_cover(tmp_path: Path) -> None:
    found = _lists(_two(tmp_path, YEAR, "covers_from = 2007-02-01\ncovers_to = 2008-12-31"))
    # C-1's calls are of January, which b does not cover.
    assert (found.since, found.until) == (dt.date(2007, 2, 1), dt.date(2007, 12, 31))
    assert found.counted.lists.counts.tolist() == [0, 0, 0, 1]


@pytest.mark.parametrize(
    ("second", "code", "words"),
    [
        ("", "coverage_unknown", "of: b."),
        ("covers_from = 2007-01-01", "coverage_unknown", "of: b."),
        ("covers_from = 2008-01-01\ncovers_to = 2008-12-31", "not_covered", "not nobody"),
        (f'{YEAR}\nperson_scheme = "hospital number"', "not_linked", "case, hospital number"),
    ],
)
def test_what_was_not_looked_at_is_not_nobody(tmp_path: Path, second: str, code: str, words: str) -> None:
    refused = _two(tmp_path, YEAR, second)
    assert isinstance(refused, Refusal)
    assert refused.reason == code
    assert words in refused.message
    assert refused.would_help


def test_days_beyond_what_is_covered(world: tuple[Trail, Inquiry]) -> None:
    trail, asked = world
    refused = trail_lists(trail, asked, DemandAsked(wanted=LISTS, since=dt.date(2018, 1, 1)))
    assert isinstance(refused, Refusal)
    assert refused.reason == "not_covered"
    assert "2019-04-01 to 2021-03-30" in refused.would_help[0]
    with pytest.raises(InquiryError, match="after the last"):
        trail_lists(trail, asked, DemandAsked(wanted=LISTS, since=dt.date(2021, 1, 2), until=dt.date(2021, 1, 1)))


def test_a_command_line_takes_the_place_of_the_table() -> None:
    asked = DemandAsked(wanted=Wanted(many="leave-out"), since=dt.date(2020, 1, 1))
    made = asked_with(
        asked, since=None, until=dt.date(2020, 6, 30), lists=["health=hospital, nurses", "police = police"]
    )
    assert (made.since, made.until, made.wanted.many) == (dt.date(2020, 1, 1), dt.date(2020, 6, 30), "leave-out")
    assert made.wanted.lists == {
        "health": ListOf(agencies=("hospital", "nurses")),
        "police": ListOf(agencies=("police",)),
    }
    assert asked_with(asked, since=None, until=None, lists=[]) == asked
    for wrong in (["police"], ["=police"], ["police="], ["a=b", "a=c"]):
        with pytest.raises(InquiryError, match="a name of its own"):
            asked_with(asked, since=None, until=None, lists=wrong)


def test_notes_of_a_pack_that_withholds_say_no_count_of_persons(world: tuple[Trail, Inquiry]) -> None:
    """An overlap, or those seen in a half, would give a withheld pattern away."""
    trail, asked = world
    found = _lists(trail_lists(trail, asked, DemandAsked(wanted=LISTS, since=DAYS[0], until=DAYS[1])))
    assert f"{found.counted.both_halves[0].both:,} in both" in " ".join(notes(found))
    quiet = " ".join(notes(found, counted=False))
    assert "What counts" in quiet
    assert "persons on both" not in quiet
    assert "in both halves" not in quiet


def test_a_merged_list_without_anybody_of_its_own_is_left_out(world: tuple[Trail, Inquiry]) -> None:
    """School as the merged list: whoever is on it was told of by another, so that its own has nobody."""
    trail, asked = world
    found = _lists(trail_lists(trail, asked, DemandAsked(wanted=LISTS, since=DAYS[0], until=DAYS[1])))
    chosen = replace(found.counted.chosen, merged=(("school", 12),))
    merged = replace(found, counted=replace(found.counted, chosen=chosen))
    own = Lists(("police", "health", "school"), np.array([0, 50, 40, 9, 0, 0, 0, 0]))
    left, note = _without_empty_merged(own, merged)
    assert left.names == ("police", "health")
    assert left.counts.tolist() == [0, 50, 40, 9]
    assert "school" in note
    # Nothing was merged: an empty list stays, and is refused as one.
    assert _without_empty_merged(own, found) == (own, "")
