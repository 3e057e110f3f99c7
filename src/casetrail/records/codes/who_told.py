"""In which role somebody told: of what kind it is, and whether it is a lay person's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Literal, TypeAlias

from casetrail.records.codes.shipped import WHO_TOLD, by_word, entries, folded, table

Speaks: TypeAlias = Literal["lay", "professional", "not known"]


@dataclass(frozen=True, slots=True)
class Speaker:
    """A role in which somebody told: never a person. `speaks` is not known of an anonymous caller."""

    role: str
    kind: str
    speaks: Speaks
    codes: tuple[str, ...] = ()


@cache
def speaker_kinds() -> Mapping[str, tuple[str, Speaks]]:
    """Title of each kind of speaker, and how it speaks."""
    return MappingProxyType({kind["name"]: (kind["title"], kind["speaks"]) for kind in table(WHO_TOLD)["kind"]})


@cache
def speakers() -> tuple[Speaker, ...]:
    """All roles of the shared table."""
    kinds = speaker_kinds()
    return tuple(
        Speaker(entry["role"], entry["kind"], kinds[entry["kind"]][1], tuple(entry.get("codes", ())))
        for entry in entries(WHO_TOLD)
    )


@cache
def _places() -> Mapping[str, int]:
    return by_word(WHO_TOLD)


def speaker(text: str) -> Speaker | None:
    """The role that a word, code or label means; None for a word that the table does not know."""
    at = _places().get(folded(text))
    return None if at is None else speakers()[at]
