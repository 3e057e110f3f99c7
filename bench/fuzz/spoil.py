"""Spoilt files for every reader: no crash, no hang, no traceback, no lost row, memory bounded.

    python bench/fuzz/spoil.py --inputs 100000 --out fuzz.jsonl

Each input follows from its reader and its number: `--reader NAME --only NUMBER` makes and reads one of them again.
Readers run in a process of their own under a watchdog: one that says nothing for too long is killed, one that dies is
started again behind the input it died of. A run that was stopped goes on where it was.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import time
import traceback
from collections import Counter
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from seeds import Case, readers

from casetrail.errors import CasetrailError, IntegrityError
from casetrail.figures import Origin
from casetrail.records import Keys, SourceSpec, read_source, recognised

CHUNK = 500
# Readers of one plain table are quick and take most of the inputs; forms of returns share the rest evenly.
QUICK, QUICK_SHARE = ("csv", "xlsx", "parquet", "xes"), 0.8
SLOW_SECONDS = 5.0  # of processor time, for one small file
SILENT_SECONDS = 180.0  # of the clock: the machine may have other work
MOST_BYTES = 3 << 30
_KEYS = Keys(b"k" * 32)
_AS_OF = date(2026, 3, 31)


def once(case: Case, folder: Path) -> str:
    """Read one input; says "read", the code of a refusal, or "FAULT" and what went wrong."""
    folder.mkdir()
    for name, content in case.files.items():
        (folder / name).write_bytes(content)
    path = folder if len(case.files) > 1 else folder / next(iter(case.files))
    spec = SourceSpec(name="s", path=path, origin=Origin.MADE_UP, columns=case.columns, format=case.format)
    try:
        if case.recognise:
            recognised(path)
        found = read_source(spec, keys=_KEYS, as_of=_AS_OF)
    except IntegrityError as fault:
        return f"FAULT {fault.code}"
    except CasetrailError as fault:
        return fault.code if case.rows is None or not case.rows else f"{fault.code} (valid)"
    except BaseException as fault:  # noqa: BLE001  whatever comes out is what is looked for
        frame = traceback.extract_tb(fault.__traceback__)[-1]
        return f"FAULT {type(fault).__name__} {Path(frame.filename).name}:{frame.lineno}"
    finally:
        for file in folder.iterdir():
            file.unlink()
        folder.rmdir()
    if found.rows_in != found.rows_good + found.rows_quarantined or found.originals.num_rows < found.rows_quarantined:
        return "FAULT rows do not add up"
    if case.rows is not None and (found.rows_in != case.rows if case.rows >= 0 else found.rows_in < -case.rows):
        return f"FAULT lost: {abs(case.rows)} written, {found.rows_in} read"
    return "read"


def child(reader: str, start: int, stop: int, beat: Path) -> None:
    """Read the inputs of one chunk and print what came of them; `beat` has the number of the one in work."""
    _bound_memory()
    make = readers()[reader]
    outcomes: Counter[str] = Counter()
    faults: list[tuple[int, str]] = []
    slowest = (0.0, start)
    with TemporaryDirectory(dir=beat.parent) as folder:
        for number in range(start, stop):
            beat.write_text(str(number), encoding="ascii")
            case = make(random.Random(f"{reader} {number}"))
            begun = time.process_time()
            outcome = once(case, Path(folder, str(number)))
            took = time.process_time() - begun
            slowest = max(slowest, (took, number))
            if took > SLOW_SECONDS:
                outcome = f"FAULT slow: {took:.1f} s"
            outcomes["FAULT" if outcome.startswith("FAULT") else outcome] += 1
            if outcome.startswith("FAULT"):
                faults.append((number, outcome))
    told = {"reader": reader, "start": start, "count": stop - start, "outcomes": outcomes, "faults": faults}
    print(json.dumps(told | {"slowest": slowest, "peak_mb": _peak_mb()}))


def _bound_memory() -> None:
    if os.name != "nt":
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MOST_BYTES, MOST_BYTES))


def _peak_mb() -> int:
    if os.name == "nt":
        return 0
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def watched(reader: str, start: int, folder: Path) -> list[dict[str, object]]:
    """A chunk under the watchdog: what came of it, with an entry for each input that killed its process."""
    told: list[dict[str, object]] = []
    stop = start + CHUNK
    while start < stop:
        beat = folder / "beat"
        command = [sys.executable, __file__, "--child", str(beat), "--reader", reader, "--span", f"{start}:{stop}"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
            how = _wait(process, beat)
            out = process.stdout.read() if process.stdout else ""
        if how == "" and process.returncode == 0:
            told.append(json.loads(out))
            return told
        died = int(beat.read_text(encoding="ascii") or start)
        fault = how or f"crash {process.returncode}"
        told.append({"reader": reader, "start": died, "count": 1, "outcomes": {"FAULT": 1}, "faults": [(died, fault)]})
        # What the process had read before it died is read again by the next one, up to the input that killed it.
        if died > start:
            told += _again(reader, start, died, folder)
        start = died + 1
    return told


def _again(reader: str, start: int, stop: int, folder: Path) -> list[dict[str, object]]:
    command = [
        sys.executable,
        __file__,
        "--child",
        str(folder / "beat"),
        "--reader",
        reader,
        "--span",
        f"{start}:{stop}",
    ]
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    return [json.loads(found.stdout)] if found.returncode == 0 else []


def _wait(process: subprocess.Popen[str], beat: Path) -> str:
    """Wait for a process; kill it when its number has not changed for too long. Says "hang" then."""
    last, since = "", time.monotonic()
    while True:
        try:
            process.wait(1.0)
            return ""
        except subprocess.TimeoutExpired:
            now = beat.read_text(encoding="ascii") if beat.exists() else ""
            if now != last:
                last, since = now, time.monotonic()
            elif time.monotonic() - since > SILENT_SECONDS:
                process.kill()
                return "hang"


def _run(inputs: int, out: Path) -> None:
    names = list(readers())
    done = {(entry["reader"], entry["start"]) for entry in _entries(out)}
    of_quick, of_rest = inputs * QUICK_SHARE / len(QUICK), inputs * (1 - QUICK_SHARE) / (len(names) - len(QUICK))
    base = Path("/dev/shm") if Path("/dev/shm").is_dir() else None
    with TemporaryDirectory(dir=base) as folder:
        for start in range(0, inputs, CHUNK):
            for reader in names:
                if start < (of_quick if reader in QUICK else of_rest) and (reader, start) not in done:
                    with out.open("a", encoding="utf-8", newline="\n") as file:
                        for entry in watched(reader, start, Path(folder)):
                            file.write(json.dumps(entry) + "\n")


def _entries(out: Path) -> list[dict[str, object]]:
    if not out.is_file():
        return []
    return [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]


def say(out: Path) -> int:
    """Print the figures of all that was read so far; returns how many faults there are."""
    entries = _entries(out)
    total = sum(int(str(entry["count"])) for entry in entries)
    faults = [(entry["reader"], *fault) for entry in entries for fault in entry["faults"]]  # type: ignore[attr-defined]
    print(f"{total:,} inputs, {len(faults)} faults")
    for reader in sorted({str(entry["reader"]) for entry in entries}):
        own = [entry for entry in entries if entry["reader"] == reader]
        outcomes: Counter[str] = Counter()
        for entry in own:
            outcomes.update(entry["outcomes"])  # type: ignore[arg-type]
        slowest = max((entry["slowest"][0] for entry in own if "slowest" in entry), default=0.0)  # type: ignore[index]
        peak = max((int(str(entry["peak_mb"])) for entry in own if "peak_mb" in entry), default=0)
        print(
            f"{reader}: {outcomes.total():,}; slowest {slowest:.2f} s; peak {peak} MB; {dict(outcomes.most_common(6))}"
        )
    for reader, number, what in faults[:50]:
        print(f"  {reader} {number}: {what}")
    return len(faults)


def main() -> None:
    """Run, go on, or read one input again."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--inputs", type=int, default=100_000)
    parser.add_argument("--out", type=Path, default=Path("fuzz.jsonl"))
    parser.add_argument("--reader", default="csv")
    parser.add_argument("--only", type=int)
    parser.add_argument("--child", type=Path)
    parser.add_argument("--span", default="0:0")
    parser.add_argument("--say", action="store_true")
    asked = parser.parse_args()
    if asked.child is not None:
        start, _, stop = asked.span.partition(":")
        child(asked.reader, int(start), int(stop), asked.child)
    elif asked.only is not None:
        with TemporaryDirectory() as folder:
            case = readers()[asked.reader](random.Random(f"{asked.reader} {asked.only}"))
            print(once(case, Path(folder, "one")), case)
    else:
        if not asked.say:
            _run(asked.inputs, asked.out)
        sys.exit(1 if say(asked.out) else 0)


if __name__ == "__main__":
    main()
