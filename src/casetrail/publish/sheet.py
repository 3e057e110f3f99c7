"""A table as CSV that Excel opens rightly and that cannot run anything there."""

from __future__ import annotations

import csv
import io

from casetrail.figures import Cell, Origin, Suppressed, Table
from casetrail.publish.cells import UNKNOWN, WITHHELD, is_unknown

# Excel and LibreOffice read a cell that starts with one of these as a formula or a command.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv_text(table: Table, origin: Origin | None = None) -> str:
    """The table as CSV text: raw values, titles as header, the words `unknown` and `withheld`.

    With `origin`, a last column says on every row whether the data are real or made up, so that a file
    (or a row) that travels alone still says it. The text starts with a byte-order mark, without which
    Excel takes it for the local code page.
    """
    out = io.StringIO()
    write = csv.writer(out, lineterminator="\r\n")
    label = [] if origin is None else [origin.label]
    write.writerow([_guard(c.title) for c in table.columns] + (["origin"] if label else []))
    for row in table.rows:
        write.writerow([_value(cell) for cell in row] + label)
    return "\ufeff" + out.getvalue()


def _value(cell: Cell) -> str:
    if is_unknown(cell):
        return UNKNOWN
    if isinstance(cell, Suppressed):
        return WITHHELD
    return _guard(cell) if isinstance(cell, str) else str(cell)


def _guard(text: str) -> str:
    """Text that a spreadsheet would run gets a leading apostrophe, which makes it text."""
    return "'" + text if text.lstrip(" ").startswith(_FORMULA) else text
