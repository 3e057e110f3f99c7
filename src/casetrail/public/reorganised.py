"""Authorities that were split, merged or replaced: whose figures an earlier or a later name stands for."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib import resources


@dataclass(frozen=True, slots=True)
class Reorganisation:
    """From the day `on`, the bodies `after` stand where those `before` stood. Both map a code to a name."""

    on: date
    kind: str
    before: dict[int, str]
    after: dict[int, str]
    order: str

    def words(self, code: int) -> str:
        """What happened to one of its bodies, as a sentence for a reader. Raises: KeyError for another body."""
        if code in self.before:
            return f"{self.before[code]} ended on {self.on.isoformat()}; {_list(self.after)} followed ({self.order})"
        return f"{self.after[code]} began on {self.on.isoformat()} in place of {_list(self.before)} ({self.order})"


@lru_cache(maxsize=1)
def reorganisations() -> tuple[Reorganisation, ...]:
    """Every change since 2009, oldest first."""
    at = resources.files("casetrail.public").joinpath("data", "reorganised.toml")
    raw = tomllib.loads(at.read_text(encoding="utf-8"))
    return tuple(
        Reorganisation(
            c["on"],
            c["kind"],
            {b["code"]: b["name"] for b in c["before"]},
            {b["code"]: b["name"] for b in c["after"]},
            c["order"],
        )
        for c in raw["change"]
    )


def reorganisation_of(code: int) -> tuple[Reorganisation, ...]:
    """The changes in which one body ended or began."""
    return tuple(r for r in reorganisations() if code in r.before or code in r.after)


def _list(bodies: dict[int, str]) -> str:
    names = list(bodies.values())
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
