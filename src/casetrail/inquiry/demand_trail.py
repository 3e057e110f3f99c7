"""Lists of an inquiry's own trail: who was counted, over which days, and whether each agency's data cover them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from casetrail.demand.from_trail.count import count
from casetrail.demand.from_trail.counted import FromTrail
from casetrail.demand.from_trail.wanted import Counting, ListOf, Wanted
from casetrail.errors import InquiryError, UnknownNameError
from casetrail.figures import Origin, Refusal, SourceRef
from casetrail.inquiry.demand_cover import Covered, cover, not_linked, period_of
from casetrail.inquiry.model import DemandAsked, Inquiry
from casetrail.inquiry.reading import end_of_day_us
from casetrail.trail import Trail, joint_origin
from casetrail.trail.listing import Kind, Period, kinds


@dataclass(frozen=True, slots=True, kw_only=True)
class TrailLists:
    """Lists counted from an inquiry, and where they come from.

    `since`, `until`: first and last day. `covered`: by which sources each agency of each list covers them. `request`:
    what must be known to ask again (`asked_again`). `sources`: those of the lists alone. `counting`: which events
    count.
    """

    counted: FromTrail
    counting: Counting
    since: date
    until: date
    known_on: date | None
    covered: tuple[Covered, ...]
    sources: tuple[SourceRef, ...]
    request: Mapping[str, object]

    @property
    def origin(self) -> Origin:
        return joint_origin([source.origin for source in self.sources])

    def repeats(self, name: str, unit: str = "incident") -> Mapping[int, int]:
        """Times -> persons whom a list has so often, by different days, incidents or events. Raises KeyError."""
        return self.counted.times[unit].get(name, {})


def trail_lists(
    trail: Trail, inquiry: Inquiry, asked: DemandAsked | None = None, *, known_on: date | None = None
) -> TrailLists | Refusal:
    """Count the lists that are asked for (None: those of the inquiry's [demand] table) on its followed trail.

    Refuses where an agency's data do not cover the days, or where nobody said what they cover: what was not looked at
    is not nobody. Refuses sources whose persons are not linked to each other. Raises UnknownNameError for an agency,
    activity or source that is in no record; InquiryError for days the wrong way round; StoreError.
    """
    wanted = asked or inquiry.demand
    whole = Period(since_us=-(2**62), until_us=end_of_day_us(inquiry.as_of, inquiry.zone) + 1)
    found, _ = kinds(trail, whole)
    check_names(wanted.wanted, trail, inquiry, found)
    covered = cover(inquiry, wanted.wanted, found)
    apart = not_linked(inquiry, covered)
    if apart is not None:
        return apart
    last = inquiry.as_of if known_on is None else min(inquiry.as_of, known_on)
    days = period_of(covered, since=wanted.since, until=wanted.until, last=last)
    if isinstance(days, Refusal):
        return days
    since, until = days
    counted = count(
        trail,
        wanted.wanted,
        since_us=end_of_day_us(since - timedelta(days=1), inquiry.zone) + 1,
        until_us=end_of_day_us(until, inquiry.zone) + 1,
    )
    if isinstance(counted, Refusal):
        return counted
    used = {one.source for one in covered if one.agency in _agencies(counted, found)}
    return TrailLists(
        counted=counted,
        counting=wanted.wanted.counting,
        since=since,
        until=until,
        known_on=known_on,
        covered=covered,
        sources=tuple(ref for ref in trail.sources if ref.name in used),
        request=asked_of(replace(wanted, since=since, until=until), known_on),
    )


def _agencies(counted: FromTrail, found: Iterable[Kind]) -> set[str]:
    lists = counted.chosen.lists.values()
    return {kind.agency for kind in found if kind.agency is not None and any(one.has(kind) for one in lists)}


def check_names(wanted: Wanted, trail: Trail, inquiry: Inquiry, found: Iterable[Kind]) -> None:
    """A misspelt name would be a list with nobody on it."""
    of = wanted.lists.values()
    agencies = {kind.agency for kind in found} | {source.agency for source in inquiry.sources}
    activities = {kind.activity for kind in found} | set(trail.recordable)
    named: tuple[tuple[str, Iterable[str], Iterable[str | None]], ...] = (
        ("agency", (a for one in of for a in one.agencies), agencies),
        ("source", (a for one in of for a in one.sources), {source.name for source in inquiry.sources}),
        ("activity", (a for one in of for a in one.activities), activities),
        ("activity", wanted.counting.activities, activities),
    )
    for what, names, known in named:
        for name in names:
            if name not in known:
                listed = ", ".join(sorted(k for k in known if k is not None)[:30])
                raise UnknownNameError(
                    f"No record has the {what} '{name}'.",
                    where=f"{inquiry.path.name}, the lists to count",
                    todo=f"Known here: {listed}.",
                )


def asked_with(asked: DemandAsked, *, since: date | None, until: date | None, lists: Iterable[str]) -> DemandAsked:
    """The inquiry's choice with what a command line says instead: days, and lists as `NAME=agency,agency`
    or by the name that the inquiry file gives them.

    Raises InquiryError for a list that is not written so, or a name given twice.
    """
    made: dict[str, ListOf] = {}
    own = asked.wanted.lists
    for text in lists:
        if text in own and text not in made:
            made[text] = own[text]
            continue
        name, sign, agencies = (part.strip() for part in text.partition("="))
        names = tuple(part.strip() for part in agencies.split(",") if part.strip())
        if not name or not sign or not names or name in made:
            raise InquiryError(
                "A list must have a name of its own and its agencies.",
                where="--list",
                todo='Write it as NAME=agency,agency, such as --list "health=hospital,health visitors"'
                + (f", or name one of the inquiry file: {', '.join(own)}." if own else "."),
                code="wrong_list",
            )
        made[name] = ListOf(agencies=names)
    wanted = replace(asked.wanted, lists=made) if made else asked.wanted
    return replace(asked, wanted=wanted, since=since or asked.since, until=until or asked.until)


def asked_of(asked: DemandAsked, known_on: date | None) -> dict[str, object]:
    """Everything that was asked, in values that JSON knows; `asked_again` reads it."""
    wanted, counting = asked.wanted, asked.wanted.counting
    return {
        "from": None if asked.since is None else asked.since.isoformat(),
        "to": None if asked.until is None else asked.until.isoformat(),
        "known_on": None if known_on is None else known_on.isoformat(),
        "lists": {
            name: {"agencies": list(one.agencies), "activities": list(one.activities), "sources": list(one.sources)}
            for name, one in wanted.lists.items()
        },
        "activities": list(counting.activities),
        "words": list(counting.words),
        "outcomes": list(counting.outcomes),
        "severities": list(counting.severities),
        "severity_from": counting.severity_from,
        "many": wanted.many,
        "passed_within_days": wanted.passed_within_days,
        **({"repeats": True} if asked.repeats else {}),
    }


def asked_again(request: Mapping[str, object]) -> tuple[DemandAsked, date | None]:
    """What a provenance keeps, as it was asked, and the day of knowing. Raises KeyError, ValueError on another's."""
    texts = {key: _texts(request[key]) for key in ("activities", "words", "outcomes", "severities")}
    severity, within, lists = request["severity_from"], request["passed_within_days"], request["lists"]
    if not isinstance(lists, Mapping) or request["many"] not in ("merge", "leave-out"):
        raise ValueError("this is no request for lists of a trail")
    counting = Counting(**texts, severity_from=None if severity is None else float(str(severity)))
    wanted = Wanted(
        lists={name: ListOf(**{key: _texts(values) for key, values in one.items()}) for name, one in lists.items()},
        counting=counting,
        many="merge" if request["many"] == "merge" else "leave-out",
        passed_within_days=None if within is None else int(str(within)),
    )
    repeats = request.get("repeats") is True
    asked = DemandAsked(wanted=wanted, since=_day(request["from"]), until=_day(request["to"]), repeats=repeats)
    return asked, _day(request["known_on"])


def _texts(value: object) -> tuple[str, ...]:
    if not isinstance(value, list | tuple):
        raise ValueError("a list of texts is missing")
    return tuple(str(item) for item in value)


def _day(value: object) -> date | None:
    return None if value is None else date.fromisoformat(str(value))
