"""The shipped bins of one body over the years, each year with what can be known from it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import nan

from casetrail.compare.deadline.words import SHORT_WHY
from casetrail.figures import Cell, Column, Suppressed, Table
from casetrail.public.deadline_bins import BinRow, Count, TimedWork
from casetrail.stats.bunching_bins import (
    Beside,
    Bins,
    Bounds,
    CannotTell,
    beside,
    moved_bounds,
    suggested_bump,
)

COLUMNS = (
    Column("year", "Year to 31 March"),
    Column("total", "All", "count"),
    Column("before", "Last 5 days up to the limit", "count"),
    Column("after", "First 5 days after it", "count"),
    Column("share_before", "Last 5 days, of all", "share", 1),
    Column("share_after", "First 5 days after, of all", "share", 1),
    Column("ratio", "Before / after", "number", 2),
    Column("least", "Moved before the limit, at least", "share", 1),
    Column("largest", "Moved, at most", "share", 1),
    Column("narrowest", "Narrowest bump without a response (days)", "number", 1),
    Column("why", "Why no bounds"),
)
PACE = (
    Column("year", "Year to 31 March"),
    Column("total", "All", "count"),
    Column("early", "Early", "count"),
    Column("share_early", "Early, of all", "share", 1),
    Column("share_in", "Up to the limit, of all", "share", 1),
    Column("p25", "A quarter done by day", "count"),
    Column("median", "Half done by day", "count"),
    Column("p75", "Three quarters done by day", "count"),
)
UNSEEN = CannotTell("counts_withheld")


@dataclass(frozen=True, slots=True)
class YearSeen:
    """One year of one body: as published, the two bins beside the limit, and the bounds; or why there are none."""

    row: BinRow
    bins: Bins | None
    beside: Beside | CannotTell
    bounds: Bounds | CannotTell

    @property
    def answered(self) -> bool:
        return isinstance(self.beside, Beside)


@lru_cache(maxsize=4)
def seen(work: TimedWork, rows: tuple[BinRow, ...]) -> tuple[YearSeen, ...]:
    """Every year of one body, in the order given."""
    return tuple(_year(work, row) for row in rows)


def bins_of(work: TimedWork, row: BinRow) -> Bins | None:
    """The bins of one year for the estimators; None when one was not published at all."""
    if any(count is None for count in row.counts):
        return None
    counts = tuple(float(c) if isinstance(c, int) else nan for c in row.counts)
    total = row.total if isinstance(row.total, int) else None
    return Bins(work.first, work.last, counts, rounded_to=row.rounded_to, all_cases=total)


def _year(work: TimedWork, row: BinRow) -> YearSeen:
    bins = bins_of(work, row)
    if bins is None:
        return YearSeen(row, None, UNSEEN, UNSEEN)
    bounds = moved_bounds(bins, work.limit, bump=suggested_bump(work.limit))
    return YearSeen(row, bins, beside(bins, work.limit), bounds)


def series_table(work: TimedWork, years: tuple[YearSeen, ...]) -> Table:
    """One row for each year."""
    return Table(COLUMNS, tuple(_row(work, year) for year in years))


def _row(work: TimedWork, year: YearSeen) -> tuple[Cell, ...]:
    row, two, bounds = year.row, year.beside, year.bounds
    before, after = row.counts[work.before], row.counts[work.before + 1]
    moved = (bounds.least, bounds.largest) if isinstance(bounds, Bounds) else (None, None)
    return (
        str(row.year),
        row.total,
        before,
        after,
        share(before, row.total),
        share(after, row.total),
        two.ratio if isinstance(two, Beside) else None,
        *moved,
        bounds.narrowest,
        "" if isinstance(bounds, Bounds) else SHORT_WHY[bounds.reason],
    )


def pace_table(work: TimedWork, years: tuple[YearSeen, ...]) -> Table:
    """Early work, work up to the limit, and quartiles, one row for each year."""
    rows: list[tuple[Cell, ...]] = []
    for row in (year.row for year in years):
        early = row.counts[work.early]
        within = together(row.counts[: work.before + 1])
        quartiles = (row.p25, row.median, row.p75)
        rows.append((str(row.year), row.total, early, share(early, row.total), share(within, row.total), *quartiles))
    return Table(PACE, tuple(rows))


def together(counts: tuple[Count, ...]) -> Count:
    """The sum of counts; withheld, or unknown, when one of them is."""
    for count in counts:
        if not isinstance(count, int):
            return count
    return sum(count for count in counts if isinstance(count, int))


def share(count: Count, total: Count) -> float | Suppressed | None:
    """A published count over the published total; withheld when either is."""
    for cell in (count, total):
        if isinstance(cell, Suppressed):
            return cell
    if not isinstance(count, int) or not isinstance(total, int) or total == 0:
        return None
    return count / total
