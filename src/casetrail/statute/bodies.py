"""Bodies and terms with the days on which they began and ended, and what came after: old names are understood."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib import resources
from types import MappingProxyType
from typing import Any, Literal

_SIGNS = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Entry:
    """One body or term. `first` and `last` are days of its being; `last` None: it goes on.

    `checked` says which of "from" and "to" was read in the source named; the rest is from memory. `year_only` says
    which is known to the year alone. `after` are the entries that came in its place.
    """

    id: str
    kind: Literal["body", "term"]
    nation: str
    first: date
    last: date | None
    source: str
    also: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    checked: tuple[str, ...] = ()
    year_only: tuple[str, ...] = ()
    note: str = ""

    def on(self, day: date) -> bool:
        """Whether it was there on a day."""
        return self.first <= day and (self.last is None or day <= self.last)


@lru_cache(maxsize=1)
def entries() -> Mapping[str, Entry]:
    """All entries by id, in the order of the file."""
    text = (resources.files("casetrail.statute") / "data" / "bodies.toml").read_text(encoding="utf-8")
    return MappingProxyType({one["id"]: _entry(one) for one in tomllib.loads(text)["entry"]})


def _entry(given: Mapping[str, Any]) -> Entry:
    return Entry(
        id=given["id"],
        kind=given["kind"],
        nation=given["nation"],
        first=given["from"],
        last=given.get("to"),
        source=given["source"],
        also=tuple(given.get("also", ())),
        after=tuple(given.get("after", ())),
        checked=tuple(given.get("checked", ())),
        year_only=tuple(given.get("year_only", ())),
        note=given.get("note", ""),
    )


def plain(text: str) -> str:
    """A name without capitals and signs."""
    return _SIGNS.sub(" ", text.casefold()).strip()


@lru_cache(maxsize=1)
def _by_name() -> Mapping[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for one in entries().values():
        for name in {plain(text) for text in (one.id, *one.also)}:
            found[name] = (*found.get(name, ()), one.id)
    return MappingProxyType(found)


def named(text: str) -> tuple[Entry, ...]:
    """Entries that bear exactly this name or short form, in the order of the file."""
    return tuple(entries()[name] for name in _by_name().get(plain(text), ()))


def about(text: str) -> tuple[Entry, ...]:
    """Entries of exactly this name, else those whose names hold it; none for a name that is nowhere."""
    wanted = plain(text)
    exact = named(text)
    if exact or not wanted:
        return exact
    return tuple(one for one in entries().values() if any(wanted in plain(name) for name in (one.id, *one.also)))


def spoken_of(text: str) -> tuple[Entry, ...]:
    """Entries whose full name a longer text speaks of, such as an activity: "core assessment completed"."""
    words = f" {plain(text)} "
    held = [
        one for one in entries().values() if any(f" {plain(name)} " in words for name in (one.id, *_long(one.also)))
    ]
    inner = {other.id for one in held for other in held if other is not one and plain(other.id) in plain(one.id)}
    return tuple(one for one in held if one.id not in inner)


def _long(names: tuple[str, ...]) -> Iterator[str]:
    """Short forms may be words of something else; only names of several words are looked for inside a text."""
    return (name for name in names if " " in plain(name))


def in_place_of(entry: Entry, day: date) -> tuple[Entry, ...]:
    """What stood for an entry on a day: itself, what came after it, or what was before it; none if nothing is known."""
    if entry.last is not None and day > entry.last:
        return tuple(dict.fromkeys(_later(entry, day)))
    return tuple(dict.fromkeys(_earlier(entry, day)))


def _later(entry: Entry, day: date) -> Iterator[Entry]:
    if entry.on(day):
        yield entry
    elif entry.last is not None and day > entry.last:
        for name in entry.after:
            yield from _later(entries()[name], day)


def _earlier(entry: Entry, day: date) -> Iterator[Entry]:
    if entry.on(day):
        yield entry
    elif day < entry.first:
        for before in entries().values():
            if entry.id in before.after:
                yield from _earlier(before, day)
