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
from casetrail.kernels.network.rows import GENERATION
from casetrail.world.describe.calendars import begin_us
from casetrail.world.describe.process import Record, Step, System, system
from casetrail.world.simulate.authority import Authority
from casetrail.world.simulate.waits import waits_table

Ints = npt.NDArray[np.int64]
Codes = npt.NDArray[np.int32]
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


@dataclass(frozen=True)
class Written:
    """Rows of a run within the world's years, and how to name things in them."""

    rows: s.Records
    zero_us: int  # epoch microseconds at the kernel's time 0
    prefix: str  # of worker codes and teams
    person_offset: int
    home_offset: int
    authority: Authority
    system: System


def tables_of(authority: Authority, state: s.State, *, offset: tuple[int, int] = (0, 0)) -> Tables:
    """Everything that happened in the world's own years; `offset` is added to numbers of persons and households."""
    plan, declared = authority.plan, system()
    rows = rows_of(state)
    zero = begin_us(plan.run_from)
    rows = rows[rows["ended"] >= begin_us(plan.started) - zero]
    prefix = f"{chr(65 + plan.authority)}" if plan.authority < 26 else f"A{plan.authority}"
    written = Written(rows, zero, prefix, offset[0], offset[1], authority, declared)
    all_rows = Written(rows_of(state), zero, prefix, offset[0], offset[1], authority, declared)
    return Tables(
        event=_events(written),
        involvement=_involvements(all_rows, begin_us(plan.started)),
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
    return _event_table(w, w.rows[place[order]], (which[order], stage[order]), listed)


def _event_table(
    w: Written, rows: s.Records, of: tuple[Codes, Codes], listed: Sequence[tuple[Step, Record]]
) -> pa.Table:
    record, stage = of
    columns: dict[str, Any] = {}
    for name in _CODES:
        columns[name] = _coded([getattr(one, name) for _, one in listed], record)
    worker = rows["worker"][np.arange(len(rows)), stage]
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
            "incident": pa.array(_incident(w, rows), mask=rows["root"] == 0),
            "episode": pa.array(rows["serial"].astype(np.int64), mask=rows["serial"] == 0),
            "agency": columns["agency"],
            "team": _teams(w, worker),
            "worker": _workers(w, worker),
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


def _incident(w: Written, rows: s.Records) -> Ints:
    """The root of a row, moved so that two authorities never share a number."""
    return rows["root"] + (np.int64(w.person_offset) << 32)


def _workers(w: Written, worker: npt.NDArray[np.int32]) -> pa.Array:
    """Codes like A017-2: authority, post, how often the post has been filled before."""
    there, inverse = np.unique(worker, return_inverse=True)
    names = [f"{w.prefix}{v % GENERATION:04d}-{v // GENERATION}" for v in there.tolist()]
    return pa.DictionaryArray.from_arrays(
        pa.array(inverse.astype(np.int32), mask=worker < 0), pa.array(names, pa.string())
    )


def _teams(w: Written, worker: npt.NDArray[np.int32]) -> pa.Array:
    """The team of the worker's pool; large pools are cut into teams."""
    pools = list(w.system.pools.values())
    state = w.authority.made.state
    names: list[str] = []
    code_of = np.full(len(state.worker), -1, dtype=np.int32)
    for p, says in enumerate(pools):
        first, last = int(state.pool["first"][p]), int(state.pool["last"][p])
        size = int(says.get("team_size", 0)) or max(1, last - first)
        for k, begin in enumerate(range(first, last, size)):
            label = says["team"] if last - first <= size else f"{says['team']} {k + 1}"
            names.append(f"{label} ({w.prefix})")
            code_of[begin : min(begin + size, last)] = len(names) - 1
    team = np.where(worker >= 0, code_of[np.maximum(worker, 0) % GENERATION], -1)
    return pa.DictionaryArray.from_arrays(pa.array(team.astype(np.int32), mask=team < 0), pa.array(names, pa.string()))


_ROLE = {"guardians": "children's guardian", "advocates": "advocate"}


def _involvements(w: Written, from_us: int) -> pa.Table:
    """Who held or spoke for whom, from when to when; those that ended before the world's years are left out."""
    parts = [_custody(w, name) for name in w.system.attributes["holding"]]
    table = pa.concat_tables(parts)
    to = table.column("to_us").to_numpy()
    return table.filter(pa.array(np.isnan(to) | (to >= from_us)))


def _custody(w: Written, holding: str) -> pa.Table:
    """Spells of one holding: each begins where a slot is taken, ends where it is given back or the worker left."""
    pools = {name: says for name, says in w.system.pools.items() if says.get("holding") == holding}
    ((pool, says),) = pools.items()
    kind = np.zeros(len(w.system.steps), dtype=np.int8)  # 1 begins, 2 given back, 3 worker left
    for i, step in enumerate(w.system.steps):
        if step.says.get("pool") == pool and step.says["do"] in ("take", "free"):
            kind[i] = 1 if step.says["do"] == "take" else 2
        elif any(one.left == holding for one in step.records):
            kind[i] = 3
    at = np.flatnonzero(kind[w.rows["node"]])
    at = at[np.argsort(w.rows["person"][at], kind="stable")]
    rows, what = w.rows[at], kind[w.rows["node"][at]]
    begins = np.flatnonzero(what == 1)
    after = np.minimum(begins + 1, len(rows) - 1)
    ended = (begins + 1 < len(rows)) & (rows["person"][after] == rows["person"][begins]) & (what[after] != 1)
    why = np.where(what[after] == 3, 1, 0).astype(np.int32)
    worker = rows["worker"][begins, 0]
    return pa.table(
        {
            "person": (rows["person"][begins] + w.person_offset).astype(np.int32),
            "agency": pa.array([says["agency"]] * len(begins), pa.string()),
            "team": _teams(w, worker).cast(pa.string()),
            "worker": _workers(w, worker).cast(pa.string()),
            "role": pa.array([_ROLE.get(holding, "holder")] * len(begins), pa.string()),
            "from_us": rows["ended"][begins] + w.zero_us,
            "to_us": pa.array(rows["ended"][after] + w.zero_us, mask=~ended),
            "reason_end": pa.DictionaryArray.from_arrays(
                pa.array(why, mask=~ended), pa.array(["work ended", "worker left"])
            ).cast(pa.string()),
        }
    )


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
            "incident": _incident(w, rows),
            "at_us": rows["ended"] + w.zero_us,
            "kind": pa.array(np.where(adult, "harassment", "harm to a child"), pa.string()),
            "harm": harm,
        }
    )
