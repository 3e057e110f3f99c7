"""What must be known of lists from a trail before an estimate on them is believed, in words."""

from __future__ import annotations

from casetrail.demand.answers.given import LEAST, percent
from casetrail.demand.from_trail.counted import InBothHalves, PassedOn
from casetrail.figures import Origin
from casetrail.inquiry.demand_trail import TrailLists


def notes(of: TrailLists, *, counted: bool = True) -> tuple[str, ...]:
    """Who was counted, what came by being passed on, whether the same persons stay, and what was left out.

    Not `counted`: without any count of persons, where with them a withheld one could be worked out.
    """
    return _counted(of) if counted else (_who(of), *_partly(of), _NOT_ASKED)


def _counted(of: TrailLists) -> tuple[str, ...]:
    counted = of.counted
    return (
        _who(of),
        *_agencies(of),
        *(said for said in (_passed(of, pair) for pair in counted.passed) if said),
        *_own(of),
        _halves(of, counted.both_halves[0]),
        *_unknown(of),
        *_partly(of),
        _NOT_ASKED,
    )


_NOT_ASKED = (
    "An agency that could not have recorded it at all is to be left out of the lists: its list would only say that it "
    "was not asked."
)


def _who(of: TrailLists) -> str:
    known = f", as known on {of.known_on.isoformat()}" if of.known_on else ""
    return (
        f"Counted: persons with an event from {of.since.isoformat()} to {of.until.isoformat()}{known} in at least one "
        f"of {of.counted.lists.k} lists. What counts: {of.counted.counting}."
    )


def _persons(of: TrailLists, count: int) -> str:
    """A count of persons; a caveat is not looked through for small counts of real ones as a table is."""
    guarded = of.origin.is_real and of.origin is not Origin.PUBLIC_AGGREGATE
    return "fewer than 10" if guarded and count < LEAST else f"{count:,}"


def _share(of: TrailLists, pair: PassedOn) -> str:
    """The share in brackets; not of a count that is not said."""
    said = _persons(of, pair.passed)
    return "" if pair.share is None or said.startswith("fewer") else f" ({percent(pair.share)})"


def _agencies(of: TrailLists) -> tuple[str, ...]:
    chosen = of.counted.chosen
    said = []
    if chosen.why:
        named = ", ".join(f"{agency} {_persons(of, persons)}" for agency, persons in (*chosen.merged, *chosen.left_out))
        said.append(f"{chosen.why} They are, with persons: {named}.")
    elif chosen.left_out:
        named = ", ".join(f"{agency} {_persons(of, persons)}" for agency, persons in chosen.left_out)
        said.append(f"On no list, so that whom only they know counts as hidden (agency, persons): {named}.")
    return tuple(said)


def _passed(of: TrailLists, pair: PassedOn) -> str:
    if not pair.passed or pair.share is None:
        return ""
    return (
        f"Of {_persons(of, pair.overlap)} persons on both {pair.first} and {pair.second}, {pair.second} came to know "
        f"of {_persons(of, pair.passed)}{_share(of, pair)} by being sent the case from there."
    )


def _own(of: TrailLists) -> tuple[str, ...]:
    counted = of.counted
    if not any(pair.passed for pair in counted.passed):
        return ()
    lost = f" {_persons(of, counted.lost).capitalize()} persons are then on no list." if counted.lost else ""
    return (
        "Being told makes two lists alike, and an estimate on all records too low. Leaving out what came by being told "
        "also leaves out whom a list would have found by itself, and makes an estimate too high. Both are shown."
        + lost,
    )


def _halves(of: TrailLists, both: InBothHalves) -> str:
    if both.share is None:
        return "Nobody was seen in either half of the period."
    return (
        f"{percent(both.share)} of the persons were seen in both halves of the period ({_persons(of, both.first)} in "
        f"the first, {_persons(of, both.second)} in the second, {_persons(of, both.both)} in both). Where persons come "
        "and go, the number for the whole period is of all who were there at some time, and an estimate that takes "
        "them to have been there all the time is wrong: compare the halves."
    )


def _unknown(of: TrailLists) -> tuple[str, ...]:
    counted = of.counted
    said = []
    if counted.events_unsure:
        said.append(f"Not counted: {counted.events_unsure:,} events whose outcome or severity is not recorded.")
    if counted.events_of_nobody:
        said.append(f"{counted.events_of_nobody:,} events that count name no agency.")
    if counted.unknown_times:
        named = ", ".join(f"{name} {_persons(of, persons)}" for name, persons in sorted(counted.unknown_times.items()))
        said.append(f"Persons with no incident recorded, left out of how often by incidents: {named}.")
    return tuple(said)


def _partly(of: TrailLists) -> tuple[str, ...]:
    part = sorted({one.source for one in of.covered if not one.whole(of.since, of.until)})
    if not part:
        return ()
    return (
        f"Sources that cover only part of the days, where another of the same agency goes on: {', '.join(part)}. If "
        "they were kept side by side, records are missing.",
    )
