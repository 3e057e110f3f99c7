"""A state in a file, so that a run can be stopped and go on later, bit for bit as if it had not been stopped."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import numpy as np

from casetrail.errors import InputError, IntegrityError, OutputError
from casetrail.kernels.network import shape as s

FORMAT = "casetrail/network-state/1"
_STAMP = "stamp"
_KINDS: dict[str, np.dtype[Any]] = {
    **dict.fromkeys(("count", "heap"), np.dtype(np.int64)),
    **dict.fromkeys(("person", "house", "register"), np.dtype(np.float64)),
    **dict.fromkeys(("queue_head", "queue_tail", "held", "held_next", "held_prev"), np.dtype(np.int32)),
    **dict.fromkeys(("ownerless", "epoch"), np.dtype(np.int32)),
    "token": s.TOKEN,
    "worker": s.WORKER,
    "pool": s.POOL,
    "row": s.ROW,
}


def digest(model: s.Model) -> str:
    """sha256 of a model: names, types, shapes and bytes of its arrays."""
    found = hashlib.sha256()
    arrays: dict[str, s.Records] = model._asdict()
    for name, array in arrays.items():
        found.update(json.dumps([name, np.lib.format.dtype_to_descr(array.dtype), array.shape]).encode())
        # Column by column, since what lies between the columns of a table is left as the memory happened to be.
        for column in array.dtype.names or (None,):
            found.update((array[column] if column else array).tobytes())
    return found.hexdigest()


def save(state: s.State, path: Path, *, model: s.Model) -> None:
    """Write the state of a run of `model`; the file is there whole or not at all. Raises OutputError."""
    whole: dict[str, s.Records] = state._asdict()
    # What lies behind the last event and the last row is only room, and is made again where it is needed.
    whole["heap"] = state.heap[: state.count[s.HEAP_SIZE]]
    whole["row"] = state.row[: state.count[s.ROWS]]
    shapes = {name: list(array.shape) for name, array in whole.items()}
    stamp = json.dumps({"format": FORMAT, "model": digest(model), "shapes": shapes, "types": _types()})
    try:
        _write(path, {**whole, _STAMP: np.frombuffer(stamp.encode(), dtype=np.uint8)})
    except OSError as fault:
        raise OutputError(
            f"The state of a run cannot be written ({fault.strerror or type(fault).__name__}).",
            where=str(path),
            todo="Check that the folder is there, that it may be written to, and that the disc has room.",
        ) from fault


def load(path: Path, *, model: s.Model) -> s.State:
    """Read a state back for the model it was saved with. Raises InputError, or IntegrityError if it does not fit."""
    try:
        with path.open("rb") as opened, np.load(opened, allow_pickle=False) as file:
            stamp = json.loads(file[_STAMP].tobytes())
            if stamp["format"] != FORMAT:
                raise ValueError("an unknown format")
            _check(stamp["model"] == digest(model), path, "was saved with another model")
            _check(stamp["types"] == _types(), path, "was saved by a casetrail with other columns")
            arrays = {name: file[name] for name in s.State._fields}
    except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile) as fault:
        raise InputError(
            "This is not a readable saved state of a run.",
            where=str(path),
            todo="Point to a file that casetrail has saved, or start the run anew.",
        ) from fault
    for name, array in arrays.items():
        as_said = array.dtype == _KINDS[name] and list(array.shape) == stamp["shapes"][name]
        _check(as_said, path, f"has another {name} table than its stamp says")
    return s.State(**{name: np.ascontiguousarray(array).view(_KINDS[name]) for name, array in arrays.items()})


def _types() -> dict[str, Any]:
    """Types of all columns, as they come back from JSON."""
    described = {name: np.lib.format.dtype_to_descr(kind) for name, kind in _KINDS.items()}
    back: dict[str, Any] = json.loads(json.dumps(described))
    return back


def _check(holds: bool, path: Path, says: str) -> None:
    if not holds:
        raise IntegrityError(
            f"The saved state of a run {says}.",
            where=str(path),
            todo="Load it with the model, and the version of casetrail, that it was saved with, or start the run anew.",
        )


def _write(path: Path, arrays: dict[str, Any]) -> None:
    """Into a file beside it first, which takes its name when it is complete."""
    handle, fresh = tempfile.mkstemp(prefix=f"{path.name}.", suffix=".new", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            np.savez(file, **arrays)
            file.flush()
            os.fsync(file.fileno())
        Path(fresh).replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(fresh).unlink()
        raise
