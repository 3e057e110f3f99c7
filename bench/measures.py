"""Measures of a built trail beside what they are measured against, in one process; run by child.py."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

from casetrail.trail.build import relation
from casetrail.trail.handle import Trail
from casetrail.trail.profile import temporal_profile
from child import KINDS, Times, best, opened, peak_mb
from floors import NOTHING, all_pairs, kind_means, pair_means

WHOLE = {"by": "all"}
DEARER = re.compile(r"\s+(median\(|count\(distinct )")
BARE_PAIRS = """
select activity_no, next_activity_no, count(*), avg(until_us - at_us), median(until_us - at_us)
from step where next_activity_no is not null group by all
"""
BARE_STATES = """
select state_no, count(distinct person_no), count(*), sum(until_us - at_us),
    avg(case when next_activity_no is not null or until_us > at_us then until_us - at_us end),
    median(case when next_activity_no is not null or until_us > at_us then until_us - at_us end)
from step group by all
"""


def _sql(trail: Trail, text: str, parameters: dict[str, object] | None = None) -> object:
    return trail.engine._connection.sql(text, params=parameters or {}).to_arrow_table()


def _arrays(trail: Trail) -> dict[str, np.ndarray]:
    found = trail.engine._connection.sql(
        f"select person_no, activity_no, coalesce(next_activity_no, {NOTHING}) as following, state_no, at_us, "
        "until_us - at_us as lasts_us from step order by person_no, seq"
    ).to_arrow_table()
    return {name: found[name].combine_chunks().to_numpy() for name in found.column_names}


def _means(name: str) -> str:
    """A relation's own text without its medians and its count of persons: what the bar on means speaks of."""
    kept = [line for line in relation(name).text.splitlines() if not DEARER.match(line)]
    return "\n".join(kept).replace(" as mean_us,\nfrom", " as mean_us\nfrom")


def scans(*, trail: str) -> dict[str, object]:
    """Scan measures on the step table, warm, beside a Numba pass and beside bare SQL."""
    with opened(trail) as made:
        out: dict[str, Times] = {
            "pairs": best(lambda: made.query("directly_follows", **WHOLE)),
            "pairs_bare": best(lambda: _sql(made, BARE_PAIRS)),
            "pairs_means": best(lambda: _sql(made, _means("directly_follows"), WHOLE)),
            "states": best(lambda: made.query("time_by_state", **WHOLE)),
            "states_bare": best(lambda: _sql(made, BARE_STATES)),
            "states_means": best(lambda: _sql(made, _means("time_by_state"), WHOLE)),
        }
        a = _arrays(made)
        out["pairs_floor"] = best(lambda: pair_means(a["activity_no"], a["following"], a["lasts_us"], KINDS))
        out["states_floor"] = best(lambda: kind_means(a["state_no"], a["following"], a["lasts_us"], KINDS))
        _agree_pairs(made, pair_means(a["activity_no"], a["following"], a["lasts_us"], KINDS))
    return dict(out)


def _agree_pairs(trail: Trail, sums: np.ndarray) -> None:
    rows = trail.query("directly_follows", **WHOLE).rows()
    if len(rows) != int((sums[:, :, 0] > 0).sum()):
        raise SystemExit("directly_follows and the Numba pass found different pairs")
    for row in rows:
        times, total = sums[row["activity_no"], row["next_activity_no"]]
        if row["times"] != times or not np.isclose(row["mean_us"], total / times, rtol=1e-9):
            raise SystemExit("directly_follows and the Numba pass disagree")


def profile(*, trail: str) -> dict[str, object]:
    """The temporal profile from the store, beside the bare pass over arrays in memory."""
    with opened(trail) as made:
        ours = best(lambda: temporal_profile(made))
        peak = peak_mb()
        a = _arrays(made)
        starts = np.flatnonzero(np.diff(a["person_no"], prepend=-1, append=-1))
        floor = best(lambda: all_pairs(starts, a["activity_no"], a["at_us"], KINDS))
        sums = all_pairs(starts, a["activity_no"], a["at_us"], KINDS)
        found = temporal_profile(made)
        if sum(pair.times for pair in found) != int(sums[:, :, 0].sum()):
            raise SystemExit("temporal_profile and the Numba pass count different pairs")
    return {"ours": ours, "floor": floor, "pairs": int(sums[:, :, 0].sum()), "peak_mb": peak}


def small(*, trail: str, records: str, log: str) -> dict[str, object]:
    """Three measures on the small trail with what they found; the same log is left in `log` for the comparator."""
    with opened(trail) as made:
        made.engine.attach(Path(records), "records")
        pq.write_table(
            made.engine._connection.sql(
                "select cast(person_no as varchar) as person, printf('%02d', activity_no) as activity, "
                'make_timestamp(at_us) as at, cast(agency_no as varchar) as "org:resource" from event order by row_no'
            ).to_arrow_table(),
            log,
        )
        over = {"level": "agency", "by": "all"}
        seconds = {
            "directly_follows": best(lambda: made.query("directly_follows", **WHOLE)),
            "pair_means": best(lambda: _sql(made, _means("directly_follows"), WHOLE)),
            "hand_over_means": best(lambda: _sql(made, _means("wait_between"), over)),
            "hand_over": best(lambda: made.query("wait_between", **over)),
            "temporal_profile": best(lambda: temporal_profile(made)),
        }
        pairs = [
            [
                [made.word(r["activity_no"]), made.word(r["next_activity_no"])],
                [r["times"], r["mean_us"], r["median_us"]],
            ]
            for r in made.query("directly_follows", **WHOLE).rows()
        ]
        waits = [[[str(r["from_no"]), str(r["to_no"])], r["times"]] for r in made.query("wait_between", **over).rows()]
        profile_ = [[[p.activity, p.later], [p.times, p.mean_us, p.sd_us]] for p in temporal_profile(made)]
    return {
        "seconds": seconds,
        "found": {"directly_follows": pairs, "hand_over": waits, "temporal_profile": profile_},
    }
