"""What there is to tell about the cells and rows of a return, in three severities; never a value of a record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from casetrail.records.cells import Grid
from casetrail.records.faults import MESSAGES as OF_RECORDS
from casetrail.schema.events import FINDING

Severity: TypeAlias = Literal["cannot be used", "suspicious", "note"]
CANNOT: Severity = "cannot be used"
SUSPICIOUS: Severity = "suspicious"
NOTE: Severity = "note"
SEVERITIES: tuple[Severity, ...] = (CANNOT, SUSPICIOUS, NOTE)

Flags = npt.NDArray[np.bool_]
Rows = npt.NDArray[np.int64]

OF_RETURNS: Mapping[str, str] = MappingProxyType(
    {
        "missing_required": "A cell without which the row cannot be used is blank.",
        "blank_expected": "The cell is blank, and the return asks for it.",
        "unknown_code": "The cell holds no code of the return in that year; it stays unknown.",
        "code_spelt_otherwise": "The code is written in another way than the return asks; it was understood.",
        "not_packed": "The cell holds no JSON object or array, or one too long or nested; its parts stay unknown.",
        "unknown_part": "The JSON of the cell has a part that the return does not know; it was not read.",
        "date_written_otherwise": "The date is written in another way than the return asks; it was understood.",
        "not_a_number": "The cell does not hold a number of the kind asked for, from nought on.",
        "not_of_the_form": "The cell does not look as the return asks.",
        "formula": "The cell holds a formula; the value that Excel last stored for it was used.",
        "formula_without_value": "The cell holds a formula and no stored value: open the file in Excel and save it.",
        "stands_for_unknown": "The date stands for 'unknown' and became unknown.",
        "dates_out_of_order": "The date lies before another of the row that should come first.",
        "before_birth": "The date lies before the person's birth.",
        "birth_dates_differ": "Another row gives this person another date of birth.",
        "orphan": "The row belongs to another table in which there is no row for it.",
        "duplicate_row": "An earlier row of the table is the same in every cell.",
        "duplicate_key": "An earlier row of the table has the same identifying cells.",
        "event_not_made": "The row is kept, and this could not be made of it.",
    }
)
MESSAGES: Mapping[str, str] = MappingProxyType({**OF_RECORDS, **OF_RETURNS})


@dataclass(frozen=True, slots=True)
class _Entry:
    rows: Rows
    code: str
    severity: Severity
    column: str | None
    addition: str


class TableBook:
    """All findings of one table: `unusable` rows are set aside, `spoilt` cells (by column) stay unknown."""

    def __init__(self, grid: Grid) -> None:
        self.grid = grid
        self.unusable: Flags = np.zeros(len(grid.record), dtype=np.bool_)
        self.spoilt: dict[str, Flags] = {}
        self._entries: list[_Entry] = []

    def mark(
        self,
        rows: Flags,
        code: str,
        severity: Severity,
        *,
        column: str | None = None,
        spoils: bool = False,
        addition: str = "",
    ) -> None:
        """Note a finding for the rows flagged. `spoils`: their cell stays unknown."""
        if not rows.any():
            return
        if severity == CANNOT:
            self.unusable |= rows
        if spoils and column is not None:
            self.spoilt[column] = self.spoilt.get(column, np.zeros(len(rows), dtype=np.bool_)) | rows
        self._entries.append(_Entry(np.flatnonzero(rows), code, severity, column, addition))

    def reasons(self) -> list[tuple[int, str, str | None, str]]:
        """Why rows are set aside: place in the grid, code, column and addition; row by row, reasons as they came."""
        found = [
            (row, entry.code, entry.column, entry.addition)
            for entry in self._entries
            if entry.severity == CANNOT
            for row in entry.rows.tolist()
        ]
        return sorted(found, key=lambda reason: reason[0])

    def line_of(self, row: int, column: str | None) -> int | None:
        """The line of a cell, or of its row where cells have none of their own."""
        cells = self.grid.cell_line.get(column or "")
        line = int(cells[row]) if cells is not None else 0
        if not line and self.grid.line is not None:
            line = int(self.grid.line[row])
        return line if line > 0 else None

    def tables_of(self, source: str) -> list[pa.Table]:
        """The findings as tables of shape `schema.FINDING`, broken records of a text file in front."""
        grid = self.grid
        place = {"source": source, "table": grid.table or "", "file": grid.file, "sheet": grid.sheet}
        broken = [
            {
                **place,
                "record": fault.record,
                "line": fault.line,
                "column": fault.column,
                "severity": CANNOT,
                "code": fault.code,
                "message": fault.message,
            }
            for fault in grid.broken
        ]
        made = [pa.Table.from_pylist(broken, schema=FINDING)] if broken else []
        for entry in self._entries:
            same = place | {
                "column": entry.column,
                "severity": entry.severity,
                "code": entry.code,
                "message": f"{MESSAGES.get(entry.code, '')} {entry.addition}".strip(),
            }
            lines = self._lines(entry)
            arrays = {"record": pa.array(grid.record[entry.rows]), "line": pa.array(lines, mask=lines <= 0)}
            arrays |= {name: pa.repeat(pa.scalar(value, pa.string()), len(entry.rows)) for name, value in same.items()}
            made.append(pa.Table.from_arrays([arrays[name] for name in FINDING.names], schema=FINDING))
        return made

    def _lines(self, entry: _Entry) -> Rows:
        own = self.grid.line
        lines = np.zeros(len(entry.rows), dtype=np.int64) if own is None else own[entry.rows]
        cells = self.grid.cell_line.get(entry.column or "")
        return lines if cells is None else np.where(cells[entry.rows] != 0, cells[entry.rows], lines)


def findings_table(books: list[TableBook], source: str) -> pa.Table:
    """All findings of a return, table by table."""
    made = [table for book in books for table in book.tables_of(source)]
    return pa.concat_tables(made) if made else FINDING.empty_table()
