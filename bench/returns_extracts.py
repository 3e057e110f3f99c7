"""Extracts as text and as workbooks beside what the libraries need alone: `python bench/run.py --only extracts`.

A made-up log of calls with eight columns: a number of its own for each row, a person (five rows each), a time to the
second, and five columns of few texts. Ours is everything that reading a source does: cells with their places, times and
identifiers cast, every row checked, pseudonyms, events; or the cells alone, where the line says so.
"""

from __future__ import annotations

import csv
import itertools
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import numpy as np
import xlsxwriter
from python_calamine import CalamineWorkbook

from casetrail.figures import Origin
from casetrail.records import Keys, SourceSpec, read_source
from casetrail.records.delimited import Dialect, read_delimited
from casetrail.records.workbook import read_workbook
from lines import Line
from returns_census import least

HEADER = ("incident_no", "child_id", "happened", "what", "team", "officer", "result", "grade")
COLUMNS = {
    "event_id": ("incident_no",),
    "person": ("child_id",),
    "at": ("happened",),
    "activity": ("what",),
    "team": ("team",),
    "worker": ("officer",),
    "outcome": ("result",),
    "severity": ("grade",),
}
DOINGS = ("call received", "visit made", "strategy discussion", "sent on", "no reply", "checks made", "note added")
RESULTS = ("no further action", "advice", "area search no trace", "passed on", "", "attended")
CSV_ROWS, SHEET_ROWS = 1_000_000, 100_000
CSV_BAR, PLAIN_BAR, FORMULA_BAR = 2.0, 2.0, 4.0
ONE_IN = 100


def write_csv(path: Path, rows: int) -> None:
    """A log of made-up calls, in the order of time."""
    rng = np.random.default_rng(1)
    who, doing, result = rng.integers(0, rows // 5, rows), rng.integers(0, 7, rows), rng.integers(0, 6, rows)
    seconds = np.sort(rng.integers(0, 3 * 365 * 86_400, rows)) + 1_136_073_600
    times = np.datetime_as_string(seconds.astype("datetime64[s]"))
    team, officer = rng.integers(0, 30, rows), rng.integers(0, 400, rows)
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write(",".join(HEADER) + "\n")
        for n in range(rows):
            at = times[n].replace("T", " ")
            file.write(
                f"INC{2_006_000_000 + n},C{who[n]:07d},{at},{DOINGS[doing[n]]},Team {team[n]},W{officer[n]:04d},"
                f"{RESULTS[result[n]]},{doing[n] % 4 + 1}\n"
            )


def write_workbook(path: Path, text: Path, rows: int, *, one_in: int) -> None:
    """The first rows of the log as a workbook, native times and numbers in it; one cell in so many a formula."""
    with text.open(encoding="utf-8", newline="") as file, xlsxwriter.Workbook(str(path)) as book:
        page, style = book.add_worksheet("Calls"), book.add_format({"num_format": "dd/mm/yyyy hh:mm:ss"})
        for at, cells in enumerate(itertools.islice(csv.reader(file), rows + 1)):
            for place, cell in enumerate(cells):
                formula = one_in and at and place not in (0, 2) and (at * len(cells) + place) % one_in == 1
                if at and place == 2:
                    page.write_datetime(at, place, datetime.fromisoformat(cell), style)
                elif formula:
                    page.write_formula(at, place, f'=B{at + 1}&""', None, cell)
                elif at and place == 7:
                    page.write_number(at, place, int(cell))
                else:
                    page.write_string(at, place, cell)


def _source(path: Path) -> object:
    spec = SourceSpec(name="police", path=path, origin=Origin.MADE_UP, columns=COLUMNS)
    return read_source(spec, keys=Keys(bytes(range(32))), as_of=date(2010, 12, 31))


def _duckdb(path: Path) -> None:
    with duckdb.connect() as engine:
        engine.read_csv(str(path), all_varchar=True).create("calls")


def _calamine(path: Path) -> None:
    with CalamineWorkbook.from_path(str(path)) as book:
        book.get_sheet_by_index(0).to_python(skip_empty_area=False)


def lines(repeats: int) -> Iterator[Line]:
    """The lines of the group."""
    with TemporaryDirectory() as folder:
        text = Path(folder, "calls.csv")
        write_csv(text, CSV_ROWS)
        theirs, cells, whole = _in_turn(
            (
                lambda: _duckdb(text),
                lambda: read_delimited(text, Dialect(), mapped=(), wanted=None, progress=None),
                lambda: _source(text),
            ),
            repeats,
        )
        against, work = "DuckDB's own read into a table, all columns text", f"a CSV of {CSV_ROWS:,} rows"
        yield _line(f"{work}: cells as they are, with their places", against, ours=cells, theirs=theirs, bar=CSV_BAR)
        yield _line(f"{work}: all that reading a source does", against, ours=whole, theirs=theirs, bar=CSV_BAR)
        for one_in, bar, name in ((0, PLAIN_BAR, "no formulas"), (ONE_IN, FORMULA_BAR, "1 % formula cells")):
            book = Path(folder, f"calls{one_in}.xlsx")
            write_workbook(book, text, SHEET_ROWS, one_in=one_in)
            theirs, cells, whole = _in_turn(
                (
                    lambda book=book: _calamine(book),
                    lambda book=book: read_workbook(book, sheet=None, mapped=(), wanted=None, progress=None),
                    lambda book=book: _source(book),
                ),
                repeats,
            )
            alone = "python-calamine alone"
            work = f"a workbook of {SHEET_ROWS:,} rows, {name}"
            yield _line(f"{work}: cells as they are, with their places", alone, ours=cells, theirs=theirs, bar=bar)
            yield _line(f"{work}: all that reading a source does", alone, ours=whole, theirs=theirs, bar=bar)


def _in_turn(works: Sequence[Callable[[], object]], repeats: int) -> list[tuple[float, float]]:
    """Wall and processor seconds of the fastest run of each, run by turns: what else the machine does meets all."""
    runs = [[least(work, 1) for work in works] for _ in range(repeats)]
    return [(min(run[at][0] for run in runs), min(run[at][1] for run in runs)) for at in range(len(works))]


def _line(work: str, against: str, *, ours: tuple[float, float], theirs: tuple[float, float], bar: float) -> Line:
    return Line("extracts", work, against, ours[0], theirs[0], "at most", bar, ours[1] / theirs[1], "8 columns")
