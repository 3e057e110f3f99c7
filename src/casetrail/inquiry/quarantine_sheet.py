"""The quarantine as a workbook to be mended in: original rows with place, reason and remedy. For inside the house."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import chain, groupby
from pathlib import Path
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook

from casetrail.errors import OutputError
from casetrail.inquiry.quarantine_rows import Row, shown
from casetrail.inquiry.work_folder import unwritable
from casetrail.publish.envelope import INTERNAL
from casetrail.records import remedy

ABOUT = "About"
SCHEMA = "casetrail/quarantine/1"
ID, UNDO = "[id]", "[undo]"
OURS = (
    ID,
    "[source]",
    "[file]",
    "[sheet or table]",
    "[record]",
    "[line]",
    "[column]",
    "[code]",
    "[message]",
    "[how to mend]",
    UNDO,
    "[line as it stands]",
)
_WIDTHS = (8, 12, 18, 14, 8, 8, 18, 20, 44, 44, 8, 30)
_HOW = (
    "Write in the cells of a record what they should hold: `casetrail read INQUIRY.toml --fix FILE.xlsx` takes it in.",
    "Columns in square brackets are casetrail's own: leave [id] as it is. Yellow cells are those to blame.",
    "Cells are text: what begins with = + - @ is no formula here. Rows left alone, or deleted, stay as they are.",
    "Write yes under [undo] to take back what was mended before. The files themselves are never changed.",
)
MOST_ROWS = 1_000_000
_YELLOW = "#FFF2CC"
_GREY = "#EDEDED"


@dataclass(frozen=True, slots=True)
class Exported:
    """How many records went into a workbook, and how many of them cannot be shown because they may be privileged."""

    rows: int
    shut: int


def heading(name: str) -> str:
    """What the column of a file is called in the workbook: never as one of casetrail's own."""
    plain = name.strip()
    return f"{plain} (of the file)" if plain in OURS else plain


def write_quarantine(out: Path, rows: Iterable[Row], *, title: str, on: date) -> Exported:
    """Write a new workbook, one sheet for each table. Raises OutputError, also when there is such a file already."""
    if out.suffix.lower() != ".xlsx":
        raise OutputError(
            "The rows set aside are written as a workbook, and the name does not end in .xlsx.",
            where=str(out),
            todo="Name a file such as aside.xlsx.",
            code="quarantine_ending",
        )
    if out.exists():
        raise OutputError(
            "There is a file of that name already; what somebody mended in it would be lost.",
            where=str(out),
            todo="Name a new file.",
            code="quarantine_there",
        )
    draft = out.with_name(f"{out.name}.new")
    try:
        with _workbook(draft, title, on) as book:
            exported = _fill(book, rows, title)
        draft.replace(out)
    except OSError as failure:
        draft.unlink(missing_ok=True)
        raise unwritable(out, failure) from None
    return exported


@contextmanager
def _workbook(path: Path, title: str, on: date) -> Iterator[Any]:
    import xlsxwriter
    from xlsxwriter.exceptions import XlsxWriterException

    plain = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True, **plain})
    book.set_properties(
        {"title": title, "comments": INTERNAL, "created": datetime(on.year, on.month, on.day, tzinfo=UTC)}
    )
    book.set_custom_property("casetrail", SCHEMA)
    try:
        yield book
        book.close()
    except XlsxWriterException as failure:
        raise OSError(str(type(failure).__name__)) from None


def _fill(book: Any, rows: Iterable[Row], title: str) -> Exported:
    about = book.add_worksheet(ABOUT)
    names: set[str] = {ABOUT.casefold()}
    counts: dict[tuple[str, str], int] = {}
    total = shut = 0
    for (source, _, _, table, sheet), of_table in groupby(rows, lambda row: row.which[:5]):
        rest = iter(of_table)
        while (first := next(rest, None)) is not None:
            name = _name(" ".join(x for x in (source, table or sheet or "") if x), names)
            written = _sheet(book, name, chain([first], rest))
            total += written.rows
            shut += written.shut
            counts[source, first.sha256] = counts.get((source, first.sha256), 0) + written.rows
    _say(book, about, title, counts)
    return Exported(total, shut)


