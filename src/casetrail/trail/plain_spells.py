"""Plain twins of spells and tenure: walk one person's moments and say who holds the case after each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from casetrail.schema.trails import (
    AFTER_CLOSURE,
    HELD,
    JOINT,
    LIMBO,
    NOBODY_RECORDED,
    SENT_NOT_ACCEPTED,
    Level,
)
from casetrail.trail.plain_log import PlainEvent, grouped
from casetrail.trail.plain_steps import Elapsed, Holding, Send, Step


@dataclass(frozen=True, slots=True)
class Spell:
    """A half-open stretch in which nothing about holding changes. No holders: limbo, for a reason."""

    level: Level
    person: str
    nth: int
    holders: frozenset[str]
    reason: str | None
    from_us: int
    to_us: int
    month: int

    @property
    def kind(self) -> str:
        return LIMBO if not self.holders else HELD if len(self.holders) == 1 else JOINT

    @property
    def holder(self) -> str | None:
        """The one holder; None in limbo and when several hold."""
        return next(iter(self.holders)) if len(self.holders) == 1 else None

    @property
    def lasts_us(self) -> int:
        return self.to_us - self.from_us


# Who holds the case from a moment on: the moment, its month, the holders, and the reason when there are none.
Change = tuple[int, int, frozenset[str], str | None]
_NOBODY: frozenset[str] = frozenset()


def body_of(record: PlainEvent | Holding, level: Level) -> str | None:
    """The agency or the team that made an event or holds a case."""
    return record.team if level == "team" else record.agency


def spells(
    level: Level,
    walked: Sequence[Step],
    sent: Sequence[Send],
    *,
    held: Sequence[Holding],
    trails: Sequence[Elapsed],
) -> list[Spell]:
    """Everybody's spells: from recorded holders where a person has any, else from the order of events."""
    own_steps = grouped(walked, lambda step: step.person)
    own_sends = grouped(sent, lambda send: send.step.person)
    own_holdings = grouped(held, lambda holding: holding.person)
    found: list[Spell] = []
    for trail in trails:
        if trail.held_by_record:
            changes = _by_record(level, trail, own_holdings[trail.person], own_sends.get(trail.person, []))
        else:
            changes = _by_events(level, own_steps[trail.person])
        found += _joined(level, trail, changes)
    return found


def _by_events(level: Level, own: Sequence[Step]) -> Iterator[Change]:
    waiting_for: str | None = None
    for step in own:
        event, body = step.event, body_of(step.event, level)
        holder = _NOBODY if body is None else frozenset({body})
        if waiting_for is not None and waiting_for in (event.agency, event.team):
            waiting_for = None
        lets_go = step.sends_to is not None or (event.closing and waiting_for is None)
        if lets_go and holder:
            yield event.at_us, event.month, holder, None
        waiting_for = step.sends_to or waiting_for
        if waiting_for is not None:
            yield event.at_us, event.month, _NOBODY, SENT_NOT_ACCEPTED
        elif event.closing:
            yield event.at_us, event.month, _NOBODY, AFTER_CLOSURE
        else:
            yield event.at_us, event.month, holder, None if holder else NOBODY_RECORDED


def _by_record(level: Level, trail: Elapsed, held: Sequence[Holding], sent: Sequence[Send]) -> Iterator[Change]:
    moments = {trail.from_us, trail.to_us}
    moments |= {edge for holding in held for edge in (holding.from_us, holding.to_us)}
    moments |= {edge for send in sent for edge in (send.step.event.at_us, send.ended_us)}
    for moment in sorted(moments - {trail.to_us}):
        now = {body_of(holding, level) for holding in held if holding.from_us <= moment < holding.to_us}
        holders = frozenset(body for body in now if body is not None)
        on_the_way = any(send.step.event.at_us <= moment < send.ended_us for send in sent)
        reason = SENT_NOT_ACCEPTED if on_the_way else NOBODY_RECORDED
        yield moment, _month(moment), holders, None if holders else reason


def _month(moment_us: int) -> int:
    # Records of holders carry no zone of their own: months are cut on the stored clock.
    day = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=moment_us)
    return day.year * 12 + day.month - 1


def _joined(level: Level, trail: Elapsed, changes: Iterable[Change]) -> list[Spell]:
    """Changes that change nothing are one spell; each lasts until the next, the last until the trail ends."""
    found: list[Spell] = []
    for from_us, month, holders, reason in changes:
        if found and (found[-1].holders, found[-1].reason) == (holders, reason):
            continue
        if found:
            found[-1] = replace(found[-1], to_us=from_us)
        nth = len(found) + 1
        found.append(Spell(level, trail.person, nth, holders, reason, from_us, trail.to_us, month))
    return found


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn at holding a case, whatever limbo lies inside it; `before` is the turn before this one."""

    level: Level
    person: str
    nth: int
    holder: str
    from_us: int
    left_us: int
    month: int
    before: Turn | None

    @property
    def loops_back(self) -> bool:
        """The holder had it, one other had it, and it came straight back."""
        return self.before is not None and self.before.before is not None and (self.before.before.holder == self.holder)


def turns(held: Sequence[Spell]) -> list[Turn]:
    """Turns of one holder each: joint time and limbo do not count, and do not end a turn."""
    found: list[Turn] = []
    for own in grouped(held, lambda spell: (spell.level, spell.person)).values():
        mine: list[Turn] = []
        for spell in own:
            if spell.holder is None:
                continue
            if mine and mine[-1].holder == spell.holder:
                mine[-1] = replace(mine[-1], left_us=spell.to_us)
                continue
            before = mine[-1] if mine else None
            nth = len(mine) + 1
            mine.append(
                Turn(
                    spell.level,
                    spell.person,
                    nth,
                    spell.holder,
                    spell.from_us,
                    spell.to_us,
                    spell.month,
                    before,
                )
            )
        found += mine
    return found
