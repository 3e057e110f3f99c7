"""The times of a record: one precision for a record, and what makes a time impossible."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from casetrail.records.cells import Grid, plural
from casetrail.records.columns import Flags, joined, parts_of
from casetrail.records.faults import FaultBook
from casetrail.records.moments import (
    CODE_OF,
    Calendar,
    Micros,
    Moments,
    cast_moments,
    day_start_us,
    day_us,
)
from casetrail.records.spec import SourceSpec
from casetrail.records.terms import Terms


@dataclass(frozen=True, slots=True)
class RowTimes:
    """Start, end and time of recording of each row in microseconds, as `schema.events` counts them.

    `by_day`: only the day is known. `*_known`: false where the number means nothing.
    """

    start_us: Micros
    end_us: Micros
    end_known: Flags
    recorded_us: Micros
    recorded_known: Flags
    by_day: Flags


def moments_of(grid: Grid, names: Sequence[str], terms: Terms) -> Moments:
    """The times in one or more source columns (a date and a time are read as one), per row."""
    parts = parts_of(grid, names, tokens=terms.spec.unknown_text, default=False)
    column = joined(parts, sign=" ", whole=False)
    absent = {text for name in names for text in grid.defaults.get(name, ())} if len(names) == 1 else set()
    moments = cast_moments(column.values, terms.calendar, absent=absent, marked=grid.marked)
    return moments.at(column.codes)


def row_times(grid: Grid, terms: Terms, book: FaultBook) -> RowTimes:
    """Read and check the times of all rows; faults and notes go into the book."""
    mapping = terms.mapping
    names = mapping.times
    start, end, recorded = (moments_of(grid, mapping.columns.get(name, ("",)), terms) for name in names)
    for name, moments in zip(names, (start, end, recorded), strict=True):
        if name in mapping.columns:
            _mark_unreadable(book, moments, mapping.origin_of(name))
            book.notes += _told(name, moments, terms.spec)
    book.mark(~start.known, "missing_time", column=mapping.origin_of(names[0]))
    start_day, end_day = (forced(moments, terms.spec) for moments in (start, end))
    by_day = start_day | (end.known & end_day)
    if coarser := int((by_day & ~start_day & book.good).sum()):
        book.notes.append(
            f"{plural(coarser, 'record')} with a time for the start and only a day for the end: kept as days."
        )
    times = RowTimes(
        np.where(by_day, start.day_us, start.instant_us),
        np.where(by_day, end.day_us, end.instant_us),
        end.known,
        np.where(by_day, recorded.day_us, recorded.instant_us),
        recorded.known,
        by_day,
    )
    _check(times, terms, book)
    return times


def forced(moments: Moments, spec: SourceSpec) -> Flags:
    """Which rows are kept as days: those that give only a day, unless the source declares its precision."""
    if spec.precision is None:
        return moments.is_day
    return np.full(len(moments.is_day), spec.precision == "day", dtype=np.bool_)


def _mark_unreadable(book: FaultBook, moments: Moments, column: str | None) -> None:
    for state, code in CODE_OF.items():
        book.mark(moments.state == state, code, column=column)


def _told(name: str, moments: Moments, spec: SourceSpec) -> list[str]:
    """Plain sentences about one time column."""
    told = []
    if unknown := int(moments.sentinel.sum()):
        told.append(f"{plural(unknown, 'date')} in '{name}' stood for 'unknown' and became unknown.")
    if spec.precision == "day":
        return told
    if twice := int((moments.twice & moments.known).sum()):
        told.append(f"{plural(twice, 'time')} in '{name}' happened twice (clocks went back): the first was taken.")
    if never := int((moments.never & moments.known).sum()):
        told.append(
            f"{plural(never, 'time')} in '{name}' never happened (clocks went forward): read with the offset before."
        )
    timed = moments.known & ~moments.is_day
    if spec.precision is None and timed.sum() > 1 and moments.at_midnight[timed].all():
        told.append(f"Every time in '{name}' is midnight; if these are days, declare precision = \"day\".")
    return told


def _check(times: RowTimes, terms: Terms, book: FaultBook) -> None:
    """What cannot be: the future, an end before its start, a date outside the time the source covers."""
    spec, calendar = terms.spec, terms.calendar
    start, end, recorded = (terms.mapping.origin_of(name) for name in terms.mapping.times)
    known = np.ones(len(times.by_day), dtype=np.bool_)
    for us, there, column in (
        (times.start_us, known, start),
        (times.end_us, times.end_known, end),
        (times.recorded_us, times.recorded_known, recorded),
    ):
        if spec.kind == "involvements" and column == end:
            continue  # an end may be planned; spells stop at as_of all the same
        late = there & ~_before(us, terms.as_of + timedelta(days=1), times.by_day, calendar)
        book.mark(late, "after_as_of", column=column)
    book.mark(times.end_known & (times.end_us < times.start_us), "end_before_start", column=end)
    outside = np.zeros(len(known), dtype=np.bool_)
    if spec.covers_to is not None:
        outside |= ~_before(times.start_us, spec.covers_to + timedelta(days=1), times.by_day, calendar)
    if spec.covers_from is not None:
        # An involvement may begin earlier: it counts for the part that is covered.
        last = times.start_us if spec.kind == "events" else times.end_us
        there = known if spec.kind == "events" else times.end_known
        outside |= there & _before(last, spec.covers_from, times.by_day, calendar)
    book.mark(outside, "outside_coverage", column=start)


def _before(us: Micros, day: date, by_day: Flags, calendar: Calendar) -> Flags:
    """Whether a time lies before the beginning of a local day."""
    return us < np.where(by_day, day_us(day), day_start_us(day, calendar.zone))
