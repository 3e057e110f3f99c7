"""One authority put together and run: model, state, schedule of money, fees and seasons."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from casetrail.kernels.network import shape as s
from casetrail.kernels.network.loop import rows_of, run
from casetrail.kernels.network.make import Draft, Made
from casetrail.world.describe.calendars import begin_us, shifts
from casetrail.world.describe.expression import Names
from casetrail.world.describe.network import Building, add_pools, add_steps, features, number_of, pool_names
from casetrail.world.describe.process import system
from casetrail.world.simulate.people import Inhabitants, inhabitants
from casetrail.world.simulate.schedule import budget_years, schedule

Progress = Callable[[float], None]
SLACK_DAYS = 120
PLACED = 4.0  # the status of a looked-after child


@dataclass(frozen=True)
class Plan:
    """What is to be simulated."""

    children: int
    years: float
    seed: int
    started: dt.date
    values: Mapping[str, Any]
    authority: int = 0
    records: bool = True

    @property
    def run_from(self) -> dt.date:
        """The day on which the run begins: the world's own years come after a warm-up."""
        return self.started - dt.timedelta(days=round(self.values["warmup.years"] * 365.25))

    @property
    def end_us(self) -> int:
        """The last microsecond of the run."""
        last = self.started + dt.timedelta(days=round(self.years * 365.25))
        return begin_us(last) - begin_us(self.run_from) - 1

    @property
    def warmup_years(self) -> float:
        """Exactly the years between the first day of the run and the first day of the world."""
        return (self.started - self.run_from).days / 365.25

    @property
    def run_years(self) -> float:
        """Years of the run, warm-up included."""
        return self.warmup_years + self.years


@dataclass(frozen=True)
class Authority:
    """One authority, ready to run or run: its people, its network, and the names of things."""

    plan: Plan
    people: Inhabitants
    made: Made
    step: Mapping[str, int]
    unused: frozenset[str]


def put_together(plan: Plan) -> Authority:
    """Draw the people and build the network of one authority. Raises WorldError where declarations do not fit."""
    declared = system()

    def rng(purpose: int) -> np.random.Generator:
        """Luck of its own for each purpose: another number of posts leaves people and weeks as they are."""
        return np.random.default_rng([plan.seed, plan.authority, purpose])

    shift = plan.values["people.authority_deprived"] * plan.authority
    people = inhabitants(
        declared, plan.values, children=plan.children, years=plan.run_years, deprived=shift, rng=rng(1)
    )
    draft = Draft()
    holidays = tuple(plan.values["school.holidays"])
    open_times = shifts(plan.run_from, int(plan.run_years * 365.25) + SLACK_DAYS, holidays)
    calendars = {name: draft.calendar(those) for name, those in open_times.items()}
    numbers = {name: value for name, value in plan.values.items() if isinstance(value, int | float) and "." in name}
    names = Names(numbers, features(declared), {name: i for i, name in enumerate(pool_names(declared))})
    numbers["budget.felt"] = 1.0 - plan.values["budget.reserves"]
    numbers["budget.share"] = 1000.0 / (plan.values["budget.per_1000"] * plan.children)
    building = Building(declared, plan.values, names, draft, calendars)
    add_pools(building, plan.children, rng(4))
    step = add_steps(building)
    schedule(draft, plan, declared, rng(5))
    if not plan.records:
        for node in draft.nodes:
            node["record"] = 0
    seed = int(rng(2).integers(0, 2**63))
    made = _with_people(draft, people, step, seed=seed, plan=plan)
    unused = frozenset(plan.values) - names.used
    return Authority(plan, people, made, step, unused)


def _with_people(draft: Draft, people: Inhabitants, step: Mapping[str, int], *, seed: int, plan: Plan) -> Made:
    declared = system()
    born = people.people.person[:, people.column["born"]]
    first = np.where(born > 0.0, step["conceived"], step["arrives"]).astype(np.int32)
    kinds = list(declared.attributes["kind"])
    people.people.person[people.placed, people.column["status"]] = PLACED
    leaving = np.flatnonzero(people.leaves < plan.run_years)
    draft.start(step["purse"], 0)
    for i, at in enumerate(budget_years(plan.run_from, plan.run_years)):
        # The first 1 April ends a part of a year: it makes no measure for the next.
        draft.start(step["new_budget" if i else "new_year"], 0, at)
    draft.start_many(first, np.arange(len(people), dtype=np.int32), _us(people.enters), kinds.index("life"))
    placed = np.full(len(people.placed), step["placement_worker"], np.int32)
    draft.start_many(placed, people.placed, np.zeros(len(placed), np.int64), kinds.index("proceedings"))
    draft.start_many(
        np.full(len(leaving), step["leave"], np.int32), leaving.astype(np.int32), _us(people.leaves[leaving]), -1
    )
    registers = np.zeros(len(declared.attributes["global"]))
    registers[number_of(declared, "global", "fee")] = plan.values["fee.before"]
    registers[number_of(declared, "global", "budget")] = plan.values["budget.per_1000"] * plan.children / 1000.0
    return draft.finish(seed, people.people, registers=registers)


def _us(years: Any) -> s.Ints:
    return np.round(np.asarray(years) * s.YEAR_US).astype(np.int64)


def simulate(authority: Authority, progress: Progress | None = None) -> s.State:
    """Run the years; `progress` is told the share done. Raises WorldError if the model goes round without waiting."""
    state = authority.made.state
    end = authority.plan.end_us
    parts = max(1, round(authority.plan.run_years * 4)) if progress else 1
    for i in range(1, parts + 1):
        state = run(authority.made.model, state, end * i // parts)
        if progress:
            progress(i / parts)
    return state


__all__ = ["Authority", "Plan", "Progress", "put_together", "rows_of", "simulate"]
