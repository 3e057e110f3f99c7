"""The local calendar month of an event, so that a night call on the 31st is not put into the next month."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from casetrail.schema.events import MICROSECONDS_PER_DAY

_QUARTER_HOUR = 900_000_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _offsets(quarters: npt.NDArray[np.int64], zone: str) -> npt.NDArray[np.int64]:
    """Microseconds to add to an instant for local time; every offset in use since 1970 changes on a quarter hour."""
    place = ZoneInfo(zone)
    out = np.empty(len(quarters), dtype=np.int64)
    for i, quarter in enumerate(quarters.tolist()):
        moment = _EPOCH + timedelta(seconds=quarter * 900)
        shift = moment.astimezone(place).utcoffset() or timedelta()
        out[i] = int(shift.total_seconds()) * 1_000_000
    return out


def local_us(at_us: npt.NDArray[np.int64], zone: str) -> npt.NDArray[np.int64]:
    """Instants (int64 microseconds, UTC) as local wall-clock microseconds in `zone`."""
    quarters, where = np.unique(at_us // _QUARTER_HOUR, return_inverse=True)
    return at_us + _offsets(quarters, zone)[where]


def month_numbers(at_us: npt.NDArray[np.int64]) -> npt.NDArray[np.int32]:
    """Months as year * 12 + month - 1 of wall-clock microseconds."""
    months = at_us.astype("datetime64[us]").astype("datetime64[M]").astype(np.int64)
    return (months + 1970 * 12).astype(np.int32)


def with_month(events: pa.Table, zones: Mapping[str, str]) -> pa.Table:
    """The event table with a column `month_no`; `zones` maps the name of a source to its time zone."""
    at_us = events["at_us"].to_numpy().astype(np.int64)
    local = at_us.copy()
    instant = pc.equal(events["precision"], "minute").to_numpy()
    for source, zone in zones.items():
        chosen = instant & pc.equal(events["source"], source).to_numpy()
        if chosen.any():
            local[chosen] = local_us(at_us[chosen], zone)
    return events.append_column("month_no", pa.array(month_numbers(local), pa.int32()))


def month_name(month_no: int) -> str:
    """2007-06 for 2007 * 12 + 5."""
    return f"{month_no // 12:04d}-{month_no % 12 + 1:02d}"


def month_table(first_us: int, last_us: int) -> pa.Table:
    """All months from the first to the last moment: month_no, from_us, to_us."""
    first = int(month_numbers(np.array([first_us]))[0])
    last = int(month_numbers(np.array([last_us]))[0])
    edges = (np.arange(first, last + 2) - 1970 * 12).astype("datetime64[M]").astype("datetime64[D]")
    edge_us = edges.astype(np.int64) * MICROSECONDS_PER_DAY
    return pa.table(
        {
            "month_no": pa.array(np.arange(first, last + 1), pa.int32()),
            "from_us": pa.array(edge_us[:-1]),
            "to_us": pa.array(edge_us[1:]),
        }
    )
