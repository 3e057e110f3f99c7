"""From rows of the kernel to what happened: events by agency, who held the case, what was never told, why it waited."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from casetrail.kernels.network import shape as s
from casetrail.kernels.network.loop import rows_of
from casetrail.world.describe.calendars import begin_us
from casetrail.world.describe.process import Record, Step, system
from casetrail.world.simulate.authority import Authority
from casetrail.world.simulate.custody import holders, involvements
from casetrail.world.simulate.naming import Codes, Written, incident, teams, workers
from casetrail.world.simulate.people import NEVER_SEEN
from casetrail.world.simulate.sealed import Floats, incidents, mistaken, weeks_table, workers_table
from casetrail.world.simulate.waits import waits_table

Ints = npt.NDArray[np.int64]
_CODES = ("agency", "activity", "outcome", "passed_to", "closing_code")
_CLOCKS = ("born", "last", "termed")  # attributes by which the run itself keeps time
BANDS = ("below 50 % of sessions", "50 to 90 % of sessions", "90 % of sessions or more")


@dataclass(frozen=True)
class Tables:
    """The tables of one authority, with its own numbers of persons and households moved by `offset`."""

    event: pa.Table
    involvement: pa.Table
    person: pa.Table
    told: pa.Table
    hidden: pa.Table
    mistaken: pa.Table
    waits: pa.Table
    workers: pa.Table
    weeks: pa.Table


def tables_of(authority: Authority, state: s.State, lenient: Floats, *, offset: tuple[int, int] = (0, 0)) -> Tables:
    """Everything that happened in the world's own years; `offset` is added to numbers of persons and households.

    `lenient` is the leniency of those who had the posts when the run began.
    """
    plan, declared = authority.plan, system()
    everything = rows_of(state)
    zero = begin_us(plan.run_from)
    later = everything["ended"] >= begin_us(plan.started) - zero
    rows = everything[later]
    holder = holders(everything, declared)
    prefix = f"{chr(65 + plan.authority)}" if plan.authority < 26 else f"A{plan.authority}"
    written = Written(rows, holder[later], zero, prefix, offset[0], offset[1], authority, declared)
    all_rows = Written(everything, holder, zero, prefix, offset[0], offset[1], authority, declared)
    told, hidden = incidents(all_rows)
    return Tables(
        event=_events(written),
        involvement=involvements(all_rows, begin_us(plan.started)),
        person=_persons(written, state),
        told=told,
        hidden=hidden,
        mistaken=mistaken(all_rows),
        waits=waits_table(all_rows, state),
        workers=workers_table(all_rows, state, lenient),
        weeks=weeks_table(all_rows),
    )


def events_before(authority: Authority, state: s.State, *, offset: tuple[int, int] = (0, 0)) -> pa.Table:
    """What was done in the years that the world is run before its first day, in the shape of the bundle's events."""
    plan, declared = authority.plan, system()
    rows = rows_of(state)
    prefix = f"{chr(65 + plan.authority)}" if plan.authority < 26 else f"A{plan.authority}"
    zero = begin_us(plan.run_from)
    written = Written(rows, holders(rows, declared), zero, prefix, offset[0], offset[1], authority, declared)
    return _events(written, before=True)


def _events(w: Written, *, before: bool = False) -> pa.Table:
    """One event for each row and each agency that records the step, from the first day on or before it."""
    kept: list[Any] = []
    records: list[Codes] = []
    stages: list[Codes] = []
    listed: list[tuple[Step, Record]] = []
    first = begin_us(w.authority.plan.started) - w.zero_us
    for i, step in enumerate(w.system.steps):
        if step.records:
            begun = w.rows["started"] if step.says["do"] == "work" else w.rows["ended"]
            at = np.flatnonzero((w.rows["node"] == i) & ((begun < first) if before else (begun >= first)))
            for record in step.records:
                kept.append(at)
                records.append(np.full(len(at), len(listed), dtype=np.int32))
                stages.append(np.full(len(at), record.worker, dtype=np.int32))
                listed.append((step, record))
    place, which, stage = np.concatenate(kept), np.concatenate(records), np.concatenate(stages)
    order = np.lexsort((which, place))
    place = place[order]
    return _event_table(w, place, (which[order], stage[order]), listed)


