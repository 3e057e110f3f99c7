"""All questions of this room by name: what `follow` asks, and what `explain` runs again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from casetrail.errors import UnknownNameError
from casetrail.figures import Answer
from casetrail.schema.trails import LEVELS, By
from casetrail.trail import blench, holding, log, order, passing, person, repeats, waiting
from casetrail.trail.asking import Asking
from casetrail.trail.handle import Trail

Ask: TypeAlias = Callable[..., Answer]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an inquiry wants to know beyond the questions that are always asked."""

    repeat_window_days: int = 365
    repeat_activities: tuple[str, ...] = ()
    waits: tuple[tuple[str, str], ...] = ()
    spans: tuple[tuple[str, str, str | None], ...] = ()
    asked: tuple[tuple[str, str], ...] = ()


# Questions about the whole log take no grouping.
UNGROUPED: Mapping[str, Ask] = {"overview": log.overview, "little": blench.little}
GROUPED: Mapping[str, Ask] = {
    "per_case": log.per_case,
    "duration": log.duration,
    "ties": log.ties,
    "held_time.agency": lambda a: holding.held_time(a, "agency"),
    "held_time.team": lambda a: holding.held_time(a, "team"),
    "held_by_how_many.agency": lambda a: holding.held_by_how_many(a, "agency"),
    "held_by_how_many.team": lambda a: holding.held_by_how_many(a, "team"),
    "time_by_state": holding.time_by_state,
    "hand_offs.agency": lambda a: passing.hand_offs(a, "agency"),
    "hand_offs.team": lambda a: passing.hand_offs(a, "team"),
    "hand_off_pairs.agency": lambda a: passing.hand_off_pairs(a, "agency"),
    "hand_off_pairs.team": lambda a: passing.hand_off_pairs(a, "team"),
    "waits_between.agency": lambda a: passing.waits_between(a, "agency"),
    "waits_between.team": lambda a: passing.waits_between(a, "team"),
    "sent_on": passing.sent_on,
    "directly_follows": order.directly_follows,
    "variants": order.variants,
    "blench": blench.blench,
}


def answers(trail: Trail, wanted: Wanted, *, by: By = "all", limit: int | None = 25) -> tuple[Answer, ...]:
    """Every question of this room about one trail."""
    asking = Asking(trail, by, limit)
    made = [] if by != "all" else [ask(asking) for ask in UNGROUPED.values()]
    made += [ask(asking) for name, ask in GROUPED.items() if _bears(name, trail)]
    made.append(repeats.repeats(asking, window_days=wanted.repeat_window_days, activities=wanted.repeat_activities))
    made += [waiting.wait(asking, start=start, finish=finish) for start, finish in wanted.waits]
    for start, finish, limit_name in wanted.spans:
        made.append(waiting.span(asking, start=start, finish=finish, limit=limit_name))
        if by == "all":
            made.append(waiting.span_days(asking, start=start, finish=finish))
            if limit_name is not None:
                made.append(waiting.span_days(asking, start=start, finish=limit_name))
    made += [waiting.asked(asking, role=role, activity=activity) for role, activity in wanted.asked]
    return tuple(made)


def _bears(name: str, trail: Trail) -> bool:
    """A question by agency or team says nothing when no source names them; that of who held the case says so."""
    level = name.rpartition(".")[2]
    return level not in LEVELS or level in trail.mapped or name == "held_time.agency"


def ask_again(trail: Trail, question: str, parameters: Mapping[str, Any]) -> Answer:
    """Ask one question again with the parameters that its provenance holds. Raises UnknownNameError."""
    asking = Asking(trail, parameters.get("by", "all"), parameters.get("rows"))
    name = question.removeprefix("trail.")
    fixed = {**UNGROUPED, **GROUPED}
    if name in fixed:
        return fixed[name](asking)
    for start, end, ask, names in _WITH_PARAMETERS:
        if name.startswith(start) and name.endswith(end):
            return ask(asking, **{key: _plain(parameters[key]) for key in names})
    raise UnknownNameError("No question has that name.", where=question)


def _plain(value: object) -> object:
    return tuple(value) if isinstance(value, Sequence) and not isinstance(value, str) else value


# How a question's name begins and ends, what asks it, and which parameters it was asked with.
_WITH_PARAMETERS: tuple[tuple[str, str, Ask, tuple[str, ...]], ...] = (
    ("repeats", "", repeats.repeats, ("window_days", "activities")),
    ("wait.", "", waiting.wait, ("start", "finish")),
    ("span_days.", "", waiting.span_days, ("start", "finish")),
    ("span.", "", waiting.span, ("start", "finish", "limit")),
    ("asked.", "", waiting.asked, ("role", "activity")),
    ("person.", ".events", person.events, ("person_no",)),
    ("person.", ".spells", person.spells, ("person_no", "level")),
    ("person.", ".learnt_later", person.learnt_later, ("person_no", "known_on_us")),
)
