"""The log that --verbose writes: stages and times; the package never logs a value of a record."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from casetrail.errors import OutputError

if TYPE_CHECKING:
    from casetrail.inquiry import WorkFolder

LOG = Path("casetrail.log")


def start_log(path: Path) -> None:
    """Send casetrail's own log to a file. Raises OutputError."""
    try:
        handler = logging.FileHandler(path, encoding="utf-8")
    except OSError as failure:
        raise OutputError(
            f"The log cannot be written ({type(failure).__name__}).",
            where=str(path),
            todo="Run in a folder you may write to, or without --verbose.",
        ) from None
    handler.setFormatter(logging.Formatter("%(asctime)s %(name)s %(message)s"))
    logger = logging.getLogger("casetrail")
    logger.setLevel(logging.DEBUG)
    logger.propagate = False
    logger.addHandler(handler)


@contextmanager
def remembered(work: WorkFolder, *, verbose: bool) -> Iterator[None]:
    """However the work in between ends, the inquiry's work folder knows of the log, so that `purge` removes it."""
    try:
        yield
    finally:
        if verbose and work.is_prepared:
            work.note_written(LOG)
