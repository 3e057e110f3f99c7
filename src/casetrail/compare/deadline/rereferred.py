"""Did children come back more often when their case was closed just before the limit?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from casetrail.compare.deadline.cases import Flags, Rules, Timed
from casetrail.compare.deadline.record_words import Said, record_answer
from casetrail.compare.deadline.words import percent
from casetrail.figures import Answer, Cell, Column, Refusal, Table
from casetrail.stats.limit_shares import Difference, difference

METHOD = (
    "Cases closed in the last working days up to the limit are compared with cases closed before and after, with a "
    "hole of some days left out between the groups, since cases just beside the window may belong to either (the idea "
    "of the 'donut': A. Barreca, J. Lindo and G. Waddell, Economic Inquiry 54, 2016, 268-293). Only cases closed so "
    "long before the records end that a re-referral would be in them are counted. Difference of two shares: Newcombe "
    "1998."
)
NONE = Refusal(
    reason="no_rereferrals",
    message="The file does not say whether and when a child was referred again.",
    would_help=("a column with the day of the next referral, empty where there was none",),
)
FEW = Refusal(
    reason="too_few_cases",
    message="A group has fewer than 30 cases that were closed long enough before the records end.",
    would_help=("a longer period, or several areas together",),
)
LEAST = 30


@dataclass(frozen=True, slots=True)
class _Group:
    """Cases closed in a span of working days, and how many of them were referred again in time to be seen."""

    what: str
    cases: int
    back: int

    @property
    def pair(self) -> tuple[int, int]:
        return self.back, self.cases


def rereferred_answer(of: Timed, rules: Rules) -> Answer:
    """Shares referred again of three groups, and the differences; a refusal when a group is too small."""
    title = f"Referred again within {rules.rereferral_days} days of closing, by how close to the limit"
    groups = _groups(of, rules)
    why = NONE if groups is None else FEW
    if groups is None or min(group.cases for group in groups) < LEAST:
        refused = Said(what="rereferred", title=title, sentence=why.message, method=METHOD, body=why)
        return record_answer(of, refused, rules=rules)
    near, earlier, later = groups
    beside = _Group("earlier and later together", earlier.cases + later.cases, earlier.back + later.back)
    against = {g.what: difference(near.pair, g.pair) for g in (earlier, later, beside)}
    said = Said(
        what="rereferred",
        title=title,
        sentence=_sentence(near, beside, against[beside.what], rules),
        method=METHOD,
        body=_table((near, earlier, later, beside), against),
        caveats=(
            "Cases closed at different times differ in other ways than the limit: harder cases take longer. The two "
            "neighbours on both sides of the limit are there to show that trend.",
        ),
    )
    return record_answer(of, said, rules=rules)


def _groups(of: Timed, rules: Rules) -> tuple[_Group, _Group, _Group] | None:
    cases = of.cases
    if cases.rereferred is None:
        return None
    closed, back = cases.closed[of.at], cases.rereferred[of.at]
    end = np.datetime64(cases.records_end, "D")
    seen = of.finished & (closed + np.timedelta64(rules.rereferral_days, "D") <= end)
    again = seen & ~np.isnat(back) & (back >= closed)
    again[again] &= back[again] <= closed[again] + np.timedelta64(rules.rereferral_days, "D")
    low, high = of.limit - rules.window, of.limit
    spans = (
        (f"the last {rules.window} days up to the limit", low + 1, high),
        ("earlier", low - rules.hole - rules.beside + 1, low - rules.hole),
        ("later", high + rules.hole + 1, high + rules.hole + rules.beside),
    )
    found = [_group(of, seen, again, span) for span in spans]
    return found[0], found[1], found[2]


def _group(of: Timed, seen: Flags, again: Flags, span: tuple[str, int, int]) -> _Group:
    what, first, last = span
    there = seen & (of.days >= first) & (of.days <= last)
    return _Group(what, int(np.count_nonzero(there)), int(np.count_nonzero(there & again)))


def _sentence(near: _Group, beside: _Group, change: Difference, rules: Rules) -> str:
    shown = change.low > 0 or change.high < 0
    first = (
        f"Of {near.cases:,} cases closed in the last {rules.window} days up to the limit {percent(change.first)} were "
        f"referred again within {rules.rereferral_days} days, of {beside.cases:,} closed some days before or after "
        f"{percent(change.second)}: a difference of {100 * change.value:+.1f} points ({100 * change.low:+.1f} to "
        f"{100 * change.high:+.1f})"
    )
    return f"{first}." if shown else f"{first}, which can be chance alone."


def _table(groups: tuple[_Group, ...], against: dict[str, Difference]) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for group in groups:
        change = against.get(group.what)
        rows.append(
            (
                group.what,
                group.cases,
                group.back,
                group.back / group.cases,
                None if change is None else change.value,
                None if change is None else change.low,
                None if change is None else change.high,
            )
        )
    columns = (
        Column("when", "Closed"),
        Column("cases", "Cases", "persons"),
        Column("back", "Referred again", "persons"),
        Column("share", "Share", "share", 1),
        Column("less", "Last days less this", "share", 1),
        Column("low", "95 % low", "share", 1),
        Column("high", "95 % high", "share", 1),
    )
    return Table(columns, tuple(rows), margins=frozenset({len(rows) - 1}))
