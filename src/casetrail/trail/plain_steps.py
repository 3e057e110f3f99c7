"""Plain twins of step, send and elapsed: slow, obvious, and with names instead of numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from casetrail.trail.plain_log import PlainEvent, PlainInvolvement, PlainOptions, grouped


@dataclass(frozen=True, slots=True)
class Step:
    """One event in its place: `until_us` is the next event's time, or the end of the trail."""

    event: PlainEvent
    seq: int
    until_us: int
    before: PlainEvent | None
    after: PlainEvent | None
    end_us: int | None

    @property
    def person(self) -> str:
        return self.event.person

    @property
    def state(self) -> str:
        return self.event.activity if self.event.state is None else self.event.state

    @property
    def lasts_us(self) -> int:
        return self.until_us - self.event.at_us

    @property
    def same_time(self) -> bool:
        return self.before is not None and self.before.at_us == self.event.at_us

    @property
    def tied(self) -> bool:
        """Only the order of the files puts this event after the one before."""
        return self.before is not None and self.same_time and self.before.rank == self.event.rank

    @property
    def sends_to(self) -> str | None:
        """The other body this event sends the case to; passing to oneself is not sending."""
        to = self.event.passed_to
        return None if to in (self.event.agency, self.event.team) else to


@dataclass(frozen=True, slots=True)
class Send:
    """One sending. `ended_seq` is the step that took or superseded it; None while it is open."""

    step: Step
    to: str
    ended_seq: int | None
    ended_us: int
    status: str


@dataclass(frozen=True, slots=True)
class Elapsed:
    """One person's trail from its first to its last moment, and the event it began with."""

    person: str
    from_us: int
    to_us: int
    held_by_record: bool
    first: PlainEvent | None

    @property
    def lasts_us(self) -> int:
        return self.to_us - self.from_us


def steps(events: Sequence[PlainEvent], options: PlainOptions) -> list[Step]:
    """Known events, person by person, in order of time, then declared rank, then file order."""
    known = [event for event in events if options.knew(event.at_us, event.recorded_us)]
    found = []
    for _, own in sorted(grouped(known, lambda event: event.person).items()):
        own.sort(key=lambda event: (event.at_us, event.rank, event.row_no))
        for i, event in enumerate(own):
            after = own[i + 1] if i + 1 < len(own) else None
            end_us = event.end_us
            # On the day, nobody knew the end of what had not ended.
            if end_us is not None and not options.knew(end_us, None):
                end_us = None
            found.append(
                Step(
                    event=event,
                    seq=i + 1,
                    until_us=_until(event, after, options),
                    before=own[i - 1] if i else None,
                    after=after,
                    end_us=end_us,
                )
            )
    return found


def _until(event: PlainEvent, after: PlainEvent | None, options: PlainOptions) -> int:
    if after is not None:
        return after.at_us
    if options.open_ends == "as_of" and not event.closing:
        return max(event.at_us, options.end_us)
    return event.at_us


def sends(walked: Sequence[Step]) -> list[Send]:
    """Each sending and its end: accepted when the addressee acts, superseded by a later sending first."""
    found = []
    for own in grouped(walked, lambda step: step.person).values():
        for i, step in enumerate(own):
            if step.sends_to is None:
                continue
            status, ended_seq, ended_us = "open", None, own[-1].until_us
            for later in own[i + 1 :]:
                if step.sends_to in (later.event.agency, later.event.team):
                    status = "accepted"
                elif later.sends_to is not None:
                    status = "superseded"
                else:
                    continue
                ended_seq, ended_us = later.seq, later.event.at_us
                break
            found.append(Send(step, step.sends_to, ended_seq, ended_us, status))
    return found


@dataclass(frozen=True, slots=True)
class Holding:
    """One recorded holder, known on the day and cut at the end of the inquiry."""

    person: str
    agency: str | None
    team: str | None
    from_us: int
    to_us: int


def holdings(involvements: Sequence[PlainInvolvement], options: PlainOptions) -> list[Holding]:
    """Recorded holders as known on the day; what would begin after the end is left out."""
    found = []
    for record in involvements:
        to_us = options.end_us if record.to_us is None else min(record.to_us, options.end_us)
        if record.role == "holder" and record.from_us <= to_us and options.knew(record.from_us, record.recorded_us):
            found.append(Holding(record.person, record.agency, record.team, record.from_us, to_us))
    return found


def elapsed(walked: Sequence[Step], held: Sequence[Holding]) -> list[Elapsed]:
    """From the first to the last moment that either events or recorded holders know of."""
    events = grouped(walked, lambda step: step.person)
    records = grouped(held, lambda holding: holding.person)
    found = []
    for person in sorted({*events, *records}):
        own, recorded = events.get(person, []), records.get(person, [])
        moments = [step.event.at_us for step in own] + [step.until_us for step in own]
        moments += [holding.from_us for holding in recorded] + [holding.to_us for holding in recorded]
        first = own[0].event if own else None
        found.append(Elapsed(person, min(moments), max(moments), bool(recorded), first))
    return found
