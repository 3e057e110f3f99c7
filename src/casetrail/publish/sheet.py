"""A table as CSV that Excel opens rightly and that cannot run anything there.

`guarded` is the one place where text is made harmless for a spreadsheet: every CSV that carries text from outside goes
through it, and `unguarded` gives back the very text, so that nothing is lost on the way.
"""

from __future__ import annotations

import csv
import io
import re

from casetrail.figures import Cell, Origin, Suppressed, Table
from casetrail.publish.cells import UNKNOWN, WITHHELD, is_unknown

# Excel and LibreOffice read a cell that starts with one of these as a formula or a command; some of them also in the
# wide forms of East Asian text. Apostrophes in front are part of the rule, or the way back would be open to doubt.
_FORMULA = re.compile("'* *[=+\\-@\t\r\n＝＋－＠]")


def csv_text(table: Table, origin: Origin | None = None) -> str:
    """The table as CSV text: raw values, titles as header, the words `unknown` and `withheld`.

    With `origin`, a last column says on every row whether the data are real or made up, so that a file
    (or a row) that travels alone still says it. The text starts with a byte-order mark, without which
    Excel takes it for the local code page.
    """
    out = io.StringIO()
    write = csv.writer(out, lineterminator="\r\n")
    label = [] if origin is None else [origin.label]
    write.writerow([guarded(c.title) for c in table.columns] + (["origin"] if label else []))
    for row in table.rows:
        write.writerow([_value(cell) for cell in row] + label)
    return "\ufeff" + out.getvalue()


def _value(cell: Cell) -> str:
    if is_unknown(cell):
        return UNKNOWN
    if isinstance(cell, Suppressed):
        return WITHHELD
    return guarded(cell) if isinstance(cell, str) else str(cell)


def sheet_cell(cell: object) -> str:
    """A cell of a CSV without units: blank where not known, text guarded, numbers as they are."""
    return "" if cell is None else guarded(cell) if isinstance(cell, str) else str(cell)


def guarded(text: str) -> str:
    """Text that a spreadsheet would run gets an apostrophe in front, which makes it text there."""
    return "'" + text if _FORMULA.match(text) else text


def unguarded(text: str) -> str:
    """The text as it was before `guarded`."""
    return text[1:] if text.startswith("'") and _FORMULA.match(text) else text
