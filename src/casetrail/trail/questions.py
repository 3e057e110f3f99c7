"""All questions of this room by name: what `follow` asks, and what `explain` runs again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from casetrail.errors import UnknownNameError
from casetrail.figures import Answer, Refusal
from casetrail.schema.trails import LEVELS, By
from casetrail.trail import blench, holding, log, order, passing, person, repeats, telling, terms, waiting
from casetrail.trail.asking import Asking, Written, answer
from casetrail.trail.handle import Trail, with_persons

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
UNGROUPED: Mapping[str, Ask] = {
    "overview": log.overview,
    "known": log.known,
    "little": blench.little,
    "terms": terms.terms,
}
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
    "told": telling.told,
    "endings": telling.endings,
}


# What each measure can be grouped by; the others are grouped by what the case began with, type included.
_STEP: frozenset[By] = frozenset({"all", "agency", "team", "period", "person"})
_SPELL: frozenset[By] = frozenset({"all", "period", "person"})
_GROUPS: Mapping[str, frozenset[By]] = {
    "ties": _STEP,
    "time_by_state": _STEP,
    "waits_between": _STEP,
    "directly_follows": _STEP,
    "repeats": _STEP,
    "told": _STEP,
    "endings": _STEP,
    "held_time": _SPELL,
    "hand_off_pairs": _SPELL,
    "hand_offs.agency": _SPELL | {"agency"},
    "hand_offs.team": _SPELL,
    "sent_on": _SPELL | {"agency"},
}


def _grouped(name: str, asking: Asking, ask: Ask) -> Answer:
    """Ask, or refuse a grouping that the measure does not have: it must not pass for the whole log."""
    groups = _GROUPS.get(name, _GROUPS.get(name.split(".", 1)[0]))
    if groups is None or asking.by in groups:
        return ask(asking)
    words = Written(name, "Not grouped so", name.replace("_", " ").replace(".", ", by "), "Not answerable so.", "None.")
    said = ", ".join(sorted(groups - {"all"}))
    body = Refusal("no_such_grouping", f"This measure is not kept by {asking.by}.", (f"--by one of: {said}; or none",))
    return answer(asking, words, body, [])


def answers(trail: Trail, wanted: Wanted, *, by: By = "all", limit: int | None = 25) -> tuple[Answer, ...]:
    """Every question of this room about one trail."""
    asking = Asking(with_persons(trail) if by == "person" else trail, by, limit)
    whole_log = [name for name in UNGROUPED if name != "known" or trail.known_on_us is not None]
    made = [] if by != "all" else [UNGROUPED[name](asking) for name in whole_log]
    made += [_grouped(name, asking, ask) for name, ask in GROUPED.items() if _bears(name, trail)]
    window, kinds = wanted.repeat_window_days, wanted.repeat_activities
    made.append(_grouped("repeats", asking, lambda a: repeats.repeats(a, window_days=window, activities=kinds)))
    made += [waiting.wait(asking, start=start, finish=finish) for start, finish in wanted.waits]
    for start, finish, limit_name in wanted.spans:
        made.append(waiting.span(asking, start=start, finish=finish, limit=limit_name))
        if by == "all":
            made.append(waiting.span_days(asking, start=start, finish=finish))
            if limit_name is not None:
                made.append(waiting.span_days(asking, start=start, finish=limit_name, planned=True))
    made += [waiting.asked(asking, role=role, activity=activity) for role, activity in wanted.asked]
    return tuple(made)


# Questions that say nothing where no source has one of these columns.
_ROOTED: Mapping[str, frozenset[str]] = {
    "told": frozenset({"reported_by_role"}),
    "endings": frozenset({"closing_code"}),
}


def _bears(name: str, trail: Trail) -> bool:
    """A question by agency or team says nothing when no source names them; that of who held the case says so."""
    if name in _ROOTED:
        return bool(_ROOTED[name] & trail.mapped)
    level = name.rpartition(".")[2]
    return level not in LEVELS or level in trail.mapped or name == "held_time.agency"


def ask_again(trail: Trail, question: str, parameters: Mapping[str, Any]) -> Answer:
    """Ask one question again with the parameters that its provenance holds. Raises UnknownNameError."""
    by = parameters.get("by", "all")
    asking = Asking(with_persons(trail) if by == "person" else trail, by, parameters.get("rows"))
    name = question.removeprefix("trail.")
    fixed = {**UNGROUPED, **GROUPED}
    if name in fixed:
        return _grouped(name, asking, fixed[name])
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
    ("span_days.", "", waiting.span_days, ("start", "finish", "planned")),
    ("span.", "", waiting.span, ("start", "finish", "limit")),
    ("asked.", "", waiting.asked, ("role", "activity")),
    ("person.", ".events", person.events, ("person_no",)),
    ("person.", ".spells", person.spells, ("person_no", "level")),
    ("person.", ".learnt_later", person.learnt_later, ("person_no", "known_on_us")),
)
