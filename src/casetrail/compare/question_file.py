"""A file of questions: one event a line, added at the end and never overwritten. A ledger can take the same lines."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from casetrail.errors import InputError, IntegrityError, OutputError, UnknownNameError
from casetrail.schema.question import Question, QuestionEvent, folded, opening
from casetrail.schema.question_lines import from_json, to_json

_OPEN = "Open questions with: casetrail compare --authority NAME --year YEAR --questions FILE.jsonl"


@dataclass(frozen=True, slots=True)
class Opened:
    """What became of questions handed to a file: `fresh` were added, `already` had been opened before."""

    fresh: tuple[Question, ...]
    already: tuple[Question, ...]


def read_events(path: Path) -> tuple[QuestionEvent, ...]:
    """Every event of a file, in order. Raises: InputError without the file, IntegrityError for a line that is none."""
    try:
        text = path.read_bytes().decode("utf-8")
    except FileNotFoundError:
        raise InputError("There is no such file of questions.", where=path.name, todo=_OPEN) from None
    except (OSError, UnicodeDecodeError) as failure:
        raise InputError(f"The file cannot be read ({type(failure).__name__}).", where=path.name) from None
    if text and not text.endswith("\n"):
        raise IntegrityError(
            "The last line was cut off while it was written.",
            where=f"{path.name}, line {text.count(chr(10)) + 1}",
            todo="Remove the last line, which is not whole, and take that step again.",
            code="line_cut_off",
        )
    return tuple(_event(line, f"{path.name}, line {n}") for n, line in enumerate(text.split("\n")[:-1], 1))


def read_questions(path: Path) -> tuple[Question, ...]:
    """Every question as its events leave it. Raises: as `read_events`, and IntegrityError for a step out of order."""
    return folded(read_events(path))


def question_in(path: Path, wanted: str) -> Question:
    """One question by its id, or by the beginning of it. Raises: UnknownNameError; as `read_questions`."""
    held = read_questions(path)
    found = [q for q in held if q.id == wanted] or [q for q in held if q.id.startswith(wanted)]
    if len(found) == 1:
        return found[0]
    raise UnknownNameError(
        "No question has that id." if not found else "More than one question begins so.",
        where=path.name,
        todo="See the ids with: casetrail question list FILE.jsonl",
        code="unknown_question",
    )


def open_questions(path: Path, questions: Sequence[Question]) -> Opened:
    """Open questions in a file, which is made where there is none; one that is there already stays as it is."""
    known = {q.id for q in read_questions(path)} if path.exists() else set()
    fresh = tuple(q for q in questions if q.id not in known)
    append(path, [opening(q) for q in fresh])
    return Opened(fresh, tuple(q for q in questions if q.id in known))


def append(path: Path, events: Sequence[QuestionEvent]) -> None:
    """Add events behind the last line, on the disk before this returns. Raises: OutputError."""
    lines = "".join(json.dumps(to_json(event), ensure_ascii=False, allow_nan=False) + "\n" for event in events)
    try:
        with path.open("ab") as file:
            file.write(lines.encode("utf-8"))
            file.flush()
            os.fsync(file.fileno())
    except OSError as failure:
        raise OutputError(
            f"The questions cannot be written ({type(failure).__name__}).",
            where=path.name,
            todo="Check the folder, free space and permissions; close the file where it is open.",
        ) from None


def _event(line: str, where: str) -> QuestionEvent:
    try:
        read = json.loads(line)
    except ValueError:
        read = None
    return from_json(read if isinstance(read, dict) else {}, where=where)
