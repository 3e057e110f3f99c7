"""Who held the case on each day: one body, several together, or nobody."""

from __future__ import annotations

from casetrail.errors import IntegrityError
from casetrail.figures import Answer, Cell, Column, Refusal, Table
from casetrail.schema.trails import Level
from casetrail.trail.asking import PERSONS, Asking, Written, answer, bars, days, level_title, share, whole

SECTION = "Who held the case"


def check_identity(asking: Asking, level: Level) -> dict[str, object]:
    """Held + joint + limbo = elapsed, exactly and for each person. Raises IntegrityError otherwise."""
    row = asking.trail.query("identity", level=level).rows()[0]
    if whole(row["persons_unequal"] or 0):
        raise IntegrityError(
            "Days held, held jointly and in limbo do not add up to the days that passed.",
            where=f"{row['persons_unequal']} persons, by {level}",
            todo="This is a fault of casetrail: please report it; no figure of this trail should be used.",
        )
    return row


def _label(asking: Asking, row: dict[str, object]) -> str:
    if row["kind"] == "held":
        return asking.trail.body(row["holder_no"]) or "unknown"
    return "held jointly" if row["kind"] == "joint" else f"limbo: {row['reason']}"


def _not_recorded(asking: Asking, level: Level) -> Answer:
    words = Written(
        f"held_time.{level}",
        SECTION,
        f"Who held the case, by {level}",
        f"No source says which {level} an event belongs to.",
        "None.",
    )
    body = Refusal(
        "holder_not_recorded",
        f"Without a column for the {level}, who held a case cannot be told.",
        (f"a column mapped as `{level}`, or `{level}` as a constant of the source",),
    )
    return answer(asking, words, body, [], parameters={"level": level})


def _limits_of_limbo(asking: Asking) -> tuple[str, ...]:
    notes = [
        "Where nobody recorded who holds a case, the time after an event counts as held by the body that recorded it."
    ]
    if not asking.trail.mapped & {"passed_to", "closing_code"}:
        notes.append("No source says when a case was sent on or closed, so limbo of these kinds cannot be seen here.")
    return tuple(notes)


def _all_holders(row: dict[str, object], persons: int, elapsed: int) -> tuple[Cell, ...]:
    lengths = (days(row[name]) for name in ("mean_us", "median_us", "most_us"))
    return ("all holders", persons, whole(row["spells"]), days(elapsed), share(elapsed, elapsed), *lengths)


def held_time(asking: Asking, level: Level) -> Answer:
    """Days held by each agency or team, jointly, and in limbo; the last row is their exact sum."""
    if level not in asking.trail.mapped:
        return _not_recorded(asking, level)
    identity = check_identity(asking, level)
    result = asking.trail.query("held_time", level=level, by=asking.by)
    found = result.rows()
    elapsed = whole(identity["elapsed_us"] or 0)
    columns = (
        *asking.scope_columns(),
        Column("holder", level_title(level)),
        PERSONS,
        Column("spells", "Spells", "count"),
        Column("held_days", "Days", "days", 2),
        Column("part", "Share of all days", "share", 2),
        Column("mean_days", "Mean spell", "days", 3),
        Column("median_days", "Median spell", "days", 3),
        Column("most_days", "Longest spell", "days", 2),
    )
    rows: list[tuple[Cell, ...]] = [
        (
            *asking.scope_cells(r),
            _label(asking, r),
            whole(r["persons"]),
            whole(r["spells"]),
            days(r["total_us"]),
            share(r["total_us"], elapsed),
            *(days(r[name]) for name in ("mean_us", "median_us", "most_us")),
        )
        for r in asking.cut(found)
    ]
    margins: frozenset[int] = frozenset()
    results = [result]
    if asking.by == "all" and found:
        whole_log = asking.trail.query("spell_length", level=level)
        results.append(whole_log)
        rows.append(_all_holders(whole_log.rows()[0], whole(identity["persons"]), elapsed))
        margins = frozenset({len(rows) - 1})
    limbo = share(identity["limbo_us"] or 0, elapsed)
    joint = share(identity["joint_us"] or 0, elapsed)
    words = Written(
        f"held_time.{level}",
        SECTION,
        f"Who held the case, by {level}",
        f"Of {(days(elapsed) or 0):,.1f} case-days, {(limbo or 0):.1%} were in limbo and {(joint or 0):.1%} were "
        "held jointly; "
        "the rest was held by one body at a time.",
        "Every moment from the first event to the end of a trail belongs to one spell: held by one, held "
        "jointly, or limbo. "
        "The three add up to the time that passed, checked in whole microseconds for each person.",
        (*_limits_of_limbo(asking), *asking.cut_note(found)),
    )
    chart = None
    if asking.by == "all":
        chart = bars(
            "holder", "held_days", (level_title(level), "Days"), f"Bars of days held by each {level}, longest first."
        )
    return answer(
        asking, words, Table(columns, tuple(rows), margins), results, parameters={"level": level}, chart=chart
    )


