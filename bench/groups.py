"""What is measured: one function for each group of lines."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from agree import disagreements
from lines import Line

HERE = Path(__file__).parent
SCRATCH = HERE / "scratch"
MEMORY_BAR_MB = 8_192
# DuckDB's own limit leaves room for the interpreter, Arrow and what the engine does not count.
ENGINE_MEMORY = "7.5GB"

Found = dict[str, Any]


@dataclass(frozen=True)
class Size:
    """How many events and persons; `events` is the main log, `pm4py` the one the comparator can carry."""

    events: int
    pm4py: int
    large: int
    repeats: int

    @classmethod
    def full(cls) -> Size:
        return cls(10_000_000, 1_000_000, 100_000_000, 3)

    @classmethod
    def small(cls) -> Size:
        return cls(1_000_000, 100_000, 10_000_000, 2)


def child(job: str, **arguments: object) -> Found:
    """One job in a process of its own."""
    ran = subprocess.run(
        [sys.executable, str(HERE / "child.py"), job, json.dumps(arguments)],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(HERE.parent / "src")},
    )
    found: Found = json.loads(ran.stdout.splitlines()[-1])
    return found


def _records(events: int, persons: int) -> Path:
    SCRATCH.mkdir(exist_ok=True)
    file = SCRATCH / f"events_{events}_{persons}.duckdb"
    done = file.with_suffix(".done")
    # The stamp comes last, so that an interrupted run leaves nothing that looks finished.
    made_by = hashlib.sha256((HERE / "data.py").read_bytes()).hexdigest()
    if not (file.is_file() and done.is_file() and done.read_text(encoding="utf-8") == made_by):
        child("generate", file=str(file), events=events, persons=persons)
        done.write_text(made_by, encoding="utf-8")
    return file


def _trail(events: int) -> Path:
    records = _records(events, events // 10)
    out = SCRATCH / f"trail_{events}.duckdb"
    child("build", records=str(records), out=str(out))
    return out


def _line(group: str, work: str, against: str, *, ours: Found, theirs: Found, **more: Any) -> Line:
    return Line(group, work, against, ours["wall"], theirs["wall"], cpu_ratio=ours["cpu"] / theirs["cpu"], **more)


def _least(found: list[Found]) -> Found:
    return {key: min(one[key] for one in found) for key in ("wall", "cpu")}


def _stages(built: Found) -> str:
    return ", ".join(f"{name} {seconds:.1f}" for name, seconds in built["stages"].items() if seconds >= 0.05)


def build(size: Size) -> Iterator[Line]:
    """The trail from the coded events, beside one bare sort-and-window of the same columns."""
    records = str(_records(size.events, size.events // 10))
    ours, theirs = [], []
    for _ in range(size.repeats):
        theirs.append(child("bare", records=records, out=str(SCRATCH / "bare.duckdb")))
        ours.append(child("build", records=records, out=str(SCRATCH / "build.duckdb")))
    for side in ("bare", "build"):
        (SCRATCH / f"{side}.duckdb").unlink()
    peak, bare_peak = (max(one["peak_mb"] for one in side) for side in (ours, theirs))
    least = min(ours, key=lambda one: one["wall"])
    stages = _stages(least)
    what = f"trail build, {size.events:,} events"
    note = f"peak {peak:,.0f} MB, bare {bare_peak:,.0f} MB; seconds: {stages}"
    yield _line("build", what, "one bare sort-and-window", ours=_least(ours), theirs=_least(theirs), bar=1.5, note=note)
    step = min(one["stages"]["step"] for one in ours)
    yield Line("build", f"{what}: step alone", "one bare sort-and-window", step, _least(theirs)["wall"])


def scans(size: Size) -> Iterator[Line]:
    """Scan measures on the step table, warm."""
    found = child("scans", trail=str(_trail(size.events)))
    log = f"{size.events:,} events"
    numba, bare = "a single-thread Numba pass", "bare DuckDB SQL"
    for key, what in (("pairs", "directly-follows"), ("states", "time by state")):
        yield _line(
            "scans",
            f"{what}: counts and means, {log}",
            numba,
            ours=found[f"{key}_means"],
            theirs=found[f"{key}_floor"],
            bar=10,
        )
        yield _line(
            "scans", f"{what}: as asked, with medians, {log}", bare, ours=found[key], theirs=found[f"{key}_bare"], bar=3
        )


def profile(size: Size) -> Iterator[Line]:
    """The temporal profile, beside the bare pass."""
    found = child("profile", trail=str(_trail(size.events)))
    note = f"{found['pairs']:,} pairs, peak {found['peak_mb']:,.0f} MB"
    what = f"temporal profile, {size.events:,} events"
    yield _line(
        "profile", what, "a Numba pass over arrays", ours=found["ours"], theirs=found["floor"], bar=3, note=note
    )


def _comparator(log: Path, answers: Path) -> Found:
    """pm4py is AGPL: it runs in an environment and a process of its own, and nothing of ours imports it."""
    home = SCRATCH / "pm4py-venv"
    python = home / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not python.is_file():
        subprocess.run([sys.executable, "-m", "venv", str(home)], check=True)
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", "pm4py", "pyarrow"], check=True)
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    ran = subprocess.run(
        [str(python), str(HERE / "comparator.py"), str(log), str(answers)],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if ran.returncode:
        raise SystemExit(f"pm4py failed:\n{ran.stderr}")
    found: Found = json.loads(answers.read_text(encoding="utf-8"))
    return found


def pm4py(size: Size) -> Iterator[Line]:
    """Directly-follows, hand-over and temporal profile beside pm4py, which must find the same."""
    log, answers = SCRATCH / "log.parquet", SCRATCH / "answers.json"
    records, trail = _records(size.pm4py, size.pm4py // 10), _trail(size.pm4py)
    found = child("small", trail=str(trail), records=str(records), log=str(log))
    theirs = _comparator(log, answers)
    wrong = disagreements(found["found"], theirs["found"])
    if wrong:
        raise SystemExit("casetrail and pm4py disagree: " + "; ".join(wrong))
    against = f"pm4py {theirs['version']}"
    for ours_name, theirs_name, what, bar in (
        ("pair_means", "directly_follows", "directly-follows: counts and means; theirs counts only", 60),
        ("directly_follows", "directly_follows_time", "directly-follows: as asked, with medians; theirs too", None),
        ("hand_over_means", "hand_over", "hand-over: counts and mean waits; theirs counts only", 150),
        ("hand_over", "hand_over", "hand-over: as asked, with persons and medians; theirs counts only", None),
        ("temporal_profile", "temporal_profile", "temporal profile", 40),
    ):
        seconds, other = found["seconds"][ours_name]["wall"], theirs["seconds"][theirs_name]
        work = f"{what}, {size.pm4py:,} events, warm"
        note = "found the same"
        yield Line("pm4py", work, against, seconds, other, "at least", bar, note=note)


def large(size: Size) -> Iterator[Line]:
    """A hundred million events under 8 GB, beside ten times the time for ten million."""
    tenth = _records(size.large // 10, size.large // 10 * 12 // 100)
    whole = _records(size.large, size.large * 12 // 100)
    out = SCRATCH / "large.duckdb"
    try:
        small = [child("build", records=str(tenth), out=str(out), memory=ENGINE_MEMORY) for _ in range(2)]
        ours = child("build", records=str(whole), out=str(out), memory=ENGINE_MEMORY)
    finally:
        for left in (whole, whole.with_suffix(".done"), out, Path(f"{out}.wal")):
            left.unlink(missing_ok=True)
        shutil.rmtree(f"{out}.spill", ignore_errors=True)
    linear = {key: 10 * value for key, value in _least(small).items()}
    what = f"trail build, {size.large:,} events"
    note = f"peak {ours['peak_mb']:,.0f} MB; seconds: {_stages(ours)}; a tenth: {_stages(small[-1])}"
    yield _line("large", what, "ten times a tenth", ours=ours, theirs=linear, bar=1.3, note=note)
    yield Line("large", f"{what}: peak MB", "8 GB", ours["peak_mb"], MEMORY_BAR_MB, bar=1.0, note="MB, not seconds")


def _process(code: str) -> float:
    ran = subprocess.run(
        [sys.executable, "-c", f"import time; t = time.perf_counter(); {code}; print(time.perf_counter() - t)"],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(HERE.parent / "src")},
    )
    return float(ran.stdout.splitlines()[-1])


def imports(_: Size) -> Iterator[Line]:
    """How long a user waits before anything happens; the files are in the system's cache."""
    codes = {
        "numpy": "import numpy",
        "casetrail": "import casetrail",
        "help": "from casetrail.cli import main; main(['--help'])",
    }
    found: dict[str, list[float]] = {name: [] for name in codes}
    for _round in range(10):
        for name, code in codes.items():
            found[name].append(_process(code))
    least = {name: min(times) for name, times in found.items()}
    yield Line("imports", "import casetrail", "import numpy", least["casetrail"], least["numpy"], bar=3)
    yield Line("imports", "casetrail --help", "import numpy", least["help"], least["numpy"], bar=5)


