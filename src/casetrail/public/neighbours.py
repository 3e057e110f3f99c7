"""The ten statistical neighbours of each English authority, by the models of 2021 and 2025."""

from __future__ import annotations

import csv
import hashlib
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

from casetrail.errors import UnknownNameError
from casetrail.figures import Origin, SourceRef

FIRST_YEAR_OF_2025 = "2024-25"


@dataclass(frozen=True, slots=True)
class Neighbour:
    """One neighbour: its code (the Department's number, as text), its place from 1 (nearest) to 10, and how close."""

    code: str
    place: int
    closeness: str


def models() -> tuple[str, ...]:
    """The models that ship, oldest first."""
    return tuple(_sidecar()["model"])


def model_for(period: str) -> str:
    """The model used for one year, such as 2009-10: that of 2021 up to 2023-24, then that of 2025."""
    return "2025" if period >= FIRST_YEAR_OF_2025 else "2021"


def said_of(model: str) -> str:
    """What a reader should know of one model. Raises: UnknownNameError."""
    return str(_model(model)["said"])


def neighbours(code: str, model: str) -> tuple[Neighbour, ...]:
    """The neighbours of one authority, nearest first; none where the model does not have the authority.

    The model of 2021 also has the authorities that had ended by then: Bournemouth, Poole, Northamptonshire.
    Raises: UnknownNameError when there is no model of this name.
    """
    _model(model)
    return _rows().get((model, code), ())


@lru_cache(maxsize=1)
def source() -> SourceRef:
    """The shipped table as a figure cites it, with the hash of its very bytes."""
    said = _sidecar()
    return SourceRef(
        name="casetrail/public/data/neighbours.csv",
        sha256=hashlib.sha256(_bytes()).hexdigest(),
        origin=Origin.PUBLIC_AGGREGATE,
        made_by=said["made_by"],
        note=f"{said['title']}. From {'; '.join(said['publications'])}. {said['licence']}.",
    )


def _model(name: str) -> dict[str, Any]:
    found: dict[str, Any] | None = _sidecar()["model"].get(name)
    if found is None:
        raise UnknownNameError(
            "No model of statistical neighbours of that name is shipped.",
            where="public table of neighbours",
            todo=f"Models: {', '.join(models())}.",
            code="unknown_model",
        )
    return found


@lru_cache(maxsize=1)
def _rows() -> dict[tuple[str, str], tuple[Neighbour, ...]]:
    words = _sidecar()["closeness"]
    found: dict[tuple[str, str], list[Neighbour]] = {}
    for row in csv.DictReader(_bytes().decode("utf-8").splitlines()):
        one = Neighbour(row["neighbour"], int(row["place"]), words[row["closeness"]])
        found.setdefault((row["model"], row["authority"]), []).append(one)
    return {at: tuple(sorted(those, key=lambda n: n.place)) for at, those in found.items()}


@lru_cache(maxsize=1)
def _sidecar() -> dict[str, Any]:
    at = resources.files("casetrail.public").joinpath("data", "neighbours.toml")
    return tomllib.loads(at.read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def _bytes() -> bytes:
    return resources.files("casetrail.public").joinpath("data", "neighbours.csv").read_bytes()
