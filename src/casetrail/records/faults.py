"""Why a record is set aside: the codes, their plain words, and the quarantine they end in.

A message is fixed text plus, at most, a record number, a declared date or a name of a column. No value of
a record can get into it, because none is ever handed over.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from casetrail.schema.events import QUARANTINE, ROLES

Flags = npt.NDArray[np.bool_]

MESSAGES: Mapping[str, str] = MappingProxyType(
    {
        "bad_encoding": "The line holds bytes that are not text in the encoding of the file.",
        "unclosed_quote": "A quotation mark opens in this line and is not closed in a way that gives a whole "
        "record; reading went on at the next line.",
        "bad_quotes": "A quotation mark closes inside a cell and more text follows it.",
        "wrong_cell_count": "The record has more or fewer cells than the header.",
        "cell_too_long": "A cell holds more than 131,072 signs, which no cell of records does.",
        "cell_error": "The cell holds an error of the spreadsheet, such as a division by zero.",
        "legally_privileged": "The record is marked as legally privileged or speaks of legal advice; such "
        "records are not read in.",
        "missing_person": "The record does not say whom it is about.",
        "missing_activity": "The record does not say what happened.",
        "missing_time": "The record does not say when it happened, or gives a date that stands for 'unknown'.",
        "missing_role": "The record does not say in which role the person or body was involved.",
        "unknown_role": f"The role is not one of: {', '.join(ROLES)}.",
        "id_precision_lost": "The identifier was stored as a number with more than 15 digits, or a spreadsheet "
        "rounded it (1.23E+17), so its last digits are lost. Store identifiers as text in the file.",
        "not_a_date": "The cell does not hold a date that exists, or not in the declared date_format.",
        "ambiguous_date": "The order of day and month is not sure. Declare date_format for this source, for "
        "example '%d/%m/%Y'.",
        "implausible_date": "The date lies before the year 1900.",
        "after_as_of": "The date lies after the day the inquiry looks from (as_of).",
        "end_before_start": "The end lies before the start.",
        "outside_coverage": "The date lies outside covers_from and covers_to of this source.",
        "duplicate_event_id": "An earlier record of this source has the same event_id.",
        "unreadable_fact": "A date that belongs to the whole case cannot be read; the fact stays unknown and the "
        "events of the case are kept.",
        "conflicting_fact": "Records of one case give different dates for the same fact; the fact stays unknown "
        "and the events of the case are kept.",
    }
)
CODES = tuple(MESSAGES)
FACT_CODES = frozenset({"unreadable_fact", "conflicting_fact"})


@dataclass(frozen=True, slots=True)
class Fault:
    """One record set aside: its place, a code of `MESSAGES`, and plain words. Never a value.

    `record` counts from 1 below the header; `line` is the physical line of a text file or the row of a
    sheet, where known; `column` is the name of the source column, where one is to blame.
    """

    record: int
    code: str
    line: int | None = None
    column: str | None = None
    addition: str = ""

    @property
    def message(self) -> str:
        """The plain words of the code, with what is particular to this record behind them."""
        return f"{MESSAGES[self.code]} {self.addition}".rstrip()


class FaultBook:
    """The first fault of each row of a grid, and what else there is to tell about the source.

    One record is set aside once, under the first fault found, so that the rows still add up.
    """

    def __init__(self, rows: int) -> None:
        self._code = np.full(rows, -1, dtype=np.int16)
        self._column = np.full(rows, -1, dtype=np.int32)
        self._columns: list[str | None] = []
        self._additions: dict[int, str] = {}
        self.notes: list[str] = []

    @property
    def good(self) -> Flags:
        """True for each row without a fault so far."""
        return self._code < 0

    def mark(
        self,
        rows: Flags,
        code: str,
        *,
        column: str | None = None,
        additions: Mapping[int, str] | None = None,
    ) -> None:
        """Set `code` for the rows flagged, where no fault stands yet. `additions` is by row index."""
        fresh = rows & self.good
        if not fresh.any():
            return
        self._columns.append(column)
        self._code[fresh] = CODES.index(code)
        self._column[fresh] = len(self._columns) - 1
        if additions:
            self._additions |= {row: words for row, words in additions.items() if fresh[row]}

    def faults(self, records: npt.NDArray[np.int64], lines: npt.NDArray[np.int64] | None) -> list[Fault]:
        """The faults in order of the rows; `records` and `lines` give each row's place (line -1: unknown)."""
        found = []
        for row in np.flatnonzero(~self.good).tolist():
            line = None if lines is None or lines[row] < 0 else int(lines[row])
            column = self._columns[self._column[row]]
            code = CODES[self._code[row]]
            found.append(Fault(int(records[row]), code, line, column, self._additions.get(row, "")))
        return found


def quarantine_table(faults: Iterable[Fault], *, source: str, file: str, sheet: str | None) -> pa.Table:
    """The faults as a table of shape `schema.QUARANTINE`, in order of the records."""
    ordered: Sequence[Fault] = sorted(faults, key=lambda fault: (fault.record, fault.code in FACT_CODES))
    columns = [
        [source] * len(ordered),
        [file] * len(ordered),
        [sheet] * len(ordered),
        [fault.record for fault in ordered],
        [fault.line for fault in ordered],
        [fault.column for fault in ordered],
        [fault.code for fault in ordered],
        [fault.message for fault in ordered],
    ]
    arrays = [pa.array(column, field.type) for column, field in zip(columns, QUARANTINE, strict=True)]
    return pa.Table.from_arrays(arrays, schema=QUARANTINE)
