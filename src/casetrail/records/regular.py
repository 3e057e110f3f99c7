"""Many times written the same way, read at once: numerals at fixed places, checked by column of signs.

What does not follow the layout to the sign, names no day that exists, or falls on a day on which the clocks change, is
left to the reading of one text at a time, which is the plain twin of this one.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from casetrail.records.texts import text_buffers
from casetrail.schema.events import MICROSECONDS_PER_DAY

Micros = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Signs = npt.NDArray[np.uint8]

_BATCH = 1 << 16
_ZERO, _MOST_NUMERAL, _MONTHS = ord("0"), 9, 12
_US = {"H": 3_600_000_000, "M": 60_000_000, "S": 1_000_000}
_MOST = {"H": 23, "M": 59, "S": 59}
# The layouts of ISO 8601: letters are numerals of a part (f: of a fraction), a set of signs may stand where it says.
_DAY = ("Y", "Y", "Y", "Y", "-/", "m", "m", "-/", "d", "d")
_MINUTE = (*_DAY, "T ", "H", "H", ":", "M", "M")
_SECOND = (*_MINUTE, ":", "S", "S")
ISO_LAYOUTS: tuple[tuple[str, ...], ...] = (
    _DAY,
    _MINUTE,
    _SECOND,
    (*_SECOND, "Zz"),
    *((*_SECOND, ".,", *("f" * digits)) for digits in range(1, 7)),
)
_PARTS = frozenset("YmdHMSf")


@dataclass(frozen=True, slots=True)
class Regular:
    """What could be read at once: which texts, their local day and time of day, whether UTC was written."""

    rows: npt.NDArray[np.int64]
    day: Micros
    clock_us: Micros
    is_day: Flags
    utc: Flags


_INTS, _BOOLS = np.zeros(0, np.int64), np.zeros(0, np.bool_)
_NONE = Regular(_INTS, _INTS, _INTS, _BOOLS, _BOOLS)


def regularly(array: pa.Array, layouts: Sequence[Sequence[str]], *, marks: Collection[str] = ("",)) -> Regular:
    """Read the texts that follow a layout behind one of `marks`."""
    offsets, data = text_buffers(array)
    lengths = np.diff(offsets)
    found = [_NONE]
    for layout in layouts:
        for skip in [mark.encode("utf-8") for mark in marks]:
            rows = np.flatnonzero(lengths == len(layout) + len(skip))
            for start in range(0, len(rows), _BATCH):
                batch = rows[start : start + _BATCH]
                # Row by place turned to place by row: each place is then looked at in one sweep.
                signs = np.ascontiguousarray(data[offsets[batch][:, None] + np.arange(len(layout) + len(skip))].T)
                marked = (signs[: len(skip)] == np.frombuffer(skip, np.uint8)[:, None]).all(axis=0)
                if not marked.all():
                    batch, signs = batch[marked], signs[:, marked]
                found.append(_read(batch, signs[len(skip) :], layout))
    return Regular(*(np.concatenate([getattr(part, name) for part in found]) for name in Regular.__slots__))


def _read(rows: npt.NDArray[np.int64], signs: Signs, layout: Sequence[str]) -> Regular:
    """The texts of one length that follow a layout of that length; `signs` has a row for each place."""
    fits = np.ones(len(rows), dtype=np.bool_)
    parts: dict[str, npt.NDArray[np.int32]] = {}
    for at, sign in enumerate(layout):
        if sign in _PARTS:
            numeral = signs[at] - np.uint8(_ZERO)  # what lies below the zero goes round to above the nine
            fits &= numeral <= _MOST_NUMERAL
            parts[sign] = parts[sign] * 10 + numeral if sign in parts else numeral.astype(np.int32)
        else:
            fits &= np.logical_or.reduce([signs[at] == ord(one) for one in sign])
    if "-/" in layout:
        fits &= signs[4] == signs[7]
    fits &= (parts["Y"] >= 1) & (parts["m"] >= 1) & (parts["m"] <= _MONTHS) & (parts["d"] >= 1)
    for name, most in _MOST.items():
        if name in parts:
            fits &= parts[name] <= most
    month = (np.where(fits, parts["Y"], 1970) - 1970) * 12 + np.where(fits, parts["m"], 1) - 1
    first, after = (_first_of(month + step) for step in (0, 1))
    day = first + parts["d"] - 1
    fits &= day < after
    clock = np.zeros(len(rows), np.int64)
    for name, us in _US.items():
        if name in parts:
            clock += parts[name].astype(np.int64) * us
    if "f" in parts:
        clock += parts["f"].astype(np.int64) * 10 ** (6 - list(layout).count("f"))
    flags = np.ones(int(fits.sum()), dtype=np.bool_)
    return Regular(
        rows[fits], day[fits] * MICROSECONDS_PER_DAY, clock[fits], flags & ("H" not in layout), flags & ("Zz" in layout)
    )


def _first_of(month: npt.NDArray[np.int32]) -> Micros:
    """The first day of a month counted from January 1970, in days from the first of that."""
    some = np.arange(int(month.min(initial=0)), int(month.max(initial=0)) + 1)
    days = some.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    found: Micros = days[month - some[0]]
    return found


def steady_offsets(day_us: Micros, zone: ZoneInfo) -> tuple[Micros, Flags]:
    """For each local day its offset from UTC in microseconds, and whether it is the same all day."""
    days = day_us // MICROSECONDS_PER_DAY
    first = int(days.min(initial=0))
    there = np.bincount(days - first) > 0
    offsets, steady = np.zeros(len(there), np.int64), np.zeros(len(there), np.bool_)
    for day in np.flatnonzero(there).tolist():
        found = _offset_all_day(day + first, zone)
        offsets[day], steady[day] = found or 0, found is not None
    return offsets[days - first], steady[days - first]


def _offset_all_day(day: int, zone: ZoneInfo) -> int | None:
    """The offset of a day whose clocks do not change, nor stand where a change of the next or last day reaches."""
    try:
        start = datetime(1970, 1, 1, tzinfo=zone) + timedelta(days=day)
        moments = (start, start + timedelta(hours=12), start + timedelta(days=1))
    except OverflowError:
        return None
    told = {moment.replace(fold=fold).utcoffset() for moment in moments for fold in (0, 1)}
    offset = told.pop()
    return None if told or offset is None else round(offset / timedelta(microseconds=1))
