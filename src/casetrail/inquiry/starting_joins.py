"""What files tell about each other: whose they are, which number persons alike, and the day they were taken."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from casetrail.records import Inspection, ReturnLook, cells_of

# Files whose rows are of one agency end in what they hold.
_HOLDS = re.compile(r"[ _-]+(events?|involvements?|people|persons|extract|records?|log)$", re.IGNORECASE)
_SIGNS = re.compile(r"[^a-z0-9]+")
# Two lists of numbers are one numbering when so many of the shorter stand in the longer, and no number is so short that
# two agencies may have given it by chance.
_SHARED, _SHORTEST = 0.05, 5
Look = Inspection | ReturnLook


@dataclass(frozen=True, slots=True)
class Joined:
    """For each file: the agency it is of, and the numbering of persons that it shares (empty: not known)."""

    agencies: tuple[str, ...]
    schemes: tuple[str, ...]


def joined(files: Sequence[Path], looks: Sequence[Look], names: Sequence[str]) -> Joined:
    """Whose each file is and which of them number persons alike."""
    agencies = _agencies(files, looks, names)
    return Joined(agencies, _schemes(files, looks, agencies))


def latest_day(looks: Sequence[Look], today: date) -> date:
    """The latest day in any file; today where one of them has no day, or none is given."""
    days = [look.last_day for look in looks if not isinstance(look, Inspection) or look.holds != "people"]
    known = [day for day in days if day is not None]
    return min(today, max(known)) if known and len(known) == len(days) else today


def _plain(text: str) -> str:
    return _SIGNS.sub(" ", text.casefold().replace("'", "").replace("’", "")).strip()


def _agencies(files: Sequence[Path], looks: Sequence[Look], names: Sequence[str]) -> tuple[str, ...]:
    """The name of the file without what it holds; spelt as the other files spell it where they send cases to it."""
    spelt = {
        _plain(text): text
        for file, look in zip(files, looks, strict=True)
        if isinstance(look, Inspection) and "passed_to" in look.mapping
        for text in cells_of(file, look, look.mapping["passed_to"][0])
    }
    found = []
    for name in names:
        short = _HOLDS.sub("", name)
        found.append(name if short == name else spelt.get(_plain(short), short.replace("_", " ")))
    return tuple(found)


def _schemes(files: Sequence[Path], looks: Sequence[Look], agencies: Sequence[str]) -> tuple[str, ...]:
    """Files of one agency share its numbers; so do all files with one heading, where two agencies' numbers meet."""
    by_heading: dict[str, list[int]] = {}
    for at, look in enumerate(looks):
        if isinstance(look, Inspection) and look.holds != "people" and "person" in look.mapping:
            by_heading.setdefault(look.mapping["person"][0], []).append(at)
    schemes = [""] * len(files)
    for heading, places in by_heading.items():
        together = len({agencies[at] for at in places}) > 1 and _meet(files, looks, places, heading)
        for at in places:
            schemes[at] = heading.replace("_", " ").casefold() if together else agencies[at]
    return tuple(schemes) if sum(bool(scheme) for scheme in schemes) > 1 else ("",) * len(files)


def _meet(files: Sequence[Path], looks: Sequence[Look], places: Sequence[int], heading: str) -> bool:
    sets = []
    for at in places:
        look = looks[at]
        if isinstance(look, Inspection):
            sets.append({text for text in cells_of(files[at], look, heading) if len(text) >= _SHORTEST})
    return any(
        len(one & other) >= max(2.0, _SHARED * min(len(one), len(other)))
        for i, one in enumerate(sets)
        for other in sets[i + 1 :]
    )
