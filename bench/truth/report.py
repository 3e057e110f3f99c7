"""From tallies to the file that ships, the lines that are kept, and the table of the manual."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bars import BARS, METHODS, SAYS, verdict
from scoring import Tally
from worlds import WORLDS

from casetrail.stats.intervals import wilson
from casetrail.stats.scores import code_hash

LEVEL = 0.99
BEGIN = "<!-- scores: begin (written by `just truth` from src/casetrail/stats/data/scores.json) -->"
END = "<!-- scores: end -->"

# Columns of the manual's table: heading, method, score.
_COLUMNS = (
    ("plain 95 % limits: blameless flagged", "funnel.plain", "flagged_95"),
    ("adjusted 95 %: blameless flagged", "funnel.adjusted", "flagged_95"),
    ("… among the largest tenth", "funnel.adjusted", "flagged_95_largest"),
    ("adjusted 99.8 %: blameless flagged", "funnel.adjusted", "flagged_998"),
    ("adjusted 95 %: outliers found", "funnel.adjusted", "found_95"),
    ("ordinary differences 95 %: blameless flagged", "ordinary.limits", "flagged_95"),
    ("… among the largest tenth", "ordinary.limits", "flagged_95_largest"),
    ("ordinary differences 99.8 %: blameless flagged", "ordinary.limits", "flagged_998"),
    ("ordinary differences 95 %: outliers found", "ordinary.limits", "found_95"),
    ("told apart wrongly, lasting level", "apart.positions", "told_wrong"),
    ("told apart wrongly, this year", "apart.positions", "told_wrong_year"),
    ("set holds position, lasting level", "apart.positions", "covers"),
    ("set holds position, this year", "apart.positions", "covers_year"),
)


def assemble(tallies: Mapping[str, Tally], *, scorer: str) -> dict[str, Any]:
    """The content of `scores.json`: no date, the same bytes from the same code."""
    methods = {method: _method(method, tallies) for method in METHODS}
    cells = [s for m in methods.values() for s in m["scores"] if s["bar"]]
    return {
        "schema": "casetrail/scores/1",
        "scorer": scorer,
        "interval": LEVEL,
        "cells_tested": len(cells),
        "cells_failing": sum(s["verdict"] == "fails" for s in cells),
        "worlds": {
            w.name: {
                "says": w.says,
                "phi_median": round(tallies[w.name].phi, 1),
                "cannot_be_told_apart_mean": round(tallies[w.name].alike, 4),
            }
            for w in WORLDS
            if w.name in tallies
        },
        "bars": {
            name: {"says": bar.says, "low": bar.low, "high": bar.high, "reason": bar.reason}
            for name, bar in BARS.items()
        },
        "methods": methods,
    }


def _method(method: str, tallies: Mapping[str, Tally]) -> dict[str, Any]:
    scores = [
        _score(world, name, *tally.counts[method][name])
        for world, tally in tallies.items()
        for name in METHODS[method]
        if name in tally.counts[method]
    ]
    failing = sum(s["verdict"] == "fails" for s in scores)
    tested = sum(s["bar"] is not None for s in scores)
    said = f"fails {failing} of {tested} cells" if failing else f"passes {tested} cells"
    return {"says": SAYS[method], "code": code_hash(method), "verdict": said, "scores": scores}


def _score(world: str, name: str, hits: int, trials: int) -> dict[str, Any]:
    bar = BARS[name]
    low, high = wilson(hits, trials, LEVEL)
    return {
        "world": world,
        "score": name,
        "hits": hits,
        "trials": trials,
        "value": round(hits / trials, 4),
        "low": round(low, 4),
        "high": round(high, 4),
        "bar": None if bar.low is None else [bar.low, bar.high],
        "verdict": verdict(bar, low, high),
    }


def section(scores: Mapping[str, Any]) -> str:
    """One section of `scores.md`: every cell of one complete run."""
    lines = [
        f"## Scorer {scores['scorer'][:12]}, code "
        + ", ".join(f"{name} {m['code'][:12]}" for name, m in scores["methods"].items()),
        "",
        f"Cells tested: {scores['cells_tested']}; failing: {scores['cells_failing']}.",
        "",
        "| method | world | score | value | 99 % interval | replicates | bar | verdict |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for name, m in scores["methods"].items():
        for s in m["scores"]:
            bar = "none" if s["bar"] is None else f"{s['bar'][0]:g} to {s['bar'][1]:g}"
            lines.append(
                f"| {name} | {s['world']} | {s['score']} | {s['value']:.4f} | {s['low']:.4f} to {s['high']:.4f} "
                f"| {s['trials']:,} | {bar} | {s['verdict']} |"
            )
    return "\n".join(lines) + "\n"


def manual(scores: Mapping[str, Any]) -> str:
    """The block of docs/compare.md between its two marks, marks included."""
    verdicts = "; ".join(f"`{name}` {m['verdict']}" for name, m in scores["methods"].items())
    replicates = min(s["trials"] for m in scores["methods"].values() for s in m["scores"])
    lines = [
        BEGIN,
        f"{scores['cells_tested']} cells tested, at least {replicates:,} replicates each; "
        f"{scores['cells_failing']} fail: {verdicts}. "
        "Failing cells are **bold**: their 99 % interval lies wholly outside the bar.",
        "",
        "| world (median phi) | " + " | ".join(heading for heading, _, _ in _COLUMNS) + " |",
        "|" + "---|" * (len(_COLUMNS) + 1),
        "| *bar* | " + " | ".join(_bar(name) for _, _, name in _COLUMNS) + " |",
    ]
    found = {(name, s["world"], s["score"]): s for name, m in scores["methods"].items() for s in m["scores"]}
    for world, about in scores["worlds"].items():
        cells = [_cell(found.get((method, world, name))) for _, method, name in _COLUMNS]
        lines.append(f"| {about['says']} ({about['phi_median']:g}) | " + " | ".join(cells) + " |")
    return "\n".join([*lines, END])


def _bar(name: str) -> str:
    bar = BARS[name]
    if bar.low is None or bar.high is None:
        return "none"
    return f"≥ {100 * bar.low:g} %" if bar.high == 1 else f"≤ {100 * bar.high:g} %"


def _cell(score: Mapping[str, Any] | None) -> str:
    if score is None:
        return "–"
    said = f"{100 * score['value']:.1f} %"
    return f"**{said}**" if score["verdict"] == "fails" else said
