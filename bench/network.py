"""The network kernel beside SimPy, Ciw and plain C; what a case takes in memory; how long a made-up authority takes.

Each comparison checks first that both sides mean the same network: their means may differ by four standard errors of
the means over several seeds at most.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from casetrail.kernels.network import shape as s
from casetrail.kernels.network.loop import run
from casetrail.kernels.network.make import Made
from casetrail.world import World, simulated
from casetrail.world.simulate.authority import put_together
from lines import Line
from network_models import HOUR, Cases, Queues, Stations, means_of
from network_twins import CiwQueues, CiwStations, SimPyCases

HERE = Path(__file__).parent
ROOT = HERE.parent
SEEDS = 6
Means = dict[str, float]


def agree(ours: Sequence[Means], theirs: Sequence[Means], against: str) -> None:
    """Means over seeds, within four standard errors of their difference."""
    for name in ours[0]:
        a, b = (np.array([one[name] for one in side]) for side in (ours, theirs))
        error = float(np.sqrt(a.var(ddof=1) / len(a) + b.var(ddof=1) / len(b)))
        if abs(a.mean() - b.mean()) > 4 * max(error, 1e-12):
            raise SystemExit(f"{against} means another network: {name} {a.mean():.4f} and {b.mean():.4f}")


def least(work: Callable[[], object], repeats: int) -> float:
    """Seconds of the quickest of several, in one thread."""
    found = []
    for _ in range(repeats):
        begun = time.perf_counter()
        work()
        found.append(time.perf_counter() - begun)
    return min(found)


def _ours(make: Callable[[int], Made], hours: float, repeats: int) -> float:
    """Building the model is not counted on either side: SimPy's and Ciw's objects, too, are made before the clock."""
    waiting = [make(seed) for seed in range(repeats + 1)]

    def once() -> object:
        made = waiting.pop()
        return run(made.model, made.state, int(hours * HOUR))

    once()
    return least(once, repeats)


def beside_simpy(hours: float, repeats: int) -> Line:
    """The named subset: queues, priorities, reneging, caseload slots, feedback."""
    about = Cases()

    def theirs(seed: int) -> Means:
        one = SimPyCases(about, seed)
        one.run(hours)
        return means_of(one.table())

    agree([about.found(hours, n) for n in range(SEEDS)], [theirs(n) for n in range(SEEDS)], "SimPy")
    ours = _ours(lambda seed: about.made(hours, seed), hours, repeats)
    waiting = [SimPyCases(about, seed) for seed in range(repeats)]
    seconds = least(lambda: waiting.pop().run(hours), repeats)
    what = f"cases at a desk, with slots, visits and feedback, {about.arrivals * hours:,.0f} cases"
    return Line("network", what, "SimPy", ours, seconds, "at least", 25, note="found the same")


def _beside_ciw(
    about: Any, theirs_of: Callable[[int], Any], size: tuple[float, int], line: tuple[str, float | None]
) -> Line:
    """A network in both, which must say the same; Ciw's model is made before the clock."""
    hours, repeats = size

    def theirs(seed: int) -> Means:
        one = theirs_of(seed)
        one.run(hours)
        found: Means = one.found()
        return found

    agree([about.found(hours, n) for n in range(SEEDS)], [theirs(n) for n in range(SEEDS)], "Ciw")
    ours = _ours(about.made, hours, repeats)
    waiting = [theirs_of(seed) for seed in range(repeats)]
    seconds = least(lambda: waiting.pop().run(hours), repeats)
    return Line("network", line[0], "Ciw", ours, seconds, "at least", line[1], note="found the same")


def beside_ciw(hours: float, repeats: int) -> Iterator[Line]:
    """The queueing subset as large as an authority is, and a small one."""
    large, small = Stations(), Queues()
    what = f"eight stations with {sum(large.servers)} servers, three classes, impatience, feedback"
    yield _beside_ciw(large, partial(CiwStations, large), (hours / 10, repeats), (what, 100))
    what = "two stations with nine servers, three classes, impatience, feedback"
    yield _beside_ciw(small, partial(CiwQueues, small), (hours, repeats), (what, 100))


