"""Rows of a run with all that is needed to name what is in them: workers, teams, incidents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from casetrail.kernels.network import shape as s
from casetrail.kernels.network.rows import GENERATION
from casetrail.world.describe.process import System
from casetrail.world.simulate.authority import Authority

Ints = npt.NDArray[np.int64]
Codes = npt.NDArray[np.int32]


@dataclass(frozen=True)
class Written:
    """Rows of a run, and how to name things in them."""

    rows: s.Records
    holder: Codes  # of each row: the worker of children's services who held the person just then
    zero_us: int  # epoch microseconds at the kernel's time 0
    prefix: str  # of worker codes and teams
    person_offset: int
    home_offset: int
    authority: Authority
    system: System


def incident(w: Written, rows: s.Records) -> Ints:
    """The root of a row, moved so that two authorities never share a number."""
    return rows["root"] + (np.int64(w.person_offset) << 32)


def workers(w: Written, worker: npt.NDArray[np.int32]) -> pa.Array:
    """Codes like A017-2: authority, post, how often the post has been filled before."""
    there, inverse = np.unique(worker, return_inverse=True)
    names = [f"{w.prefix}{v % GENERATION:04d}-{v // GENERATION}" for v in there.tolist()]
    return pa.DictionaryArray.from_arrays(
        pa.array(inverse.astype(np.int32), mask=worker < 0), pa.array(names, pa.string())
    )


def teams(w: Written, worker: Codes, told: Sequence[str | None] = (), record: Codes | None = None) -> pa.Array:
    """The team of the worker's pool, else the one the step names; large pools are cut into teams."""
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
    if record is not None:
        named = [f"{name} ({w.prefix})" if name else None for name in told]
        names += [name for name in dict.fromkeys(named) if name and name not in names]
        number = np.array([names.index(name) if name else -1 for name in named], dtype=np.int32)
        team = np.where(team < 0, number[record], team)
    return pa.DictionaryArray.from_arrays(pa.array(team.astype(np.int32), mask=team < 0), pa.array(names, pa.string()))
