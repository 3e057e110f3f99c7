"""What only the truth knows of a run: incidents told and untold, mistaken allegations, leniency, busy weeks."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from casetrail.kernels.network import shape as s
from casetrail.kernels.network.draws import normal_quantile, uniform
from casetrail.kernels.network.rows import GENERATION
from casetrail.world.describe.calendars import begin_us
from casetrail.world.describe.network import number_of, posts_of
from casetrail.world.holdings.clock import local_days
from casetrail.world.simulate.naming import Written, incident, teams, workers

Flags = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
_WEEK_US = 7 * 24 * s.HOUR_US
_HALF_A_DAY_US = 12 * s.HOUR_US  # weeks of the run know no summer time: they begin within an hour of midnight


def incidents(w: Written) -> tuple[pa.Table, pa.Table]:
    """The incidents of the world's own years that were told to somebody, and those that were told to nobody.

    `w` has the rows of the whole run. An incident is told where the run wrote down, at that instant, that it was.
    """
    rows = w.rows[_steps(w, "incident")[w.rows["node"]]]
    rows = rows[rows["ended"] >= _first(w)]
    told = np.isin(rows["root"], w.rows["root"][_steps(w, "told")[w.rows["node"]]])
    values = w.authority.plan.values
    adult = w.authority.people.people.person[rows["person"], w.authority.people.column["adult"]] > 0
    table = pa.table(
        {
            "person": (rows["person"] + w.person_offset).astype(np.int32),
            "incident": incident(w, rows),
            "at_us": rows["ended"] + w.zero_us,
            "kind": pa.array(np.where(adult, "harassment", "harm to a child"), pa.string()),
            "harm": values["harm.incident"] * np.exp(np.clip(values["harm.slope"] * rows["mark"], -50.0, 50.0)),
        }
    )
    return table.filter(pa.array(told)), table.filter(pa.array(~told))


def mistaken(w: Written) -> pa.Table:
    """Allegations of the world's own years that somebody wrote down, and behind which there is no incident.

    Every row with a root speaks of an incident or of a mistake, but those that only look back on a year.
    """
    happened = w.rows["root"][_steps(w, "incident")[w.rows["node"]]]
    looks_back = np.array([any(one.bands for one in step.records) for step in w.system.steps])
    rows = w.rows[(w.rows["root"] != 0) & ~looks_back[w.rows["node"]]]
    rows = rows[~np.isin(rows["root"], happened)]
    rows = rows[np.lexsort((rows["asked"], rows["root"]))]
    _, first_of = np.unique(rows["root"], return_index=True)
    rows = rows[first_of]
    rows = rows[rows["asked"] >= _first(w)]
    return pa.table(
        {
            "person": ((rows["root"] >> 32) + w.person_offset).astype(np.int32),
            "incident": incident(w, rows),
            "at_us": rows["asked"] + w.zero_us,
        }
    )


def workers_table(w: Written, state: s.State, first: Floats) -> pa.Table:
    """Everybody who had a post, with their leniency; `first` is that of those who had the posts at the start.

    The leniency of a successor is drawn again here, by the key under which the run drew it (docs/network.md).
    """
    last = state.worker["generation"].astype(np.int64)
    post = np.repeat(np.arange(len(last)), last + 1)
    generation = np.arange(len(post)) - np.repeat(np.cumsum(last + 1) - last - 1, last + 1)
    lenient = first[post]
    for i in np.flatnonzero(generation).tolist():
        spread = float(state.pool["lenient_sd"][state.worker["pool"][post[i]]])
        key = w.authority.made.model.key
        u = uniform(key, s.WORKER_KEY + int(post[i]), 0, s.LENIENCY, int(generation[i]))
        lenient[i] = spread * normal_quantile(u) if spread > 0.0 else 0.0
    number = (post + generation * GENERATION).astype(np.int32)
    pool = state.worker["pool"][post]
    pools = list(w.system.pools.items())
    plan = w.authority.plan
    part = np.array([posts_of(plan.values, name, says, plan.children)[1] for name, says in pools])
    return pa.table(
        {
            "worker": workers(w, number).cast(pa.string()),
            "agency": pa.array([pools[p][1]["agency"] for p in pool.tolist()], pa.string()),
            "team": teams(w, number).cast(pa.string()),
            "pool": pa.array([pools[p][0] for p in pool.tolist()], pa.string()),
            "post": post.astype(np.int32),
            "generation": generation.astype(np.int32),
            "leniency": lenient + 0.0,  # where nobody is lenient, no zero has a sign
            "full_time_share": part[pool],
            "slots": state.worker["slots"][post].astype(np.int32),
        }
    )


def weeks_table(w: Written) -> pa.Table:
    """How busy each week of the world's own years was; no row where the weeks do not differ.

    `log_rate` is by how much incidents come more often than in a middling week, as a logarithm.
    """
    model, plan = w.authority.made.model, w.authority.plan
    mine = model.sched_register == number_of(w.system, "global", "season")
    mine &= (model.sched_at + _WEEK_US > _first(w)) & (model.sched_at <= plan.end_us)
    at, season = model.sched_at[mine] + w.zero_us, model.sched_value[mine]
    return pa.table(
        {
            "authority": np.full(len(at), plan.authority, dtype=np.int32),
            "first_day": pa.array(local_days(at + _HALF_A_DAY_US).astype(np.int32)).cast(pa.date32()),
            "from_us": at,
            "season": season,
            "log_rate": float(plan.values["incident.season"]) * season,
        }
    )


def _steps(w: Written, truth: str) -> Flags:
    """Which steps are a row of the truth of this kind."""
    return np.array([step.truth == truth for step in w.system.steps])


def _first(w: Written) -> int:
    """The world's first instant in the kernel's time."""
    return begin_us(w.authority.plan.started) - w.zero_us
