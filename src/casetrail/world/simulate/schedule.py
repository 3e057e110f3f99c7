"""What is dated: budget years, fees, the opening of a hub, the adoption of a service, busy and quiet weeks."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import numpy as np

from casetrail.kernels.network import shape as s
from casetrail.kernels.network.make import Draft
from casetrail.world.describe.network import number_of
from casetrail.world.describe.process import System

if TYPE_CHECKING:
    from casetrail.world.simulate.authority import Plan

_WEEK_US = 7 * 24 * s.HOUR_US


def schedule(draft: Draft, plan: Plan, declared: System, rng: np.random.Generator) -> None:
    """Put all dated changes of global registers into the draft."""
    values, end, warm = plan.values, int(plan.run_years * s.YEAR_US), plan.warmup_years

    def put(name: str, at_us: float, value: float) -> None:
        if 0 <= at_us < end:
            draft.schedule.append((int(at_us), number_of(declared, "global", name), float(value)))

    put("fee", (warm + values["fee.from_year"]) * s.YEAR_US, values["fee.after"])
    put("hub", (warm + values["hub.from_year"]) * s.YEAR_US, 1.0)
    put("service", (warm + values["service.from_year"] + plan.authority * values["service.stagger"]) * s.YEAR_US, 1.0)
    if values["season.weeks"]:
        weeks = _weeks(values, int(plan.run_years * 52.2) + 1, rng)
        put("peak", 0, max(values["incident.season"] * busy for busy in weeks))
        for week, busy in enumerate(weeks):
            put("season", week * _WEEK_US, busy)


def budget_years(started: dt.date, years: float) -> list[int]:
    """Microseconds from the start to each 1 April in the run, the start itself included if it is one."""
    days = (dt.date(year, 4, 1) - started for year in range(started.year, started.year + int(years) + 2))
    return [d.days * 24 * s.HOUR_US for d in days if 0 <= d.days < years * 365.25]


def _weeks(values: Any, weeks: int, rng: np.random.Generator) -> list[float]:
    """A stationary autoregression, cut at two standard deviations: the busy weeks come in runs."""
    lag, spread = values["season.lag"], values["season.sd"]
    state = spread * rng.standard_normal()
    made = []
    for shock in rng.standard_normal(weeks).tolist():
        made.append(min(max(state, -2.0 * spread), 2.0 * spread))
        state = lag * state + spread * np.sqrt(1.0 - lag**2) * shock
    return made
