"""What must be known of lists from a trail before an estimate on them is believed, in words."""

from __future__ import annotations

from casetrail.demand.from_trail.counted import FromTrail, InBothHalves, PassedOn
from casetrail.inquiry.demand_trail import TrailLists


def notes(of: TrailLists) -> tuple[str, ...]:
    """Who was counted, what came by being passed on, whether the same persons stay, and what was left out."""
    counted = of.counted
    return (
        _who(of),
        *_agencies(counted),
        *(said for said in map(_passed, counted.passed) if said),
        *_own(counted),
        _halves(counted.both_halves[0]),
        *_unknown(counted),
        *_partly(of),
        "An agency that could not have recorded it at all is to be left out of the lists: its list would only say that "
        "it was not asked.",
    )


def _who(of: TrailLists) -> str:
    known = f", as known on {of.known_on.isoformat()}" if of.known_on else ""
    return (
        f"Counted: persons with an event from {of.since.isoformat()} to {of.until.isoformat()}{known} in at least one "
        f"of {of.counted.lists.k} lists. What counts: {of.counted.counting}."
    )


def _agencies(counted: FromTrail) -> tuple[str, ...]:
    chosen = counted.chosen
    said = []
    if chosen.why:
        named = ", ".join(f"{agency} {persons:,}" for agency, persons in (*chosen.merged, *chosen.left_out))
        said.append(f"{chosen.why} They are, with persons: {named}.")
    elif chosen.left_out:
        named = ", ".join(f"{agency} {persons:,}" for agency, persons in chosen.left_out)
        said.append(f"On no list, so that whom only they know counts as hidden (agency, persons): {named}.")
    return tuple(said)


def _passed(pair: PassedOn) -> str:
    if not pair.passed or pair.share is None:
        return ""
    return (
        f"Of {pair.overlap:,} persons on both {pair.first} and {pair.second}, {pair.second} came to know of "
        f"{pair.passed:,} ({pair.share:.0%}) by being sent the case from there."
    )


def _own(counted: FromTrail) -> tuple[str, ...]:
    if not any(pair.passed for pair in counted.passed):
        return ()
    lost = f" {counted.lost:,} persons are then on no list." if counted.lost else ""
    return (
        "Being told makes two lists alike, and an estimate on all records too low. Leaving out what came by being told "
        "also leaves out whom a list would have found by itself, and makes an estimate too high. Both are shown."
        + lost,
    )


def _halves(both: InBothHalves) -> str:
    if both.share is None:
        return "Nobody was seen in either half of the period."
    return (
        f"{both.share:.0%} of the persons were seen in both halves of the period ({both.first:,} in the first, "
        f"{both.second:,} in the second, {both.both:,} in both). Where persons come and go, the number for the whole "
        "period is of all who were there at some time, and an estimate that takes them to have been there all the time "
        "is wrong: compare the halves."
    )


def _unknown(counted: FromTrail) -> tuple[str, ...]:
    said = []
    if counted.events_unsure:
        said.append(f"Not counted: {counted.events_unsure:,} events whose outcome or severity is not recorded.")
    if counted.events_of_nobody:
        said.append(f"{counted.events_of_nobody:,} events that count name no agency.")
    if counted.unknown_times:
        named = ", ".join(f"{name} {persons:,}" for name, persons in sorted(counted.unknown_times.items()))
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
