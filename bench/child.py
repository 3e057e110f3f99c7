"""One job of the bench in a process of its own, so that its peak memory is its own: prints one line of JSON.

python child.py JOB '{"argument": value}'
"""

from __future__ import annotations

import contextlib
import json
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb

from casetrail.figures import Origin
from casetrail.store import Engine, open_snapshot
from casetrail.trail.build import TrailOptions, build_trail
from casetrail.trail.handle import Trail

sys.path.insert(0, str(Path(__file__).parent))
from data import ACTIVITIES, coded_events

KINDS = ACTIVITIES + 16
Times = dict[str, float]


class Clock:
    """Seconds on the wall and of the processor."""

    def __init__(self) -> None:
        self.wall, self.cpu = time.perf_counter(), time.process_time()

    def read(self) -> Times:
        return {"wall": time.perf_counter() - self.wall, "cpu": time.process_time() - self.cpu}


def best(run: Callable[[], object], repeats: int = 5) -> Times:
    """The least of several, after one to warm up."""
    run()
    found = []
    for _ in range(repeats):
        clock = Clock()
        run()
        found.append(clock.read())
    return {key: min(one[key] for one in found) for key in ("wall", "cpu")}


def peak_mb() -> float:
    """The most memory this process ever had; 0 where the system does not say (Windows)."""
    with contextlib.suppress(ImportError):
        import resource

        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return 0.0


def generate(*, file: str, events: int, persons: int) -> dict[str, object]:
    """The coded event table of a made-up place, in a file of its own as `records` would leave it."""
    Path(file).unlink(missing_ok=True)
    with contextlib.closing(duckdb.connect(file)) as connection:
        for i, piece in enumerate(coded_events(events, persons)):
            connection.register("piece", piece)
            put = "insert into event" if i else "create table event as"
            connection.execute(f"{put} select * from piece").fetchall()
            connection.unregister("piece")
        connection.execute(
            "create table involvement (person_no integer, agency_no integer, team_no integer, role varchar, "
            "from_us bigint, to_us bigint, recorded_us bigint)"
        ).fetchall()
        connection.execute("create table month (month_no integer, from_us bigint, to_us bigint)").fetchall()
    return {}


def _engine(out: str, records: str, memory: str | None) -> Engine:
    Path(out).unlink(missing_ok=True)
    engine = open_snapshot(Path(out), read_only=False, temporary=Path(out + ".spill"))
    engine.attach(Path(records), "records")
    engine.limit(memory=memory)
    return engine


def build(*, records: str, out: str, memory: str | None = None) -> dict[str, object]:
    """Build a trail as casetrail does."""
    stages: list[tuple[str, float]] = []
    with _engine(out, records, memory) as engine:
        clock = Clock()
        build_trail(engine, TrailOptions(as_of_us=2**60), lambda name: stages.append((name, clock.read()["wall"])))
        took = clock.read()
    ends = [*(at for _, at in stages[1:]), took["wall"]]
    seconds = {name: end - begun for (name, begun), end in zip(stages, ends, strict=True)}
    return {**took, "peak_mb": peak_mb(), "stages": seconds}


def bare(*, records: str, out: str) -> dict[str, object]:
    """One bare sort-and-window of the same columns."""
    text = Path(__file__).with_name("bare.sql").read_text(encoding="utf-8")
    with _engine(out, records, None) as engine:
        clock = Clock()
        engine._connection.execute(text).fetchall()
        took = clock.read()
    return {**took, "peak_mb": peak_mb()}


@contextlib.contextmanager
def opened(trail: str) -> Iterator[Trail]:
    """A built trail whose words are made up: activity 7 is called "07", so that names sort as numbers do."""
    with open_snapshot(Path(trail)) as engine:
        words = {n: f"{n:02d}" for n in range(1, KINDS)}
        yield Trail(engine, {}, words, (), Origin.MADE_UP, frozenset())


if __name__ == "__main__":
    import measures

    jobs: dict[str, Callable[..., dict[str, object]]] = {
        "generate": generate,
        "build": build,
        "bare": bare,
        "scans": measures.scans,
        "profile": measures.profile,
        "small": measures.small,
    }
    print(json.dumps(jobs[sys.argv[1]](**json.loads(sys.argv[2]))))
