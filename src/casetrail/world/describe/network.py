"""From declared steps and chosen parameters to a draft of the kernel's model."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from casetrail.errors import WorldError
from casetrail.kernels.network import shape as s
from casetrail.kernels.network.make import Draft, Post
from casetrail.world.describe.expression import Names, compiled
from casetrail.world.describe.process import END, Step, System

_OPS = {
    "delay": s.DELAY, "work": s.WORK, "take": s.TAKE, "free": s.FREE, "chance": s.CHANCE, "branch": s.BRANCH,
    "test": s.TEST, "set": s.SET, "spawn": s.SPAWN, "cancel": s.CANCEL, "race": s.RACE, "origin": s.ORIGIN,
    "pass": s.PASS, "end": s.END,
}  # fmt: skip
_DISTS = {
    "constant": s.CONSTANT, "exponential": s.EXPONENTIAL, "lognormal": s.LOGNORMAL, "uniform": s.UNIFORM_BETWEEN,
    "weibull": s.WEIBULL, "table": s.TABLE,
}  # fmt: skip
_MODES = {"put": s.PUT, "add": s.ADD, "multiply": s.MULTIPLY, "larger": s.LARGER, "smaller": s.SMALLER}
# What takes a worker's hours apart from cases.
_OFF_CASES = ("administration", "supervision", "training")
_RULES = {"least loaded": s.LEAST_LOADED, "rota": s.ROTA, "chosen": s.CHOSEN}

_KNOWN_WORDS = """do then else pool own hours scale calendar priority patience escalate_hours escalate_to p when rate
edges set to others kind record truth mark in_one_go"""
_KNOWN = frozenset(_KNOWN_WORDS.split())


@dataclass
class Building:
    """What is shared while one model is put together."""

    system: System
    values: Mapping[str, Any]
    names: Names
    draft: Draft
    calendars: Mapping[str, int]
    dists: dict[str, int] = field(default_factory=dict)
    exprs: dict[str, int] = field(default_factory=dict)

    def dist(self, name: str, where: str) -> int:
        """The number of a distribution parameter."""
        if name not in self.dists:
            self.dists[name] = _distribution(self.draft, self.values, name, where)
            self.names.used.add(name)
        return self.dists[name]

    def expr(self, text: str | float, where: str) -> int:
        """The number of an expression; the same text is compiled once."""
        key = str(text)
        if key not in self.exprs:
            link, terms = compiled(text, self.names, where=where)
            self.exprs[key] = self.draft.expr(*terms, link=link)
        return self.exprs[key]


def _distribution(draft: Draft, values: Mapping[str, Any], name: str, where: str) -> int:
    says = values.get(name)
    if not isinstance(says, dict) or says.get("dist") not in _DISTS:
        raise WorldError("A distribution is not declared.", where=f"{where}: {name}", todo="Add it to the parameters.")
    a = next((says[key] for key in ("a", "median", "mean", "low", "scale") if key in says), 0.0)
    b = next((says[key] for key in ("b", "sigma", "high", "shape") if key in says), 0.0)
    return draft.dist(_DISTS[says["dist"]], float(a), float(b), says.get("quantiles", ()))


def features(system: System) -> dict[str, int]:
    """Feature codes by plain name."""
    scopes = {"person": s.PERSON, "household": s.HOUSEHOLD, "global": s.GLOBAL, "register": s.REGISTER}
    made = {
        name: kind * s.FEATURE + i for scope, kind in scopes.items() for i, name in enumerate(system.attributes[scope])
    }
    made["years"] = s.YEARS * s.FEATURE
    return made


def number_of(system: System, scope: str, name: str) -> int:
    """The column of an attribute."""
    return list(system.attributes[scope]).index(name)


def posts_of(values: Mapping[str, Any], pool: str, says: Mapping[str, Any], persons: int) -> tuple[int, float]:
    """How many posts a pool has, and what share of full time each is, at least half.

    Posts are equal and part-time where their number is not whole. Work comes more unevenly in a small place, so
    children's services have a margin that grows with the square root of the posts (Halfin and Whitt 1981).
    """
    full_time = float(values[f"staff.{pool}.per_1000"]) * persons / 1000
    if says["agency"] == "social care":
        full_time = (full_time + values["staff.margin"] * math.sqrt(full_time)) * values["staff.scale"]
    posts = max(1, math.ceil(full_time - 1e-9))
    return posts, max(0.5, full_time / posts)


def _calendar_of(calendars: Mapping[str, int], name: str, post: int, posts: int) -> int:
    """The calendar of a post; crews of fewer than three posts are always there, and fewest posts work at night."""
    if name != "crews":
        return calendars[name]
    return calendars[("early", "late", "early", "late", "night")[post % 5]] if posts >= 3 else -1


def add_pools(b: Building, persons: int, rng: np.random.Generator) -> None:
    """Add all pools, in the order of their declaration."""
    holdings = list(b.system.attributes["holding"])
    for name, says in b.system.pools.items():
        v = {key: b.values[f"staff.{name}.{key}"] for key in (*_OFF_CASES, "slots", "leave", "lenient_sd", "rule")}
        b.names.used.update(f"staff.{name}.{key}" for key in (*v, "per_1000"))
        count, part = posts_of(b.values, name, says, persons)
        lenient = v["lenient_sd"] * rng.standard_normal(count)
        posts = [
            Post(
                cal=_calendar_of(b.calendars, says["calendar"], i, count),
                slots=math.ceil(v["slots"] * part),
                lenient=float(lenient[i]),
            )
            for i in range(count)
        ]
        b.draft.pool(
            posts,
            holding=holdings.index(says["holding"]) if "holding" in says else -1,
            rule=_RULES[v["rule"]],
            rate=1.0 / (1.0 - sum(v[key] for key in _OFF_CASES)) / part,
            cost=number_of(b.system, "global", says["cost"]) if "cost" in says else -1,
            price=b.values["price.hour"],
            leave=v["leave"],
            leave_load=b.values["staff.leave_load"],
            vacancy=b.dist("staff.vacancy", name),
            absent_every=b.dist("staff.absent_every", name),
            absent_for=b.dist("staff.absent_for", name),
            lenient_sd=v["lenient_sd"],
        )
    b.names.used.update(("staff.scale", "staff.margin", "staff.leave_load", "price.hour"))


def add_steps(b: Building) -> dict[str, int]:
    """Add all steps; returns their numbers by name. Raises WorldError where a step names what is not there."""
    number = {step.name: i for i, step in enumerate(b.system.steps)}
    number[END] = -1
    for step in b.system.steps:
        unknown = set(step.says) - _KNOWN
        if unknown or step.says.get("do") not in _OPS:
            raise WorldError(
                "A step says something unknown.", where=step.place, todo=f"Check {sorted(unknown) or 'do'}."
            )
        try:
            b.draft.node(_OPS[step.says["do"]], **_columns(b, step, number))
        except KeyError as missing:
            raise WorldError("A step names something that is not there.", where=step.place, todo=str(missing)) from None
    for name, says in b.system.pools.items():
        if "realloc" in says:
            b.draft.pools[b.names.pools[name]]["realloc"] = number[says["realloc"]]
    return number


def _columns(b: Building, step: Step, number: Mapping[str, int]) -> dict[str, Any]:
    says, at = step.says, step.place
    columns: dict[str, Any] = {"next": number[step.then]}
    if "else" in says:
        columns["other"] = number[says["else"]]
    if "pool" in says:
        pools = [says["pool"]] if isinstance(says["pool"], str) else says["pool"]
        columns["pool"] = [b.names.pools[p] for p in pools]
        columns["own"] = int(says.get("own", False))
    if "hours" in says:
        columns["dist"] = b.dist(says["hours"], at)
    if "patience" in says:
        columns["patience"] = b.dist(says["patience"], at)
    if says.get("in_one_go"):
        columns["cal"] = s.ONE_GO
    if "calendar" in says:
        columns["cal"] = b.calendars[says["calendar"]]
    if "escalate_hours" in says:
        columns["escalate"] = int(b.values[says["escalate_hours"]] * s.HOUR_US)
        b.names.used.add(says["escalate_hours"])
        columns["prio_up"] = int(says["escalate_to"])
    if "kind" in says:
        columns["kind"] = list(b.system.attributes["kind"]).index(says["kind"])
    return {**columns, **_expressions(b, step), **_by_op(b, step, number)}


def _expressions(b: Building, step: Step) -> dict[str, Any]:
    says, at = step.says, step.place
    # Custody is always written down, also where no agency records it: the truth must say who held whom.
    columns: dict[str, Any] = {"record": int(bool(step.records or step.truth or says["do"] in ("take", "free")))}
    if "mark" in says:
        columns["mark"] = b.expr(says["mark"], at)
    if "scale" in says:
        columns["scale"] = b.expr(says["scale"], at)
    if isinstance(says.get("priority"), str):
        columns["prio_expr"] = b.expr(says["priority"], at)
    else:
        columns["prio"] = says.get("priority", 4)
    return columns


def _by_op(b: Building, step: Step, number: Mapping[str, int]) -> dict[str, Any]:
    says, at = step.says, step.place
    if "set" in says:
        ((name, mode, text),) = says["set"]
        return {"attr": b.names.features[name], "mode": _MODES[mode], "expr": b.expr(text, at)}
    for key in ("p", "when", "rate"):
        if key in says:
            return {"expr": b.expr(says[key], at)}
    if "edges" in says:
        return {"edges": [(number[to], b.expr(text, at)) for to, text in says["edges"]]}
    if "to" in says:
        return {"other": number[says["to"]], "mode": s.OTHERS if says.get("others") else s.SAME}
    return {}


def pool_names(system: System) -> Sequence[str]:
    """Pools in the order of their numbers."""
    return list(system.pools)