def network(size: Size) -> Iterator[Line]:
    """The network kernel; what it stands beside is imported only here."""
    import network as kernel

    yield from kernel.network(small=size == Size.small())


def comparison(size: Size) -> Iterator[Line]:
    """Resampling of the comparison beside plain loops, and a whole table judged."""
    import compare_bunching
    import compare_funnels
    import compare_over_time
    import compare_ranks
    import compare_tenure

    for module in (compare_bunching, compare_over_time, compare_ranks, compare_tenure):
        yield from module.lines()
    yield from compare_funnels.lines(20 if size == Size.small() else compare_funnels.MEASURES)


def demand(_: Size) -> Iterator[Line]:
    """Estimates of hidden numbers; what they stand beside is imported only here."""
    import demand_latent
    import demand_loglinear

    yield from demand_loglinear.lines()
    yield from demand_latent.lines()


def returns(size: Size) -> Iterator[Line]:
    """A statutory return in XML to tables beside a bare visit of its elements."""
    from returns_census import lines

    yield from lines(max(size.repeats, 5))


def extracts(size: Size) -> Iterator[Line]:
    """Extracts as text and as workbooks beside what the libraries need alone."""
    from returns_extracts import lines

    yield from lines(max(size.repeats, 5))


GROUPS: dict[str, Callable[[Size], Iterator[Line]]] = {
    "build": build,
    "scans": scans,
    "profile": profile,
    "pm4py": pm4py,
    "imports": imports,
    "network": network,
    "comparison": comparison,
    "demand": demand,
    "returns": returns,
    "extracts": extracts,
    "large": large,
}