def _say(book: Any, about: Any, title: str, counts: dict[tuple[str, str], int]) -> None:
    bold = book.add_format({"bold": True, "font_color": "#9C0006"})
    about.set_column(0, 0, 16)
    about.set_column(1, 1, 90)
    lines: list[Sequence[str]] = [(INTERNAL,), (SCHEMA,), ("inquiry", title), *(("how", line) for line in _HOW)]
    lines.append(("source", "name", "SHA-256 of its file", "rows in this workbook"))
    lines += [("of", name, sha256, str(count)) for (name, sha256), count in counts.items()]
    for row, cells in enumerate(lines):
        for column, cell in enumerate(cells):
            about.write_string(row, column, shown(cell), bold if row == 0 else None)


def _name(wanted: str, names: set[str]) -> str:
    """A name that a sheet may have, given to no other yet."""
    plain = "".join("_" if sign in "[]:*?/\\'" or not sign.isprintable() else sign for sign in wanted).strip() or "rows"
    name, number = plain[:31], 1
    while name.casefold() in names or name.casefold() == "history":
        number += 1
        name = f"{plain[: 30 - len(str(number))]} {number}"
    names.add(name.casefold())
    return name


def _sheet(book: Any, name: str, rows: Iterator[Row]) -> Exported:
    """Fill one sheet with as many rows as a sheet takes."""
    sheet = book.add_worksheet(name)
    text = book.add_format({"num_format": "@", "valign": "top"})
    blamed = book.add_format({"num_format": "@", "valign": "top", "bg_color": _YELLOW, "border": 1})
    ours = book.add_format({"num_format": "@", "valign": "top", "bg_color": _GREY})
    bold = book.add_format({"bold": True, "bottom": 1})
    first = next(rows)
    columns = list(first.cells)
    for at, width in enumerate(_WIDTHS):
        sheet.set_column(at, at, width, ours)
    sheet.set_column(len(OURS), len(OURS) + max(len(columns), 1), 18, text)
    sheet.freeze_panes(2, 1)
    sheet.set_header(f"&L{INTERNAL}")
    sheet.write_string(0, 0, INTERNAL, book.add_format({"bold": True, "font_color": "#9C0006"}))
    for at, title in enumerate((*OURS, *map(heading, columns))):
        sheet.write_string(1, at, shown(title), bold)
    written = shut = 0
    for row in chain([first], rows):
        for at, cell in enumerate(_about(row)):
            sheet.write_string(written + 2, at, shown(cell), ours)
        at_fault = _blamed(row)
        for at, column in enumerate(columns, start=len(OURS)):
            sheet.write_string(written + 2, at, shown(row.now.get(column)), blamed if column in at_fault else text)
        written += 1
        shut += row.shut
        if written == MOST_ROWS:
            break
    sheet.autofilter(1, 0, written + 1, len(OURS) + len(columns) - 1)
    return Exported(written, shut)


def _about(row: Row) -> tuple[str, ...]:
    told = row.reasons
    codes = [str(reason["code"]) for reason in told]
    messages = [str(reason["message"]) for reason in told]
    how = [remedy(code) for code in dict.fromkeys(codes)]
    if row.decision is not None:
        codes.append("mended" if not row.aside else "mended_still_aside")
        messages.append(f"Mended by hand on {row.decision.on}.")
        how.append("Write yes under [undo] to take it back.")
    if row.shut:
        messages.append("The record is not kept: it is, or may be, legally privileged.")
        how.append("Mend it in the file itself.")
    return (
        row.id_of(row.now),
        row.source,
        row.file,
        row.sheet or row.table,
        str(row.record),
        "" if row.line is None else str(row.line),
        "\n".join(str(reason["column"] or "") for reason in told),
        "\n".join(codes),
        "\n".join(messages),
        "\n".join(how),
        "",
        row.raw or "",
    )


def _blamed(row: Row) -> set[str]:
    """The columns that the reasons name; several stand in one text."""
    named = [str(reason["column"] or "") for reason in row.reasons]
    return {*named, *(part for text in named for sign in (" / ", ", ") for part in text.split(sign))}


def is_quarantine(path: Path) -> bool:
    """Whether a file is a workbook as `write_quarantine` makes it, mended or not."""
    try:
        with CalamineWorkbook.from_path(path) as book:
            rows = book.get_sheet_by_name(ABOUT).to_python(skip_empty_area=False, nrows=2)
    except (CalamineError, OSError, zipfile.BadZipFile):
        return False
    return [row[0] for row in rows if row] == [INTERNAL, SCHEMA]
