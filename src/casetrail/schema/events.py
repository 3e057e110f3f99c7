"""Shapes of the tables that leave `records`: event, involvement, dated fact, source.

Times are int64 microseconds. An instant counts from 1970-01-01T00:00Z. A day-precision date stays a
local date: it is stored as its own midnight counted the same way and is never converted, so that two
dates are always a whole number of days apart. `?` in a comment marks a column that may be unknown (null).
"""

from __future__ import annotations

import pyarrow as pa

MICROSECONDS_PER_DAY = 86_400_000_000

EVENT = pa.schema(
    [
        pa.field("row_no", pa.int64(), nullable=False),  # order of arrival over all sources: breaks ties
        pa.field("source", pa.string(), nullable=False),
        pa.field("source_place", pa.string(), nullable=False),  # file, sheet, record
        pa.field("event_id", pa.string()),  # ? keyed
        pa.field("person", pa.string(), nullable=False),  # keyed pseudonym
        pa.field("household", pa.string()),  # ? keyed
        pa.field("incident", pa.string()),  # ? keyed
        pa.field("episode", pa.string()),  # ? keyed
        pa.field("agency", pa.string()),  # ?
        pa.field("team", pa.string()),  # ?
        pa.field("worker", pa.string()),  # ? keyed anew each run; counted, never grouped by
        pa.field("activity", pa.string(), nullable=False),
        pa.field("state", pa.string()),  # ? state the case is in after the event; activity where unmapped
        pa.field("case_type", pa.string()),  # ?
        pa.field("at_us", pa.int64(), nullable=False),
        pa.field("end_us", pa.int64()),  # ?
        pa.field("precision", pa.string(), nullable=False),  # day | minute
        pa.field("rank", pa.int16(), nullable=False),  # declared order among events at one time; 0 = none
        pa.field("outcome", pa.string()),  # ?
        pa.field("severity", pa.string()),  # ? that agency's own scale
        pa.field("passed_to", pa.string()),  # ? agency or team the case was sent to
        pa.field("recorded_us", pa.int64()),  # ? when the agency came to know of it
        pa.field("reported_by_role", pa.string()),  # ? a role, never a person
        pa.field("told_by", pa.string()),  # ? saw | heard | told
        pa.field("closing_code", pa.string()),  # ?
    ]
)

INVOLVEMENT = pa.schema(
    [
        pa.field("row_no", pa.int64(), nullable=False),
        pa.field("source", pa.string(), nullable=False),
        pa.field("source_place", pa.string(), nullable=False),
        pa.field("person", pa.string(), nullable=False),
        pa.field("agency", pa.string()),
        pa.field("team", pa.string()),
        pa.field("worker", pa.string()),
        pa.field("role", pa.string(), nullable=False),
        pa.field("from_us", pa.int64(), nullable=False),
        pa.field("to_us", pa.int64()),
        pa.field("recorded_us", pa.int64()),
        pa.field("reason_end", pa.string()),
    ]
)

# A date that belongs to the whole case (start, deadline, planned end) and not to one event.
DATED_FACT = pa.schema(
    [
        pa.field("source", pa.string(), nullable=False),
        pa.field("person", pa.string(), nullable=False),
        pa.field("name", pa.string(), nullable=False),
        pa.field("at_us", pa.int64(), nullable=False),
        pa.field("precision", pa.string(), nullable=False),
    ]
)

SOURCE = pa.schema(
    [
        pa.field("name", pa.string(), nullable=False),
        pa.field("agency", pa.string()),
        pa.field("sha256", pa.string(), nullable=False),
        pa.field("origin", pa.string(), nullable=False),
        pa.field("made_by", pa.string()),
        pa.field("judged_by_it", pa.string()),
        pa.field("checked_by", pa.string()),
        pa.field("covers_from", pa.date32()),
        pa.field("covers_to", pa.date32()),
        pa.field("zone", pa.string()),
        pa.field("rows_in", pa.int64(), nullable=False),
        pa.field("rows_good", pa.int64(), nullable=False),
        pa.field("rows_quarantined", pa.int64(), nullable=False),
        pa.field("columns_mapped", pa.list_(pa.string()), nullable=False),
    ]
)

QUARANTINE = pa.schema(
    [
        pa.field("source", pa.string(), nullable=False),
        pa.field("file", pa.string(), nullable=False),
        pa.field("sheet", pa.string()),
        pa.field("record", pa.int64(), nullable=False),  # 1 = first record below the header
        pa.field("line", pa.int64()),  # ? physical line in a text file; row of a sheet
        pa.field("column", pa.string()),
        pa.field("code", pa.string(), nullable=False),
        pa.field("message", pa.string(), nullable=False),
    ]
)

# The original cells of a record that was set aside or mended by hand. It stays in the vault of the work folder.
ORIGINAL = pa.schema(
    [
        pa.field("source", pa.string(), nullable=False),
        pa.field("table", pa.string(), nullable=False),  # "" where a file is one table
        pa.field("file", pa.string(), nullable=False),
        pa.field("sheet", pa.string()),
        pa.field("record", pa.int64(), nullable=False),
        pa.field("line", pa.int64()),
        pa.field("aside", pa.bool_(), nullable=False),  # false: the record is used
        pa.field("mended", pa.bool_(), nullable=False),
        pa.field("shut", pa.bool_(), nullable=False),  # privileged or perhaps so: nothing of it is kept
        pa.field(
            "reasons",
            pa.list_(pa.struct([("column", pa.string()), ("code", pa.string()), ("message", pa.string())])),
            nullable=False,
        ),
        pa.field("cells", pa.map_(pa.string(), pa.string()), nullable=False),
        pa.field("raw", pa.string()),  # ? the line of a record whose cells could not be told
    ]
)

# What there is to tell about a cell or row of a return. Of these, rows that cannot be used are in the quarantine too.
FINDING = pa.schema(
    [
        pa.field("source", pa.string(), nullable=False),
        pa.field("table", pa.string(), nullable=False),
        pa.field("file", pa.string(), nullable=False),
        pa.field("sheet", pa.string()),
        pa.field("record", pa.int64(), nullable=False),  # 1 = first record of the table
        pa.field("line", pa.int64()),  # ? line of the cell in XML, of the record in text; row of a sheet
        pa.field("column", pa.string()),
        pa.field("severity", pa.string(), nullable=False),  # cannot be used | suspicious | note
        pa.field("code", pa.string(), nullable=False),
        pa.field("message", pa.string(), nullable=False),
    ]
)

ROLES = (
    "holder",
    "contributor",
    "advocate",
    "children's guardian",
    "independent visitor",
    "reviewing officer",
    "solicitor",
    "parent",
)
