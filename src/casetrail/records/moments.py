"""Text to time. Nothing is guessed: ISO 8601, or the declared format, or no date.

Each distinct text is decided once. A moment keeps three things: the instant in UTC, the local day as
written, and whether only a day was written. Times without zone are in the source's zone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import TypeAlias
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from casetrail.errors import InquiryError
from casetrail.records.cells import ERROR, LOSSY, MARKS, NATIVE, Codes
from casetrail.records.date_formats import DateReader, layouts_of
from casetrail.records.regular import ISO_LAYOUTS, regularly, steady_offsets
from casetrail.records.texts import MANY, array_of
from casetrail.schema.events import MICROSECONDS_PER_DAY

Micros = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

_EPOCH_DAY = date(1970, 1, 1).toordinal()
_FIRST_YEAR = 1900
ISO = re.compile(
    r"(\d{4})([-/])(\d\d)\2(\d\d)"
    r"(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?\s?(?:(Z|z)|([+-])(\d\d)(?::?(\d\d))?)?)?",
    re.ASCII,
)
_SLASHED = re.compile(r"(\d{1,2})([/.\-])(\d{1,2})\2(\d{4}|\d\d)(?!\d)", re.ASCII)

GOOD, UNKNOWN, NOT_A_DATE, AMBIGUOUS, IMPLAUSIBLE, CELL_ERROR = range(6)
CODE_OF = {
    NOT_A_DATE: "not_a_date",
    AMBIGUOUS: "ambiguous_date",
    IMPLAUSIBLE: "implausible_date",
    CELL_ERROR: "cell_error",
}

Parsed: TypeAlias = tuple[datetime, bool]  # as written, with its zone if it has one; whether only a day
Parser: TypeAlias = Callable[[str], Parsed | int]


@dataclass(frozen=True, slots=True)
class Calendar:
    """How the times of one source are to be read. `iso_too`: ISO 8601 beside the declared format."""

    zone: ZoneInfo
    declared: DateReader | None
    unknown_dates: frozenset[date]
    iso_too: bool = False


@dataclass(frozen=True, slots=True)
class Moments:
    """Times of distinct texts, or of rows: `state` is GOOD, UNKNOWN or the kind of fault.

    `instant_us` counts from 1970-01-01T00:00Z; `day_us` is midnight of the local day as written, counted the
    same way and never converted. `sentinel`: unknown because it stands for no date. `twice` and `never`:
    local times that the change of the clocks makes happen twice, or not at all.
    """

    state: npt.NDArray[np.int8]
    instant_us: Micros
    day_us: Micros
    is_day: Flags
    at_midnight: Flags
    sentinel: Flags
    twice: Flags
    never: Flags

    @property
    def known(self) -> Flags:
        """True where there is a time."""
        known: Flags = self.state == GOOD
        return known

    def at(self, codes: Codes) -> Moments:
        """The moments of rows, given the index of each row's text; -1 is unknown."""
        return Moments(*(getattr(self, name)[codes] for name in Moments.__slots__))


