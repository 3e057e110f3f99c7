"""Killed in the middle of an import: does the store open, and does the next run give what an undisturbed one gives?

    python bench/fuzz/kill.py --moments 50

Moments are spread over the measured duration of an undisturbed run, one at random in each of as many equal parts. Every
other import goes into a folder that holds an earlier reading. The whole process group is killed (kill -9).
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import pyarrow as pa

from casetrail.inquiry import WorkFolder
from casetrail.inquiry.quarantine_kept import kept
from casetrail.records import Keys

TABLES = ("event_raw", "involvement_raw", "fact_raw", "source", "quarantine", "month")
INQUIRY = """
[inquiry]
title = "Killed in the middle"
as_of = 2022-01-01
work = "work"
[[source]]
name = "care"
file = "903"
format = "ssda903"
origin = "made-up"
[[source]]
name = "police"
file = "calls.csv"
origin = "made-up"
agency = "police"
person_scheme = "la-child-id"
[source.columns]
person = "id"
activity = "what"
at = "when"
worker = "who"
"""
_COMMAND = (sys.executable, "-c", "from casetrail.cli import entry; entry()", "read")


@dataclass(frozen=True, slots=True)
class Outcome:
    """One kill: when, in which kind of folder, whether the run was still at work, and what was wrong afterwards."""

    moment: float
    again: bool
    hit: bool
    faults: tuple[str, ...]


def make(folder: Path, rows: int, *, children: int = 400) -> Path:
    """A looked-after return and a file of calls; one row in twenty cannot be used."""
    (folder / "903").mkdir(parents=True, exist_ok=True)
    head = "CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB\n"
    lines = [f"{n},{1 + n % 2},{1 + n % 28:02d}/05/2012,WBRI,,,\n" for n in range(children)]
    (folder / "903" / "header.csv").write_text(head + "".join(lines), encoding="utf-8", newline="")
    head = "CHILD,DOB,MISSING,MIS_START,MIS_END\n"
    lines = [
        f"{n % children},{1 + n % children % 28:02d}/05/2012,M,{1 + n % (28 if n % 20 else 31):02d}/02/2021,\n"
        for n in range(rows // 10)
    ]
    (folder / "903" / "missing.csv").write_text(head + "".join(lines), encoding="utf-8", newline="")
    lines = [
        f"{n % children},{'call' if n % 3 else 'visit'},"
        f"{'soon' if n % 20 == 7 else f'2021-{1 + n % 12:02d}-{1 + n % 28:02d}T10:{n % 60:02d}'},W{n % 50}\n"
        for n in range(rows)
    ]
    (folder / "calls.csv").write_text("id,what,when,who\n" + "".join(lines), encoding="utf-8", newline="")
    file = folder / "case.toml"
    file.write_text(INQUIRY, encoding="utf-8")
    return file


def read_in(file: Path) -> None:
    """An undisturbed import, in a process of its own. Raises CalledProcessError."""
    subprocess.run([*_COMMAND, str(file), "--json"], check=True, capture_output=True, cwd=file.parent)


def killed(file: Path, moment: float) -> bool:
    """An import killed after so many seconds; whether it was still at work."""
    with subprocess.Popen(
        [*_COMMAND, str(file), "--json"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=file.parent,
        start_new_session=True,
    ) as process:
        try:
            process.wait(moment)
        except subprocess.TimeoutExpired:
            if os.name == "nt":
                process.kill()
            else:
                os.killpg(process.pid, signal.SIGKILL)
            return True
    return False


def state(work: Path) -> dict[str, str]:
    """A hash of every table and file that a reading leaves. Codes of workers are new in each run, their order not."""
    folder = WorkFolder(work)
    (snapshot,) = work.joinpath("snapshots").glob("records-*.duckdb")
    found = {name: _hash(table) for name, table in _tables(snapshot)}
    for name in ("quarantine.csv", "findings.csv", "sources.json"):
        found[name] = hashlib.sha256((work / name).read_bytes()).hexdigest()
    told = kept(folder, Keys.load(folder.key_file))
    found["originals"] = _hash(told.rows) if told is not None else "none"
    return found


def _tables(snapshot: Path) -> Iterator[tuple[str, pa.Table]]:
    with duckdb.connect(str(snapshot), read_only=True) as store:
        for name in TABLES:
            table = store.sql(f"select * from {name} order by all").to_arrow_table()
            if "row_no" in table.column_names:
                table = table.sort_by("row_no")
            if "worker" in table.column_names:
                at = table.column_names.index("worker")
                codes = table["worker"].combine_chunks().dictionary_encode().indices
                table = table.set_column(at, "worker", codes)
            yield name, table


def _hash(table: pa.Table) -> str:
    # Not the bytes of the buffers: what lies between two cells of an Arrow table means nothing.
    return hashlib.sha256(repr((table.schema.names, table.to_pylist())).encode("utf-8", "surrogatepass")).hexdigest()


def _opens(work: Path) -> list[str]:
    """What is wrong with a folder just after a kill: whatever a pointer names must open and be whole."""
    faults = []
    for pointer in work.glob("snapshots/*.pointer.json"):
        try:
            named = pointer.read_text(encoding="utf-8")
            name = named.partition('"file": "')[2].partition('"')[0]
            with duckdb.connect(str(pointer.parent / name), read_only=True) as store:
                for table in TABLES:
                    store.sql(f"select count(*) from {table}").fetchall()
        except (OSError, duckdb.Error) as fault:
            faults.append(f"the store does not open: {type(fault).__name__}")
    return faults


def _left(work: Path) -> list[str]:
    """Half-written files that the next run did not clear away."""
    return [f"left: {path.name}" for path in work.glob("snapshots/*") if path.suffix in (".making", ".wal", ".lock")]


def study(moments: int, *, rows: int, seed: int, folder: Path) -> tuple[float, list[Outcome]]:
    """Kill as many imports; says how long an undisturbed one takes, and what came of each kill."""
    earlier = make(folder / "earlier", rows // 2)
    read_in(earlier)
    file = make(folder / "whole", rows)
    # The same key everywhere: pseudonyms are then the same, and tables can be compared byte by byte.
    shutil.copytree(earlier.parent / "work" / "vault", file.parent / "work" / "vault")
    shutil.copy(earlier.parent / "work" / "casetrail-work.json", file.parent / "work")
    begun = time.perf_counter()
    read_in(file)
    duration = time.perf_counter() - begun
    expected = state(file.parent / "work")
    rng = random.Random(seed)
    found = []
    for number in range(moments):
        moment = (number + rng.random()) / moments * duration
        found.append(_one(folder, moment, again=number % 2 == 1, expected=expected))
    return duration, found


def _one(folder: Path, moment: float, *, again: bool, expected: dict[str, str]) -> Outcome:
    place = folder / "killed"
    with contextlib.suppress(FileNotFoundError):
        shutil.rmtree(place)
    shutil.copytree(folder / "whole", place, ignore=shutil.ignore_patterns("work"))
    work = place / "work"
    if again:
        shutil.copytree(folder / "earlier" / "work", work)
    else:
        (work / "vault").mkdir(parents=True)
        shutil.copy(folder / "earlier" / "work" / "casetrail-work.json", work)
        shutil.copy(folder / "earlier" / "work" / "vault" / "pseudonym.key", work / "vault")
    hit = killed(place / "case.toml", moment)
    faults = _opens(work)
    try:
        read_in(place / "case.toml")
        now = state(work)
        faults += [f"{name} differs" for name in expected if now.get(name) != expected[name]] + _left(work)
    except (subprocess.CalledProcessError, ValueError, OSError) as fault:
        faults.append(f"the next run fails: {type(fault).__name__}")
    return Outcome(moment, again, hit, tuple(faults))


def main() -> None:
    """Say what came of each kill; exit 1 when anything was wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--moments", type=int, default=50)
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=date.today().toordinal())  # noqa: DTZ011
    asked = parser.parse_args()
    with TemporaryDirectory() as folder:
        duration, found = study(asked.moments, rows=asked.rows, seed=asked.seed, folder=Path(folder))
    wrong = [one for one in found if one.faults]
    hits = sum(one.hit for one in found)
    print(
        f"undisturbed {duration:.2f} s; {len(found)} kills, {hits} while at work, seed {asked.seed}; "
        f"wrong: {len(wrong)}"
    )
    for one in wrong:
        print(
            f"  at {one.moment:.2f} s, {'over an earlier reading' if one.again else 'first'}: {'; '.join(one.faults)}"
        )
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
