"""The measures that are counted on both sides when a submission is reconciled: data, each with its definition."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Literal, TypeAlias

Counts: TypeAlias = Literal["each", "again", "open"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One measure. `activities` begin or are it, `ends` end it (open), `near` stands close under another definition."""

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


@cache
def measures() -> tuple[Measure, ...]:
    """All measures, in the order in which they are shown."""
    text = (resources.files("casetrail.inquiry") / "reconcile_measures.toml").read_text(encoding="utf-8")
    return tuple(_measure(entry) for entry in tomllib.loads(text)["measure"])


def _measure(entry: dict[str, Any]) -> Measure:
    given: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in entry.items()}
    return Measure(**given)


def measure_named(text: str) -> Measure | None:
    """The measure of an id or a title, capitals aside."""
    plain = text.strip().casefold()
    return next((one for one in measures() if plain in (one.id.casefold(), one.title.casefold())), None)
