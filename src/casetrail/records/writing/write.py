"""Write a return out of what an authority knows: the form read backwards."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal, TypeAlias, get_args

from casetrail.errors import InquiryError, OutputError
from casetrail.records.returns.forms import Form
from casetrail.records.returns.library import form
from casetrail.records.writing.chronicle import Chronicle, Occasion
from casetrail.records.writing.facts import as_date
from casetrail.records.writing.files import write_csvs, write_parquets, write_workbook, write_workbooks, write_xml
from casetrail.records.writing.rows import Laid, lay, window
from casetrail.records.writing.rules import Rules, rules_of
from casetrail.records.writing.unfolding import Unfolded, unfold

Shape: TypeAlias = Literal["xml", "xlsx", "xlsx-folder", "csv", "parquet"]
SHAPES: tuple[Shape, ...] = get_args(Shape)
_WRITERS: Mapping[Shape, Callable[..., None]] = {
    "xml": write_xml,
    "xlsx": write_workbook,
    "xlsx-folder": write_workbooks,
    "csv": write_csvs,
    "parquet": write_parquets,
}
_IN_ONE_FILE = ("xml", "xlsx")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnWritten:
    """What stands in a return: rows by table, and by activity and reason how much of what happened has no place in it.

    `outside`: spells and points that do not touch the days from `first` (None: the beginning) to `last`. `twice`: rows
    left out because they would be the same as another in every cell.
    """

    path: Path
    form: str
    year: int
    first: date | None
    last: date
    rows: Mapping[str, int]
    unplaced: Mapping[tuple[str, str], int]
    outside: int
    twice: int


def write_return(name: str, chronicle: Chronicle, place: Path, *, occasion: Occasion, shape: Shape) -> ReturnWritten:
    """Write the return `name` to `place`: a file for "xml" and "xlsx", a folder that is new for all other shapes.

    The form is that of the year in which the return ends. The same chronicle and occasion give the same bytes.
    Raises InquiryError for a return that is not written, not in that shape, or not of those days; OutputError when it
    cannot be written.
    """
    about, rules = prepared(name, occasion)
    _check_shape(about, shape)
    unfolded = unfold(chronicle, rules)
    laid = lay(about, rules, chronicle, unfolded=unfolded, occasion=occasion)
    with _writing(place):
        if shape not in _IN_ONE_FILE:
            place.mkdir(parents=True)
        _WRITERS[shape](about, rules, laid, place=place)
    return _told(about, place, laid, unfolded)


def prepared(name: str, occasion: Occasion) -> tuple[Form, Rules]:
    """The form and the rules of the year in which the return ends. Raises InquiryError."""
    latest = rules_of(form(name))
    year = occasion.year or as_date(window(latest, occasion)[1]).year
    # What goes by the day, and not by the year, is written by its first form also for days before that.
    about = form(name, year if latest.ends else max(year, form(name).years[0]))
    return about, rules_of(about)


def _check_shape(about: Form, shape: Shape) -> None:
    kind = shape.partition("-")[0]
    if kind not in about.containers:
        raise InquiryError(
            f"'{about.name}' does not come as {kind}.",
            todo=f"Write it as one of: {', '.join(about.containers)}.",
            code="no_such_shape",
        )


def _told(about: Form, place: Path, laid: Laid, unfolded: Unfolded) -> ReturnWritten:
    first, last = laid.view.first, laid.view.last
    return ReturnWritten(
        path=place,
        form=f"{about.name} {about.year}",
        year=as_date(last).year,
        first=None if first is None else as_date(first),
        last=as_date(last),
        rows={name: len(table.rows) for name, table in laid.tables.items()},
        unplaced=unfolded.unplaced,
        outside=laid.outside,
        twice=sum(table.twice for table in laid.tables.values()),
    )


@contextmanager
def _writing(place: Path) -> Iterator[None]:
    try:
        yield
    except OSError as failure:
        raise OutputError(
            f"The return cannot be written ({type(failure).__name__}).",
            where=place.name,
            todo="Check that the folder may be written to and has space; close its files if Excel has them open.",
            code="not_written",
        ) from None
