"""Properties: rows add up and keep their places whatever the dirt; any text is a time or a code."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from casetrail.errors import InputError
from casetrail.figures import Origin
from casetrail.records import Keys, SourceSpec, inspect, read_source
from casetrail.records.cells import Coded, ColumnBuilder
from casetrail.records.columns import joined
from casetrail.records.faults import CODES
from casetrail.records.moments import CODE_OF, GOOD, UNKNOWN, Calendar, cast_moments

GOOD_LINES = ("1,call,2007-03-04", '2,"a, b",2007-03-04T10:00', "3,visit,2007-03-05,")
LINES = st.lists(
    st.one_of(
        st.sampled_from(GOOD_LINES[:2]),
        st.sampled_from((*GOOD_LINES, "", ",,", '4,"open,2007-03-04', '5,"a"b,2007-03-04', "6,x,31/02/2007", '"')),
        st.binary(max_size=12).map(lambda raw: raw.decode("latin-1").replace("\n", "").replace("\0", "")),
    ),
    max_size=25,
)
COLUMNS = {"person": ("who",), "activity": ("what",), "at": ("when",)}


def read_lines(folder, lines, encoding="latin-1"):
    path = folder / "dirty.csv"
    path.write_bytes(b"who,what,when\n" + "\n".join(lines).encode(encoding))
    spec = SourceSpec(name="s", path=path, origin=Origin.MADE_UP, columns=COLUMNS)
    return read_source(spec, keys=Keys(b"k" * 32), as_of=date(2010, 1, 1))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@example(lines=['"', '"', "1,call,2007-03-04"])
@example(lines=['1,"a', 'b",2007-03-04', "2,\xe9,2007-03-04"])
@given(lines=LINES)
def test_rows_in_are_rows_good_and_rows_set_aside(tmp_path, lines):
    extract = read_lines(tmp_path, lines)

    assert extract.rows_in == extract.rows_good + extract.rows_quarantined
    assert set(extract.quarantine["code"].to_pylist()) <= set(CODES)
    places = [place.rpartition("record ")[2] for place in extract.events["source_place"].to_pylist()]
    good = [tuple(int(word) for word in place.split(", line ")) for place in places]
    bad = [(row["record"], row["line"]) for row in extract.quarantine.to_pylist()]
    everything = sorted(good + bad)
    assert list(range(1, extract.rows_in + 1)) == [record for record, _ in everything]
    lines_told = [line for _, line in everything]
    assert lines_told == sorted(set(lines_told))
    assert [record - 1 for record, _ in good] == extract.events["row_no"].to_pylist()
    inspected = inspect(tmp_path / "dirty.csv")
    assert inspected.rows == extract.rows_in


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    before=st.lists(st.sampled_from(GOOD_LINES[:2]), max_size=5),
    dirt=st.sampled_from(['9,"open,2007-03-04', "9,x", "9,x,soon", "9,\xe9\xff,2007-03-04", '9,"a"b,2007-03-04']),
    after=st.lists(st.sampled_from(GOOD_LINES[:1]), max_size=5),
)
def test_one_dirty_line_costs_one_record(tmp_path, before, dirt, after):
    # A line of real UTF-8 fixes the encoding of the file.
    lines = [*before, dirt, *after]
    path = tmp_path / "dirty.csv"
    path.write_bytes("who,what,when\n0,é,2007-03-04\n".encode() + "\n".join(lines).encode("latin-1"))
    spec = SourceSpec(name="s", path=path, origin=Origin.MADE_UP, columns=COLUMNS)

    extract = read_source(spec, keys=Keys(b"k" * 32), as_of=date(2010, 1, 1))

    assert extract.rows_quarantined == 1
    assert 1 + len(before) + len(after) == extract.rows_good
    assert [len(before) + 3] == extract.quarantine["line"].to_pylist()


CALENDAR = Calendar(ZoneInfo("Europe/London"), None, frozenset())
DATES = st.from_regex(r"[0-9]{4}[-/][0-9]{2}[-/][0-9]{2}([T ][0-9]{2}:[0-9]{2}(:[0-9]{2})?(Z|[+-][0-9]{2}:[0-9]{2})?)?")


@example(text="0001-01-01T00:00")
@example(text="9999-12-31T23:59:59")
@example(text="0001-01-01T00:00+23:59")
@example(text="٢٠٠٧-٠٣-٠٤")
@given(text=st.one_of(st.text(min_size=1), DATES).filter(str.strip))
def test_any_text_is_a_time_or_a_code(text):
    state = int(cast_moments([text], CALENDAR, absent=()).state[0])
    assert state in {GOOD, *CODE_OF}
    assert int(cast_moments([text], CALENDAR, absent=()).state[-1]) == UNKNOWN


@given(when=st.datetimes(timezones=st.timezones() | st.none()))
def test_instants_agree_with_the_standard_library(when):
    if when.tzinfo is not None and (when.utcoffset() is None or when.utcoffset().seconds % 60):
        return  # offsets of seconds cannot be written in ISO 8601
    moments = cast_moments([when.isoformat()], CALENDAR, absent=())
    aware = when if when.tzinfo else when.replace(tzinfo=ZoneInfo("Europe/London"))
    offset = aware.utcoffset()
    naive_us = (when.replace(tzinfo=None) - when.replace(tzinfo=None).min) // when.resolution
    epoch_us = 719_162 * 86_400_000_000
    assert naive_us - epoch_us - offset // when.resolution == moments.instant_us[0]


CELLS = st.lists(st.sampled_from([None, "", " ", "a", "b", "a/b", "ç"]), max_size=12)


@given(batches=st.lists(CELLS, max_size=4))
def test_columns_keep_their_cells(batches):
    builder = ColumnBuilder(2)
    for batch in batches:
        builder.extend(batch)
    column = builder.finish()

    expected = [None, None, *(cell if cell and cell.strip() else None for batch in batches for cell in batch)]
    assert expected == [column.values[code] if code >= 0 else None for code in column.codes]


@given(rows=st.lists(st.tuples(*[st.sampled_from(["", "a", "b"])] * 3), min_size=1), whole=st.booleans())
def test_joined_columns_equal_joined_cells(rows, whole):
    parts = []
    for cells in zip(*rows, strict=True):
        builder = ColumnBuilder()
        builder.extend(list(cells))
        parts.append(builder.finish())

    found = joined(parts, sign="/", whole=whole)

    expected = ["" if whole and not all(row) else "/".join(filter(None, row)) for row in rows]
    assert expected == [found.values[code] if code >= 0 else "" for code in found.codes]


def test_a_blank_column_joins():
    blank = Coded((), np.full(2, -1, dtype=np.int32))
    assert joined([blank, blank], sign="/", whole=False).codes.tolist() == [-1, -1]


def test_broken_header_is_no_record(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(b'who,"what,when\n1,call,2007-03-04\n')
    spec = SourceSpec(name="s", path=path, origin=Origin.MADE_UP, columns=COLUMNS)
    with pytest.raises(InputError) as excinfo:
        read_source(spec, keys=Keys(b"k" * 32), as_of=date(2010, 1, 1))
    assert excinfo.value.code == "no_header"
