"""Workbooks and Parquet: native dates, formulas, errors, numbers that lost digits."""

from __future__ import annotations

import zipfile
from datetime import UTC, date, datetime, time
from decimal import Decimal

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter

from casetrail.errors import InputError

HEADER = ["who", "what", "when"]
COLUMNS = {"person": ("who",), "activity": ("what",), "at": ("when",)}


@pytest.fixture
def sheet(tmp_path, read):
    """Write rows to a workbook of one sheet and read it."""

    def reading(*rows, header=HEADER, **settings):
        book = openpyxl.Workbook()
        for row in (header, *rows):
            book.active.append(row)
        book.save(tmp_path / "calls.xlsx")
        return read(name="calls.xlsx", **settings)

    return reading


def test_cells_of_every_kind(sheet, keys, faults):
    extract = sheet(
        [1234.0, "call", datetime.fromisoformat("2007-07-04T10:00")],
        ["1234", "visit", date(2007, 7, 4)],
        [True, "text date", "2007-07-04"],
        ["x", "slash", "04/03/2007"],
    )

    one = keys.person("case", "1234")
    assert [one, one, keys.person("case", "true")] == extract.events["person"].to_pylist()
    assert extract.events["precision"].to_pylist() == ["minute", "day", "day"]
    assert datetime(2007, 7, 4, 9, tzinfo=UTC).timestamp() * 1_000_000 == extract.events["at_us"][0].as_py()
    assert faults(extract) == [(4, 5, "when", "ambiguous_date")]
    assert extract.events["source_place"][0].as_py() == "calls.xlsx, sheet Sheet, record 1, row 2"
    assert extract.quarantine["sheet"].to_pylist() == ["Sheet"]


def test_native_dates_pass_beside_a_declared_format(sheet):
    extract = sheet(["1", "a", date(2007, 3, 4)], ["1", "b", "04/03/2007"], date_format="%d/%m/%Y")

    assert len(set(extract.events["at_us"].to_pylist())) == 1


def test_long_numbers_lose_digits_and_are_refused(sheet, faults):
    extract = sheet(
        [123456789012345678, "a", date(2007, 3, 4)],
        ["123456789012345678", "b", date(2007, 3, 4)],
        [123456789012345, "c", date(2007, 3, 4)],
    )

    assert faults(extract) == [(1, 2, "who", "id_precision_lost")]
    assert extract.rows_good == 2


def test_errors_and_formulas(tmp_path, read, faults):
    with xlsxwriter.Workbook(str(tmp_path / "calls.xlsx")) as book:
        page = book.add_worksheet("Calls")
        for at, name in enumerate([*HEADER, "other"]):
            page.write(0, at, name)
        for row in (1, 2, 3):
            page.write_row(row, 0, [str(row), "call", "2007-03-04"])
        page.write_formula(1, 1, '="c"&"all"', None, "call")
        page.write_formula(2, 2, "=1/0", None, "#DIV/0!")
        page.write_formula(3, 3, "=1/0", None, "#DIV/0!")

    extract = read(name="calls.xlsx")

    assert faults(extract) == [(2, 3, "when", "cell_error")]
    assert extract.events["activity"].to_pylist() == ["call", "call"]
    assert "2 cells held a formula; the value that Excel last stored for it was used." in extract.notes
    assert "1 error value stood in columns that are not mapped." in extract.notes


def test_an_error_in_an_optional_column_costs_the_record(tmp_path, read, faults):
    with xlsxwriter.Workbook(str(tmp_path / "calls.xlsx")) as book:
        page = book.add_worksheet()
        page.write_row(0, 0, [*HEADER, "team"])
        page.write_row(1, 0, ["1", "call", "2007-03-04"])
        page.write_formula(1, 3, "=NA()", None, "#N/A")

    extract = read(name="calls.xlsx", columns=COLUMNS | {"team": ("team",)})

    assert faults(extract) == [(1, 2, "team", "cell_error")]


def test_blank_rows_and_rows_above_the_header(tmp_path, read, faults):
    book = openpyxl.Workbook()
    page = book.active
    for at, row in ((3, HEADER), (4, ["1", "a", "2007-03-04"]), (6, ["", "b", "2007-03-04"]), (9, [" "])):
        for column, value in enumerate(row, start=1):
            page.cell(at, column, value)
    book.save(tmp_path / "calls.xlsx")

    extract = read(name="calls.xlsx")

    assert extract.rows_in == 2
    assert faults(extract) == [(2, 6, "who", "missing_person")]
    assert any("without any content" in note for note in extract.notes)


def test_a_date_and_a_time_in_two_columns(sheet):
    extract = sheet(
        ["1", "a", date(2007, 3, 4), time(10, 15)],
        header=["who", "what", "on", "clock"],
        columns={"person": ("who",), "activity": ("what",), "at": ("on", "clock")},
    )

    assert extract.events["precision"].to_pylist() == ["minute"]


