"""What may be adjusted for when bodies are compared, and what may not: the registry, typed.

Only what families bring may enter an expectation. What the judged body decides is never adjusted away, and harm that
came before must have been written down by others.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from types import MappingProxyType
from typing import Any, Literal

from casetrail.errors import InquiryError, UnknownNameError

Role = Literal["deprivation", "age", "ethnicity", "prior harm", "resources", "decisions"]
PRIOR_HARM: Role = "prior harm"
ETHNICITY: Role = "ethnicity"


@dataclass(frozen=True, slots=True)
class Adjuster:
    """One thing that could explain why bodies differ. `side` says whose doing it is.

    `own_records`: the judged body writes it down itself. `file` is the shipped table, "" where nothing ships; `share`
    names the columns whose sum over all columns is taken; figures lie at most `years_apart` from the period, and with
    `before_only` end before it begins. `measures` are panels that are this very figure.
    """

    id: str
    title: str
    short: str
    role: Role
    side: Literal["demand", "authority"]
    recorded_by: str
    own_records: bool
    why: str
    allowed: bool
    file: str = ""
    share: tuple[str, ...] = ()
    years_apart: int = 0
    before_only: bool = False
    also_called: tuple[str, ...] = ()
    measures: tuple[str, ...] = ()


@lru_cache(maxsize=1)
def _registry() -> Mapping[str, Adjuster]:
    at = resources.files("casetrail.public").joinpath("data", "adjusters.toml")
    raw = tomllib.loads(at.read_text(encoding="utf-8"))["adjuster"]
    return MappingProxyType({name: _adjuster(name, body) for name, body in raw.items()})


def _adjuster(name: str, body: Mapping[str, Any]) -> Adjuster:
    typed: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in body.items()}
    return Adjuster(id=name, **typed)


ADJUSTERS: Mapping[str, Adjuster] = _registry()


def adjuster(name: str) -> Adjuster:
    """The entry of this id, title or other name; also one that is not allowed. Raises: UnknownNameError."""
    asked = name.strip().casefold()
    for found in ADJUSTERS.values():
        if asked in (found.id, found.title.casefold(), *(other.casefold() for other in found.also_called)):
            return found
    raise UnknownNameError(
        f"No adjuster is called '{name}'.",
        where="list of adjusters",
        todo=f"Allowed are: {', '.join(a.id for a in ADJUSTERS.values() if a.allowed)}.",
        code="unknown_adjuster",
    )


def why_not(of: Adjuster) -> tuple[str, str] | None:
    """Reason code and words where this may not be adjusted for, also for a user's own; None where it may."""
    if of.side == "authority":
        return "authority_controlled", f"'{of.title}' is in the authority's own hands. {of.why}"
    if of.role == PRIOR_HARM and of.own_records:
        return "own_records", f"'{of.title}' comes from the authority's own records. {of.why}"
    return None


def permitted(names: tuple[str, ...]) -> tuple[Adjuster, ...]:
    """The adjusters of these names, in the order given.

    Raises: UnknownNameError; InquiryError with code authority_controlled or own_records, and the reason.
    """
    found = tuple(adjuster(name) for name in names)
    for each in found:
        refuse_unless_allowed(each)
    return found


def refuse_unless_allowed(of: Adjuster) -> None:
    """Raises: InquiryError with code authority_controlled or own_records, and the reason; else nothing."""
    refused = why_not(of)
    if refused is not None:
        code, words = refused
        raise InquiryError(
            f"This may not be adjusted for: {words}",
            where="list of adjusters",
            todo=f"Allowed are: {', '.join(a.id for a in ADJUSTERS.values() if a.allowed)}.",
            code=code,
        )
