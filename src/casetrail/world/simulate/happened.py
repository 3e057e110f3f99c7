"""From rows of the kernel to what happened: events by agency, who held the case, what was never told, why it waited."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
from casetrail.world.simulate.waits import waits_table

Ints = npt.NDArray[np.int64]
_CODES = ("agency", "activity", "outcome", "passed_to", "closing_code")
BANDS = ("below 50 % of sessions", "50 to 90 % of sessions", "90 % of sessions or more")


@dataclass(frozen=True)
class Tables:
    """The tables of one authority, with its own numbers of persons and households moved by `offset`."""

    event: pa.Table
    involvement: pa.Table
    person: pa.Table
    hidden: pa.Table
    waits: pa.Table


def tables_of(authority: Authority, state: s.State, *, offset: tuple[int, int] = (0, 0)) -> Tables:
    """Everything that happened in the world's own years; `offset` is added to numbers of persons and households."""
    plan, declared = authority.plan, system()
    everything = rows_of(state)
    zero = begin_us(plan.run_from)
    later = everything["ended"] >= begin_us(plan.started) - zero
    rows = everything[later]
    holder = holders(everything, declared)
    prefix = f"{chr(65 + plan.authority)}" if plan.authority < 26 else f"A{plan.authority}"
    written = Written(rows, holder[later], zero, prefix, offset[0], offset[1], authority, declared)
    all_rows = Written(everything, holder, zero, prefix, offset[0], offset[1], authority, declared)
    return Tables(
        event=_events(written),
        involvement=involvements(all_rows, begin_us(plan.started)),
        person=_persons(written, state),
        hidden=_hidden(written),
        waits=waits_table(rows, declared, authority, zero_us=zero, person_offset=offset[0]),
    )


def _events(w: Written) -> pa.Table:
    """One event for each row and each agency that records the step."""
    kept: list[Any] = []
    records: list[Codes] = []
    stages: list[Codes] = []
    listed: list[tuple[Step, Record]] = []
    first = begin_us(w.authority.plan.started) - w.zero_us
    for i, step in enumerate(w.system.steps):
        if step.records:
            begun = w.rows["started"] if step.says["do"] == "work" else w.rows["ended"]
            at = np.flatnonzero((w.rows["node"] == i) & (begun >= first))
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
    # A step that says who told has the role as its mark.
    role = np.where(told, rows["mark"], 0).astype(np.int32)
    bands = np.array([one.bands for _, one in listed])[record]
    outcome = columns["outcome"]
    if bands.any():
        band = np.where(rows["mark"] < 0.5, 0, np.where(rows["mark"] < 0.9, 1, 2))
        known = [*outcome.dictionary.to_pylist(), *BANDS]
        plain = outcome.indices.fill_null(-1).to_numpy()
        code = np.where(bands, band + len(known) - len(BANDS), plain).astype(np.int32)
        outcome = pa.DictionaryArray.from_arrays(pa.array(code, mask=code < 0), known)
    return pa.table(
        {
            "at_us": begun + w.zero_us,
            "end_us": pa.array(rows["ended"] + w.zero_us, mask=~work),
            "person": (rows["person"] + w.person_offset).astype(np.int32),
            "household": (w.authority.people.people.household[rows["person"]] + w.home_offset).astype(np.int32),
            "incident": pa.array(incident(w, rows), mask=rows["root"] == 0),
            "episode": pa.array(rows["serial"].astype(np.int64), mask=rows["serial"] == 0),
            "agency": columns["agency"],
            "team": teams(w, worker, [one.team for _, one in listed], record),
            "worker": workers(w, worker),
            "activity": columns["activity"],
            "outcome": outcome,
            "severity": pa.array(rows["mark"], mask=~marked),
            "passed_to": columns["passed_to"],
            "reported_by_role": pa.DictionaryArray.from_arrays(pa.array(role, mask=~told | (role <= 0)), list(roles)),
            "closing_code": columns["closing_code"],
            "asked_us": pa.array(rows["asked"] + w.zero_us, mask=~work),
            "started_us": pa.array(rows["started"] + w.zero_us, mask=~work),
        }
    )


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
    }
    for name, i in people.column.items():
        if name not in ("born", "last"):
            columns[f"{name}_at_end"] = state.person[:, i].copy()
    return pa.table(columns)


def _hidden(w: Written) -> pa.Table:
    """Incidents that were told to nobody: those of which no other row speaks."""
    truth = np.array([step.truth == "incident" for step in w.system.steps])
    is_incident = truth[w.rows["node"]]
    told = np.unique(w.rows["root"][~is_incident])
    rows = w.rows[is_incident]
    rows = rows[~np.isin(rows["root"], told)]
    values: Mapping[str, Any] = w.authority.plan.values
    harm = values["harm.incident"] * np.exp(np.clip(values["harm.slope"] * rows["mark"], -50.0, 50.0))
    adult = w.authority.people.people.person[rows["person"], w.authority.people.column["adult"]] > 0
    return pa.table(
        {
            "person": (rows["person"] + w.person_offset).astype(np.int32),
            "incident": incident(w, rows),
            "at_us": rows["ended"] + w.zero_us,
            "kind": pa.array(np.where(adult, "harassment", "harm to a child"), pa.string()),
            "harm": harm,
        }
    )
