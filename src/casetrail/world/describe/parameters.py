"""Dated parameters with their sources, and scenarios that change some of them."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from importlib import resources
from typing import Any

from casetrail.errors import WorldError
from casetrail.world.describe.limits import check

LATEST = "2026-11"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One figure of the made-up authority, or a distribution of hours; `source` says whose it is."""

    name: str
    value: Any
    unit: str
    source: str


@dataclass(frozen=True)
class Scenario:
    """A named world: what it is for, in a sentence, and what it changes."""

    name: str
    about: str
    signature: str
    changes: Mapping[str, Any]


def _read(folder: str, name: str) -> dict[str, Any]:
    place = resources.files("casetrail.world").joinpath(folder).joinpath(f"{name}.toml")
    return tomllib.loads(place.read_text(encoding="utf-8"))


def scenario_names() -> tuple[str, ...]:
    """All named scenarios, in order of the alphabet."""
    folder = resources.files("casetrail.world").joinpath("scenarios")
    return tuple(sorted(item.name[:-5] for item in folder.iterdir() if item.name.endswith(".toml")))


def scenario(name: str) -> Scenario:
    """A scenario by name. Raises WorldError with the names there are."""
    if name not in scenario_names():
        raise WorldError(
            "There is no such scenario.",
            where="--scenario",
            todo=f"Choose one of: {', '.join(scenario_names())}.",
        )
    read = _read("scenarios", name)
    return Scenario(name, read["about"], read["signature"], _flat(read.get("set", {})))


def _flat(tree: Mapping[str, Any], before: str = "") -> dict[str, Any]:
    """Nested tables as dotted names; a table with `value` or `dist` is one parameter."""
    flat: dict[str, Any] = {}
    for key, value in tree.items():
        name = f"{before}.{key}" if before else key
        if isinstance(value, dict) and "value" not in value and "dist" not in value:
            flat.update(_flat(value, name))
        else:
            flat[name] = value
    return flat


def parameters(date: str = LATEST) -> dict[str, Parameter]:
    """The parameter file of a date. Raises WorldError if an entry lacks its unit or source."""
    made = {}
    for name, entry in _flat(_read("parameters", date)).items():
        if not isinstance(entry, dict) or "source" not in entry or "unit" not in entry:
            raise WorldError("A parameter lacks its unit or its source.", where=name, todo="Add both to the file.")
        value = entry["value"] if "value" in entry else {k: v for k, v in entry.items() if k not in ("unit", "source")}
        made[name] = Parameter(name, value, entry["unit"], entry["source"])
    return made


def settings(chosen: Scenario, *, changes: Mapping[str, Any] | None = None, date: str = LATEST) -> dict[str, Any]:
    """Values of all parameters under a scenario and the caller's own changes.

    Raises WorldError for an unknown name, and for a value that the parameter may not have (see limits.py).
    """
    declared = parameters(date)
    values = {name: parameter.value for name, parameter in declared.items()}
    for given in (chosen.changes, changes or {}):
        for name, value in given.items():
            values[name] = _changed(values, name, value)
    check(values, declared)
    return values


def _changed(values: Mapping[str, Any], name: str, value: Any) -> Any:
    """The new value; of a distribution only some figures may be given, unless it becomes one of another form."""
    if name not in values:
        near = get_close_matches(name, values, n=3)
        meant = f"Did you mean {' or '.join(near)}? " if near else ""
        raise WorldError("A change names no parameter.", where=name, todo=f"{meant}See the list in docs/world.md.")
    before = values[name]
    if isinstance(value, dict) != isinstance(before, dict):
        todo = f"It is no distribution; as shipped it is {before!r}."
        if isinstance(before, dict):
            key, figure = next((key, figure) for key, figure in before.items() if key != "dist")
            todo = f"Write it as in {{{key} = {figure}}}; its other figures stay as they are."
        raise WorldError("A change has another form than its parameter.", where=name, todo=todo)
    if not isinstance(value, dict) or value.get("dist", before["dist"]) != before["dist"]:
        return value
    return {**before, **value}
