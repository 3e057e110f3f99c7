"""Run by the interpreter of the comparator's own environment, never by casetrail: pm4py (AGPL) on one event log.

    python comparator.py LOG.parquet ANSWERS.json

Writes the time of the second of two runs of each measure, and what it found.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pm4py


def _warm(run: Callable[[], object], repeats: int = 2) -> tuple[float, object]:
    best, found = float("inf"), None
    for _ in range(repeats):
        begun = time.perf_counter()
        found = run()
        best = min(best, time.perf_counter() - begun)
    return best, found


def main(log: str, answers: str) -> None:
    """Measure, and write the answers."""
    frame = pd.read_parquet(log)
    frame = pm4py.format_dataframe(
        frame, case_id="person", activity_key="activity", timestamp_key="at", timest_format=None
    )
    out: dict[str, object] = {"version": pm4py.__version__, "seconds": {}, "found": {}}
    runs: dict[str, Callable[[], object]] = {
        "directly_follows": lambda: pm4py.discover_dfg(frame)[0],
        "directly_follows_time": lambda: pm4py.discover_performance_dfg(frame)[0],
        "hand_over": lambda: pm4py.discover_handover_of_work_network(frame).connections,
        "temporal_profile": lambda: pm4py.discover_temporal_profile(frame),
    }
    for name, run in runs.items():
        seconds, found = _warm(run)
        out["seconds"][name] = seconds  # type: ignore[index]
        out["found"][name] = [[list(pair), value] for pair, value in found.items()]  # type: ignore[index,attr-defined]
    Path(answers).write_text(json.dumps(out, default=float), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
