"""A table of submitted or published figures (measure, period, count) beside a recount of the sources."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from casetrail.errors import InputError
from casetrail.figures import Answer, Cell, Column, Table
from casetrail.inquiry.reconcile_items import Item, Window, items
from casetrail.inquiry.reconcile_measures import Measure, measure_named, measures
from casetrail.inquiry.reconcile_pages import About, answer_of
from casetrail.inquiry.reconcile_read import SideRead, counted, with_words

_NEEDED = ("measure", "period", "count")
_YEAR = re.compile(r"(\d{4})-(\d{2}|\d{4})")
_FINANCIAL = (4, 1), (3, 31)


@dataclass(frozen=True, slots=True)
class Figure:
    """One submitted figure: how many of a measure in a period."""

    measure: Measure
    window: Window
    count: int


def read_figures(path: Path) -> tuple[Figure, ...]:
    """The figures of a CSV with the columns measure, period and count. Raises InputError with the line."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as failure:
        raise InputError(
            f"The table of submitted figures cannot be read ({type(failure).__name__}).",
            where=str(path),
            todo="Save it as CSV in UTF-8 with the columns measure, period, count.",
            code="no_figures",
        ) from None
    reader = csv.DictReader(io.StringIO(text))
    if not set(_NEEDED) <= set(reader.fieldnames or ()):
        raise _wrong(path, 1, "The header must name the columns measure, period and count.")
    found = tuple(_figure(row, path, at) for at, row in enumerate(reader, start=2))
    if not found:
        raise _wrong(path, 1, "The table has no figure.")
    twice = [key for key, times in Counter((one.measure.id, one.window) for one in found).items() if times > 1]
    if twice:
        raise InputError(
            "One measure is there twice for one period.", where=path.name, todo="Keep one of them.", code="figure_twice"
        )
    return found


def _figure(row: dict[str, str], path: Path, line: int) -> Figure:
    measure = measure_named(row["measure"] or "")
    if measure is None:
        known = ", ".join(one.id for one in measures())
        raise _wrong(path, line, f"This measure is not known. Known: {known}.")
    count = (row["count"] or "").strip().replace(",", "")
    if not count.isascii() or not count.isdigit():
        raise _wrong(path, line, "The count must be a whole number; leave out figures that were withheld.")
    return Figure(measure, _window((row["period"] or "").strip(), path, line), int(count))


def _window(text: str, path: Path, line: int) -> Window:
    """A year from April to March (2023-24), two days (2023-04-01/2024-03-31), or one day (2024-03-31)."""
    if hit := _YEAR.fullmatch(text):
        first = int(hit[1])
        if int(hit[2]) % 100 == (first + 1) % 100:
            return Window(date(first, *_FINANCIAL[0]), date(first + 1, *_FINANCIAL[1]))
    parts = text.split("/")
    try:
        days = [date.fromisoformat(part.strip()) for part in parts]
    except ValueError:
        days = []
    if len(days) in (1, 2) and days[0] <= days[-1]:
        return Window(days[0], days[-1])
    raise _wrong(path, line, "The period must be such as 2023-24, 2023-04-01/2024-03-31 or 2024-03-31.")


def _wrong(path: Path, line: int, what: str) -> InputError:
    return InputError(what, where=f"{path.name}, line {line}", todo="Correct that line.", code="bad_figure")


def figures_page(
    about: About, figures: Sequence[Figure], side: Sequence[SideRead], words: dict[str, tuple[str, ...]]
) -> Answer:
    """Submitted figures beside the recount, and which other way of counting gives the submitted figure."""
    columns = (
        Column("measure", "Measure"),
        Column("first", "From", "date"),
        Column("last", "To", "date"),
        Column("submitted", "Submitted", "count"),
        Column("recounted", "In the sources", "count"),
        Column("difference", "Difference", "count"),
        Column("alike", "Ways of counting that give the submitted figure"),
        Column("persons", "Persons", "persons"),
    )
    rows = tuple(_row(one, side, words) for one in figures)
    known = [row for row in rows if row[4] is not None]
    same = sum(row[5] == 0 for row in known)
    return answer_of(
        about,
        ".figures",
        f"{about.name}: submitted figures and the sources",
        f"{same} of {len(known)} submitted figures that the sources can count are the same in them.",
        Table(columns, rows),
        "A table of figures has no persons, so that a difference cannot be told row by row. Where it differs, other "
        "ways of counting are tried: different persons, each row of each source, each source alone, and what stands "
        "close.",
    )


def _row(one: Figure, side: Sequence[SideRead], words: dict[str, tuple[str, ...]]) -> tuple[Cell, ...]:
    measure = with_words(one.measure, words)
    recording = [source for source in side if source.records(measure)]
    head: tuple[Cell, ...] = (measure.title, one.window.first.isoformat(), one.window.last.isoformat(), one.count)
    if not recording:
        return (*head, None, None, "no source records it", None)
    found = [item for item in counted(recording, measure, one.window) if item.counts]
    persons = len({item.person for item in found})
    alike = "" if len(found) == one.count else "; ".join(_alike(one, recording, measure, found))
    return (*head, len(found), one.count - len(found), alike or ("–" if len(found) == one.count else "none"), persons)


def _alike(one: Figure, side: Sequence[SideRead], measure: Measure, found: Sequence[Item]) -> list[str]:
    ways = {"different persons": len({item.person for item in found})}
    ways["each child and day once"] = len({(item.person, item.day) for item in found})
    each = {source.name: _counting(source, measure, one.window) for source in side}
    if len(each) > 1:
        ways["every row of every source"] = sum(each.values())
        ways |= {f"source '{name}' alone": count for name, count in each.items()}
    first, last = one.window.days
    for activity in measure.near:
        ways[f"'{activity}' instead"] = sum(
            event.activity == activity and first <= event.day <= last for source in side for event in source.events
        )
    return [way for way, count in ways.items() if count == one.count]


def _counting(source: SideRead, measure: Measure, window: Window) -> int:
    return sum(item.counts for item in items(source.events, measure, window))
