"""Score the shipped methods on made-up worlds with known truth: `python bench/truth/run.py [--only WORLD]`.

Finished worlds are kept in `state.jsonl` under the hash of the code and are not run again. A complete run
of at least 1,000 replicates writes the scores that ship and the table of the manual, and appends to
`scores.jsonl` and `scores.md`.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from report import BEGIN, END, assemble, manual, section
from scoring import Tally, tally
from worlds import WORLDS, world

from casetrail import public
from casetrail.stats.scores import METHODS, code_hash

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
STATE = HERE / "state.jsonl"
SHIPPED = ROOT / "src" / "casetrail" / "stats" / "data" / "scores.json"
MANUAL = ROOT / "docs" / "compare.md"
REPLICATES, LEAST = 20_000, 1_000
HISTORY = (
    "# Scores on made-up worlds\n\n"
    "One section per complete run of `just truth` on new code or worlds; the last is the one shipped.\n"
)


def scorer_hash() -> str:
    """sha256 of the worlds, the scoring, the bars and the published denominators."""
    texts = [(HERE / name).read_text(encoding="utf-8") for name in ("worlds.py", "scoring.py", "bars.py")]
    return hashlib.sha256("".join([*texts, public.source().sha256]).encode("utf-8")).hexdigest()


def key(replicates: int) -> str:
    """Under what a finished world is kept: any change of code or of worlds makes it run again."""
    parts = [scorer_hash(), str(replicates), *(str(code_hash(method)) for method in METHODS)]
    return hashlib.sha256(" ".join(parts).encode("utf-8")).hexdigest()


def finished(under: str) -> dict[str, Tally]:
    """Worlds already scored with this code. A line cut off by a kill is passed over, and its world run again."""
    kept: dict[str, Tally] = {}
    for line in STATE.read_text(encoding="utf-8").splitlines() if STATE.exists() else ():
        try:
            row = json.loads(line)
        except json.JSONDecodeError:
            continue
        if row["key"] == under:
            counts = {m: {s: (h, t) for s, (h, t) in found.items()} for m, found in row["counts"].items()}
            kept[row["world"]] = Tally(counts, row["phi"], row["alike"])
    return kept


def score_all(names: Sequence[str], replicates: int) -> dict[str, Tally]:
    """Every world asked for, from the state or anew."""
    under = key(replicates)
    done = finished(under)
    for name in names:
        if name in done:
            print(f"{name}: kept from before")
            continue
        done[name] = tally(world(name), replicates)
        row = {"key": under, "world": name, **asdict(done[name])}
        with STATE.open("a", encoding="utf-8", newline="\n") as file:
            # A cut-off line before this one must not swallow it.
            file.write("\n" + json.dumps(row) + "\n")
        print(f"{name}: scored on {replicates:,} replicates")
    return {name: done[name] for name in names}


def ship(scores: Mapping[str, Any]) -> None:
    """Write the package data and the manual's table, and append to the versioned files what is new."""
    _replace(SHIPPED, json.dumps(scores, indent=1, ensure_ascii=False) + "\n")
    page = MANUAL.read_text(encoding="utf-8")
    before, _, rest = page.partition(BEGIN)
    _, mark, after = rest.partition(END)
    if not mark:
        raise SystemExit(f"{MANUAL.name} has lost its two marks for the table of scores; put them back.")
    _replace(MANUAL, before + manual(scores) + after)
    _append(HERE / "scores.jsonl", json.dumps(scores, ensure_ascii=False) + "\n")
    history = HERE / "scores.md"
    if not history.exists():
        _append(history, HISTORY)
    _append(history, "\n" + section(scores))


def _replace(path: Path, text: str) -> None:
    fresh = path.with_name(path.name + ".new")
    fresh.write_text(text, encoding="utf-8", newline="\n")
    fresh.replace(path)


def _append(path: Path, text: str) -> None:
    if path.exists() and text in path.read_text(encoding="utf-8"):
        return
    with path.open("a", encoding="utf-8", newline="\n") as file:
        file.write(text)


def main() -> None:
    """Parse, score, print; ship when complete."""
    names = [w.name for w in WORLDS]
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=names, help="one world; nothing is shipped")
    parser.add_argument("--replicates", type=int, default=REPLICATES, help=f"shipped from {LEAST:,} upwards")
    asked = parser.parse_args()
    if asked.replicates < 1:
        parser.error("--replicates must be at least 1")
    tallies = score_all([asked.only] if asked.only else names, asked.replicates)
    scores = assemble(tallies, scorer=scorer_hash())
    print(section(scores))
    if asked.only or asked.replicates < LEAST:
        print("Not shipped: only a complete run of at least 1,000 replicates is.")
    else:
        ship(scores)
    print(f"{scores['cells_tested']} cells tested, {scores['cells_failing']} fail.")


if __name__ == "__main__":
    main()
