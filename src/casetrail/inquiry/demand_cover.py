"""Which days each agency's data cover, and whether the persons of several sources are the same persons at all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from casetrail.demand.from_trail.wanted import Wanted
from casetrail.errors import InquiryError
from casetrail.figures import Refusal
from casetrail.inquiry.model import Inquiry
from casetrail.records.spec import SourceSpec
from casetrail.trail.listing import Kind

_DAY = timedelta(days=1)
Days = tuple[date, date]


@dataclass(frozen=True, slots=True)
class Covered:
    """One source of one agency, and the days it covers, both included; None: nobody said."""

    agency: str
    source: str
    since: date | None
    until: date | None

    def whole(self, since: date, until: date) -> bool:
        """Whether this source alone covers all these days."""
        return self.since is not None and self.until is not None and self.since <= since and until <= self.until


def cover(inquiry: Inquiry, wanted: Wanted, found: Iterable[Kind]) -> tuple[Covered, ...]:
    """The sources of every agency that is on a list, or of every agency with an event that counts where none is named.

    A source belongs to an agency that it is declared to be of, or of which it has events.
    """
    kinds = list(found)
    has = {(kind.source, kind.agency) for kind in kinds if kind.agency is not None}
    counts = {kind.agency for kind in kinds if wanted.counting.has(kind)}
    lists = wanted.lists.values()
    covered = []
    for spec in inquiry.sources:
        own = {agency for source, agency in has if source == spec.name} | ({spec.agency} - {None})
        for agency in sorted(a for a in own if a is not None) if spec.kind == "events" else ():
            asked = any(
                (not one.agencies or agency in one.agencies) and (not one.sources or spec.name in one.sources)
                for one in lists
            )
            if asked or (not lists and agency in counts):
                covered.append(Covered(agency, spec.name, spec.covers_from, spec.covers_to))
    return tuple(sorted(covered, key=lambda one: (one.agency, one.source)))


def not_linked(inquiry: Inquiry, covered: Iterable[Covered]) -> Refusal | None:
    """A refusal where sources of the lists number persons differently: then no two records can be of one person."""
    used = {one.source for one in covered}
    schemes = sorted({_scheme(spec) for spec in inquiry.sources if spec.name in used})
    if len(schemes) < 2:
        return None
    return Refusal(
        "not_linked",
        "The sources number persons in different ways that nothing links, so that no overlap of the lists can be seen "
        f"({', '.join(schemes)}).",
        ("linking the sources", "one person_scheme for all, where they do share their numbers"),
    )


def _scheme(spec: SourceSpec) -> str:
    return spec.person_scheme


def period_of(covered: Sequence[Covered], *, since: date | None, until: date | None, last: date) -> Days | Refusal:
    """First and last day to count: those asked for, if all agencies cover them, else all that all agencies cover.

    `last`: nothing is known after it. Raises InquiryError when the days are the wrong way round.
    """
    if since is not None and until is not None and since > until:
        raise InquiryError("The first day is after the last.", where="[demand]", todo="Swap from and to.")
    agencies = sorted({one.agency for one in covered})
    unknown = sorted({one.agency for one in covered if one.since is None or one.until is None})
    if unknown:
        return Refusal(
            "coverage_unknown",
            "Nobody said which days the data cover of: " + ", ".join(unknown) + ". What was not sent cannot be told "
            "from what did not happen.",
            ("covers_from and covers_to of each source in the inquiry file", "lists without these agencies"),
        )
    common = _common(covered, agencies, last)
    first_day, last_day = since or (common[0] if common else last), until or (common[1] if common else last)
    short = [a for a in agencies if not _within((first_day, last_day), _stretches(covered, a), last)]
    if short or common is None or first_day > last_day:
        return Refusal(
            "not_covered",
            f"The data do not cover {first_day.isoformat()} to {last_day.isoformat()} whole"
            + (f" of: {', '.join(short)}" if short else "")
            + ". What was not looked at is not nobody.",
            (
                f"a period within {common[0].isoformat()} to {common[1].isoformat()}" if common else "longer extracts",
                "lists without these agencies",
            ),
        )
    return first_day, last_day


def _stretches(covered: Iterable[Covered], agency: str) -> list[Days]:
    """Days that an agency's sources cover together, in order: one may go on where another ends."""
    days = sorted(
        (one.since, one.until)
        for one in covered
        if one.agency == agency and one.since is not None and one.until is not None
    )
    joined: list[Days] = []
    for start, end in days:
        if joined and start <= joined[-1][1] + _DAY:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined


def _common(covered: Sequence[Covered], agencies: Sequence[str], last: date) -> Days | None:
    """The longest stretch that all agencies cover; of two as long the later; None where there is none."""
    if not agencies:
        return None
    every = [_stretches(covered, agency) for agency in agencies]
    found = every[0]
    for other in every[1:]:
        found = [(max(a, c), min(b, d)) for a, b in found for c, d in other if max(a, c) <= min(b, d)]
    cut = [(a, min(b, last)) for a, b in found if a <= last]
    return max(cut, key=lambda days: (days[1] - days[0], days[0]), default=None)


def _within(days: Days, stretches: Iterable[Days], last: date) -> bool:
    return days[1] <= last and any(a <= days[0] and days[1] <= b for a, b in stretches)
