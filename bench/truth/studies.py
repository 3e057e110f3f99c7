"""Score every estimator of `studies/` on its made-up worlds: `python bench/truth/studies.py [--only METHOD]`.

A study says what is scored, in which worlds and against which bars; this runs its replicates in blocks, each with a
seed of its own, keeps finished blocks in `studies-state.jsonl` under the hash of study and code, and so goes on where
it was stopped. A complete run writes the scores that ship and appends to `studies.md`.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib
import json
import math
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE / "studies")]
STATE, HISTORY = HERE / "studies-state.jsonl", HERE / "studies.md"
SHIPPED = HERE.parents[1] / "src" / "casetrail" / "stats" / "data" / "studies.json"
BLOCK = 100
Z99 = 2.575829303549

# score -> [shares: hits, trials] or [means: sum, sum of squares, trials]
Counts = dict[str, list[float]]


def names() -> list[str]:
    """Modules of the folder of studies."""
    return sorted(p.stem for p in (HERE / "studies").glob("*.py") if not p.stem.startswith("_"))


def key(name: str) -> str:
    """Under what finished blocks are kept: any change of the study or of the code it scores makes it run again."""
    from casetrail.stats.scores import hash_of

    study = importlib.import_module(name)
    own = (HERE / "studies" / f"{name}.py").read_text(encoding="utf-8")
    return hashlib.sha256(f"{own} {hash_of(study.CODE)}".encode()).hexdigest()


def block(name: str, world: str, number: int, replicates: int) -> Counts:
    """One block of replicates: what a worker does."""
    study = importlib.import_module(name)
    counts: Counts = {}
    for i in range(replicates):
        seed = int.from_bytes(hashlib.sha256(f"{name}/{world}".encode()).digest()[:8], "big")
        rng = np.random.default_rng([seed, number, i])
        for score, hit in study.replicate(world, rng):
            _add(counts, score, hit)
    return counts


def _add(counts: Counts, score: str, hit: bool | float) -> None:
    if isinstance(hit, bool | np.bool_):
        held = counts.setdefault(score, [0.0, 0.0])
        held[0] += bool(hit)
    else:
        held = counts.setdefault(score, [0.0, 0.0, 0.0])
        held[0] += float(hit)
        held[1] += float(hit) ** 2
    held[-1] += 1


def kept() -> dict[tuple[str, str, int], Counts]:
    """Finished blocks by key, world and number. A line cut off by a kill is passed over."""
    found = {}
    for line in STATE.read_text(encoding="utf-8").splitlines() if STATE.exists() else ():
        try:
            row = json.loads(line)
        except json.JSONDecodeError:
            continue
        found[row["key"], row["world"], row["block"]] = row["counts"]
    return found


def run(wanted: list[str], workers: int) -> None:
    """All blocks that are missing, in parallel; what is finished is written at once."""
    done, keys = kept(), {name: key(name) for name in wanted}
    todo = [
        (name, world, b)
        for name in wanted
        for world in importlib.import_module(name).WORLDS
        for b in range(math.ceil(importlib.import_module(name).REPLICATES / BLOCK))
        if (keys[name], world, b) not in done
    ]
    print(f"{len(todo)} blocks of {BLOCK} replicates to run, {len(done)} kept from before", flush=True)
    if not todo:
        return
    begun = time.monotonic()
    # Spawned, so that threads and caches of compiled code in this process cannot hang a child.
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        jobs = {pool.submit(block, name, world, b, BLOCK): (name, world, b) for name, world, b in todo}
        for count, job in enumerate(as_completed(jobs), 1):
            name, world, b = jobs[job]
            row = {"key": keys[name], "study": name, "world": world, "block": b, "counts": job.result()}
            with STATE.open("a", encoding="utf-8", newline="\n") as file:
                file.write("\n" + json.dumps(row))
            if count % 20 == 0 or count == len(todo):
                print(f"{count} of {len(todo)} blocks, {time.monotonic() - begun:.0f} s", flush=True)


def scores(name: str) -> Iterator[dict[str, Any]]:
    """Every score of one study with its 99 % interval and verdict."""
    study, done = importlib.import_module(name), kept()
    own = key(name)
    for world in study.WORLDS:
        together: Counts = {}
        for (k, w, _), counts in done.items():
            if k == own and w == world:
                for score, held in counts.items():
                    sums = together.setdefault(score, [0.0] * len(held))
                    together[score] = [a + b for a, b in zip(sums, held, strict=True)]
        for score, held in together.items():
            value, low, high = _interval(held)
            bar = study.BARS[score]
            yield {
                "world": world,
                "score": score,
                "value": value,
                "low": low,
                "high": high,
                "trials": int(held[-1]),
                "bar": None if bar.low is None else [bar.low, bar.high],
                "verdict": _verdict(bar, low, high),
            }


def _interval(held: list[float]) -> tuple[float, float, float]:
    n = held[-1]
    if len(held) == 2:
        from casetrail.stats.intervals import wilson

        return held[0] / n, *wilson(int(held[0]), int(n), 0.99)
    mean = held[0] / n
    half = Z99 * math.sqrt(max(0.0, held[1] / n - mean**2) / n)
    return mean, mean - half, mean + half


def _verdict(bar: Any, low: float, high: float) -> str:
    from bars import verdict

    return verdict(bar, low, high)


def ship(wanted: list[str]) -> None:
    """Write the package data and append what is new to the history."""
    from casetrail.stats.scores import hash_of

    old = json.loads(SHIPPED.read_text(encoding="utf-8")) if SHIPPED.exists() else {"methods": {}}
    methods, lines = old["methods"], []
    for name in wanted:
        study = importlib.import_module(name)
        found = list(scores(name))
        methods[study.METHOD] = {
            "says": study.SAYS,
            "code": hash_of(study.CODE),
            "functions": [list(pair) for pair in study.CODE],
            "worlds": study.WORLDS,
            "bars": {s: {"says": b.says, "reason": b.reason} for s, b in study.BARS.items()},
            "scores": found,
        }
        lines += [_line(study.METHOD, s) for s in found]
    SHIPPED.write_text(json.dumps({"methods": dict(sorted(methods.items()))}, indent=1) + "\n", encoding="utf-8")
    tested = [s for m in methods.values() for s in m["scores"] if s["bar"]]
    failing = [s for s in tested if s["verdict"] == "fails"]
    head = f"\n## {len(tested)} cells tested, {len(failing)} fail\n\n{_HEAD}\n"
    text = head + "\n".join(lines) + "\n"
    before = HISTORY.read_text(encoding="utf-8") if HISTORY.exists() else "# Scores of the studies, newest last\n"
    if text not in before:
        HISTORY.write_text(before + text, encoding="utf-8", newline="\n")
    print(text)


_HEAD = (
    "| method | world | score | value | 99 % interval | replicates | bar | verdict |\n|---|---|---|---|---|---|---|---|"
)


def _line(method: str, s: dict[str, Any]) -> str:
    bar = "none" if s["bar"] is None else f"{s['bar'][0]:g} to {s['bar'][1]:g}"
    interval = f"{s['low']:.4f} to {s['high']:.4f}"
    cells = (method, s["world"], s["score"], f"{s['value']:.4f}", interval, f"{s['trials']:,}", bar, s["verdict"])
    return "| " + " | ".join(cells) + " |"


def main() -> None:
    """Parse, run, ship."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=names(), action="append", help="one study (may be repeated)")
    parser.add_argument("--workers", type=int, default=2)
    asked = parser.parse_args()
    wanted = asked.only or names()
    run(wanted, asked.workers)
    ship(wanted)


if __name__ == "__main__":
    main()
