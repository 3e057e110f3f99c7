"""An event loop over a network of stations, as data: tokens of persons move, wait, are worked on and held.

`shape` says what a model and a state are, `loop.run` moves a state on to a time, `plain` is the slow twin.
What each step does, in which order, is written down in `docs/network.md`.

Numba's cache looks at one file at a time and would go on using a loop that was compiled with an
earlier version of its sibling files; what is older than the newest of them is therefore dropped on import.
"""

from __future__ import annotations

import contextlib
from pathlib import Path


def drop_stale(folder: Path) -> int:
    """Remove compiled functions that are older than a source file of the folder; says how many."""
    newest = max(file.stat().st_mtime_ns for file in folder.glob("*.py"))
    dropped = 0
    for index in (folder / "__pycache__").glob("*.nbi"):
        # Another process may be doing the same, and an installation may be read-only: there all files are of one age.
        with contextlib.suppress(OSError):
            if index.stat().st_mtime_ns < newest:
                index.unlink()
                dropped += 1
    return dropped


drop_stale(Path(__file__).parent)
