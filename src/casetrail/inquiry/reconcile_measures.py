"""The measures that are counted on both sides when a submission is reconciled: data, each with its definition."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any, Literal, TypeAlias

Counts: TypeAlias = Literal["each", "again", "open", "state"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One measure. `activities` begin or are it, `ends` end it (open), `near` stands close under another definition.

    `only` and `but` narrow an activity to the codes, or to all but those, that its outcome begins with.
    """

    id: str
    title: str
    counts: Counts
    activities: tuple[str, ...]
    definition: str
    source: str
    checked: bool
    ends: tuple[str, ...] = ()
    near: tuple[str, ...] = ()
    without_outcome: tuple[str, ...] = ()
    days: int = 0
    only: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    but: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def takes(self, activity: str, outcome: str | None) -> bool:
        """Whether an event that bears one of its activities is meant, by the code that its outcome begins with."""
        words = (outcome or "").replace(":", " ").split()
        code = words[0].upper() if words else ""
        if activity in self.only and code not in self.only[activity]:
            return False
        return code not in self.but.get(activity, ()) and (outcome or "") not in self.without_outcome


@cache
def measures() -> tuple[Measure, ...]:
    """All measures, in the order in which they are shown."""
    text = (resources.files("casetrail.inquiry") / "reconcile_measures.toml").read_text(encoding="utf-8")
    return tuple(_measure(entry) for entry in tomllib.loads(text)["measure"])


def _measure(entry: dict[str, Any]) -> Measure:
    given: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in entry.items()}
    for name in ("only", "but"):
        given[name] = {activity: tuple(codes) for activity, codes in entry.get(name, {}).items()}
    return Measure(**given)


def measure_named(text: str) -> Measure | None:
    """The measure of an id or a title, capitals aside."""
    plain = text.strip().casefold()
    return next((one for one in measures() if plain in (one.id.casefold(), one.title.casefold())), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnCountForm:
    """Where a return writes a count of its own: table, column, the date up to which, of how many days (0: ever)."""

    form: str
    table: str
    column: str
    at: str
    measure: str
    days: int


@cache
def own_count_forms(form: str) -> tuple[OwnCountForm, ...]:
    """The counts that a return writes itself."""
    text = (resources.files("casetrail.inquiry") / "reconcile_measures.toml").read_text(encoding="utf-8")
    return tuple(OwnCountForm(**entry) for entry in tomllib.loads(text)["own_count"] if entry["form"] == form)
