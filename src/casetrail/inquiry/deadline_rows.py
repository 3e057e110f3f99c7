"""The rows of a file of cases, each used or set aside under the first reason found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from casetrail.public.deadline_bins import TIMED, timed_work
from casetrail.records.cells import Coded, Grid, plural
from casetrail.records.columns import joined, parts_of, privileged_rows, text_column
from casetrail.records.faults import MESSAGES
from casetrail.records.moments import CODE_OF, Moments, cast_moments
from casetrail.records.spec import SourceSpec
from casetrail.records.terms import calendar_of
from casetrail.schema.events import MICROSECONDS_PER_DAY

Days = npt.NDArray[np.datetime64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

_DATES = ("opened", "closed", "clock_stopped", "clock_restarted", "rereferral")
# A two-digit year means this one at the latest; dates after `as_of` are set aside by themselves.
_PIVOT = date(2099, 12, 31)
_LONGEST_LIMIT = 1_000
_YES, _NO = frozenset({"1", "true", "yes", "y", "cancelled", "canceled"}), frozenset({"0", "false", "no", "n", ""})
_PLACES = 5

OWN = MappingProxyType(
    {
        "bad_limit": f"The limit is no whole number of days from 1 to {_LONGEST_LIMIT}, and no measure that is known.",
        "bad_flag": "The mark of a cancelled case is neither yes nor no.",
        "bad_duration": "The recorded duration is no whole number of days of 0 or more.",
        "clock_out_of_order": "The clock was stopped before the opening, or started again before it was stopped.",
        "said_again": "The row repeats an earlier one in every column.",
        "outside_calendar": "A date lies in a year whose bank holidays are not known.",
        "no_date_of_cancelling": "The case is cancelled, and the day is not known.",
    }
)


@dataclass(frozen=True, slots=True)
class Aside:
    """Rows set aside for one reason: words, how many, and where the first of them stand."""

    why: str
    rows: int
    places: str


class Rows:
    """Reads the columns of a grid and marks what cannot be used; nothing is coerced in silence."""

    def __init__(self, grid: Grid, columns: Mapping[str, str], spec: SourceSpec) -> None:
        self.columns = columns
        self.notes: tuple[str, ...] = grid.notes
        self._grid = grid
        self._spec = spec
        self._why: list[str | None] = [None] * len(grid.record)
        self._days: dict[str, Days] = {}
        size = len(grid.record)
        self.limit: Ints = np.zeros(size, dtype=np.int64)
        self.recorded: Ints = np.full(size, -1, dtype=np.int64)
        self.cancelled: Flags = np.zeros(size, dtype=np.bool_)
        self.records_end = date.min

    @property
    def rows_in(self) -> int:
        """Records of the file, broken ones included."""
        return self._grid.rows_in

    @property
    def good(self) -> Flags:
        """True for each readable row without a fault."""
        return np.array([why is None for why in self._why], dtype=np.bool_)

    def days(self, name: str) -> Days:
        """One column of dates; NaT is unknown."""
        return self._days[name]

    def take(self, *, limit: int | None, first: date, last: date, as_of: date | None) -> None:
        """Read every column that is there; `first` and `last` are the days the calendar knows."""
        for name in _DATES:
            if name in self.columns:
                self._days[name] = self._dates(name, first, last)
        if "privileged" in self.columns:
            self.mark(privileged_rows(self._grid, (self.columns["privileged"],)), "legally_privileged")
        self._said_again()
        self._identifiers()
        self._limits(limit)
        self._numbers()
        self._flags()
        self._ends(as_of)
        self._order()

    def _said_again(self) -> None:
        """A row that repeats one before it in every column is the same case, where cases are named."""
        if "case" not in self.columns:
            return
        codes = np.stack([column.codes for column in self._grid.columns.values()], axis=1)
        first = np.zeros(codes.shape[0], dtype=np.bool_)
        first[np.unique(codes, axis=0, return_index=True)[1]] = True
        self.mark(~first, "said_again")

    def mark(self, rows: Flags, code: str) -> None:
        """Set rows aside, unless they are already."""
        for row in np.flatnonzero(rows).tolist():
            if self._why[row] is None:
                self._why[row] = code

    def set_aside(self) -> tuple[Aside, ...]:
        """Each reason once, most frequent first."""
        codes = [(code, self._place(row)) for row, code in enumerate(self._why) if code is not None]
        codes += [(fault.code, _words(fault.line, fault.record)) for fault in self._grid.broken]
        counts = Counter(code for code, _ in codes)
        found = []
        for code, count in counts.most_common():
            places = [place for kept, place in codes if kept == code]
            more = ", …" if len(places) > _PLACES else ""
            found.append(Aside(OWN.get(code) or MESSAGES[code], count, ", ".join(places[:_PLACES]) + more))
        return tuple(found)

    def reopens(self) -> Ints:
        """For each good row the index, among good rows, of the earlier case it opens again; -1 for none."""
        case, earlier = self._texts("case"), self._texts("reopened_of")
        good = np.flatnonzero(self.good)
        index: dict[str, int] = {}
        for at, row in enumerate(good.tolist()):
            name = _text(case, row)
            if name:
                index.setdefault(name, at)
        found = np.full(good.size, -1, dtype=np.int64)
        opened = self._days["opened"][good]
        for at, row in enumerate(good.tolist()):
            before = index.get(_text(earlier, row), -1)
            # Only a case that was opened before can be opened again: no chain can run in a circle.
            if before >= 0 and (opened[before] < opened[at] or (opened[before] == opened[at] and before < at)):
                found[at] = before
        return found

    def _dates(self, name: str, first: date, last: date) -> Days:
        moments = self._moments(name)
        for state, code in CODE_OF.items():
            self.mark(moments.state == state, code)
        days = (moments.day_us // MICROSECONDS_PER_DAY).astype("datetime64[D]")
        days[~moments.known] = np.datetime64("NaT")
        outside = moments.known & ((days < np.datetime64(first, "D")) | (days > np.datetime64(last, "D")))
        self.mark(outside, "outside_calendar")
        if name == "opened":
            self.mark(~moments.known, "missing_time")
        if sentinel := int(moments.sentinel.sum()):
            self.notes += (f"{plural(sentinel, 'date')} in '{name}' stood for 'unknown' and became unknown.",)
        return days

    def _moments(self, name: str) -> Moments:
        source = self.columns[name]
        column = joined(
            parts_of(self._grid, (source,), tokens=self._spec.unknown_text, default=False), sign=" ", whole=False
        )
        absent = self._grid.defaults.get(source, frozenset())
        calendar = calendar_of(self._spec, _PIVOT)
        return cast_moments(column.values, calendar, absent=absent, marked=self._grid.marked).at(column.codes)

    def _limits(self, given: int | None) -> None:
        if "limit" not in self.columns:
            self.limit[:] = given or 0
            return
        known = {title: timed_work(which).limit for which in TIMED for title in (which, which.removesuffix("s"))}
        texts = self._texts("limit")
        for row in range(len(self.limit)):
            text = _text(texts, row)
            self.limit[row] = known.get(text, _whole(text)) if text else (given or 0)
        self.mark((self.limit < 1) | (self.limit > _LONGEST_LIMIT), "bad_limit")

    def _identifiers(self) -> None:
        """An identifier that lost its last digits could be another case's: then nothing may be joined by it."""
        for name in ("case", "reopened_of") if "reopened_of" in self.columns else ():
            if name in self.columns:
                names = (self.columns[name],)
                found = text_column(self._grid, names, tokens=self._spec.unknown_text, whole=True)
                self.mark(found.lossy, "id_precision_lost")

    def _numbers(self) -> None:
        if "recorded_days" not in self.columns:
            return
        texts = self._texts("recorded_days")
        said = [_text(texts, row) for row in range(len(self.recorded))]
        self.recorded = np.array([_whole(text) for text in said], dtype=np.int64)
        self.mark(np.array([text != "" for text in said], dtype=np.bool_) & (self.recorded < 0), "bad_duration")

    def _flags(self) -> None:
        if "cancelled" not in self.columns:
            return
        texts = self._texts("cancelled")
        said = [_text(texts, row) for row in range(len(self.cancelled))]
        self.cancelled = np.array([text in _YES for text in said], dtype=np.bool_)
        self.mark(np.array([text not in _YES | _NO for text in said], dtype=np.bool_), "bad_flag")
        self.mark(self.cancelled & np.isnat(self._days["closed"]), "no_date_of_cancelling")

    def _ends(self, as_of: date | None) -> None:
        """The last day of the records: as given, or the latest day on which a case was opened or closed."""
        known = [days[self.good & ~np.isnat(days)] for days in (self._days["opened"], self._days["closed"])]
        latest = max((days.max().item() for days in known if days.size), default=date.min)
        self.records_end = as_of or latest
        if as_of is None:
            self.notes += (f"The records are taken to end on {latest.isoformat()}, the latest day in them.",)
            return
        for days in self._days.values():
            self.mark(~np.isnat(days) & (days > np.datetime64(as_of, "D")), "after_as_of")

    def _order(self) -> None:
        opened, closed = self._days["opened"], self._days["closed"]
        self.mark(~np.isnat(closed) & (closed < opened), "end_before_start")
        stopped, again = self._days.get("clock_stopped"), self._days.get("clock_restarted")
        if stopped is not None:
            self.mark(~np.isnat(stopped) & (stopped < opened), "clock_out_of_order")
            if again is not None:
                self.mark(~np.isnat(again) & (np.isnat(stopped) | (again < stopped)), "clock_out_of_order")

    def _texts(self, name: str) -> Coded:
        source = (self.columns[name],) if name in self.columns else ("",)
        return text_column(self._grid, source, tokens=self._spec.unknown_text, whole=True, fold=True).coded

    def _place(self, row: int) -> str:
        line = None if self._grid.line is None or self._grid.line[row] < 0 else int(self._grid.line[row])
        return _words(line, int(self._grid.record[row]))


def _words(line: int | None, record: int) -> str:
    return f"line {line}" if line is not None else f"record {record}"


def _text(column: Coded, row: int) -> str:
    code = int(column.codes[row])
    return column.values[code].strip() if code >= 0 else ""


def _whole(text: str) -> int:
    """A whole number of days; -1 for anything else."""
    plain = text.removesuffix(".0")
    return int(plain) if plain.isdecimal() and len(plain) <= 6 else -1