def _event_table(w: Written, place: Any, of: tuple[Codes, Codes], listed: Sequence[tuple[Step, Record]]) -> pa.Table:
    record, stage = of
    rows = w.rows[place]
    columns: dict[str, Any] = {}
    for name in _CODES:
        columns[name] = _coded([getattr(one, name) for _, one in listed], record)
    worker = rows["worker"][np.arange(len(rows)), stage]
    # What takes no time of anybody is written down by the worker who holds the case.
    held = np.array([one.agency == "social care" and one.team is None for _, one in listed])[record]
    worker = np.where((worker < 0) & held, w.holder[place], worker)
    work = np.array([step.says["do"] == "work" for step, _ in listed])[record]
    severe = [one.severity and not one.role and not one.bands and "mark" in step.says for step, one in listed]
    marked = np.array(severe)[record]
    told = np.array([one.role for _, one in listed])[record]
    begun = np.where(work, rows["started"], rows["ended"])
    roles = w.system.attributes["role"]
    # A step that says who told has the role as its mark. What looks back on a year is about no incident: that its token
    # came from one, perhaps told to nobody, is nothing the agency could know.
    role = np.where(told, rows["mark"], 0).astype(np.int32)
    bands = np.array([one.bands for _, one in listed])[record]
    return pa.table(
        {
            "at_us": begun + w.zero_us,
            "end_us": pa.array(rows["ended"] + w.zero_us, mask=~work),
            "person": (rows["person"] + w.person_offset).astype(np.int32),
            "household": (w.authority.people.people.household[rows["person"]] + w.home_offset).astype(np.int32),
            "incident": pa.array(incident(w, rows), mask=bands | (rows["root"] == 0)),
            "episode": pa.array(rows["serial"].astype(np.int64), mask=bands | (rows["serial"] == 0)),
            "agency": columns["agency"],
            "team": teams(w, worker, [one.team for _, one in listed], record),
            "worker": workers(w, worker),
            "activity": columns["activity"],
            "outcome": _banded(columns["outcome"], rows["mark"], bands),
            "severity": pa.array(rows["mark"], mask=~marked),
            "passed_to": columns["passed_to"],
            "reported_by_role": pa.DictionaryArray.from_arrays(pa.array(role, mask=~told | (role <= 0)), list(roles)),
            "closing_code": columns["closing_code"],
            "asked_us": pa.array(rows["asked"] + w.zero_us, mask=~work),
            "started_us": pa.array(rows["started"] + w.zero_us, mask=~work),
        }
    )


def _banded(outcome: pa.Array, mark: Floats, bands: Any) -> pa.Array:
    """Where a step says so, the outcome is the band of its mark; none where the mark is not known."""
    if not bands.any():
        return outcome
    band = np.where(mark < 0.5, 0, np.where(mark < 0.9, 1, 2))
    known = [*outcome.dictionary.to_pylist(), *BANDS]
    plain = outcome.indices.fill_null(-1).to_numpy()
    found = np.where(mark >= 0.0, band + len(known) - len(BANDS), -1)
    code = np.where(bands, found, plain).astype(np.int32)
    return pa.DictionaryArray.from_arrays(pa.array(code, mask=code < 0), known)


def _coded(texts: Sequence[str | None], codes: Codes) -> pa.Array:
    known = sorted({t for t in texts if t is not None})
    number = np.array([known.index(t) if t is not None else -1 for t in texts], dtype=np.int32)[codes]
    return pa.DictionaryArray.from_arrays(pa.array(number, mask=number < 0), pa.array(known, pa.string()))


def _persons(w: Written, state: s.State) -> pa.Table:
    """Everybody who lived there, with what only the truth knows."""
    people = w.authority.people
    zero = np.datetime64(w.authority.plan.run_from, "D")
    end = np.datetime64(w.authority.plan.started, "D") + np.timedelta64(round(w.authority.plan.years * 365.25), "D")
    first = people.people.person
    born = zero + np.floor(first[:, people.column["born"]] * 365.25).astype("timedelta64[D]")
    leaves = np.where(np.isfinite(people.leaves), people.leaves, 1e4)
    left = zero + np.floor(leaves * 365.25).astype("timedelta64[D]")
    columns: dict[str, Any] = {
        "person": (np.arange(len(people)) + w.person_offset).astype(np.int32),
        "household": (people.people.household + w.home_offset).astype(np.int32),
        "born": pa.array(born.astype("datetime64[D]"), pa.date32()),
        "sex": pa.array(np.where(people.female, "female", "male"), pa.string()),
        "left": pa.array(left.astype("datetime64[D]"), pa.date32(), mask=left > end),
        "neighbourhood": people.neighbourhood.astype(np.float64),
        "authority": np.full(len(people), float(w.authority.plan.authority)),
        "twin": people.twin.astype(np.float64),
        "need_at_start": first[:, people.column["need"]].copy(),
        "hidden_class": _hidden_class(w),
    }
    for name, i in people.column.items():
        if name not in _CLOCKS:
            value = state.person[:, i].copy()
            columns[f"{name}_at_end"] = pa.array(value, mask=np.isnan(value) | (value == NEVER_SEEN))
    return pa.table(columns)


def _hidden_class(w: Written) -> pa.Array:
    """1 for persons of the class that hardly anybody reports: they alone have no trust of zero at the start.

    Where the class is given the trust of all others, nobody can say who is in it.
    """
    values, people = w.authority.plan.values, w.authority.people
    unknown = values["people.mixture_share"] > 0 and values["people.mixture_trust"] == 0
    member = people.people.person[:, people.column["trust"]] != 0.0
    return pa.array(member.astype(np.float64), mask=np.full(len(people), unknown))
