"""What must hold of every log, whatever is in it."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import pairwise

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from casetrail.schema.trails import LEVELS
from casetrail.trail.plain_log import PlainOptions

from .built import Built, Row, built, difference
from .logs import DAY, START, UNHURRIED, Log, events, involvements, logs, numbered, options

BY_PERSON = (
    "duration",
    "per_case",
    "blench",
    "time_by_state",
    "directly_follows",
    "sent_wait",
    "tie",
    "variant",
)
BY_PERSON_AT_LEVEL = ("held_time", "hand_off", "hand_off_pair", "wait_between", "held_by_how_many")
# These build two trails for each example.
TWICE = settings(UNHURRIED, max_examples=10)
# Numbers of rows in the input, which shuffling changes by design.
FILE_ORDER = "row"


@UNHURRIED
@given(log=logs(), chosen=options())
def test_held_and_joint_and_limbo_are_elapsed_exactly_for_every_person(log: Log, chosen: PlainOptions) -> None:
    with built(log, chosen) as sql:
        lasts = {row["person"]: _us(row, "to_us") - _us(row, "from_us") for row in sql.table("elapsed")}
        for level in LEVELS:
            summed: Counter[object] = Counter()
            for spell in sql.table("spell"):
                if spell["level"] == level:
                    assert _us(spell, "to_us") >= _us(spell, "from_us")
                    summed[spell["person"]] += _us(spell, "to_us") - _us(spell, "from_us")
            # A trail of no length has no spell when its holders are recorded, and no day to account for.
            assert lasts == {person: summed[person] for person in lasts}
            assert summed.keys() <= lasts.keys()
            (found,) = sql.rows("identity", level=level)
            assert not found["persons_unequal"]


@UNHURRIED
@given(log=logs(), chosen=options())
def test_spells_follow_each_other_without_gap_and_each_changes_something(log: Log, chosen: PlainOptions) -> None:
    with built(log, chosen) as sql:
        spells = sorted(sql.table("spell"), key=lambda r: (str(r["level"]), str(r["person"]), int(str(r["nth"]))))
    for one, other in pairwise(spells):
        if (one["level"], one["person"]) == (other["level"], other["person"]):
            assert one["to_us"] == other["from_us"]
            same = all(one[column] == other[column] for column in ("kind", "reason", "holder"))
            assert not same or one["kind"] == "joint"  # two joint spells may have different holders


@UNHURRIED
@given(log=logs(), chosen=options())
def test_time_by_state_adds_up_to_elapsed_where_trails_are_read_from_events(log: Log, chosen: PlainOptions) -> None:
    with built(replace(log, involvements=()), chosen) as sql:
        states = sum(_us(row, "total_us") for row in sql.rows("time_by_state", by="all"))
        assert states == sum(_us(row, "total_us") for row in sql.rows("duration", by="all"))
        for level in LEVELS:
            (found,) = sql.rows("identity", level=level)
            assert found["states_us"] == found["elapsed_us"]


@TWICE
@given(
    log=logs(most=14),
    chosen=options(),
    stranger=st.lists(events(st.just("p0")), min_size=1, max_size=6),
    roles=st.lists(involvements(st.just("p0")), max_size=2),
)
def test_an_unrelated_person_changes_nobody_elses_measures(
    log: Log, chosen: PlainOptions, stranger: list, roles: list
) -> None:
    # The stranger's rows come between the others', and the pseudonym sorts before theirs.
    mixed = numbered([*log.events[:3], *stranger, *log.events[3:]])
    fuller = replace(log, events=mixed, involvements=(*roles, *log.involvements))
    with built(log, chosen) as sql:
        alone = _by_person(sql)
    with built(fuller, chosen) as sql:
        together = _by_person(sql)
    for name, rows in alone.items():
        others = [row for row in together[name] if row["scope"] != "p0"]
        assert not difference(rows, others), f"{name}: {difference(rows, others)}"


def _by_person(sql: Built) -> dict[str, list[Row]]:
    found = {name: sql.rows(name, by="person") for name in BY_PERSON}
    found["repeat"] = sql.rows("repeat", by="person", window_us=30 * DAY)
    for name in BY_PERSON_AT_LEVEL:
        for level in LEVELS:
            found[f"{name} by {level}"] = sql.rows(name, by="person", level=level)
    return found


@TWICE
@given(log=logs(), chosen=options(), order=st.randoms(use_true_random=False))
def test_the_order_of_rows_matters_only_among_declared_ties(
    log: Log, chosen: PlainOptions, order: st.DataObject
) -> None:
    # Without two events of one person at one time and rank, nothing rests on the order of the files.
    places = Counter((event.person, event.at_us, event.rank) for event in log.events)
    clear = [event for event in log.events if places[event.person, event.at_us, event.rank] == 1]
    assume(len(clear) > 1)
    mixed, roles = list(clear), list(log.involvements)
    order.shuffle(mixed)
    order.shuffle(roles)
    assert _tables(replace(log, events=numbered(clear)), chosen) == _tables(
        Log(numbered(mixed), tuple(roles), log.facts), chosen
    )


@TWICE
@given(log=logs(), chosen=options())
def test_rows_of_different_persons_may_change_places_even_with_ties(log: Log, chosen: PlainOptions) -> None:
    by_person = sorted(log.events, key=lambda event: event.person)
    assert _tables(log, chosen) == _tables(replace(log, events=numbered(by_person)), chosen)


def _tables(log: Log, chosen: PlainOptions) -> dict[str, list[str]]:
    with built(log, chosen) as sql:
        return {
            name: sorted(str({k: v for k, v in row.items() if k != FILE_ORDER}) for row in sql.table(name))
            for name in ("step", "send", "elapsed", "spell", "tenure")
        }


@TWICE
@given(log=logs(), later=st.lists(events(), min_size=1, max_size=6), roles=st.lists(involvements(), max_size=3))
def test_what_was_learnt_after_the_day_is_not_in_the_trail_known_on_that_day(
    log: Log, later: list, roles: list
) -> None:
    day = START + 30 * DAY
    chosen = PlainOptions(as_of_us=START + 70 * DAY, known_on_us=day, open_ends="as_of")
    unknown = [replace(event, recorded_us=max(event.at_us, day) + 1) for event in later]
    new_roles = [replace(role, recorded_us=max(role.from_us, day) + 1) for role in roles]
    hindsight = replace(log, events=(*log.events, *_after(unknown, log)), involvements=(*log.involvements, *new_roles))
    assert _tables(log, chosen) == _tables(hindsight, chosen)


def _after(new: list, log: Log) -> list:
    return [replace(event, row_no=len(log.events) + i) for i, event in enumerate(new)]


@TWICE
@given(log=logs())
def test_how_it_ended_after_the_day_is_not_in_the_trail_known_on_that_day(log: Log) -> None:
    day = START + 30 * DAY
    chosen = PlainOptions(as_of_us=START + 70 * DAY, known_on_us=day)
    open_ended = tuple(
        replace(event, end_us=None if event.end_us is not None and event.end_us > day else event.end_us)
        for event in log.events
    )
    roles = tuple(
        replace(role, to_us=None if role.to_us is not None and role.to_us > day else role.to_us)
        for role in log.involvements
    )
    assert _tables(log, chosen) == _tables(Log(open_ended, roles, log.facts), chosen)


def _us(row: Row, column: str) -> int:
    return int(str(row[column]))
