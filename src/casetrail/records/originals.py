"""The original cells of records that were set aside or mended, as the vault keeps them. They go nowhere else.

Only what casetrail reads is kept: the mapped columns of an extract, the columns of a return's form. Of a line whose
cells could not be told, the line is kept. Nothing is kept of a record that is, or may be, legally privileged.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from casetrail.records.cells import Grid
from casetrail.records.faults import FACT_CODES, Fault
from casetrail.records.mending import cells_of
from casetrail.records.privilege import pattern_of
from casetrail.schema.events import ORIGINAL

PRIVILEGED = "legally_privileged"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What to keep of one table: `grid` as the file has it, `faults` with all reasons, the records mended.

    `more` are columns that the file lacks and a record needs; `shut` is true where a line may hold privileged text.
    `messages` gives the words of a fault; a cell or line with one of `words` is not kept.
    """

    grid: Grid
    faults: Sequence[Fault]
    mended: Collection[int] = ()
    more: Sequence[str] = ()
    shut: bool = False
    words: Sequence[str] = ()
    messages: Mapping[str, str] = field(default_factory=dict)


def originals_table(kept: Kept, source: str) -> pa.Table:
    """One row of shape `schema.ORIGINAL` for each record set aside, with a fact set aside, or mended."""
    reasons: dict[int, list[Fault]] = {record: [] for record in kept.mended}
    for fault in kept.faults:
        reasons.setdefault(fault.record, []).append(fault)
    spoken = pattern_of(kept.words)
    rows = [_row(kept, record, reasons[record], spoken) | {"source": source} for record in sorted(reasons)]
    return pa.Table.from_pylist(rows, schema=ORIGINAL)


def _row(kept: Kept, record: int, faults: Iterable[Fault], spoken: re.Pattern[str] | None) -> dict[str, object]:
    grid = kept.grid
    told = list(faults)
    row = int(np.searchsorted(grid.record, record))
    whole = row < len(grid.record) and int(grid.record[row]) == record
    names = [*grid.columns, *kept.more]
    cells = cells_of(grid, row) if whole else {}
    texts = [*cells.values(), "" if whole else grid.raw.get(record)]
    shut = (
        any(fault.code == PRIVILEGED for fault in told)
        or (kept.shut and not whole)
        or (spoken is not None and any(spoken.search((text or "").replace("’", "'")) for text in texts))
    )
    cells = {} if shut else cells
    return {
        "table": grid.table or "",
        "file": grid.file,
        "sheet": grid.sheet,
        "record": record,
        "line": _line(grid, row, record, told, whole=whole),
        "aside": any(fault.code not in FACT_CODES for fault in told),
        "mended": record in kept.mended,
        "shut": shut,
        "reasons": [
            {"column": fault.column, "code": fault.code, "message": _message(fault, kept.messages)} for fault in told
        ],
        "cells": [(name, cells.get(name)) for name in names],
        "raw": None if shut or whole else grid.raw.get(record),
    }


def _message(fault: Fault, messages: Mapping[str, str]) -> str:
    return f"{messages[fault.code]} {fault.addition}".rstrip() if messages else fault.message


def _line(grid: Grid, row: int, record: int, told: Sequence[Fault], *, whole: bool) -> int | None:
    if told and told[0].line is not None:
        return told[0].line
    if not whole:
        return next((fault.line for fault in grid.broken if fault.record == record), None)
    line = -1 if grid.line is None else int(grid.line[row])
    return line if line > 0 else None
