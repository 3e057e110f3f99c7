"""A file of single cases with a limit: read as it is, rows in = rows used + rows set aside, no value in any message."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from casetrail.compare.deadline import Cases, Rules, SetAside, authority_answers, durations_answers, national_answers
from casetrail.compare.deadline.words import PUBLIC
from casetrail.errors import InputError, ProtectionError, UnknownNameError
from casetrail.figures import Answer, Origin, SourceRef
from casetrail.inquiry.deadline_columns import COLUMNS, find_columns
from casetrail.inquiry.deadline_rows import Rows
from casetrail.inquiry.model import Inquiry
from casetrail.inquiry.stamping import stamped
from casetrail.public import england
from casetrail.records import SourceSpec
from casetrail.records.files import format_of, sha256_of
from casetrail.records.read import read_grid
from casetrail.statute import Convention, Nation, calendar


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadlineFile:
    """What is said about a file of cases. `columns` names columns of the file for ours, where names do not tell.

    `limit` holds for all cases when the file has no column of limits. `as_of`: the last day the records can know (None:
    the latest day in them). `protection` is the inquiry that says why real records may be used.
    """

    path: Path
    origin: Origin
    limit: int | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    date_format: str | None = None
    sheet: str | None = None
    as_of: date | None = None
    made_by: str = ""
    protection: Inquiry | None = None


def public_deadline(authority: str | None) -> tuple[Answer, ...]:
    """The response to a limit in the shipped bins: England, or one authority. Raises: UnknownNameError."""
    return stamped(national_answers() if authority is None else authority_answers(authority))


def deadline_again(
    question: str, parameters: Mapping[str, Any], figure: str, *, file: Path | None, protection: Inquiry | None
) -> Answer:
    """A figure asked again from its parameters; one on records from the same file too. Raises: UnknownNameError."""
    if question == PUBLIC:
        area = str(parameters["area"])
        found = public_deadline(None if area == england().name else area)
    elif file is None:
        raise InputError("The file of cases is needed to ask again.", where=figure, todo="Name it.", code="no_file")
    else:
        found = stamped(_file_again(parameters, file, protection))
    for answer in found:
        if answer.id == figure:
            return answer
    raise UnknownNameError("This version of casetrail does not make that figure any more.", where=figure)


def _file_again(parameters: Mapping[str, Any], file: Path, protection: Inquiry | None) -> tuple[Answer, ...]:
    told, rules = parameters["read"], dict(parameters["rules"])
    rules |= {"nation": Nation(rules["nation"]), "convention": Convention(rules["convention"])}
    asked = DeadlineFile(
        path=file,
        origin=Origin(told["origin"]),
        limit=told["limit"],
        columns=told["columns"],
        date_format=told["date_format"],
        sheet=told["sheet"],
        as_of=None if told["as_of"] is None else date.fromisoformat(told["as_of"]),
        made_by=told["made_by"],
        protection=protection,
    )
    # The day does not count: whoever asks again made the pack from this very file before.
    _check_protection(asked, date.min)
    return durations_answers(read_cases(asked, Rules(**rules)), Rules(**rules))


def file_deadline(asked: DeadlineFile, rules: Rules, *, today: date) -> tuple[Answer, ...]:
    """The response to a limit in a file of cases.

    Raises: ProtectionError for real records without a reason to use them, InputError when the file cannot be read or
    has no such columns, StatuteError as the calendar does.
    """
    _check_protection(asked, today)
    return stamped(durations_answers(read_cases(asked, rules), rules))


def _check_protection(asked: DeadlineFile, today: date) -> None:
    if asked.origin is not Origin.REAL:
        return
    known = None if asked.protection is None else asked.protection.protection
    if known is None:
        raise ProtectionError(
            "The file holds real personal records, and nothing says why they may be used.",
            where=asked.path.name,
            todo="Name an inquiry file with a [protection] table (--inquiry), or say --origin made-up, "
            "public-pseudonymous or public-aggregate if that is what the file is.",
            code="protection_missing",
        )
    if known.retain_until < today:
        raise ProtectionError(
            "The time for which these records may be kept is over.",
            where="[protection] retain_until",
            todo="Run `casetrail purge` on this inquiry, or have the controllers set a later day.",
            code="retention_over",
        )


def read_cases(asked: DeadlineFile, rules: Rules) -> Cases:
    """The rows that can be used, and the others with their reasons. Raises: InputError."""
    spec = SourceSpec(
        name=asked.path.stem,
        path=asked.path,
        origin=asked.origin,
        columns={},
        date_format=asked.date_format,
        sheet=asked.sheet,
    )
    digest = sha256_of(asked.path)
    grid = read_grid(spec, format_of(asked.path, "auto"), mapped_names=(), wanted=None, progress=None)
    columns = find_columns(grid.names, asked.columns, where=grid.file)
    if "limit" not in columns and asked.limit is None:
        raise InputError(
            "There is no column of limits, and no limit was given.",
            where=grid.file,
            todo="Say --limit 45, or name the column with --column limit=NAME.",
            code="no_limit",
        )
    rows = Rows(grid, columns, spec)
    known = calendar(rules.nation)
    rows.take(limit=asked.limit, first=known.first, last=known.last, as_of=asked.as_of)
    source = SourceRef(
        name=asked.path.name,
        sha256=digest,
        origin=asked.origin,
        made_by=asked.made_by,
        judged_by_it=asked.made_by,
        note="; ".join(f"{ours}: column '{theirs}'" for ours, theirs in columns.items()),
    )
    return _cases(
        rows,
        source,
        told=_told(asked),
        not_found=tuple(name for name in COLUMNS if name not in (*columns, "privileged")),
    )


def _told(asked: DeadlineFile) -> dict[str, object]:
    """How the file was read, as parameters of a figure have it; no path of the machine."""
    return {
        "origin": asked.origin.value,
        "limit": asked.limit,
        "columns": dict(asked.columns),
        "date_format": asked.date_format,
        "sheet": asked.sheet,
        "as_of": None if asked.as_of is None else asked.as_of.isoformat(),
        "made_by": asked.made_by,
    }


def _cases(rows: Rows, source: SourceRef, *, told: Mapping[str, object], not_found: tuple[str, ...]) -> Cases:
    good = rows.good
    if not np.any(good):
        raise InputError(
            "No row of the file can be used.",
            where=source.name,
            todo="; ".join(f"{one.rows:,} rows: {one.why}" for one in rows.set_aside()) or "The file has no records.",
            code="no_rows",
        )
    missing = ", ".join(f"'{name}'" for name in not_found)
    notes = rows.notes + ((f"Not asked, since the file has no such column: {missing}.",) if missing else ())
    return Cases(
        opened=rows.days("opened")[good],
        closed=rows.days("closed")[good],
        limit=rows.limit[good],
        stopped=_some(rows, "clock_stopped"),
        restarted=_some(rows, "clock_restarted"),
        cancelled=None if "cancelled" not in rows.columns else rows.cancelled[good],
        reopens=None if "reopened_of" not in rows.columns else rows.reopens(),
        rereferred=_some(rows, "rereferral"),
        recorded=None if "recorded_days" not in rows.columns else rows.recorded[good],
        source=source,
        records_end=rows.records_end,
        rows_in=rows.rows_in,
        set_aside=tuple(SetAside(one.why, one.rows, one.places) for one in rows.set_aside()),
        read=told,
        notes=notes,
    )


def _some(rows: Rows, name: str) -> npt.NDArray[np.datetime64] | None:
    return rows.days(name)[rows.good] if name in rows.columns else None
