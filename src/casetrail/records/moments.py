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

from casetrail.errors import InquiryError
from casetrail.records.cells import ERROR, LOSSY, MARKS, Codes
from casetrail.records.date_formats import DateReader
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
    state, instants, days = [UNKNOWN] * size, [0] * size, [0] * size
    flags = np.zeros((5, size), dtype=np.bool_)
    defaults = {_instant(told[0], calendar.zone)[0] for told in map(_iso, absent) if not isinstance(told, int)}
    for index, value in enumerate(values):
        parsed = _parse(value, calendar, marked)
        if isinstance(parsed, int):
            state[index] = parsed
            continue
        written, is_day = parsed
        instant, twice, never = _instant(written, calendar.zone)
        sentinel = instant in defaults or _stands_for_unknown(written, is_day, calendar.unknown_dates)
        state[index] = UNKNOWN if sentinel else GOOD if written.year >= _FIRST_YEAR else IMPLAUSIBLE
        instants[index] = instant
        days[index] = (written.toordinal() - _EPOCH_DAY) * MICROSECONDS_PER_DAY
        midnight = not (written.hour or written.minute or written.second or written.microsecond)
        if is_day or midnight or sentinel or twice or never:
            flags[:, index] = is_day, midnight, sentinel, twice and not is_day, never and not is_day
    return Moments(np.array(state, np.int8), np.array(instants, np.int64), np.array(days, np.int64), *flags)


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
