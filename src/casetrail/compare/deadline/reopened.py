"""Cancelled and opened again: is the clock started anew, and when is it done, seen from the limit?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from casetrail.compare.deadline.cases import Flags, Ints, Rules, Timed, counted
from casetrail.compare.deadline.record_words import Said, record_answer
from casetrail.figures import Answer, Cell, Column, Refusal, Table
from casetrail.stats.limit_shares import Difference, difference

METHOD = (
    "A case is cancelled and opened again when another case says that it reopens it and begins within the stated "
    "number of working days after the cancellation. Its whole time runs from the first opening to the end of the last "
    "case of the chain. Shares opened again are compared between cancellations in the last days up to the limit and "
    "earlier ones (interval: Newcombe 1998)."
)
NONE = Refusal(
    reason="no_cancelled_cases",
    message="No case is marked as cancelled, or the file does not say which case another one reopens.",
    would_help=("a column that marks cancelled cases, and one with the case that a case opens again",),
)


@dataclass(frozen=True, slots=True)
class _Cancelled:
    """One entry for each cancelled case: days until it was cancelled, whether it was opened again soon after, and the
    whole time from first opening to last end (-1: not ended, or not opened again)."""

    days: Ints
    again: Flags
    whole: Ints


def reopened_answer(of: Timed, rules: Rules) -> Answer:
    """Cancellations by when they were made; a refusal when there is none."""
    title = f"Cancelled and opened again, limit of {of.limit} working days"
    found = _cancelled(of, rules)
    if found is None or found.days.size == 0:
        refused = Said(what="reopened", title=title, sentence=NONE.message, method=METHOD, body=NONE)
        return record_answer(of, refused, rules=rules)
    said = Said(
        what="reopened",
        title=title,
        sentence=_sentence(of, found, rules),
        method=METHOD,
        body=_table(of, found, rules),
        caveats=("A case can be cancelled and opened again because a record was made by mistake.",),
    )
    return record_answer(of, said, rules=rules)


def _cancelled(of: Timed, rules: Rules) -> _Cancelled | None:
    cases = of.cases
    if cases.cancelled is None or cases.reopens is None:
        return None
    ended = ~np.isnat(cases.closed)
    rows = of.at[of.cancelled & ended[of.at]]
    successor = np.full(cases.opened.size, -1, dtype=np.int64)
    follow = np.flatnonzero(cases.reopens >= 0)
    successor[cases.reopens[follow]] = follow
    again = np.zeros(rows.size, dtype=np.bool_)
    later = np.flatnonzero(successor[rows] >= 0)
    next_opened = cases.opened[successor[rows[later]]]
    in_order = next_opened >= cases.closed[rows[later]]
    later = later[in_order]
    gap = counted(cases.closed[rows[later]], next_opened[in_order], rules)
    again[later] = gap <= rules.reopen_days
    days = counted(cases.opened[rows], cases.closed[rows], rules)
    return _Cancelled(days, again, _whole(of, rows, again, rules, successor=successor))


def _whole(of: Timed, rows: Ints, again: Flags, rules: Rules, *, successor: Ints) -> Ints:
    """Working days from the first opening to the end of the last case of each chain."""
    cases = of.cases
    last = rows.copy()
    for _ in range(cases.opened.size):
        further = successor[last] >= 0
        if not np.any(further):
            break
        last[further] = successor[last[further]]
    found = np.full(rows.size, -1, dtype=np.int64)
    done = np.flatnonzero(again & ~np.isnat(cases.closed[last]))
    done = done[cases.closed[last[done]] >= cases.opened[rows[done]]]
    found[done] = counted(cases.opened[rows[done]], cases.closed[last[done]], rules)
    return found


def _groups(of: Timed, found: _Cancelled, rules: Rules) -> tuple[tuple[str, Flags], ...]:
    edge = of.limit - rules.window
    return (
        ("earlier", found.days <= edge),
        (f"in the last {rules.window} days up to the limit", (found.days > edge) & (found.days <= of.limit)),
        ("after the limit", found.days > of.limit),
    )


def _table(of: Timed, found: _Cancelled, rules: Rules) -> Table:
    everyone = ("all cancelled", np.ones(found.days.size, dtype=np.bool_))
    rows: list[tuple[Cell, ...]] = []
    for what, there in (*_groups(of, found, rules), everyone):
        count, again = int(np.count_nonzero(there)), int(np.count_nonzero(there & found.again))
        late = int(np.count_nonzero(there & (found.whole > of.limit)))
        rows.append((what, count, again, again / count if count else None, late))
    columns = (
        Column("when", "Cancelled"),
        Column("cancelled", "Cases", "persons"),
        Column("again", "Opened again soon after", "persons"),
        Column("share", "Share opened again", "share", 1),
        Column("late", "Whole time beyond the limit", "persons"),
    )
    return Table(columns, tuple(rows), margins=frozenset({len(rows) - 1}))


def _sentence(of: Timed, found: _Cancelled, rules: Rules) -> str:
    total, again = found.days.size, int(np.count_nonzero(found.again))
    late = int(np.count_nonzero(found.whole > of.limit))
    first = (
        f"Of {total:,} cancelled cases, {again:,} were opened again within {rules.reopen_days} working days; counted "
        f"from the first opening, {late:,} of these took longer than the limit."
    )
    earlier, near = (there for _, there in _groups(of, found, rules)[:2])
    change = _difference(found, near, earlier)
    if change is None:
        return f"{first} There are too few cancellations near the limit, or before, to compare them."
    return (
        f"{first} Of those cancelled in the last {rules.window} days up to the limit {100 * change.first:.0f} % were "
        f"opened again, of earlier ones {100 * change.second:.0f} %: a difference of {100 * change.value:+.0f} points "
        f"({100 * change.low:+.0f} to {100 * change.high:+.0f})."
    )


def _difference(found: _Cancelled, near: Flags, earlier: Flags) -> Difference | None:
    pairs = [(int(np.count_nonzero(there & found.again)), int(np.count_nonzero(there))) for there in (near, earlier)]
    return None if min(count for _, count in pairs) < 10 else difference(pairs[0], pairs[1])