def test_choosing_a_sheet(tmp_path, read):
    book = openpyxl.Workbook()
    book.active.append(["notes"])
    for name in ("March", "April"):
        page = book.create_sheet(name)
        page.append(HEADER)
        page.append(["1", name, "2007-03-04"])
    book.save(tmp_path / "calls.xlsx")

    assert read(name="calls.xlsx", sheet="April").events["activity"].to_pylist() == ["April"]
    for settings, code in (({}, "which_sheet"), ({"sheet": "May"}, "no_sheet")):
        with pytest.raises(InputError) as excinfo:
            read(name="calls.xlsx", **settings)
        assert code == excinfo.value.code


def test_workbooks_that_are_none(tmp_path, read):
    with pytest.raises(InputError) as excinfo:
        read("who,what", name="calls.xlsx")
    assert excinfo.value.code == "bad_workbook"
    openpyxl.Workbook().save(tmp_path / "blank.xlsx")
    with pytest.raises(InputError) as excinfo:
        read(name="blank.xlsx")
    assert excinfo.value.code == "empty_file"
    with zipfile.ZipFile(tmp_path / "other.xlsx", "w") as archive:
        archive.writestr("hello.txt", "hello")
    with pytest.raises(InputError) as excinfo:
        read(name="other.xlsx")
    assert excinfo.value.code == "bad_workbook"


@pytest.mark.parametrize(("at", "value"), [(b"PK\x01\x02", 6), (b"PK\x01\x02", 8), (b"PK\x01\x02", 10)])
def test_a_workbook_packed_in_ways_unknown_is_refused(tmp_path, read, at, value):
    """Version, flags (encryption) and method of the members' entries in the zip's directory, spoilt."""
    with xlsxwriter.Workbook(str(tmp_path / "calls.xlsx")) as book:
        book.add_worksheet().write_row(0, 0, HEADER)
    raw = bytearray((tmp_path / "calls.xlsx").read_bytes())
    place = raw.find(at)
    while place >= 0:
        raw[place + value] = 125
        place = raw.find(at, place + 1)

    with pytest.raises(InputError) as excinfo:
        read(bytes(raw), name="calls.xlsx")
    assert excinfo.value.code == "bad_workbook"


def test_a_zip_bomb_is_refused(tmp_path, read, monkeypatch):
    monkeypatch.setattr("casetrail.records.files._BOMB_BYTES", 1 << 16)
    with zipfile.ZipFile(tmp_path / "bomb.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b" " * 50_000_000)
    with pytest.raises(InputError) as excinfo:
        read(name="bomb.xlsx")
    assert excinfo.value.code == "packing_bomb"


def test_a_sheet_of_headers_only(sheet):
    assert sheet().rows_in == 0


@pytest.fixture
def parquet(tmp_path, read):
    def reading(columns, **settings):
        pq.write_table(pa.table(columns), tmp_path / "calls.parquet")
        return read(name="calls.parquet", **settings)

    return reading


def test_parquet_types(parquet, keys):
    when = datetime.fromisoformat("2007-07-04T10:00")
    for who, times, stored in (
        (pa.array([17], pa.int64()), pa.array([when], pa.timestamp("ms")), 9),
        (pa.array([17.0]), pa.array([when], pa.timestamp("ns", "UTC")), 10),
        (pa.array([Decimal(17)], pa.decimal128(5, 0)), pa.array([when], pa.timestamp("s", "Europe/Paris")), 10),
        (pa.array(["17"]).dictionary_encode(), pa.array(["2007-07-04T10:00"], pa.large_string()), 9),
    ):
        extract = parquet({"who": who, "what": ["call"], "when": times})

        assert [keys.person("case", "17")] == extract.events["person"].to_pylist()
        assert [datetime(2007, 7, 4, stored, tzinfo=UTC).timestamp() * 1e6] == extract.events["at_us"].to_pylist()


def test_parquet_days_nulls_and_lost_digits(parquet, faults):
    extract = parquet(
        {
            "who": pa.array([1.0, None, 123456789012345678.0]),
            "what": ["a", "b", "c"],
            "when": pa.array([date(2007, 7, 4)] * 3),
            "extra": pa.array([[1], [2], [3]]),
        }
    )

    assert extract.events["precision"].to_pylist() == ["day"]
    assert faults(extract) == [(2, None, "who", "missing_person"), (3, None, "who", "id_precision_lost")]
    assert extract.events["source_place"][0].as_py() == "calls.parquet, record 1"


def test_parquet_that_cannot_be_read(parquet, read):
    with pytest.raises(InputError) as excinfo:
        parquet({"who": pa.array([[1]]), "what": ["a"], "when": ["2007-03-04"]})
    assert excinfo.value.code == "unreadable_type"
    with pytest.raises(InputError) as excinfo:
        read("PAR1 no", name="calls.parquet")
    assert excinfo.value.code == "bad_parquet"
    with pytest.raises(InputError) as excinfo:
        parquet({"who": ["1"], "what": ["a"]})
    assert excinfo.value.code == "missing_column"
    assert parquet({name: pa.array([], pa.string()) for name in HEADER}).rows_in == 0
