"""The door: archives made to harm, sheets of absurd size, what hides in a workbook; the scan beside the parser."""

from __future__ import annotations

import io
import stat
import struct
import zipfile
from datetime import date, datetime, time, timedelta

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from casetrail.errors import InputError
from casetrail.records.archives import unsafe
from casetrail.records.sheettext import column_text, text_of
from casetrail.records.sheetxml import SheetScan, parsed, scan_sheet

HEADER = ["who", "what", "when"]
ROW = ["1", "call", "2007-03-04"]


def workbook(tmp_path, *rows, name="calls.xlsx"):
    book = openpyxl.Workbook()
    for row in (HEADER, *rows):
        book.active.append(row)
    book.save(tmp_path / name)
    return tmp_path / name


def refused(read, code, **settings):
    with pytest.raises(InputError) as told:
        read(**settings)
    assert told.value.code == code
    return told.value


def rewritten(path, change):
    """The archive packed anew, each member changed by a function of its name and content; None leaves it out."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            if (made := change(name, content)) is not None:
                archive.writestr(name, made)
    return path


def test_a_member_larger_than_it_says(tmp_path, read):
    """The directory says a hundred bytes, and eight million come out: libraries differ in what they do then."""
    path = workbook(tmp_path, ROW)
    rewritten(path, lambda name, content: content + b" " * 8_000_000 if name.endswith("styles.xml") else content)
    raw = bytearray(path.read_bytes())
    at = 0
    for mark, size_at in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        at = raw.find(mark)
        while at >= 0:
            (size,) = struct.unpack_from("<L", raw, at + size_at)
            if size > 8_000_000:
                struct.pack_into("<L", raw, at + size_at, 100)
            at = raw.find(mark, at + 4)
    path.write_bytes(raw)

    assert refused(read, "packing_bomb", name="calls.xlsx").where == "calls.xlsx"


def test_members_that_lie_over_each_other(tmp_path, read):
    path = workbook(tmp_path, ROW)
    raw = bytearray(path.read_bytes())
    first = raw.find(b"PK\x01\x02")
    second = raw.find(b"PK\x01\x02", first + 4)
    raw[second + 42 : second + 46] = raw[first + 42 : first + 46]  # both begin at the first one's place
    path.write_bytes(raw)

    refused(read, "packing_bomb", name="calls.xlsx")


@pytest.mark.parametrize(
    "name",
    ["../evil.xml", "/etc/evil", "C:/evil", "C:evil", "\\\\server\\evil", "a/../evil", "a\\..\\evil", "a\x07b"],
)
def test_paths_that_lead_elsewhere(tmp_path, read, name):
    assert unsafe(name)
    path = workbook(tmp_path, ROW)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(name, "x")

    assert name not in str(refused(read, "unsafe_archive", name="calls.xlsx"))


def test_a_link_and_two_members_of_one_name(tmp_path, read):
    path = workbook(tmp_path, ROW)
    link = zipfile.ZipInfo("xl/link")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(link, "/etc/passwd")
    refused(read, "unsafe_archive", name="calls.xlsx")

    path = workbook(tmp_path, ROW)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("XL/Workbook.xml", "x")
    refused(read, "unsafe_archive", name="calls.xlsx")


def test_too_many_members(tmp_path, read):
    path = workbook(tmp_path, ROW)
    with zipfile.ZipFile(path, "a") as archive:
        for number in range(10_001):
            archive.writestr(f"xl/media/{number}", "")
    refused(read, "too_many_members", name="calls.xlsx")


def test_a_stray_cell_far_off_is_told_and_a_wide_sheet_is_read(tmp_path, read):
    book = openpyxl.Workbook()
    for row in (HEADER, ROW):
        book.active.append(row)
    book.active["XFD1048576"] = "secret"
    book.save(tmp_path / "far.xlsx")
    fault = refused(read, "sheet_too_sparse", name="far.xlsx")
    assert "row 1,048,576 and column 16,384 with only 7 cells" in str(fault)
    assert "secret" not in str(fault)

    book = openpyxl.Workbook()
    book.active.append([*HEADER, *(f"c{n}" for n in range(400))])
    for _ in range(50):
        book.active.append([*ROW, *range(400)])
    book.save(tmp_path / "wide.xlsx")
    assert read(name="wide.xlsx").rows_good == 50


def test_a_dimension_that_claims_a_million_columns_is_not_believed(tmp_path, read):
    path = workbook(tmp_path, ROW)

    def claim(name, content):
        return content.replace(b'<dimension ref="A1:C2"', b'<dimension ref="A1:XFD1048576"')

    rewritten(path, claim)
    assert b"XFD1048576" in zipfile.ZipFile(path).read("xl/worksheets/sheet1.xml")
    assert read(name="calls.xlsx").rows_good == 1


@pytest.mark.parametrize("member", ["xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/styles.xml"])
def test_entities_inside_a_workbook(tmp_path, read, member):
    path = workbook(tmp_path, ROW)
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'

    def poison(name, content):
        if name != member:
            return content
        at = content.find(b"?>") + 2 if content.startswith(b"<?xml") else 0
        return content[:at] + bomb + content[at:]

    rewritten(path, poison)
    refused(read, "bad_workbook", name="calls.xlsx")


def test_what_hides_in_a_workbook_is_told(tmp_path, read):
    book = openpyxl.Workbook()
    for row in (HEADER, ROW):
        book.active.append(row)
    book.create_sheet("Notes").sheet_state = "hidden"
    book.create_sheet("Deep").sheet_state = "veryHidden"
    book.save(tmp_path / "calls.xlsx")
    with zipfile.ZipFile(tmp_path / "calls.xlsx", "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"x")
        archive.writestr("xl/externalLinks/externalLink1.xml", "<externalLink/>")

    notes = read(name="calls.xlsx").notes

    assert "2 hidden sheets in the workbook: not read." in notes
    assert any("macros" in note for note in notes)
    assert any("links to other workbooks" in note for note in notes)


CELLS = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=4),
    st.sampled_from(["", " ", "\ufdd0x", 1, 1.0, True, False, 0, 1e15, 123456789012345678, float("nan"), float("inf")]),
    st.datetimes(),
    st.dates(),
    st.times(),
    st.timedeltas(timedelta(-10), timedelta(10)),
    st.floats(),
)


@given(st.lists(CELLS, max_size=12), st.sets(st.integers(0, 11)))
def test_a_column_as_text_and_cell_by_cell(cells, errors):
    errors = {row for row in errors if row < len(cells)}
    found = column_text(cells, errors).to_pylist()
    wanted = ["\ufdd1" if row in errors else text_of(cell) for row, cell in enumerate(cells)]
    assert [text if text and text.strip() else None for text in found] == [
        text if text and text.strip() else None for text in wanted
    ]


def test_times_of_a_spreadsheet_are_good_to_the_millisecond():
    # 0.1 s as a fraction of days and back is off by some tenths of a microsecond.
    rough = [datetime.fromisoformat("2007-07-04T10:00:00.000001"), datetime.fromisoformat("2007-07-04T09:59:59.999999")]
    assert column_text(rough, ()).to_pylist() == ["\ufdd02007-07-04 10:00:00"] * 2
    assert text_of(time(10, 15)) == "10:15:00"
    assert text_of(date(2007, 7, 4)) == "\ufdd02007-07-04"


PLACES = st.tuples(st.integers(0, 40), st.integers(0, 30))


@given(
    st.dictionaries(PLACES, st.sampled_from(["text", "number", "formula", "error", "error formula"]), min_size=1),
    st.integers(1, 200),
    st.booleans(),
)
def test_the_scan_and_the_parser_find_the_same(cells, size, inline):
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True, "use_shared_strings": not inline}) as book:
        page = book.add_worksheet()
        for (row, column), kind in cells.items():
            if "formula" in kind or "error" in kind:
                page.write_formula(row, column, "=1+1", None, "#DIV/0!" if "error" in kind else 2)
            else:
                page.write(row, column, 't="e" <f>' if kind == "text" else 7)
    with zipfile.ZipFile(stream) as archive:
        xml = archive.read("xl/worksheets/sheet1.xml")
    pieces = [xml[at : at + size] for at in range(0, len(xml), size)]

    quick, plain = scan_sheet(iter(pieces), iter([])), parsed(iter(pieces))

    assert (quick.formulas, quick.errors, quick.cells) == (plain.formulas, plain.errors, plain.cells)
    assert quick.formulas == {place for place, kind in cells.items() if "formula" in kind or "error" in kind}
    assert quick.errors == {place for place, kind in cells.items() if "error" in kind}
    assert quick.rows >= plain.rows
    assert quick.columns >= plain.columns


@pytest.mark.parametrize(
    "xml",
    [
        b"<worksheet><sheetData><row><c t='e'><v>#N/A</v></c><c><f>1</f></c></row></sheetData></worksheet>",
        b'<x:w xmlns:x="u"><x:row r="1"><x:c r="A1" t="e"/><x:c r="B1"><x:f>1</x:f></x:c></x:row></x:w>',
        b'<worksheet><row r="1"><!-- <c r="Z9" t="e"> --><c r="A1" t = "e"/><c r="B1"><f>1</f></c></row></worksheet>',
        '<?xml version="1.0" encoding="utf-16"?><w><row><c t="e"/><c><f/></c></row></w>'.encode("utf-16"),
    ],
)
def test_xml_that_is_written_otherwise_goes_through_the_parser(xml):
    found = scan_sheet(iter([xml]), iter([xml]))
    assert found == SheetScan({(0, 1)}, {(0, 0)}, [], 1, 2, 2)


def test_merged_blocks_are_found_by_both():
    xml = b'<worksheet><row r="1"><c r="A1"/></row><mergeCells><mergeCell ref="A1:C2"/></mergeCells></worksheet>'
    assert scan_sheet(iter([xml]), iter([])).merged == [(0, 0, 1, 2)] == parsed(iter([xml])).merged


def test_merged_cells_are_told_and_nothing_is_shifted(tmp_path, read, faults):
    book = openpyxl.Workbook()
    for row in ([*HEADER, "team", None], ["1", "call", "2007-03-04", "A", "x"], ["2", "call", "2007-03-05", "B", "y"]):
        book.active.append(row)
    book.active.merge_cells("D1:E1")
    book.active.merge_cells("A2:A3")  # the second child is blank in the file: it is not taken to be the first
    book.save(tmp_path / "calls.xlsx")

    columns = {"person": ("who",), "activity": ("what",), "at": ("when",), "team": ("team",)}
    extract = read(name="calls.xlsx", columns=columns)

    assert "The header has merged cells: 1 column without a name of its own was not read." in extract.notes
    assert "1 block of merged cells below the header: only the first cell of each has a value." in extract.notes
    assert extract.events["team"].to_pylist() == ["A"]
    assert faults(extract) == [(2, 3, "who", "missing_person")]