def _compiled() -> Path | None:
    compiler = next((name for name in ("cc", "gcc", "clang") if shutil.which(name)), None)
    if compiler is None:
        return None
    made = HERE / "scratch" / "jackson"
    made.parent.mkdir(exist_ok=True)
    subprocess.run([compiler, "-O3", "-march=native", "-o", str(made), str(HERE / "jackson.c"), "-lm"], check=True)
    return made


def _in_c(program: Path, hours: float, seed: int) -> dict[str, Any]:
    ran = subprocess.run([str(program), str(hours), str(seed)], check=True, capture_output=True, text=True)
    found: dict[str, Any] = json.loads(ran.stdout)
    return found


def beside_c(hours: float, repeats: int) -> Line:
    """The Jackson network of the tests."""
    sys.path.insert(0, str(ROOT / "tests"))
    from kernels.network.known import jackson_draft

    program = _compiled()
    if program is None:
        raise SystemExit("The comparison with C needs a C compiler (cc, gcc or clang).")
    theirs = [_in_c(program, hours, seed) for seed in range(max(repeats, SEEDS))]

    def made(seed: int, record: int) -> Made:
        return jackson_draft(int(hours * HOUR), record=record).finish(seed)

    def found(seed: int) -> Means:
        one = made(seed, 1)
        state = run(one.model, one.state, s.NEVER - 1)
        rows = state.row[: state.count[s.ROWS]]
        waits = (rows["started"] - rows["asked"]) / HOUR
        return {f"wait {n}": float(waits[rows["node"] == n].mean()) for n in range(5)}

    agree(
        [found(n) for n in range(SEEDS)],
        [{f"wait {n}": w for n, w in enumerate(one["waits"])} for one in theirs],
        "C",
    )
    ours = _ours(lambda seed: made(seed, 0), hours * 2, repeats)
    what = f"Jackson network of five stations, {theirs[0]['customers']:,} customers"
    seconds = min(one["wall"] for one in theirs)
    return Line(
        "network", what, "plain C, binary heap", ours, seconds, bar=3, note="found the same; no rows on either side"
    )


def memory_of(state: s.State) -> int:
    """Bytes of a state without its rows."""
    return sum(array.nbytes for name, array in zip(state._fields, state, strict=True) if name != "row")


def authorities(children: int, years: float, repeats: int) -> Iterator[Line]:
    """One made-up authority: seconds to put together and to run, against the guide, and bytes for each person."""
    world = World(scenario="fair", children=children, years=years, seed=7)
    made = simulated(world)
    state, persons = made.states[0], len(made.authorities[0].people)
    build = least(lambda: put_together(made.authorities[0].plan), repeats)
    fresh = [put_together(made.authorities[0].plan).made for _ in range(repeats)]
    end = made.authorities[0].plan.end_us

    def once() -> object:
        one = fresh.pop()
        return run(one.model, one.state, end)

    seconds = least(once, repeats)
    guide = 2.0 if children > 10_000 else 0.02
    what = f"authority of {children:,} children, {years:g} years and a warm-up"
    note = f"{int(state.count[s.EVENTS]):,} events, {int(state.count[s.ROWS]):,} rows"
    yield Line("network", f"{what}: run", "the guide", seconds, guide, note=note)
    yield Line("network", f"{what}: put together", "the guide", build, guide)
    if children > 10_000:
        each = memory_of(state) / persons
        note = f"bytes, not seconds; {persons:,} persons who live there at some time"
        yield Line("network", f"{what}: bytes a case, no rows", "0.5 kB", each, 512.0, bar=1.0, note=note)


def network(*, small: bool) -> Iterator[Line]:
    """All lines of the kernel."""
    part, repeats = (0.1, 2) if small else (1.0, 5)
    yield beside_simpy(5_000 * part, repeats)
    yield from beside_ciw(3_000 * part, repeats)
    yield beside_c(250_000 * part, repeats)
    yield from authorities(2_000, 3.0, 3 * repeats)
    yield from authorities(int(60_000 * part), 6.0, max(2, repeats - 2))
