"""The process files of all agencies, read in order: which steps there are, and what each writes down."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from casetrail.errors import WorldError

_FIRST_FILES = ("attributes.toml", "pools.toml")
END = "end"


@dataclass(frozen=True, slots=True)
class Record:
    """What an agency writes down about a step, and which of the step's workers writes it."""

    agency: str
    activity: str
    worker: int = 0
    outcome: str | None = None
    passed_to: str | None = None
    closing_code: str | None = None
    role: bool = False
    severity: bool = True
    bands: bool = False
    left: str | None = None
    team: str | None = None


@dataclass(frozen=True)
class Step:
    """One step: its name, its declaration, what is recorded of it, and whether it is part of the sealed truth alone."""

    name: str
    says: Mapping[str, Any]
    records: tuple[Record, ...]
    truth: str | None
    then: str
    place: str


@dataclass(frozen=True)
class System:
    """The whole declaration: steps in order, pools, and names of attributes."""

    steps: tuple[Step, ...]
    pools: Mapping[str, Mapping[str, Any]]
    attributes: Mapping[str, Sequence[str]]


def _records(says: Mapping[str, Any]) -> tuple[Record, ...]:
    given = says.get("record", [])
    given = [given] if isinstance(given, dict) else given
    return tuple(Record(**one) for one in given)


def _several_sets(name: str, says: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """A step that sets several things becomes one step for each; the last keeps what comes after."""
    if says.get("do") != "set" or len(says["set"]) == 1:
        return [(name, says)]
    after = {k: v for k, v in says.items() if k not in ("do", "set")}
    made = [(name if i == 0 else f"{name}.{i + 1}", {"do": "set", "set": [one]}) for i, one in enumerate(says["set"])]
    made[-1][1].update(after)
    return made


@cache
def system() -> System:
    """Read the declaration that comes with the package. Raises WorldError where a step cannot be understood."""
    folder = resources.files("casetrail.world").joinpath("system")
    files = sorted(item.name for item in folder.iterdir() if item.name.endswith(".toml"))
    read = {name: tomllib.loads(folder.joinpath(name).read_text(encoding="utf-8")) for name in files}
    listed: list[tuple[str, str, dict[str, Any]]] = []
    for name in files:
        if name not in _FIRST_FILES:
            for step, says in read[name].items():
                listed += [(name, part, what) for part, what in _several_sets(step, says)]
    names = [step for _, step, _ in listed]
    if len(set(names)) != len(names):
        twice = sorted({n for n in names if names.count(n) > 1})
        raise WorldError("Two steps have one name.", where=", ".join(twice), todo="Rename one of them.")
    steps = []
    for i, (place, step, says) in enumerate(listed):
        then = says.get("then") or (names[i + 1] if i + 1 < len(names) else END)
        steps.append(Step(step, says, _records(says), says.get("truth"), then, f"{place}, step {step}"))
    return System(tuple(steps), read["pools.toml"], read["attributes.toml"])
