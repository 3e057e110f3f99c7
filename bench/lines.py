"""A measured line: a ratio, its bar, and whether it holds; and how lines are printed and kept."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

Sense = Literal["at most", "at least"]


@dataclass(frozen=True)
class Line:
    """`ratio` is ours ÷ theirs where the bar is "at most", theirs ÷ ours where it is "at least"."""

    group: str
    work: str
    against: str
    ours_s: float
    theirs_s: float
    sense: Sense = "at most"
    bar: float | None = None
    cpu_ratio: float | None = None
    note: str = ""

    @property
    def ratio(self) -> float:
        over, under = (self.ours_s, self.theirs_s) if self.sense == "at most" else (self.theirs_s, self.ours_s)
        return over / under

    @property
    def holds(self) -> bool | None:
        """None where nothing was asked: a line for information."""
        if self.bar is None:
            return None
        return self.ratio <= self.bar if self.sense == "at most" else self.ratio >= self.bar

    @property
    def verdict(self) -> str:
        return {True: "holds", False: "MISSED", None: "no bar"}[self.holds]

    def __str__(self) -> str:
        bar = "" if self.bar is None else f" ({self.sense} {self.bar:g})"
        cpu = "" if self.cpu_ratio is None else f", processor time {self.cpu_ratio:.2f}"
        note = f"; {self.note}" if self.note else ""
        return (
            f"{self.verdict:7s} {self.ratio:8.2f}{bar}  {self.work} against {self.against}: "
            f"{self.ours_s:.3f} s and {self.theirs_s:.3f} s{cpu}{note}"
        )


def beside(work: str, ours_s: float, theirs_s: float) -> Line:
    """A line of the comparison: at least ten times as fast as something plain that gives the same."""
    return Line("comparison", work, "a plain NumPy loop", ours_s, theirs_s, "at least", 10.0)


def keep(path: Path, lines: list[Line], about: dict[str, object]) -> None:
    """Append one run to the versioned file."""
    record = {**about, "lines": [{**asdict(line), "ratio": line.ratio, "holds": line.holds} for line in lines]}
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(record) + "\n")


def render(results: Path, page: Path) -> None:
    """The page: the last measurement of each group of lines, with the run it comes from."""
    last: dict[str, list[tuple[Line, dict[str, object]]]] = {}
    for text in results.read_text(encoding="utf-8").splitlines():
        run = json.loads(text)
        measured: dict[str, list[tuple[Line, dict[str, object]]]] = {}
        for raw in run.pop("lines"):
            raw.pop("ratio"), raw.pop("holds")
            measured.setdefault(raw["group"], []).append((Line(**raw), run))
        last |= measured
    out = [
        "# Speed, as ratios measured side by side",
        "",
        "Written by `just bench`; every run is kept in `results.jsonl`, this page shows the last measurement of each",
        "group of lines. Both sides of a ratio run in turn in one run and the least of several repeats counts; seconds",
        "depend on the machine and on what else it does (load is noted), the ratio much less. *Processor* is the same",
        "ratio in processor time.",
        "",
        "| work | against | ratio | bar | | seconds | processor | note | run |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    runs: list[dict[str, object]] = []
    for line, run in (pair for group in last.values() for pair in group):
        if run not in runs:
            runs.append(run)
        out.append(_row(line, runs.index(run) + 1))
    out += ["", "Runs:", ""]
    out += [f"{i}. " + ", ".join(f"{key} {value}" for key, value in run.items()) for i, run in enumerate(runs, 1)]
    page.write_text("\n".join(out) + "\n", encoding="utf-8")


def _row(line: Line, run: int) -> str:
    bar = "" if line.bar is None else f"{'≤' if line.sense == 'at most' else '≥'} {line.bar:g}"
    cpu = "" if line.cpu_ratio is None else f"{line.cpu_ratio:.2f}"
    cells = (
        line.work,
        line.against,
        f"{line.ratio:.2f}",
        bar,
        "" if line.holds is None else line.verdict,
        f"{line.ours_s:.3f} / {line.theirs_s:.3f}",
        cpu,
        line.note,
        str(run),
    )
    return "| " + " | ".join(cells) + " |"
