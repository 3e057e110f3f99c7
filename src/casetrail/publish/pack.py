"""The only door out: answers become an evidence pack that a stranger can read and check."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from casetrail.errors import OutputError
from casetrail.figures import Answer, Origin, Provenance, RelationRun, SourceRef, Table
from casetrail.publish.envelope import INTERNAL, envelope, json_text, jsonable, origin_of
from casetrail.publish.folder import PACK_SCHEMA, PROVENANCE, write_pack
from casetrail.publish.page import Front, page
from casetrail.publish.protect import may_leave, protect
from casetrail.publish.sheet import csv_text

RELEASE = "Release"
NOT_PUBLISHED = "it is about single real persons"

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_WINDOWS = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Release:
    """A pack as written: where, how big, what it withholds, and whether it may leave the house."""

    folder: Path
    zip_path: Path
    html_bytes: int
    files: tuple[str, ...]
    withheld_cells: int
    withheld_answers: tuple[tuple[str, str], ...]
    stamp: str


def publish(  # noqa: PLR0913  (the brief of a pack; each is one line on its front page)
    answers: Sequence[Answer],
    folder: Path,
    *,
    title: str,
    subtitle: str = "",
    version: str,
    as_of: str,
    lede: str = "",
) -> Release:
    """Write the evidence pack of these answers into `folder`, and as a zip beside it.

    Every answer passes `protect` first. A pack with anything from personal records is stamped as
    internal until full disclosure control exists.

    Raises: OutputError when an id cannot name a file, a chart breaks a convention, or the pack cannot
    be written; an earlier pack is then still in place.
    """
    _check_ids(answers)
    withheld = tuple((a.id, NOT_PUBLISHED) for a in answers if not may_leave(a))
    out = tuple(protect(a) for a in answers if may_leave(a))
    cells = sum(a.body.suppressed for a in out if isinstance(a.body, Table))
    stamp = INTERNAL if any(a.origin is Origin.REAL for a in answers) else RELEASE
    front = Front(title, subtitle, version, as_of, lede, stamp, cells, withheld)
    files = {
        "index.html": page(out, front).encode("utf-8"),
        "answers.json": json_text(envelope("pack", origin_of(out), out, internal=stamp == INTERNAL)).encode("utf-8"),
    }
    for answer in out:
        if isinstance(answer.body, Table):
            files[f"csv/{answer.id}.csv"] = csv_text(answer.body, answer.origin).encode("utf-8")
    files[PROVENANCE] = json_text(_provenance(out, front, files)).encode("utf-8")
    place = Path(folder)
    archive = write_pack(files, place)
    return Release(place, archive, len(files["index.html"]), tuple(sorted(files)), cells, withheld, stamp)


def _check_ids(answers: Sequence[Answer]) -> None:
    seen: set[str] = set()
    for answer in answers:
        if not _ID.fullmatch(answer.id) or _WINDOWS.fullmatch(answer.id) or answer.id.endswith("."):
            raise OutputError(
                "The id of an answer cannot be a file name.",
                where=f"an answer of section '{answer.section}'",
                todo="Use letters, digits, '.', '_' and '-', at most 100, starting with a letter or digit.",
            )
        if answer.id.lower() in seen:
            raise OutputError(
                "Two answers have the same id.", where=f"answer {answer.id}", todo="Give each answer its own id."
            )
        seen.add(answer.id.lower())


def _provenance(answers: Sequence[Answer], front: Front, files: dict[str, bytes]) -> dict[str, Any]:
    return {
        "schema": PACK_SCHEMA,
        "stamp": front.stamp,
        "origin": origin_of(answers),
        "title": front.title,
        "version": front.version,
        "as_of": front.as_of,
        "withheld_cells": front.withheld_cells,
        "withheld_answers": [{"id": i, "reason": reason} for i, reason in front.withheld_answers],
        "answers": {answer.id: _came_about(answer.provenance) for answer in answers},
        "files": {name: hashlib.sha256(files[name]).hexdigest() for name in sorted(files)},
    }


def _came_about(provenance: Provenance) -> dict[str, Any]:
    return {
        "question": provenance.question,
        "origin": str(provenance.origin),
        "sources": [_source(s) for s in provenance.sources],
        "parameters": {key: jsonable(value) for key, value in provenance.parameters},
        "relations": [_relation(r) for r in provenance.relations],
        "seed": provenance.seed,
        "version": provenance.version,
        "parents": list(provenance.parents),
    }


def _source(source: SourceRef) -> dict[str, Any]:
    return {
        "name": source.name,
        "sha256": source.sha256,
        "origin": str(source.origin),
        "made_by": source.made_by,
        "judged_by_it": source.judged_by_it,
        "note": source.note,
    }


def _relation(run: RelationRun) -> dict[str, Any]:
    return {
        "name": run.name,
        "sha256": run.sha256,
        "sql": run.sql,
        "inputs": list(run.inputs),
        "parameters": {key: jsonable(value) for key, value in run.parameters},
    }
