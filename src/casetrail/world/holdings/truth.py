"""The sealed truth of a made-up authority. No analysis room may read it: methods are scored against it from outside."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from casetrail.errors import InputError, IntegrityError
from casetrail.world.holdings.writing import write_bytes, write_table, writing

FOLDER = "truth"
OF_THE_WORLD = ("told", "hidden", "mistaken", "waits", "workers", "weeks")
TABLES = ("people", "names", "homes", "records", "faults", "events", "involvements", *OF_THE_WORLD)
_FACTS, _SEAL, _README = "world.json", "seal.json", "README.md"
_SCHEMA = "casetrail/truth/2"

_WORDS = """# The sealed truth of a made-up authority

Nobody in it exists. **No analysis room may read this folder**: it says what the agencies' files do not, and a method
that had seen it would be scored against its own answer. It is read with `casetrail.world.holdings.truth.read_truth`, by
whoever scores a method, and by nobody else. `inquiry.toml` does not name it. `seal.json` holds the SHA-256 of every
other file; reading refuses a folder whose files are not as they were written.

| file | one row is |
|---|---|
| `people.parquet` | a person: birth, household, latent quantities (null: not known), given name, common number |
| `names.parquet` | a surname of a person from an instant on (null: from birth) |
| `homes.parquet` | a home of a household from an instant on (null: from the beginning) |
| `records.parquet` | who is who: a local record of an agency and the person it is of |
| `faults.parquet` | a fault in a local record |
| `events.parquet` | a thing that happened at an agency: written, never recorded, or recorded after the extract |
| `involvements.parquet` | an involvement: the same |
| `told.parquet` | an incident of these years that was told to somebody |
| `hidden.parquet` | an incident of these years that was told to nobody |
| `mistaken.parquet` | an allegation that an agency wrote down, behind which there is no incident |
| `waits.parquet` | a wait and its causes in hours; no start: it still went on at the end |
| `workers.parquet` | a worker, as named in the agencies' files: post, pool, leniency |
| `weeks.parquet` | a week and how busy it was; no row where weeks do not differ |
| `world.json` | scenario, seed, days, shape, every parameter, what was changed, coefficients, rates of the faults |
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """What is true of a made-up authority; the tables are those of the folder's README."""

    people: pa.Table
    names: pa.Table
    homes: pa.Table
    records: pa.Table
    faults: pa.Table
    events: pa.Table
    involvements: pa.Table
    told: pa.Table
    hidden: pa.Table
    mistaken: pa.Table
    waits: pa.Table
    workers: pa.Table
    weeks: pa.Table
    coefficients: Mapping[str, float]
    parameters: Mapping[str, Any]
    changed: Mapping[str, Mapping[str, Any]]
    shape: Mapping[str, Any]
    scenario: str
    seed: int
    started: date
    ended: date
    rates: Mapping[str, Any]


def write_truth(folder: Path, tables: Mapping[str, pa.Table], facts: Mapping[str, Any]) -> int:
    """Write and seal the truth; returns the number of files. Raises OutputError."""
    with writing(folder):
        folder.mkdir()
    for name in TABLES:
        write_table(tables[name], folder / f"{name}.parquet")
    _write_json(folder / _FACTS, {"schema": _SCHEMA, "origin": "made-up", **facts})
    write_bytes(folder / _README, _WORDS.encode("utf-8"))
    with writing(folder):
        hashes = {path.name: _sha256(path) for path in sorted(folder.iterdir())}
    _write_json(folder / _SEAL, {"schema": _SCHEMA, "sha256": hashes})
    return len(hashes) + 1


def _write_json(path: Path, content: Mapping[str, Any]) -> None:
    write_bytes(path, (json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode("utf-8"))


def read_truth(folder: Path) -> Truth:
    """Read the `truth` folder of a made-up authority.

    Raises InputError when it is none, IntegrityError when a file is not as it was written.
    """
    try:
        _check_seal(folder)
        facts = json.loads((folder / _FACTS).read_text(encoding="utf-8"))
        tables = {name: pq.read_table(folder / f"{name}.parquet") for name in TABLES}
    except (OSError, ValueError, KeyError, TypeError) as failure:
        raise InputError(
            f"This is not the truth of a made-up authority ({type(failure).__name__}).",
            where=str(folder),
            todo="Name the folder `truth` beside the inquiry file of a made-up authority.",
            code="no_truth",
        ) from None
    return Truth(
        **tables,
        **{name: facts[name] for name in ("coefficients", "parameters", "changed", "shape")},
        scenario=facts["scenario"],
        seed=facts["seed"],
        started=date.fromisoformat(facts["started"]),
        ended=date.fromisoformat(facts["ended"]),
        rates=facts["rates"],
    )


def _check_seal(folder: Path) -> None:
    seal = json.loads((folder / _SEAL).read_text(encoding="utf-8"))["sha256"]
    there = {path.name for path in folder.iterdir()} - {_SEAL}
    broken = sorted(name for name in {*seal, *there} if name not in there or seal.get(name) != _sha256(folder / name))
    if broken:
        raise IntegrityError(
            f"The truth is not as it was written: {', '.join(broken)}.",
            where=str(folder),
            todo="Make the made-up authority again with the same scenario and seed.",
            code="seal_broken",
        )


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
