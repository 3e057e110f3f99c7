"""Every relation of the trail against its plain twin, on random logs, in every scope its header names."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import get_args

import pytest
from hypothesis import given

from casetrail.schema.trails import LEVELS, By
from casetrail.trail import plain_cases as cases
from casetrail.trail import plain_hand_offs as hand_offs
from casetrail.trail import plain_measures as measures
from casetrail.trail import plain_waits as waits
from casetrail.trail.plain_log import PlainOptions
from casetrail.trail.plain_trail import PlainTrail, plain_trail

from .built import NEVER_ENDED, Built, Row, built, difference
from .logs import DAY, UNHURRIED, Log, logs, options

OF_STEPS: tuple[By, ...] = ("all", "agency", "team", "period", "person")
OF_CASES: tuple[By, ...] = (*OF_STEPS, "type")
OF_HAND_OFFS: tuple[By, ...] = ("all", "agency", "period", "person")
OF_SPELLS: tuple[By, ...] = ("all", "period", "person")
WINDOWS = (0, DAY, 30 * DAY)
MARKS = {"new_agency", "new_team", "after_closing", "may_turn"}
NAMES = {"start": "begin", "finish": "end", "limit": "due"}

By_only = Callable[[PlainTrail, By], list[Row]]
BY: tuple[tuple[str, By_only, tuple[By, ...]], ...] = (
    ("per_case", cases.per_case, OF_CASES),
    ("duration", cases.duration, OF_CASES),
    ("blench", cases.blench, OF_CASES),
    ("time_by_state", measures.time_by_state, OF_STEPS),
    ("directly_follows", measures.directly_follows, OF_STEPS),
    ("directly_follows_persons", measures.directly_follows_persons, OF_STEPS),
    ("tie", measures.tie, OF_STEPS),
    ("sent_wait", measures.sent_wait, OF_HAND_OFFS),
)
LEVEL_AND_BY = (
    ("held_time", measures.held_time, OF_SPELLS),
    ("wait_between", measures.wait_between, OF_STEPS),
    ("hand_off", hand_offs.hand_off, OF_HAND_OFFS),
    ("hand_off_pair", hand_offs.hand_off_pair, OF_SPELLS),
    ("held_by_how_many", hand_offs.held_by_how_many, OF_CASES),
)

# Every grouping there is, each in a run of its own.
GROUPINGS: tuple[By, ...] = get_args(By)
Comparison = tuple[str, list[Row], list[Row]]


@pytest.mark.parametrize("by", GROUPINGS)
@UNHURRIED
@given(log=logs(), chosen=options())
def test_every_measure_equals_its_plain_twin(by: By, log: Log, chosen: PlainOptions) -> None:
    plain = plain_trail(log.events, log.involvements, log.facts, chosen)
    with built(log, chosen) as sql:
        for relations in (_scoped, _scoped_with_names, _by_level):
            for name, expected, actual in relations(plain, sql, by):
                assert not difference(expected, actual), f"{name}: {difference(expected, actual)}"


@UNHURRIED
@given(log=logs(), chosen=options())
def test_every_table_of_the_trail_equals_its_plain_twin(log: Log, chosen: PlainOptions) -> None:
    plain = plain_trail(log.events, log.involvements, log.facts, chosen)
    with built(log, chosen) as sql:
        for relations in (_tables, _whole):
            for name, expected, actual in relations(plain, sql):
                assert not difference(expected, actual), f"{name}: {difference(expected, actual)}"
        for level in LEVELS:
            assert not difference(measures.identity(plain, level), sql.rows("identity", level=level))
        expected = waits.known(log.events, known_on_us=chosen.end_us)
        assert not difference(expected, sql.rows("known", known_on_us=chosen.end_us))


def _tables(plain: PlainTrail, sql: Built) -> Iterator[Comparison]:
    # Marks that only help the spells to be found faster are checked through the spells.
    walked = [{k: v for k, v in row.items() if k not in MARKS} for row in sql.table("step")]
    yield "step", _steps(plain), walked
    yield "send", _sends(plain), sql.table("send")
    yield "elapsed", _elapsed(plain), sql.table("elapsed")
    yield "spell", _spells(plain), sql.table("spell")
    yield "tenure", _turns(plain), sql.table("tenure")


def _whole(plain: PlainTrail, sql: Built) -> Iterator[Comparison]:
    months = [(int(str(r["month"])), int(str(r["from_us"])), int(str(r["to_us"]))) for r in sql.table("month")]
    pair = {"start": "begin", "finish": "end"}
    yield "overview", cases.overview(plain), sql.rows("overview")
    yield "open_cases", cases.open_cases(plain, months), sql.rows("open_cases")
    for day in (None, _a_day(plain)):
        expected = cases.span_days(plain, **pair, until_us=day)
        yield "span_days", expected, sql.rows("span_days", **pair, until_us=day)


def _a_day(plain: PlainTrail) -> int:
    """A day in the middle of the dated facts, to stand for --known-on."""
    times = sorted(fact.at_us for fact in plain.facts)
    return times[len(times) // 2] if times else 0


def _scoped(plain: PlainTrail, sql: Built, by: By) -> Iterator[Comparison]:
    for name, twin, scopes in BY:
        if by in scopes:
            yield f"{name} by {by}", twin(plain, by), sql.rows(name, by=by)
    found = [_without(row, "variant") for row in sql.rows("variant", by=by)]
    yield f"variant by {by}", cases.variant(plain, by), found


def _scoped_with_names(plain: PlainTrail, sql: Built, by: By) -> Iterator[Comparison]:
    for day in (None, _a_day(plain)):
        expected = cases.span(plain, by, **NAMES, until_us=day)
        yield f"span by {by}", expected, sql.rows("span", by=by, **NAMES, until_us=day)
    call, visit = sql.word_no("call"), sql.word_no("visit")
    expected = waits.wait_for(plain, by, start="call", finish="visit")
    yield f"wait_for by {by}", expected, sql.rows("wait_for", by=by, start_no=call, finish_no=visit)
    expected = waits.asked(plain, by, role="neighbour", asking="visit")
    yield f"asked by {by}", expected, sql.rows("asked", by=by, role="neighbour", asking_no=visit)
    for window_us in WINDOWS if by in OF_STEPS else ():
        expected = measures.repeat(plain, by, window_us=window_us)
        yield f"repeat by {by}", expected, sql.rows("repeat", by=by, window_us=window_us)


def _by_level(plain: PlainTrail, sql: Built, by: By) -> Iterator[Comparison]:
    for level in LEVELS:
        for name, twin, scopes in LEVEL_AND_BY:
            if by in scopes:
                found = sql.rows(name, level=level, by=by)
                yield f"{name} at {level} by {by}", twin(plain, level, by), found


def _without(row: Row, column: str) -> Row:
    return {key: value for key, value in row.items() if key != column}


def _steps(plain: PlainTrail) -> list[Row]:
    return [
        {
            "person": step.person,
            "seq": step.seq,
            "row": step.event.row_no,
            "at_us": step.event.at_us,
            "until_us": step.until_us,
            "prev_us": step.before.at_us if step.before else None,
            "end_us": step.end_us,
            "month": step.event.month,
            "to_the_day": step.event.to_the_day,
            "tied": step.tied,
            "activity": step.event.activity,
            "next_activity": step.after.activity if step.after else None,
            "state": step.state,
            "case_type": step.event.case_type,
            "agency": step.event.agency,
            "next_agency": step.after.agency if step.after else None,
            "team": step.event.team,
            "next_team": step.after.team if step.after else None,
            "passed_to": step.event.passed_to,
            "incident": step.event.incident,
            "worker": step.event.worker,
            "closing": step.event.closing,
        }
        for step in plain.steps
    ]


def _sends(plain: PlainTrail) -> list[Row]:
    return [
        {
            "person": send.step.person,
            "seq": send.step.seq,
            "from": send.step.event.agency,
            "to": send.to,
            "month": send.step.event.month,
            "sent_us": send.step.event.at_us,
            "ended_seq": NEVER_ENDED if send.ended_seq is None else send.ended_seq,
            "ended_us": send.ended_us,
            "status": send.status,
        }
        for send in plain.sends
    ]


def _elapsed(plain: PlainTrail) -> list[Row]:
    return [
        {
            "person": case.person,
            "from_us": case.from_us,
            "to_us": case.to_us,
            "held_by_record": case.held_by_record,
            "first_agency": case.first.agency if case.first else None,
            "first_team": case.first.team if case.first else None,
            "first_month": case.first.month if case.first else None,
            "first_type": case.first.case_type if case.first else None,
        }
        for case in plain.elapsed
    ]


def _spells(plain: PlainTrail) -> list[Row]:
    return [
        {
            "level": spell.level,
            "person": spell.person,
            "nth": spell.nth,
            "kind": spell.kind,
            "reason": spell.reason,
            "holder": spell.holder,
            "from_us": spell.from_us,
            "to_us": spell.to_us,
            "from_month": spell.month,
        }
        for spell in plain.spells
    ]


def _turns(plain: PlainTrail) -> list[Row]:
    rows: list[Row] = []
    for turn in plain.turns:
        before = turn.before
        earlier = before.before if before else None
        rows.append(
            {
                "level": turn.level,
                "person": turn.person,
                "nth": turn.nth,
                "holder": turn.holder,
                "from_us": turn.from_us,
                "left_us": before.left_us if before else None,
                "prev_holder": before.holder if before else None,
                "before_holder": earlier.holder if earlier else None,
                "before_left_us": earlier.left_us if earlier else None,
                "month": turn.month,
            }
        )
    return rows
