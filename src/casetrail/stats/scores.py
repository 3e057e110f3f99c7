"""How did a method do on made-up worlds where the truth is known? Read from the scores that ship.

A score speaks for the very code it was made with: `data/scores.json`, written by `just truth`, has the
hash of the source of each function, and with another source the method is not scored.
"""

from __future__ import annotations

import hashlib
import importlib
import inspect
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from types import MappingProxyType, ModuleType
from typing import Any

from casetrail.stats import apart, funnel, intervals, ordinary, spread

_FUNNEL = ((intervals, "normal_quantile"), *((funnel, name) for name in ("Funnel", "funnel", "winsorised")))
_ADJUSTED = (*_FUNNEL, (funnel, "overdispersion"))
_ORDINARY = (
    (spread, "on_scale"),
    *((ordinary, name) for name in ("Ordinary", "ordinary", "for_few", "_width", "_ends", "_expected")),
)
_APART = (*_ADJUSTED, *((apart, name) for name in ("Apart", "holm", "apart")))

# What is run when a method answers.
METHODS: Mapping[str, tuple[tuple[ModuleType, str], ...]] = MappingProxyType(
    {
        "funnel.plain": _ADJUSTED,
        "funnel.adjusted": _ADJUSTED,
        "ordinary.limits": _ORDINARY,
        "apart.positions": _APART,
    }
)


@dataclass(frozen=True, slots=True)
class Score:
    """One score in one world: a share with its 99 % interval.

    `bar` is the range it must reach, None where the score is printed only. `verdict` is passes, fails or
    printed; a score fails only when its interval lies wholly outside the bar.
    """

    world: str
    name: str
    value: float
    low: float
    high: float
    replicates: int
    bar: tuple[float, float] | None
    verdict: str


@dataclass(frozen=True, slots=True)
class Scored:
    """All scores of one method, made with the code that is installed."""

    method: str
    says: str
    code: str
    scores: tuple[Score, ...]

    @property
    def tested(self) -> tuple[Score, ...]:
        """The scores that have a bar."""
        return tuple(s for s in self.scores if s.bar is not None)

    @property
    def failing(self) -> tuple[Score, ...]:
        return tuple(s for s in self.tested if s.verdict == "fails")

    @property
    def verdict(self) -> str:
        """Such as `fails 3 of 20 cells`."""
        cells = f"{len(self.tested)} cells"
        return f"fails {len(self.failing)} of {cells}" if self.failing else f"passes {cells}"

    def of(self, world: str, name: str) -> Score:
        """One score. Raises: KeyError when this world does not have it."""
        return {(s.world, s.name): s for s in self.scores}[world, name]


@dataclass(frozen=True, slots=True)
class NotScored:
    """No score speaks for the code that is installed."""

    method: str
    why: str

    @property
    def verdict(self) -> str:
        return "not scored"


def score(method: str) -> Scored | NotScored:
    """The shipped scores of one method, or why there are none for the code as installed.

    Raises: KeyError when there is no method of this name.
    """
    changed = NotScored(method, "the code has changed since it was scored")
    try:
        now = code_hash(method)
    except (AttributeError, ModuleNotFoundError):
        # A function that was scored is there no more.
        return changed
    if now is None:
        return NotScored(method, "the source of the functions cannot be read, so it cannot be compared")
    found = shipped()["methods"].get(method) or studied().get(method)
    if found is None:
        return NotScored(method, "no scores are shipped for it")
    if found["code"] != now:
        return changed
    return Scored(method, found["says"], now, tuple(_score(raw) for raw in found["scores"]))


def code_hash(method: str) -> str | None:
    """sha256 of the source of the functions of a method; None where no source is installed.

    Raises: KeyError when there is no method of this name.
    """
    if method in METHODS:
        return hash_of((module.__name__, name) for module, name in METHODS[method])
    return hash_of((module, name) for module, name in studied()[method]["functions"])


def hash_of(functions: Iterable[tuple[str, str]]) -> str | None:
    """sha256 of the source of functions and classes, each named by its module and name; None where it cannot be read.

    Of a compiled function the source is that of the Python function it was compiled from.
    """
    try:
        parts = [getattr(importlib.import_module(module), name) for module, name in functions]
        source = "".join(inspect.getsource(getattr(part, "py_func", part)) for part in parts)
    except (OSError, TypeError):
        return None
    return hashlib.sha256(source.encode("utf-8")).hexdigest()


@lru_cache(maxsize=1)
def studied() -> dict[str, Any]:
    """The methods scored by studies of their own, as the shipped file has them."""
    at = resources.files("casetrail.stats").joinpath("data", "studies.json")
    read: dict[str, Any] = json.loads(at.read_text(encoding="utf-8"))["methods"]
    return read


@lru_cache(maxsize=1)
def shipped() -> dict[str, Any]:
    """The file of scores as it is: worlds, bars with their reasons, methods."""
    at = resources.files("casetrail.stats").joinpath("data", "scores.json")
    read: dict[str, Any] = json.loads(at.read_text(encoding="utf-8"))
    return read


def _score(raw: Mapping[str, Any]) -> Score:
    bar = raw["bar"]
    return Score(
        world=raw["world"],
        name=raw["score"],
        value=raw["value"],
        low=raw["low"],
        high=raw["high"],
        replicates=raw["trials"],
        bar=None if bar is None else (bar[0], bar[1]),
        verdict=raw["verdict"],
    )
