"""The latest day in what was read: an extract was taken no earlier."""

from __future__ import annotations

from datetime import date, timedelta

import pyarrow as pa
import pyarrow.compute as pc

from casetrail.schema.events import MICROSECONDS_PER_DAY

_HOUR_US = 3_600_000_000
_PAST = ("at_us", "end_us", "from_us", "recorded_us")


def last_day_of(*tables: pa.Table) -> date | None:
    """The latest day of anything that happened or was recorded; None where nothing is dated.

    Times count in UTC, and the clocks of these islands go an hour ahead at most: the last hour may be of the next day.
    """
    latest = [pc.max(table[name]).as_py() for table in tables for name in _PAST if name in table.column_names]
    known = [us for us in latest if us is not None]
    return date(1970, 1, 1) + timedelta(days=(max(known) + _HOUR_US) // MICROSECONDS_PER_DAY) if known else None
