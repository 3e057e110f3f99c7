"""Why each case waited, from the run itself: closed hours, others served first, nobody free, nobody in the post."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from casetrail.kernels.network import shape as s
from casetrail.world.describe.process import System

if TYPE_CHECKING:
    from casetrail.world.simulate.authority import Authority

Ints = npt.NDArray[np.int64]


def open_us(model: s.Model, calendar: int, at_us: Ints) -> Ints:
    """Microseconds a calendar has been open by each time; calendar -1 is always open."""
    if calendar < 0:
        return at_us.copy()
    first, last = int(model.cal_from[calendar]), int(model.cal_from[calendar + 1])
    opens, closes, before = (a[first:last] for a in (model.cal_open, model.cal_close, model.cal_before))
    shift = np.searchsorted(opens, at_us, side="right") - 1
    there = np.maximum(shift, 0)
    within = np.minimum(at_us, closes[there]) - opens[there]
    return np.where(shift >= 0, before[there] + np.maximum(within, 0), 0)


def waits_table(
    rows: s.Records, declared: System, authority: Authority, *, zero_us: int, person_offset: int
) -> pa.Table:
    """One row for each time somebody asked for a worker or a slot; the causes are hours and add up to the wait.

    `closed_hours`: nobody was at work. `overtaken_hours`: a case that asked later was being given the worker before;
    the share of the open wait that such starts are of all starts meanwhile. `busy_hours`: the rest of the open wait.
    """
    model, pools = authority.made.model, list(declared.pools)
    parts = []
    for i, step in enumerate(declared.steps):
        if step.says["do"] not in ("work", "take"):
            continue
        mine = rows[rows["node"] == i]
        name = step.says["pool"] if isinstance(step.says["pool"], str) else step.says["pool"][0]
        calendar = int(authority.made.state.worker["cal"][authority.made.state.pool["first"][pools.index(name)]])
        wait = mine["started"] - mine["asked"]
        calendar = -1 if declared.pools[name]["calendar"] == "crews" else calendar
        opened = open_us(model, calendar, mine["started"]) - open_us(model, calendar, mine["asked"])
        share = _overtaken(mine["asked"], mine["started"])
        overtaken = opened * share
        parts.append(
            {
                "person": (mine["person"] + person_offset).astype(np.int32),
                "node": np.full(len(mine), step.name),
                "asked_us": mine["asked"] + zero_us,
                "started_us": mine["started"] + zero_us,
                "ended_us": mine["ended"] + zero_us,
                "closed_hours": (wait - opened) / s.HOUR_US,
                "overtaken_hours": overtaken / s.HOUR_US,
                "busy_hours": (opened - overtaken) / s.HOUR_US,
            }
        )
    return pa.table({key: pa.array(np.concatenate([part[key] for part in parts])) for key in parts[0]})


def _overtaken(asked: Ints, started: Ints) -> npt.NDArray[np.float64]:
    """Of the starts at this step between asking and starting, the share of those that had asked later."""
    if not len(asked):
        return np.zeros(0)
    order = np.argsort(started, kind="stable")
    rank_started = np.empty(len(order), dtype=np.int64)
    rank_started[order] = np.arange(len(order))
    begun_before_asking = np.searchsorted(started[order], asked, side="right")
    meanwhile = np.maximum(rank_started - begun_before_asking, 0)
    # Starts before mine of those that asked after me: starts before mine, less those that asked before me and started
    # before me. The second is counted by merging in order of asking.
    earlier = _earlier_and_before(asked, rank_started)
    later = rank_started - earlier
    with np.errstate(divide="ignore", invalid="ignore"):
        share = later / meanwhile
    return np.where(meanwhile > 0, np.clip(share, 0.0, 1.0), 0.0)


def _earlier_and_before(asked: Ints, rank: Ints) -> Ints:
    """For each, how many asked no later and started before: a merge sort that counts."""
    order = np.argsort(asked, kind="stable")
    ranks = rank[order]
    count = np.zeros(len(ranks), dtype=np.int64)
    width = 1
    position = np.arange(len(ranks))
    while width < len(ranks):
        block = position // (2 * width)
        by_block = np.lexsort((ranks, block))
        left = (by_block // width) % 2 == 0
        lefts = np.cumsum(left)
        first = np.searchsorted(block[by_block], block[by_block], side="left")
        before_block = np.concatenate([[0], lefts])[first]
        gained = np.where(left, 0, lefts - before_block)
        count[by_block] += gained
        width *= 2
    made = np.empty(len(ranks), dtype=np.int64)
    made[order] = count
    return made
