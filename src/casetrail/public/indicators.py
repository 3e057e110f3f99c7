"""What each published figure means: the sidecar of the children-in-need table, typed."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from types import MappingProxyType
from typing import Any, Literal, cast

Kind = Literal["proportion", "rate", "count"]


@dataclass(frozen=True, slots=True)
class Indicator:
    """One published figure: what is counted, out of what, and which way it points.

    `kind`: a proportion is printed in per cent, a rate per 10,000 children, a count has no value of its
    own. `about` is procedure (was it on time) or activity (how much was there); none is about how a
    child fared. `columns` names the Department's column for each part, by year.
    """

    id: str
    code: str
    title: str
    kind: Kind
    about: Literal["procedure", "activity"]
    direction: str
    definition: str
    no_denominator: str
    columns: Mapping[str, Mapping[str, str]]

    @property
    def unit(self) -> str:
        return {"proportion": "%", "rate": "per 10,000 children", "count": "children"}[self.kind]


@dataclass(frozen=True, slots=True)
class About:
    """The table as a whole: who made it, under which licence, and what its marks mean."""

    title: str
    made_by: str
    licence: str
    publications: tuple[str, ...]
    suppression: str
    england: str
    years: tuple[str, ...]
    confidence: Mapping[str, str]


@lru_cache(maxsize=1)
def indicators() -> tuple[Indicator, ...]:
    """All indicators of the shipped table, in the order of the sidecar."""
    return tuple(_indicator(code, body) for code, body in _sidecar()["indicator"].items())


@lru_cache(maxsize=1)
def about() -> About:
    """Source, licence, years and marks of the shipped table."""
    raw = _sidecar()
    return About(
        title=raw["title"],
        made_by=raw["made_by"],
        licence=raw["licence"],
        publications=tuple(raw["publications"]),
        suppression=raw["suppression"],
        england=raw["england"],
        years=tuple(raw["files"]),
        confidence=MappingProxyType(dict(raw["confidence"])),
    )


def _indicator(code: str, body: Mapping[str, Any]) -> Indicator:
    columns = {year: MappingProxyType(dict(parts)) for year, parts in body["columns"].items()}
    return Indicator(
        id=body["id"],
        code=code,
        title=body["title"],
        kind=cast(Kind, body["kind"]),
        about=body["about"],
        direction=body["direction"],
        definition=body["definition"],
        no_denominator=body.get("no_denominator", ""),
        columns=MappingProxyType(columns),
    )


@lru_cache(maxsize=1)
def _sidecar() -> dict[str, Any]:
    at = resources.files("casetrail.public").joinpath("data", "children_in_need.toml")
    return tomllib.loads(at.read_text(encoding="utf-8"))
