"""What is done to many cells at once comes to the same as one by one: the plain way is the witness."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from casetrail.errors import InputError
from casetrail.kernels.blake2 import digests, digests_plain
from casetrail.records import delimited, moments, pieces
from casetrail.records.cells import NATIVE
from casetrail.records.date_formats import declared_formats
from casetrail.records.delimited import Dialect, read_delimited
from casetrail.records.keys import Keys, canonical
from casetrail.records.moments import Calendar, cast_moments
from casetrail.records.spec import DEFAULT_UNKNOWN_DATES
from casetrail.records.texts import Texts, array_of, blanks, one_of, tidy

LONDON = ZoneInfo("Europe/London")
CELLS = st.sampled_from(["", "a", " ", "b c", "é", '"', '""', '"x,y"', '"x\ny"', "\t", "\x00", "\r", "Ünder", "\ufeff"])
LINES = st.lists(st.lists(CELLS, min_size=1, max_size=4).map(",".join), max_size=30)


def _read(path: Path):
    try:
        return _cells(path)
    except InputError as fault:
        return fault.code


def _cells(path: Path):
    grid = read_delimited(path, Dialect(), mapped=(), wanted=None, progress=None)
    cells = {
        name: [column.values[code] if code >= 0 else None for code in column.codes.tolist()]
        for name, column in grid.columns.items()
    }
    return cells, grid.record.tolist(), grid.line.tolist(), grid.broken, grid.notes, grid.encoding


def _both(path: Path, monkeypatch: pytest.MonkeyPatch):
    """The file read in pieces of a few bytes, and record by record."""
    with monkeypatch.context() as patch:
        patch.setattr(pieces, "_SMALLEST", 8)
        patch.setattr(pieces, "_LARGEST", 64)
        patch.setattr(pieces, "_READ", 16)
        quick = _read(path)
        patch.setattr(delimited, "can_be_quick", lambda *_: False)
        return quick, _read(path)


@given(
    lines=LINES, end=st.sampled_from(["\n", "\r\n"]), last=st.booleans(), coding=st.sampled_from(["utf-8", "cp1252"])
)
@example(lines=["1,2,3"] * 20 + [",,"] + ['"1",2,"3"'] * 20, end="\r\n", last=True, coding="utf-8")
@example(lines=['"1","a\nb",3', '1,"never closed,3', "4,5,6"] * 9, end="\n", last=False, coding="utf-8")
def test_pieces_and_single_records_come_to_the_same(tmp_path_factory, lines, end, last, coding):  # noqa: PLR0917
    path = tmp_path_factory.mktemp("both") / "calls.csv"
    text = end.join(["who,what,when", *lines]) + (end if last else "")
    path.write_bytes(text.encode(coding, errors="replace"))
    with pytest.MonkeyPatch.context() as patch:
        quick, plain = _both(path, patch)
    assert quick == plain


@given(st.binary(max_size=200))
def test_any_bytes_come_to_the_same(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("both") / "calls.csv"
    path.write_bytes(b"who,what\n" + content)
    with pytest.MonkeyPatch.context() as patch:
        quick, plain = _both(path, patch)
    assert quick == plain


def test_a_clean_file_is_read_in_pieces_and_a_broken_record_costs_one_piece(tmp_path, monkeypatch):
    lines = [f"{n},visit,2007-07-04" for n in range(200_000)]
    lines[100_000] = "100000,visit"
    path = tmp_path / "calls.csv"
    path.write_text("\n".join(["who,what,when", *lines]) + "\n", encoding="utf-8")
    alone = []
    plain = pieces.records

    def counted(*given):
        for record in plain(*given):
            alone.append(record)
            yield record

    monkeypatch.setattr(pieces, "records", counted)
    grid = read_delimited(path, Dialect(), mapped=(), wanted=None, progress=None)

    assert [(fault.record, fault.line, fault.code) for fault in grid.broken] == [(100_001, 100_002, "wrong_cell_count")]
    assert grid.rows_in == 200_000
    assert (grid.record[100_000], grid.line[100_000]) == (100_002, 100_003)
    assert 0 < len(alone) < 2_000  # 16 KB of some 21 bytes a line


ALL = datetime(2000, 1, 1)  # noqa: DTZ001  # as a file writes it
TIMES = st.one_of(
    st.datetimes(ALL.replace(year=1890), ALL.replace(year=2035)).map(lambda at: f"{at:%Y-%m-%d %H:%M:%S}"),
    st.datetimes().map(lambda at: at.isoformat("T", "microseconds")),
    st.dates().map(date.isoformat),
    st.dates(date(2000, 1, 1), date(2030, 1, 1)).map(lambda day: f"{day:%d/%m/%Y}"),
    st.datetimes(ALL).map(lambda at: f"{at:%d/%m/%Y %H:%M}"),
    st.datetimes(ALL, timezones=st.just(UTC)).map(lambda at: f"{at:%Y-%m-%dT%H:%M:%SZ}"),
    st.sampled_from(
        [
            *("2007-03-25 01:30", "2007-10-28 01:30:00", "2007-10-28", "1900-01-01", "9999-12-31", "1900-01-01 23:59"),
            *("2007-02-29", "2007/02/28", "2007-02/28", "0000-01-01", "2007-13-01", "24/24/2007", "2007-01-01 24:00"),
            *(NATIVE + "2007-03-04", NATIVE + "2007-03-04 10:11:12", "x", " 2007-03-04 ", "2007-03-04T10:00:00.5"),
        ]
    ),
)
ZONES = st.sampled_from(["Europe/London", "America/Sao_Paulo", "Asia/Kathmandu", "Africa/Casablanca", "Pacific/Apia"])
ONE = ("%d/%m/%Y", "%d/%m/%Y %H:%M", "%Y-%d-%m", "%Y-%m-%d %H:%M:%S", "%d %B %Y", "%y%m%d")
FORMATS = st.sampled_from(
    [
        (),
        *((one,) for one in ONE),
        ("%d/%m/%Y", "%d/%m/%Y %H:%M"),
        ("%d/%m/%Y", "%d %B %Y", "%d.%m.%Y"),
        ("excel-serial",),
    ]
)


@given(st.lists(TIMES, min_size=1, max_size=40), ZONES, FORMATS, st.booleans(), st.booleans())
def test_times_at_once_and_one_by_one(values, zone, form, iso_too, marked):  # noqa: PLR0917
    declared = declared_formats(form, pivot=2030, where="test") if form else None
    calendar = Calendar(ZoneInfo(zone), declared, frozenset(DEFAULT_UNKNOWN_DATES), iso_too)
    found = []
    for many in (0, 1_000_000):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(moments, "MANY", many)
            found.append(cast_moments(values, calendar, absent=("1970-01-01T00:00:00Z",), marked=marked))
    at_once, one_by_one = found
    assert at_once.state.tolist() == one_by_one.state.tolist()
    good = at_once.known
    for name in ("instant_us", "day_us", "is_day", "at_midnight", "sentinel", "twice", "never"):
        assert getattr(at_once, name)[good].tolist() == getattr(one_by_one, name)[good].tolist(), name


def test_most_times_are_cast_at_once():
    # Without this the law above could hold because nothing is ever done at once.
    values = [f"2007-07-{day:02d} {hour:02d}:00" for day in range(1, 32) for hour in range(24)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(moments, "_cast_one", None)
        found = cast_moments(values, Calendar(LONDON, None, frozenset()), absent=())
    assert found.known[:-1].all()
    assert found.instant_us[0] == datetime(2007, 6, 30, 23, tzinfo=UTC).timestamp() * 1_000_000  # summer time


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)


@given(st.lists(st.one_of(TEXT, st.sampled_from(["", " a", "\x1c", "\x85", "e\u0301", "\u00a0b ", "None"]))))
def test_texts_at_once_and_one_by_one(values):
    array = pa.array(values, pa.string())
    for part in (array, array.slice(1) if len(array) else array):
        listed = part.to_pylist()
        assert blanks(part).tolist() == [not text or text.isspace() for text in listed]
        assert tidy(part).to_pylist() == [canonical(text) for text in listed]
        assert one_of(part, {"a", "None"}).tolist() == [text.strip() in {"a", "None"} for text in listed]


def test_texts_are_a_sequence():
    texts = Texts(pa.array(["a", "b"]))
    assert (list(texts), texts[1], texts[:1], len(texts), texts == ["a", "b"]) == (["a", "b"], "b", ["a"], 2, True)
    assert array_of(texts) is texts.array
    assert array_of(["a"]).to_pylist() == ["a"]


@given(
    st.lists(st.one_of(st.binary(min_size=1, max_size=300), st.sampled_from([b"x" * n for n in (127, 128, 129, 256)]))),
    st.binary(min_size=1, max_size=64),
    st.integers(1, 64),
)
def test_blake2_is_that_of_the_standard_library(texts, key, size):
    marks = np.cumsum([0, *map(len, texts)], dtype=np.int64)
    data = np.frombuffer(b"".join(texts) or b"\0", np.uint8)
    assert [bytes(row) for row in digests(data, marks, key, size)] == digests_plain(texts, key, size)


def test_blake2_of_the_standard():
    # RFC 7693, appendix A, is of a hash without a key; with one, the first vector of the reference's own list of
    # keyed hashes (blake2b, key 00 to 3f, input 00), whose first bytes are 961f6dd1.
    found = digests(np.zeros(1, np.uint8), np.array([0, 1]), bytes(range(64)), 64)
    assert bytes(found[0]).hex().startswith("961f6dd1")
    assert bytes(found[0]) == hashlib.blake2b(b"\0", key=bytes(range(64))).digest()


def test_keys_at_once_and_one_by_one():
    keys = Keys(bytes(range(32)))
    values = [f"C{n}" for n in range(1_000)] + ["é", "x" * 300]
    for kind in ("person", "event", "worker"):
        assert keys.all_at_once(kind, "case", pa.array(values)).to_pylist() == keys.all_of(kind, "case", values)


def test_absurd_widths_and_lines_are_refused(read, faults):
    with pytest.raises(InputError, match="columns") as wide:
        read(",".join(f"c{n}" for n in range(16_385)) + "\n")
    assert wide.value.code == "too_many_columns"
    with pytest.raises(InputError) as long:
        read(b"who,what,when\n" + b"x" * ((1 << 24) + 2))
    assert long.value.code == "line_too_long"
    plain = "1,call,2007-07-04\n"
    much = "x" * 131_073
    extract = read(f'who,what,when\n{plain}2,{much},2007-07-04\n{plain}3,"{much}",2007\n')
    assert faults(extract) == [(2, 3, None, "cell_too_long"), (4, 5, None, "unclosed_quote")]
