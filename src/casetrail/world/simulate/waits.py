"""Why each case waited, from the run itself: closed hours, others served first, nobody free, nobody in the post."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from casetrail.kernels.network import shape as s
from casetrail.world.describe.calendars import begin_us
from casetrail.world.describe.process import Step
from casetrail.world.simulate.naming import Written

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
_ASKING = (s.QUEUED, s.SLOT_QUEUED, s.OWNERLESS, s.SERVING)


@dataclass(frozen=True)
class _Asked:
    """All who asked at one step: `begun` and `done` say whose wait and whose work are over."""

    person: npt.NDArray[np.int32]
    asked: Ints
    started: Ints  # the last instant of the world for those who wait still
    ended: Ints
    begun: Flags
    done: Flags


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


def waits_table(w: Written, state: s.State) -> pa.Table:
    """One row for each time somebody asked for a worker or a slot; the causes are hours and add up to the wait.

    `w` has the rows of the whole run; waits that were over before the world's years are left out. Who waits still at
    the end has no start, and causes up to the last instant; who is being served then has no end.
    `closed_hours`: nobody was at work. `overtaken_hours`: a case that asked later was being given the worker before;
    the share of the open wait that such starts are of all starts meanwhile. `busy_hours`: the rest of the open wait.
    """
    tokens = _asking(state)
    steps = [(i, step) for i, step in enumerate(w.system.steps) if step.says["do"] in ("work", "take")]
    return pa.concat_tables([_waits(w, step, _asked(w, tokens, i)) for i, step in steps])


def _asking(state: s.State) -> s.Records:
    """Tokens that wait for a worker or a slot, or are being served; stale ones wait for nothing any more."""
    token = state.token[np.isin(state.token["state"], _ASKING)]
    kind = token["kind"]
    stale = (kind >= 0) & (state.epoch[token["person"], np.maximum(kind, 0)] != token["epoch"])
    asking: s.Records = token[~stale]
    return asking


def _asked(w: Written, tokens: s.Records, node: int) -> _Asked:
    rows, token = w.rows[w.rows["node"] == node], tokens[tokens["node"] == node]
    serving = token["state"] == s.SERVING
    last = np.full(len(token), w.authority.plan.end_us, dtype=np.int64)
    return _Asked(
        person=np.concatenate([rows["person"], token["person"]]),
        asked=np.concatenate([rows["asked"], token["asked"]]),
        started=np.concatenate([rows["started"], np.where(serving, token["started"], last)]),
        ended=np.concatenate([rows["ended"], last]),
        begun=np.concatenate([np.ones(len(rows), np.bool_), serving]),
        done=np.concatenate([np.ones(len(rows), np.bool_), np.zeros(len(token), np.bool_)]),
    )


def _waits(w: Written, step: Step, a: _Asked) -> pa.Table:
    """The waits at one step, with their causes."""
    model, state = w.authority.made.model, w.authority.made.state
    name = step.says["pool"] if isinstance(step.says["pool"], str) else step.says["pool"][0]
    calendar = int(state.worker["cal"][state.pool["first"][list(w.system.pools).index(name)]])
    calendar = -1 if w.system.pools[name]["calendar"] == "crews" else calendar
    opened = open_us(model, calendar, a.started) - open_us(model, calendar, a.asked)
    share = np.zeros(len(a.asked))
    share[a.begun] = _overtaken(a.asked[a.begun], a.started[a.begun])
    share[~a.begun] = _overtaken_so_far(a.asked[~a.begun], a.asked[a.begun], a.started[a.begun])
    overtaken = opened * share
    table = pa.table(
        {
            "person": (a.person + w.person_offset).astype(np.int32),
            "node": np.full(len(a.asked), step.name),
            "asked_us": a.asked + w.zero_us,
            "started_us": pa.array(a.started + w.zero_us, mask=~a.begun),
            "ended_us": pa.array(a.ended + w.zero_us, mask=~a.done),
            "closed_hours": (a.started - a.asked - opened) / s.HOUR_US,
            "overtaken_hours": overtaken / s.HOUR_US,
            "busy_hours": (opened - overtaken) / s.HOUR_US,
        }
    )
    # Those before count among the starts meanwhile, but have no row.
    return table.filter(pa.array(~a.done | (a.ended + w.zero_us >= begin_us(w.authority.plan.started))))


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
    return _share(rank_started - earlier, meanwhile)


def _overtaken_so_far(asked: Ints, others_asked: Ints, others_started: Ints) -> npt.NDArray[np.float64]:
    """The same for those who wait still: of all starts since they asked, the share of those that had asked later."""
    meanwhile = len(others_started) - np.searchsorted(np.sort(others_started), asked, side="right")
    later = len(others_asked) - np.searchsorted(np.sort(others_asked), asked, side="right")
    return _share(later, meanwhile)


def _share(later: Ints, meanwhile: Ints) -> npt.NDArray[np.float64]:
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
