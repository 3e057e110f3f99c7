"""Instants in UTC, and the local days and hours that agencies write down."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import TypeAlias
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from casetrail.schema.events import MICROSECONDS_PER_DAY

ZONE = "Europe/London"

Micros: TypeAlias = npt.NDArray[np.int64]
Flags: TypeAlias = npt.NDArray[np.bool_]
Chars: TypeAlias = npt.NDArray[np.uint8]

_SECOND = 1_000_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def day_begins(day: date) -> int:
    """The first microsecond of a local day, counted from 1970 in UTC."""
    return (datetime.combine(day, time(), ZoneInfo(ZONE)) - _EPOCH) // timedelta(microseconds=1)


def day_ends(day: date) -> int:
    """The last microsecond of a local day, counted from 1970 in UTC."""
    return day_begins(day + timedelta(days=1)) - 1


def to_local(us: Micros) -> tuple[Micros, Micros]:
    """Local microseconds and the offset from UTC in seconds, of each instant."""
    if not len(us):
        return us, us
    instants, offsets = _offsets(int(us.min()) // MICROSECONDS_PER_DAY, int(us.max()) // MICROSECONDS_PER_DAY)
    offset = offsets[np.searchsorted(instants, us, side="right") - 1]
    return us + offset * _SECOND, offset


def local_days(us: Micros) -> Micros:
    """The local day of each instant, as a number counted from 1970-01-01."""
    days: Micros = to_local(us)[0] // MICROSECONDS_PER_DAY
    return days


def day_text(days: Micros, known: Flags | None = None) -> pa.Array:
    """Days as ISO 8601 text; null where not known."""
    return fixed_text(_day_chars(_safe(days, known)), known)


def instant_text(us: Micros, known: Flags | None = None) -> pa.Array:
    """Instants as ISO 8601 local time to the second with its offset from UTC; null where not known."""
    local, offset = to_local(_safe(us, known))
    days, within = np.divmod(local, MICROSECONDS_PER_DAY)
    offsets, which = np.unique(offset, return_inverse=True)
    chars = np.empty((len(us), 25), dtype=np.uint8)
    chars[:, :10] = _day_chars(days)
    chars[:, 10] = ord("T")
    chars[:, 11:19] = _seconds_of_day()[within // _SECOND]
    chars[:, 19:] = np.array([list(_offset_word(int(s))) for s in offsets], dtype=np.uint8).reshape(-1, 6)[which]
    return fixed_text(chars, known)


def fixed_text(chars: Chars, known: Flags | None = None) -> pa.Array:
    """Rows of ASCII signs, all of one length, as Arrow text; null where not known."""
    rows, width = chars.shape
    starts = np.arange(rows + 1, dtype=np.int32) * np.int32(width)
    bits = None if known is None else pa.py_buffer(np.packbits(known, bitorder="little"))
    data = pa.py_buffer(np.ascontiguousarray(chars))
    return pa.Array.from_buffers(pa.string(), rows, [bits, pa.py_buffer(starts), data])


def digits(numbers: Micros, width: int) -> Chars:
    """Whole numbers from 0 as decimal digits with leading zeros, one row each."""
    chars = np.empty((len(numbers), width), dtype=np.uint8)
    rest = numbers
    for place in range(width - 1, -1, -1):
        rest, digit = np.divmod(rest, 10)
        chars[:, place] = digit + ord("0")
    return chars


def _safe(values: Micros, known: Flags | None) -> Micros:
    # What stands in unknown cells may be any number, also one that is no time.
    if known is None or known.all():
        return values
    return np.where(known, values, values[known][0] if known.any() else 0)


def _day_chars(days: Micros) -> Chars:
    if not len(days):
        return np.empty((0, 10), dtype=np.uint8)
    first, last = int(days.min()), int(days.max())
    chars: Chars = _calendar(first, last)[days - first]
    return chars


@lru_cache(maxsize=8)
def _calendar(first: int, last: int) -> Chars:
    days = np.arange(first, last + 1).astype("datetime64[D]").astype("S10")
    chars: Chars = days.view(np.uint8).reshape(-1, 10)
    return chars


@lru_cache(maxsize=1)
def _seconds_of_day() -> Chars:
    seconds = np.arange(86_400, dtype=np.int64)
    chars = np.full((86_400, 8), ord(":"), dtype=np.uint8)
    chars[:, :2], chars[:, 3:5] = digits(seconds // 3600, 2), digits(seconds // 60 % 60, 2)
    chars[:, 6:] = digits(seconds % 60, 2)
    return chars


def _offset_word(seconds: int) -> bytes:
    hours, minutes = divmod(abs(seconds) // 60, 60)
    return f"{'-' if seconds < 0 else '+'}{hours:02d}:{minutes:02d}".encode("ascii")


@lru_cache(maxsize=8)
def _offsets(first_day: int, last_day: int) -> tuple[Micros, Micros]:
    """Instants from which an offset holds, and the offsets in seconds, from a day before to a day after."""
    zone = ZoneInfo(ZONE)
    # The clocks of this zone change on a whole hour of UTC; only the days of a change are looked at by the hour.
    starts, found = [], []
    before = None
    for day in range(first_day - 1, last_day + 2):
        begin = _EPOCH + timedelta(days=day)
        if before is not None and _offset(begin + timedelta(days=1), zone) == before:
            continue
        for hour in range(25):
            now = _offset(begin + timedelta(hours=hour), zone)
            if now != before:
                starts.append((day * 24 + hour) * 3600 * _SECOND)
                found.append(now)
                before = now
    return np.array(starts, dtype=np.int64), np.array(found, dtype=np.int64)


def _offset(instant: datetime, zone: ZoneInfo) -> int:
    shift = instant.astimezone(zone).utcoffset() or timedelta()
    return int(shift.total_seconds())
