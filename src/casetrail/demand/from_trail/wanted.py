"""What is to be counted from a trail: which lists, which events count, and what to do with many agencies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from casetrail.trail.listing import Kind

# With more, most patterns of lists are those of nobody, and no model can be told from another.
MOST_LISTS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class ListOf:
    """One list: events of these agencies, activities and sources; empty means any."""

    agencies: tuple[str, ...] = ()
    activities: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()

    def has(self, kind: Kind) -> bool:
        """Whether such an event puts a person on the list."""
        return (
            (not self.agencies or kind.agency in self.agencies)
            and (not self.activities or kind.activity in self.activities)
            and (not self.sources or kind.source in self.sources)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Counting:
    """Which events count as the harm, or the need, that is asked about. All of them where nothing is stated.

    An event must fit everything that is stated: one of `activities` or an activity with one of `words` in it, one of
    `outcomes`, one of `severities` or a severity that is a number of `severity_from` or more.
    """

    activities: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    outcomes: tuple[str, ...] = ()
    severities: tuple[str, ...] = ()
    severity_from: float | None = None

    @property
    def by_outcome(self) -> bool:
        return bool(self.outcomes)

    @property
    def by_severity(self) -> bool:
        return bool(self.severities) or self.severity_from is not None

    def has(self, kind: Kind) -> bool:
        """Whether such an event counts. What is not recorded does not; `unsure` says how much that is."""
        return (
            self._activity(kind)
            and (not self.outcomes or kind.outcome in self.outcomes)
            and (not self.by_severity or self._severe(kind))
        )

    def unsure(self, kind: Kind) -> bool:
        """Whether it cannot be known if such an event counts: its outcome or severity is not recorded."""
        return (
            not self.has(kind)
            and self._activity(kind)
            and (not self.outcomes or kind.outcome is None or kind.outcome in self.outcomes)
            and (not self.by_severity or kind.severity is None or self._severe(kind))
        )

    def said(self) -> str:
        """The choice in words, for a page."""
        parts = [
            f"{what}: {', '.join(values)}"
            for what, values in (
                ("activity", self.activities),
                ("a word in the activity", self.words),
                ("outcome", self.outcomes),
                ("severity", self.severities),
            )
            if values
        ]
        if self.severity_from is not None:
            parts.append(f"severity from {self.severity_from:g}")
        return "; ".join(parts) or "every event that an agency of the list recorded"

    def _activity(self, kind: Kind) -> bool:
        if not (self.activities or self.words):
            return True
        small = kind.activity.casefold()
        return kind.activity in self.activities or any(word.casefold() in small for word in self.words)

    def _severe(self, kind: Kind) -> bool:
        if kind.severity is None:
            return False
        return kind.severity in self.severities or (
            self.severity_from is not None and _number(kind.severity) >= self.severity_from
        )


def _number(text: str) -> float:
    """A severity as a number; words are below every limit."""
    try:
        found = float(text)
    except ValueError:
        return float("-inf")
    return found if found == found else float("-inf")  # noqa: PLR0124  NaN is no severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Lists by name, what counts, and how to keep to six lists.

    `lists` empty: a list for each agency with an event that counts. `many`: with more than six, `merge` all but the
    five with most persons into one list, so that nobody whom an agency knows is taken for hidden, or `leave-out` the
    others. `passed_within_days`: a sending counts as how an agency came to know for so long; None: for ever.
    """

    lists: Mapping[str, ListOf] = field(default_factory=dict)
    counting: Counting = field(default_factory=Counting)
    many: Literal["merge", "leave-out"] = "merge"
    passed_within_days: int | None = None
