"""Run casetrail as a user would, in this process (fast) or in one of its own (to be killed), and keep what it said."""

from __future__ import annotations

import atexit
import contextlib
import functools
import io
import json
import logging
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from casetrail.cli import main

Answer = dict[str, Any]
Row = dict[str, Any]


@dataclass(frozen=True)
class Said:
    """Exit code, standard output and error stream of one command."""

    code: int
    out: str
    err: str

    @property
    def all(self) -> str:
        return self.out + self.err

    @property
    def json(self) -> Any:
        return json.loads(self.out)


def casetrail(*arguments: str | Path) -> Said:
    """One command in this process."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err), _log_closed():
        code = main([str(argument) for argument in arguments])
    return Said(code, out.getvalue(), err.getvalue())


@contextlib.contextmanager
def _log_closed() -> Iterator[None]:
    """A process ends after one command and closes its log; here many commands share one process."""
    try:
        yield
    finally:
        logger = logging.getLogger("casetrail")
        for handler in [*logger.handlers]:
            logger.removeHandler(handler)
            handler.close()


@functools.cache
def _compiled() -> str:
    folder = tempfile.mkdtemp(prefix="casetrail-pycache-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def process(*arguments: str | Path, folder: Path) -> subprocess.Popen[str]:
    """The same command as a process of its own, in its own group so that a signal reaches it alone."""
    return subprocess.Popen(
        [sys.executable, "-c", "from casetrail.cli import entry; entry()", *map(str, arguments)],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        # Compiled modules are kept, wherever the session forbids it: compiling them anew costs two seconds a process.
        env={**os.environ, "PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": _compiled()},
        start_new_session=True,
    )


def answers(said: Said) -> dict[str, Answer]:
    """The answers of a command run with --json, by id."""
    assert said.code == 0, said.err
    return {answer["id"]: answer for answer in said.json["answers"]}


def rows(answer: Answer) -> list[Row]:
    """A table's rows by column name."""
    names = [column["name"] for column in answer["table"]["columns"]]
    return [dict(zip(names, row, strict=True)) for row in answer["table"]["rows"]]


def only(answer: Answer) -> Row:
    """The one row of a table."""
    (row,) = rows(answer)
    return row


def by(answer: Answer, *columns: str) -> dict[Any, Row]:
    """Rows of a table by the value of one column, or of several."""
    single = len(columns) == 1
    return {row[columns[0]] if single else tuple(row[c] for c in columns): row for row in rows(answer)}
