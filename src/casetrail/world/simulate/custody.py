"""Who held whom: spells of custody and of voice, and the holder at the time of each row."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from casetrail.kernels.network import shape as s
from casetrail.world.describe.process import System
from casetrail.world.simulate.naming import Written, teams, workers

_ROLE = {"guardians": "children's guardian", "advocates": "advocate"}


def involvements(w: Written, from_us: int) -> pa.Table:
    """Who held or spoke for whom, from when to when; those that ended before the world's years are left out."""
    parts = [_custody(w, name) for name in w.system.attributes["holding"]]
    table = pa.concat_tables(parts)
    to = table.column("to_us").to_numpy()
    return table.filter(pa.array(np.isnan(to) | (to >= from_us)))


def _custody(w: Written, holding: str) -> pa.Table:
    """Spells of one holding: each begins where a slot is taken, ends where it is given back or the worker left."""
    pools = {name: says for name, says in w.system.pools.items() if says.get("holding") == holding}
    ((pool, says),) = pools.items()
    kind = _custody_kinds(w.system, pool)
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
            "team": teams(w, worker).cast(pa.string()),
            "worker": workers(w, worker).cast(pa.string()),
            "role": pa.array([_ROLE.get(holding, "holder")] * len(begins), pa.string()),
            "from_us": rows["ended"][begins] + w.zero_us,
            "to_us": pa.array(rows["ended"][after] + w.zero_us, mask=~ended),
            "reason_end": pa.DictionaryArray.from_arrays(
                pa.array(why, mask=~ended), pa.array(["work ended", "worker left"])
            ).cast(pa.string()),
        }
    )


def holders(rows: s.Records, declared: System) -> npt.NDArray[np.int32]:
    """For each row the worker of children's services who held the person when it was written, -1 if nobody did."""
    made = np.full(len(rows), -1, dtype=np.int32)
    number = np.arange(len(rows), dtype=np.int64)
    at = rows["person"].astype(np.int64) * len(rows) + number
    for pool in ("safeguarding", "assessment"):
        kind = _custody_kinds(declared, pool)
        change = np.flatnonzero(kind[rows["node"]])
        change = change[np.argsort(at[change])]
        last = np.searchsorted(at[change], at, side="right") - 1
        there = np.maximum(last, 0)
        mine = change[there] if len(change) else np.zeros(len(rows), dtype=np.int64)
        held = (last >= 0) & (rows["person"][mine] == rows["person"]) & (kind[rows["node"][mine]] == 1)
        made = np.where((made < 0) & held, rows["worker"][mine, 0], made)
    return made.astype(np.int32)


def _custody_kinds(declared: System, pool: str) -> npt.NDArray[np.int8]:
    """For each step: 1 a slot of the pool is taken, 2 given back, 3 the worker left, 0 nothing of this."""
    holding = declared.pools[pool]["holding"]
    kind = np.zeros(len(declared.steps), dtype=np.int8)
    for i, step in enumerate(declared.steps):
        if step.says.get("pool") == pool and step.says["do"] in ("take", "free"):
            kind[i] = 1 if step.says["do"] == "take" else 2
        elif any(one.left == holding for one in step.records):
            kind[i] = 3
    return kind
