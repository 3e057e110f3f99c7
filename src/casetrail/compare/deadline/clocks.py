"""Stops of the clock: when are they made, seen from the limit, and how many cases are in time only through one?"""

from __future__ import annotations

import numpy as np

from casetrail.compare.deadline.cases import Flags, Ints, Rules, Timed, counted
from casetrail.compare.deadline.record_words import Said, record_answer
from casetrail.compare.deadline.words import percent
from casetrail.figures import Answer, Cell, Column, Refusal, Table
from casetrail.stats.hazard_at_limit import Jump, compared, hazard

METHOD = (
    "Each case is at risk of its first stop from its opening until the stop, its end, or the end of the records; days "
    "are working days since the opening. Stops per 100 open cases and day in the last days up to the limit are set "
    "against the same number of days just before those (sums of daily binomial counts, interval of the ratio on the "
    "logarithmic scale). In time only through the stop: finished within the limit when the stopped days are taken out, "
    "and after it when they are counted."
)
NO_STOPS = Refusal(
    reason="no_clock_stops",
    message="No case has a stop of the clock, or the file has no column of stops.",
    would_help=("a column with the day on which the clock was stopped, and one with the day it was started again",),
)


def clock_answer(of: Timed, rules: Rules) -> Answer:
    """Stops by when they were made; a refusal when there is none."""
    title = f"Stops of the clock and the limit of {of.limit} working days"
    stops = _stop_days(of, rules)
    if stops is None or not np.any(stops >= 0):
        refused = Said(what="clock", title=title, sentence=NO_STOPS.message, method=METHOD, body=NO_STOPS)
        return record_answer(of, refused, rules=rules)
    said = Said(
        what="clock",
        title=title,
        sentence=_sentence(of, stops, rules),
        method=METHOD,
        body=_table(of, stops, rules),
        caveats=(
            "A clock may be stopped for good reasons, such as a family that is away or a court that asks for it.",
        ),
    )
    return record_answer(of, said, rules=rules)


def _stop_days(of: Timed, rules: Rules) -> Ints | None:
    """Working days from opening to the first stop; -1 for none."""
    if of.cases.stopped is None:
        return None
    stopped = of.cases.stopped[of.at]
    found = np.full(of.at.size, -1, dtype=np.int64)
    rows = np.flatnonzero(~np.isnat(stopped))
    found[rows] = counted(of.cases.opened[of.at][rows], stopped[rows], rules)
    return found


def _only_through(of: Timed) -> Flags:
    found: Flags = of.finished & (of.days <= of.limit) & (of.whole > of.limit)
    return found


def _spans(limit: int, window: int) -> tuple[tuple[str, int, int], ...]:
    return (
        ("earlier", 0, limit - 2 * window),
        (f"the {window} days before those", limit - 2 * window + 1, limit - window),
        (f"the last {window} days up to the limit", limit - window + 1, limit),
        ("after the limit", limit + 1, 10**6),
    )


def _table(of: Timed, stops: Ints, rules: Rules) -> Table:
    only = _only_through(of)
    rows: list[tuple[Cell, ...]] = []
    total = int(np.count_nonzero(stops >= 0))
    for what, first, last in _spans(of.limit, rules.window):
        if last < first:
            continue
        there = (stops >= first) & (stops <= last)
        count = int(np.count_nonzero(there))
        rows.append((what, count, count / total, int(np.count_nonzero(there & only))))
    rows.append(("all stops", total, 1.0, int(np.count_nonzero((stops >= 0) & only))))
    columns = (
        Column("when", "First stop, by working days since the opening"),
        Column("stops", "Cases", "persons"),
        Column("share", "Of all stops", "share", 1),
        Column("only", "In time only through the stop", "persons"),
    )
    return Table(columns, tuple(rows), margins=frozenset({len(rows) - 1}))


def _sentence(of: Timed, stops: Ints, rules: Rules) -> str:
    total, cases = int(np.count_nonzero(stops >= 0)), of.at.size
    only = int(np.count_nonzero((stops >= 0) & _only_through(of)))
    finished = int(np.count_nonzero(of.finished & (of.days <= of.limit)))
    first = (
        f"The clock was stopped in {total:,} of {cases:,} cases ({percent(total / cases)}). "
        f"Of {finished:,} cases finished within the limit, {only:,} were so only because stopped days were taken out."
    )
    change = _near_the_limit(of, stops, rules)
    if change is None:
        return f"{first} There are too few stops near the limit to say whether they come more often there."
    return (
        f"{first} In the last {rules.window} working days up to the limit the clock was stopped {change.ratio:.2f} "
        f"times ({change.low:.2f} to {change.high:.2f}) as often, for each open case and day, as in the {rules.window} "
        f"before."
    )


def _near_the_limit(of: Timed, stops: Ints, rules: Rules) -> Jump | None:
    """Stops per open case and day in the last days up to the limit against as many days before those."""
    if of.limit < 2 * rules.window:
        return None
    until = np.where(stops >= 0, stops, of.whole)
    found = hazard(until, stops >= 0, last=of.limit)
    edge = of.limit - rules.window
    return compared(found, (edge - rules.window + 1, edge), (edge + 1, of.limit))
