"""A table of an audit as it is: columns by name, each row used or set aside with a reason, no value in any message."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from casetrail.compare.audit import Aside
from casetrail.errors import InputError
from casetrail.figures import Origin, SourceRef
from casetrail.publish import unguarded
from casetrail.records import SourceSpec
from casetrail.records.cells import Grid, plural
from casetrail.records.columns import privileged_rows, text_column
from casetrail.records.faults import MESSAGES
from casetrail.records.files import format_of, sha256_of
from casetrail.records.mapping import near_names
from casetrail.records.read import read_grid

_PLACES = 5
_STAMP = "stamp"
_WORKER = re.compile(r"worker|practitioner|officer|clinician|\bstaff", re.IGNORECASE)

OWN: Mapping[str, str] = MappingProxyType(
    {
        "no_unit": "The row does not say which unit it belongs to.",
        "no_file": "The row does not say which file was rated.",
        "no_rater": "The row does not say who rated, not even by a number: whether two ratings are by two people is "
        "then not known.",
        "no_grade": "There is no grade yet: unknown, and not counted as the worst.",
        "not_on_the_scale": "The grade is none of the grades of the scale.",
        "bad_weight": "The weight is no number above 0.",
        "other_weight": "Another row of the same file has another weight.",
        "rated_again_by_the_same": "The same rater has rated this file in an earlier row: only another person's rating "
        "shows how raters differ.",
        "bad_count": "Numerator or denominator is no number of 0 or more, or the numerator is the larger.",
        "no_denominator": "There is no case to take a share of, or the count is not known.",
        "unit_again": "An earlier row has the same unit and period.",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetAsked:
    """A file of an audit: what it is, and columns that are called otherwise (ours: theirs)."""

    path: Path
    origin: Origin
    columns: Mapping[str, str]
    sheet: str | None = None


class Sheet:
    """The rows of a file. `texts` gives a column; `mark` sets a row aside, the first reason counts."""

    def __init__(self, asked: SheetAsked, known: Sequence[str], needed: Sequence[str]) -> None:
        _check_told(asked, known)
        spec = SourceSpec(name=asked.path.stem, path=asked.path, origin=asked.origin, columns={}, sheet=asked.sheet)
        digest = sha256_of(asked.path)
        self._grid = read_grid(spec, format_of(asked.path, "auto"), mapped_names=(), wanted=None, progress=None)
        self._columns = _found(self._grid, asked.columns, known, needed)
        self._why: list[str | None] = [None] * len(self._grid.record)
        said = "; ".join(f"{ours}: column '{theirs}'" for ours, theirs in self._columns.items())
        self.source = SourceRef(asked.path.name, digest, asked.origin, note=said)
        self.notes: tuple[str, ...] = self._grid.notes
        if "privileged" in self._columns:
            for row, marked in enumerate(privileged_rows(self._grid, (self._columns["privileged"],)).tolist()):
                if marked:
                    self.mark(row, "legally_privileged")

    @property
    def rows_in(self) -> int:
        """Records of the file, broken ones included."""
        return self._grid.rows_in

    @property
    def rows(self) -> list[int]:
        """Rows not set aside so far."""
        return [row for row, why in enumerate(self._why) if why is None]

    def has(self, name: str) -> bool:
        return name in self._columns

    def texts(self, name: str) -> list[str | None]:
        """One entry per row; None for a blank cell, one with an error, and where there is no such column."""
        if name not in self._columns:
            return [None] * len(self._why)
        found = text_column(self._grid, (self._columns[name],), tokens=(), whole=False)
        spoilt = found.error | found.lossy
        # A worklist that casetrail wrote guards text that a spreadsheet would run; the guard is no part of the text.
        values = (
            [unguarded(value) for value in found.coded.values] if _STAMP in self._grid.names else found.coded.values
        )
        return [
            None if code < 0 or bad else values[code]
            for code, bad in zip(found.coded.codes.tolist(), spoilt.tolist(), strict=True)
        ]

    def mark(self, row: int, code: str) -> None:
        """Set a row aside, unless it is already."""
        if self._why[row] is None:
            self._why[row] = code

    def set_aside(self) -> tuple[Aside, ...]:
        """Each reason once, most frequent first, with the places of the first few."""
        at = [(code, self._place(row)) for row, code in enumerate(self._why) if code is not None]
        at += [(fault.code, _place(fault.line, fault.record)) for fault in self._grid.broken]
        found = []
        for code, count in Counter(code for code, _ in at).most_common():
            places = [place for kept, place in at if kept == code]
            more = ", …" if len(places) > _PLACES else ""
            found.append(Aside(OWN.get(code) or MESSAGES[code], count, ", ".join(places[:_PLACES]) + more))
        return tuple(found)

    def refuse_nothing(self) -> None:
        """Raise InputError when no row is left."""
        if self.rows:
            return
        todo = "; ".join(f"{plural(one.rows, 'row')}: {one.why}" for one in self.set_aside())
        raise InputError(
            "No row of the file can be used.",
            where=self.source.name,
            todo=todo or "The file has no records.",
            code="no_rows",
        )

    def _place(self, row: int) -> str:
        line = None if self._grid.line is None or self._grid.line[row] < 0 else int(self._grid.line[row])
        return _place(line, int(self._grid.record[row]))


def number(text: str | None) -> float | None:
    """A cell as a finite number; None for anything else."""
    try:
        value = float((text or "").replace(",", ""))
    except ValueError:
        return None
    return value if abs(value) < 1e15 else None


def _place(line: int | None, record: int) -> str:
    return f"record {record}" if line is None else f"line {line}"


def _check_told(asked: SheetAsked, known: Sequence[str]) -> None:
    wrong = [ours for ours in asked.columns if ours not in known]
    if wrong:
        raise InputError(
            "There is no such use of a column.",
            where=asked.path.name,
            todo=f"Write --column USE=NAME. Uses: {', '.join(known)}.",
            code="unknown_column",
        )


def _found(grid: Grid, told: Mapping[str, str], known: Sequence[str], needed: Sequence[str]) -> dict[str, str]:
    folded = {name.strip().casefold(): name for name in grid.names if name}
    found = {ours: folded.get(told.get(ours, ours).strip().casefold(), "") for ours in known}
    missing = [told.get(ours, ours) for ours in (*needed, *told) if not found[ours]]
    if missing:
        raise InputError(
            f"{plural(len(missing), 'column')} not found: {near_names(dict.fromkeys(missing), grid.names)}.",
            where=grid.file,
            todo="Name the columns so, or say --column USE=NAME; `casetrail read FILE` lists those of the file.",
            code="missing_column",
        )
    if _WORKER.search(found.get("unit", "")):
        raise InputError(
            "The column of units holds workers: casetrail compares bodies and lists no worker.",
            where=grid.file,
            todo="Name a column of teams, agencies or authorities: --column unit=NAME.",
            code="unit_is_a_worker",
        )
    return {ours: theirs for ours, theirs in found.items() if theirs}