def time_by_state(asking: Asking) -> Answer:
    """Days in each state of the case."""
    result = asking.trail.query("time_by_state", by=asking.by)
    found = result.rows()
    total = sum(whole(r["total_us"]) for r in found)
    columns = (
        *asking.scope_columns(),
        Column("state", "State after the event"),
        PERSONS,
        Column("times", "Times", "count"),
        Column("state_days", "Days", "days", 2),
        Column("part", "Share of all days", "share", 2),
        Column("mean_days", "Mean", "days", 3),
        Column("median_days", "Median", "days", 3),
    )
    rows = tuple(
        (
            *asking.scope_cells(r),
            asking.trail.word(r["state_no"]),
            whole(r["persons"]),
            whole(r["times"]),
            days(r["total_us"]),
            share(r["total_us"], total),
            days(r["mean_us"]),
            days(r["median_us"]),
        )
        for r in asking.cut(found)
    )
    most = _longest_state(asking, found, total)
    words = Written(
        "time_by_state",
        SECTION,
        "Where the time goes, by state",
        f"{(days(total) or 0):,.1f} case-days, by the state the last event left the case in.{most}",
        "The interval after an event belongs to the state that the event left the case in.",
        asking.cut_note(found),
    )
    chart = None
    if asking.by == "all":
        chart = bars("state", "state_days", ("State", "Days"), "Bars of days in each state, longest first.")
    return answer(asking, words, Table(columns, rows), [result], chart=chart)


def _longest_state(asking: Asking, found: list[dict[str, object]], total: int) -> str:
    sums: dict[object, int] = {}
    for row in found:
        sums[row["state_no"]] = sums.get(row["state_no"], 0) + whole(row["total_us"])
    if not sums:
        return ""
    state, longest = max(sums.items(), key=lambda item: item[1])
    return f" Most of it, {share(longest, total) or 0:.1%}, followed “{asking.trail.word(state)}”."


def held_by_how_many(asking: Asking, level: Level) -> Answer:
    """Length of cases held by one body against cases held by several."""
    several = "several agencies" if level == "agency" else "several teams"
    result = asking.trail.query("held_by_how_many", level=level, by=asking.by)
    columns = (
        *asking.scope_columns(),
        Column("held_by", "Held by"),
        PERSONS,
        Column("mean_days", "Mean days", "days", 2),
        Column("median_days", "Median days", "days", 2),
    )
    rows = tuple(
        (
            *asking.scope_cells(r),
            several if r["several"] else f"one {level}",
            whole(r["persons"]),
            days(r["mean_us"]),
            days(r["median_us"]),
        )
        for r in result.rows()
    )
    words = Written(
        f"held_by_how_many.{level}",
        SECTION,
        f"One {level} or several",
        f"How long cases last that one {level} held throughout, and cases that several held in turn.",
        "Length from first event to the end of the trail; cases that nobody held are in neither row.",
        ("Long cases have more chances to be passed on: a difference here is not the effect of passing on.",),
    )
    return answer(asking, words, Table(columns, rows), [result], parameters={"level": level})
