"""A whole world: one or several authorities under one scenario, from seed to what happened."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from casetrail.errors import WorldError
from casetrail.kernels.network import shape as s
from casetrail.world.describe.limits import check_days
from casetrail.world.describe.parameters import Scenario, parameters, scenario, settings
from casetrail.world.holdings.columns import TABLES
from casetrail.world.holdings.happened import Happened
from casetrail.world.simulate.authority import SLACK_DAYS, Authority, Plan, put_together, simulate
from casetrail.world.simulate.happened import Tables, events_before, tables_of

STARTED = dt.date(2019, 4, 1)
SMALLEST, LARGEST, LONGEST_YEARS = 50, 1_000_000, 7.5
Progress = Callable[[float], None]


@dataclass(frozen=True, kw_only=True)
class World:
    """What to make: a scenario by name, how many children, how long, and the seed; `changes` are single parameters."""

    scenario: str = "fair"
    children: int = 60_000
    years: float = 6.0
    seed: int = 1
    authorities: int = 1
    started: dt.date = STARTED
    changes: Mapping[str, Any] | None = None

    @property
    def ended(self) -> dt.date:
        """The last day."""
        return self.started + dt.timedelta(days=round(self.years * 365.25) - 1)


@dataclass(frozen=True)
class Simulated:
    """A world after its run: each authority with its state, and with the leniency of its first workers."""

    world: World
    scenario: Scenario
    values: Mapping[str, Any]
    authorities: tuple[Authority, ...]
    states: tuple[s.State, ...]
    lenient: tuple[s.Floats, ...]


def simulated(world: World, *, threads: int = 1, records: bool = True, progress: Progress | None = None) -> Simulated:
    """Run the world; authorities run in as many threads as asked, with the same result. Raises WorldError."""
    _check(world)
    chosen = scenario(world.scenario)
    values = settings(chosen, changes=world.changes)
    share = [
        world.children * (i + 1) // world.authorities - world.children * i // world.authorities
        for i in range(world.authorities)
    ]
    plans = [
        Plan(children, world.years, world.seed, world.started, values, authority=i, records=records)
        for i, children in enumerate(share)
    ]
    authorities = tuple(put_together(plan) for plan in plans)
    # The run uses its first state up, and forgets a worker who has left.
    lenient = tuple(authority.made.state.worker["lenient"].copy() for authority in authorities)
    done = np.zeros(len(plans))

    def one(i: int) -> s.State:
        def told(part: float) -> None:
            done[i] = part
            if progress:
                progress(float(done.mean()))

        return simulate(authorities[i], told if progress else None)

    with ThreadPoolExecutor(max_workers=max(1, threads)) as pool:
        states = tuple(pool.map(one, range(len(plans))))
    return Simulated(world, chosen, values, authorities, states, lenient)


def _check(world: World) -> None:
    if not SMALLEST * world.authorities <= world.children <= LARGEST:
        raise WorldError(
            f"A world has {SMALLEST} children for each authority to {LARGEST:,} in all.",
            where="--children",
            todo="Choose another number, or fewer authorities.",
        )
    if not 0.25 <= world.years <= LONGEST_YEARS:
        raise WorldError(
            f"A world lasts from a quarter of a year to {LONGEST_YEARS:g} years.",
            where="--years",
            todo="Choose another number.",
        )
    if not 0 <= world.seed < 2**63 or world.authorities < 1:
        raise WorldError(
            "Seed or number of authorities cannot be used.",
            where="--seed, --authorities",
            todo="Give a seed of 0 or more, and one authority or more.",
        )
    warmup = settings(scenario(world.scenario), changes=world.changes)["warmup.years"]
    check_days(world.started, years=world.years, warmup=warmup, slack=SLACK_DAYS)


def happened(made: Simulated) -> Happened:
    """What happened, as one bundle over all authorities."""
    parts: list[Tables] = []
    persons = homes = 0
    for authority, state, lenient in zip(made.authorities, made.states, made.lenient, strict=True):
        parts.append(tables_of(authority, state, lenient, offset=(persons, homes)))
        persons += len(authority.people)
        homes += int(authority.people.people.household.max(initial=-1)) + 1
    tables = {name: pa.concat_tables([getattr(part, name) for part in parts]).unify_dictionaries() for name in TABLES}
    return Happened(
        **tables,
        coefficients=coefficients(made.values),
        scenario=made.scenario.name,
        seed=made.world.seed,
        started=made.world.started,
        ended=made.world.ended,
        parameters=dict(made.values),
        changed=changed(made.values),
        shape=shape(made.world),
    )


@dataclass(frozen=True)
class Before:
    """The years that are run before the first day: their events, and who was looked after when the run began."""

    began: dt.date
    event: pa.Table
    looked_after: tuple[int, ...]


def before(made: Simulated) -> Before:
    """What happened before the first day, which no bundle holds and an authority's own system would."""
    parts: list[pa.Table] = []
    placed: list[int] = []
    persons = homes = 0
    for authority, state in zip(made.authorities, made.states, strict=True):
        parts.append(events_before(authority, state, offset=(persons, homes)))
        placed += [persons + int(one) for one in authority.people.placed]
        persons += len(authority.people)
        homes += int(authority.people.people.household.max(initial=-1)) + 1
    began = made.authorities[0].plan.run_from
    return Before(began, pa.concat_tables(parts).unify_dictionaries(), tuple(placed))


def changed(values: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The parameters that scenario and caller changed: each as the dated file has it, and as it stood in the run."""
    before = {name: one.value for name, one in parameters().items()}
    return {name: {"from": before[name], "to": value} for name, value in values.items() if value != before[name]}


def shape(world: World) -> dict[str, Any]:
    """What was asked for beside scenario and parameters."""
    return {
        "children": world.children,
        "years": world.years,
        "authorities": world.authorities,
        "started": world.started.isoformat(),
        "seed": world.seed,
    }


def coefficients(values: Mapping[str, Any]) -> dict[str, float]:
    """What was planted: every number that a method might be asked to find again."""
    planted = ("ration.", "effect.", "error.", "deadline.", "bounce.", "service.", "wronged.", "fee.", "budget.")
    return {k: float(v) for k, v in values.items() if k.startswith(planted) and isinstance(v, int | float)}