def zone_of(name: str, *, where: str) -> ZoneInfo:
    """A time zone by its name. Raises InquiryError when there is none such."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise InquiryError(
            f"There is no time zone '{name}'.",
            where=where,
            todo="Use a name such as Europe/London.",
            code="unknown_zone",
        ) from None


def cast_moments(
    values: Sequence[str], calendar: Calendar, *, absent: Collection[str], marked: bool = False
) -> Moments:
    """Read distinct texts as times. `absent` are texts that the file declares to stand for no date.

    `marked`: texts can carry the marks of `cells`. The result has one more entry than `values`: the last one
    is unknown, for rows whose index is -1.
    """
    size = len(values) + 1
    found = Moments(
        np.full(size, UNKNOWN, np.int8), np.zeros(size, np.int64), np.zeros(size, np.int64), *np.zeros((5, size), bool)
    )
    defaults = {_instant(told[0], calendar.zone)[0] for told in map(_iso, absent) if not isinstance(told, int)}
    left: Sequence[int] = range(len(values))
    if len(values) >= MANY:
        left = _cast_at_once(array_of(values), calendar, found, defaults=defaults, marked=marked).tolist()
    for index in left:
        _cast_one(values[index], calendar, found, index, defaults=defaults, marked=marked)
    return found


def _cast_one(
    value: str, calendar: Calendar, found: Moments, index: int, *, defaults: Collection[int], marked: bool
) -> None:
    parsed = _parse(value, calendar, marked)
    if isinstance(parsed, int):
        found.state[index] = parsed
        return
    written, is_day = parsed
    instant, twice, never = _instant(written, calendar.zone)
    sentinel = instant in defaults or _stands_for_unknown(written, is_day, calendar.unknown_dates)
    found.state[index] = UNKNOWN if sentinel else GOOD if written.year >= _FIRST_YEAR else IMPLAUSIBLE
    found.instant_us[index] = instant
    found.day_us[index] = (written.toordinal() - _EPOCH_DAY) * MICROSECONDS_PER_DAY
    found.is_day[index] = is_day
    found.at_midnight[index] = not (written.hour or written.minute or written.second or written.microsecond)
    found.sentinel[index] = sentinel
    found.twice[index], found.never[index] = twice and not is_day, never and not is_day


def _cast_at_once(
    array: pa.Array, calendar: Calendar, found: Moments, *, defaults: Collection[int], marked: bool
) -> npt.NDArray[np.int64]:
    """Cast the texts that are written regularly; says which are left."""
    left = np.ones(len(array), dtype=np.bool_)
    taken = np.zeros(len(array), dtype=np.bool_)
    for layouts, marks in _layouts(calendar, marked):
        told = regularly(array, layouts, marks=marks)
        offset, steady = steady_offsets(told.day, calendar.zone)
        steady = (steady | told.utc) & ~taken[told.rows]
        rows, clock = told.rows[steady], told.clock_us[steady]
        day, is_day = told.day[steady], told.is_day[steady]
        instant = day + clock - np.where(told.utc, 0, offset)[steady]
        last_minute = clock // 60_000_000 == 24 * 60 - 1
        unknown = np.isin(day, [day_us(given) for given in calendar.unknown_dates])
        sentinel = np.isin(instant, list(defaults)) | (unknown & ((clock == 0) | last_minute))
        plausible = np.where(day >= day_us(date(_FIRST_YEAR, 1, 1)), GOOD, IMPLAUSIBLE)
        found.state[rows] = np.where(sentinel, UNKNOWN, plausible)
        found.instant_us[rows], found.day_us[rows] = instant, day
        found.is_day[rows], found.at_midnight[rows], found.sentinel[rows] = is_day, clock == 0, sentinel
        left[rows] = False
        taken[told.rows] = True
    return np.flatnonzero(left)


def _layouts(calendar: Calendar, marked: bool) -> list[tuple[Sequence[Sequence[str]], tuple[str, ...]]]:
    """The layouts to look for, and the marks that may stand in front; the first that a text follows is meant."""
    if calendar.declared is None:
        return [(ISO_LAYOUTS, ("", NATIVE) if marked else ("",))]
    layouts, all_of_them = layouts_of(calendar.declared)
    first: list[tuple[Sequence[Sequence[str]], tuple[str, ...]]] = [([layout], ("",)) for layout in layouts]
    if all_of_them and calendar.iso_too:
        first.append((ISO_LAYOUTS, ("",)))
    return [*first, (ISO_LAYOUTS, (NATIVE,))] if marked else first


def _parse(value: str, calendar: Calendar, marked: bool) -> Parsed | int:
    text = value.strip()
    if marked and text[0] in MARKS:
        return {ERROR: CELL_ERROR, LOSSY: NOT_A_DATE}.get(text[0]) or _iso(text[1:])
    if calendar.declared is not None:
        told = calendar.declared.read(text)
        if told is None and calendar.iso_too and ISO.fullmatch(text):
            return _iso(text)
        return NOT_A_DATE if told is None else told
    return _iso(text)


def _iso(text: str) -> Parsed | int:
    hit = ISO.fullmatch(text)
    if hit is None:
        return _slashed(text)
    year, _, month, day, hour, minute, second, fraction, utc, sign, ahead, ahead_minutes = hit.groups()
    try:
        if hour is None:
            return datetime(int(year), int(month), int(day)), True  # noqa: DTZ001  # a day has no zone
        zone = None
        if utc:
            zone = UTC
        elif sign:
            offset = timedelta(hours=int(ahead), minutes=int(ahead_minutes or 0))
            zone = timezone(-offset if sign == "-" else offset)
        micro = int(fraction[:6].ljust(6, "0")) if fraction else 0
        written = datetime(
            int(year), int(month), int(day), int(hour), int(minute), int(second or 0), micro, tzinfo=zone
        )
    except ValueError:
        return NOT_A_DATE
    return written, False


def _slashed(text: str) -> int:
    """A date with the year last has no order of its own; it is a date if either order makes one."""
    hit = _SLASHED.match(text)
    if hit is None:
        return NOT_A_DATE
    year = int(hit[4]) if len(hit[4]) == 4 else 2000 + int(hit[4])
    for day, month in ((int(hit[1]), int(hit[3])), (int(hit[3]), int(hit[1]))):
        try:
            date(year, month, day)
        except ValueError:
            continue
        return AMBIGUOUS
    return NOT_A_DATE


def _instant(written: datetime, zone: ZoneInfo) -> tuple[int, bool, bool]:
    """Microseconds UTC, and whether the local time happens twice or never.

    Of a time that happens twice the first is taken; a time that the clocks leap over is read with the
    offset before the leap.
    """
    offset = written.utcoffset()
    twice = never = False
    if offset is None:
        first = written.replace(tzinfo=zone).utcoffset() or timedelta()
        second = written.replace(tzinfo=zone, fold=1).utcoffset() or timedelta()
        twice, never = first > second, first < second
        offset = first
    days = written.toordinal() - _EPOCH_DAY
    seconds = written.hour * 3600 + written.minute * 60 + written.second
    shift = offset.days * MICROSECONDS_PER_DAY + offset.seconds * 1_000_000 + offset.microseconds
    return days * MICROSECONDS_PER_DAY + seconds * 1_000_000 + written.microsecond - shift, twice, never


def _stands_for_unknown(written: datetime, is_day: bool, unknown: Collection[date]) -> bool:
    """A sentinel is a whole date, its midnight, or the last minute of it; any other time is an event."""
    if written.date() not in unknown:
        return False
    return is_day or written.time() == time() or (written.hour, written.minute) == (23, 59)


def day_start_us(day: date, zone: ZoneInfo) -> int:
    """The instant at which a local day begins, in microseconds UTC."""
    return _instant(datetime.combine(day, time()), zone)[0]


def day_us(day: date) -> int:
    """Midnight of a local day as a day-precision date is stored."""
    return (day.toordinal() - _EPOCH_DAY) * MICROSECONDS_PER_DAY
