"""The event loop against queueing theory: ten runs of a million customers for each network with a known answer.

    python bench/truth/queueing.py [--only NETWORK] [--customers N] [--runs N]

Finished runs are kept in `queueing-state.jsonl` under the hash of the kernel and of the networks, and are not run
again. A complete run of full size is appended to `queueing.jsonl`, and `queueing.md` shows the last one. Exits 1 when
a known number lies three standard errors away or more.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from casetrail.kernels.network import shape as s  # noqa: E402
from kernels.network.batches import Distance, chance_of_largest, distance, expected_beyond  # noqa: E402
from kernels.network.known import Known  # noqa: E402
from kernels.network.known_all import ALL  # noqa: E402

STATE, HISTORY, PAGE = HERE / "queueing-state.jsonl", HERE / "queueing.jsonl", HERE / "queueing.md"
RUNS, CUSTOMERS, LIMIT = 10, 1_000_000, 3.0
Means = list[list[float]]


def key(customers: int) -> str:
    """Under what a finished run is kept: any change of kernel or networks makes it run again."""
    files = sorted((ROOT / "src/casetrail/kernels/network").glob("*.py"))
    files += [ROOT / "tests/kernels/network" / name for name in ("batches.py", "known.py", "known_all.py", "theory.py")]
    found = hashlib.sha256(str(customers).encode())
    for file in files:
        found.update(file.read_bytes())
    return found.hexdigest()


def finished(under: str) -> dict[tuple[str, int], Means]:
    """Batch means of the runs done with this code. A line cut off by a kill is passed over."""
    kept: dict[tuple[str, int], Means] = {}
    for line in STATE.read_text(encoding="utf-8").splitlines() if STATE.exists() else ():
        try:
            row = json.loads(line)
        except json.JSONDecodeError:
            continue
        if row["key"] == under:
            kept[row["network"], row["run"]] = row["means"]
    return kept


def one_run(known: Known, customers: int, number: int) -> Means:
    """Batch means of every cell of one run; the clock must not run back and nobody may be lost on the way."""
    state = known.simulate(customers, number)
    ended = state.row["ended"][: state.count[s.ROWS]]
    if np.any(np.diff(ended) < 0):
        raise SystemExit(f"{known.name}: the clock ran back")
    if state.count[s.BORN] - state.count[s.ENDED] != known.sources:
        raise SystemExit(f"{known.name}: persons were lost")
    return [means.tolist() for means in known.means(state, customers)]


def all_runs(names: Sequence[str], customers: int, runs: int) -> dict[tuple[str, int], Means]:
    """Every run asked for, from the state or anew, two at a time."""
    under = key(customers)
    done = finished(under)
    missing = [(name, number) for name in names for number in range(runs) if (name, number) not in done]

    def work(job: tuple[str, int]) -> tuple[tuple[str, int], Means]:
        return job, one_run(ALL[job[0]], customers, job[1])

    with ThreadPoolExecutor(2) as pool, STATE.open("a", encoding="utf-8", newline="\n") as file:
        for (name, number), means in pool.map(work, missing):
            done[name, number] = means
            row = {"key": under, "network": name, "run": number, "means": means}
            # A cut-off line before this one must not swallow it.
            file.write("\n" + json.dumps(row) + "\n")
            file.flush()
            print(f"{name}, run {number + 1}: {customers:,} customers")
    return done


def distances(
    done: Mapping[tuple[str, int], Means], names: Sequence[str], runs: int
) -> list[tuple[str, str, Distance]]:
    """Each cell of each network over all its runs."""
    found = []
    for name in names:
        for place, cell in enumerate(ALL[name].cells):
            means = [np.array(done[name, number][place]) for number in range(runs)]
            found.append((name, cell.name, distance(means, cell.expected)))
    return found


def page(found: Sequence[tuple[str, str, Distance]], about: Mapping[str, Any]) -> str:
    """The last complete run as a table."""
    largest = max(abs(d.z) for *_, d in found)
    chance = chance_of_largest(len(found), largest)
    lines = [
        "# The event loop against queueing theory",
        "",
        f"Written by `just truth` on {about['date']}: {about['runs']} runs of {about['customers']:,} customers for "
        "each network. "
        f"Of {len(found)} known numbers the farthest lies {largest:.2f} standard errors away; "
        f"by chance alone the farthest would be as far in {chance:.0%} of such tables, and "
        f"{expected_beyond(len(found), LIMIT):.2f} numbers beyond {LIMIT:g} would be expected.",
        "Formulas and their sources stand in `tests/kernels/network/theory.py`; how standard errors allow for waiting "
        "times that resemble their neighbours, in `batches.py`.",
        "",
        "| network | what | known | found | standard error | z |",
        "|---|---|---|---|---|---|",
    ]  # fmt: skip
    lines += [f"| {n} | {c} | {d.expected:.5f} | {d.found:.5f} | {d.error:.5f} | {d.z:+.2f} |" for n, c, d in found]
    return "\n".join(lines) + "\n"


def main() -> int:
    """Run what is missing; 1 when a number is too far from what is known."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", choices=[*ALL], help="one network")
    parser.add_argument("--customers", type=int, default=CUSTOMERS)
    parser.add_argument("--runs", type=int, default=RUNS)
    asked = parser.parse_args()
    names = [asked.only] if asked.only else [*ALL]
    done = all_runs(names, asked.customers, asked.runs)
    found = distances(done, names, asked.runs)
    far = [(name, cell, d) for name, cell, d in found if abs(d.z) >= LIMIT]
    if not asked.only and (asked.customers, asked.runs) == (CUSTOMERS, RUNS):
        about = {"date": datetime.now(UTC).date().isoformat(), "runs": RUNS, "customers": CUSTOMERS}
        PAGE.write_text(page(found, about), encoding="utf-8")
        cells = [{"network": n, "cell": c, "found": d.found, "expected": d.expected, "z": d.z} for n, c, d in found]
        with HISTORY.open("a", encoding="utf-8", newline="\n") as file:
            file.write(json.dumps({**about, "kernel": key(CUSTOMERS)[:16], "cells": cells}) + "\n")
    for name, cell, d in far:
        print(f"too far: {name}, {cell}: {d.found:.6f}, known {d.expected:.6f}, z {d.z:+.2f}")
    print(f"{len(found)} known numbers, {len(far)} three standard errors away or more")
    return 1 if far else 0


if __name__ == "__main__":
    sys.exit(main())
