"""Text files: what is broken costs its own line, and nothing else."""

from __future__ import annotations

import gzip

import pytest

from casetrail.errors import InputError

GOOD = "who,what,when\n1,call,2007-03-04\n2,visit,2007-03-05T10:00:00Z\n"


def code_of(excinfo: pytest.ExceptionInfo[InputError]) -> str:
    return excinfo.value.code


def test_a_plain_file_is_read_in_order(read, faults):
    extract = read(GOOD, first_row_no=100)

    assert (extract.rows_in, extract.rows_good, extract.rows_quarantined) == (2, 2, 0)
    assert extract.events["activity"].to_pylist() == ["call", "visit"]
    assert extract.events["state"].to_pylist() == ["call", "visit"]
    assert extract.events["row_no"].to_pylist() == [100, 101]
    assert extract.next_row_no == 102
    assert extract.events["precision"].to_pylist() == ["day", "minute"]
    assert extract.events["source_place"].to_pylist() == ["calls.csv, record 1, line 2", "calls.csv, record 2, line 3"]
    assert extract.columns_found == ("who", "what", "when")
    assert faults(extract) == []


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"])
def test_every_common_way_of_writing_text(read, encoding, ending):
    text = GOOD.replace("visit", "visité").replace("\n", ending)
    declared = {"encoding": encoding} if encoding in ("utf-16-le", "utf-16-be") else {}
    if ending == "\r" and encoding.startswith(("utf-16", "utf-32")):
        pytest.skip("old Macintosh line ends in UTF-16 were never seen")

    extract = read(text.encode(encoding), **declared)

    assert extract.events["activity"].to_pylist() == ["call", "visité"]


def test_windows_1252_is_told(read):
    extract = read(GOOD.replace("visit", "visité").encode("cp1252"))

    assert any("Windows-1252" in note for note in extract.notes)


@pytest.mark.parametrize(("delimiter", "name"), [(";", "a.csv"), ("\t", "a.tsv"), ("|", "a.txt"), (",", "a.csv")])
def test_the_delimiter_is_found_by_the_mapping(read, delimiter, name):
    extract = read(GOOD.replace(",", delimiter), name=name)

    assert extract.rows_good == 2


def test_the_line_in_which_excel_says_the_delimiter(read):
    extract = read("sep=;\n" + GOOD.replace(",", ";"))

    assert extract.rows_good == 2
    assert extract.events["source_place"][0].as_py() == "calls.csv, record 1, line 3"
    with pytest.raises(InputError) as excinfo:
        read("sep=;\n")
    assert code_of(excinfo) == "no_header"


def test_packed_files_are_told_by_content(read):
    assert read(gzip.compress(GOOD.encode()), name="calls.csv.gz").rows_good == 2
    assert read(gzip.compress(GOOD.encode()), name="calls.csv").rows_good == 2


def test_a_wrong_declared_delimiter_names_the_right_one(read):
    with pytest.raises(InputError, match="semicolon") as excinfo:
        read(GOOD.replace(",", ";"), delimiter=",")
    assert code_of(excinfo) == "wrong_delimiter"


def test_a_missing_column_lists_names_that_are_near(read):
    with pytest.raises(InputError, match=r"'when_' \(near: 'when'\)") as excinfo:
        read(GOOD, columns={"person": ("who",), "activity": ("what",), "at": ("when_",)})
    assert code_of(excinfo) == "missing_column"


def test_two_columns_of_one_name(read):
    with pytest.raises(InputError, match="Columns 1, 4 share a name: 'who'") as excinfo:
        read("who,what,when,who\n1,a,2007-03-04,2\n")
    assert code_of(excinfo) == "duplicate_column"


def test_an_empty_file_and_a_file_of_blanks(read):
    with pytest.raises(InputError) as excinfo:
        read(b"")
    assert code_of(excinfo) == "empty_file"
    with pytest.raises(InputError) as excinfo:
        read(b"\n\n")
    assert code_of(excinfo) == "no_header"


def test_no_file_and_a_folder(read, tmp_path):
    with pytest.raises(InputError) as excinfo:
        read(name="absent.csv")
    assert code_of(excinfo) == "no_file"
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(InputError) as excinfo:
        read(name="folder.csv")
    assert code_of(excinfo) in {"is_folder", "file_locked"}


def test_header_only(read):
    extract = read("who,what,when\n")

    assert 0 == extract.rows_in == extract.events.num_rows
    assert "The file has no records." in extract.notes


def test_mixed_encodings_cost_their_own_lines(read, faults):
    content = "who,what,when\n1,café,2007-03-04\n".encode() + b"2,caf\xe9,2007-03-04\n3,tea,2007-03-05\n"

    extract = read(content)

    assert faults(extract) == [(2, 3, None, "bad_encoding")]
    assert extract.events["activity"].to_pylist() == ["café", "tea"]


def test_utf16_without_mark_is_refused_not_read_as_nothing(read):
    with pytest.raises(InputError) as excinfo:
        read(GOOD.encode("utf-16-le"))
    assert code_of(excinfo) == "utf16_without_mark"


def test_a_single_nul_byte_costs_its_line(read, faults):
    lines = "".join(f"{n},call,2007-03-04\n" for n in range(30))
    extract = read("who,what,when\n" + lines + "9,ca\0ll,2007-03-04\n")

    assert faults(extract) == [(31, 32, None, "bad_encoding")]


def test_an_unclosed_quote_costs_one_line(read, faults):
    text = 'who,what,when\n1,call,2007-03-04\n2,"visit,2007-03-05\n' + "".join(
        f"{n},call,2007-03-06\n" for n in range(3, 500)
    )

    extract = read(text)

    assert faults(extract) == [(2, 3, None, "unclosed_quote")]
    assert extract.rows_good == 498


def test_an_unclosed_quote_in_a_fully_quoted_file(read, faults):
    lines = [f'"{n}","call","2007-03-04"' for n in range(1, 6)]
    lines[2] = '"3","call,"2007-03-04"'
    lines[3] = '"4","call","2007-03-04'

    extract = read("who,what,when\n" + "\n".join(lines) + "\n")

    assert faults(extract) == [(3, 4, None, "bad_quotes"), (4, 5, None, "unclosed_quote")]
    assert extract.rows_good == 3


def test_a_quoted_cell_may_run_over_lines(read, faults):
    extract = read('who,what,when\n1,"call\n""in"" haste, twice",2007-03-04\n2,visit,2007-03-05\n')

    assert extract.events["activity"].to_pylist() == ['call\n"in" haste, twice', "visit"]
    assert extract.events["source_place"].to_pylist() == ["calls.csv, record 1, line 2", "calls.csv, record 2, line 4"]


def test_inches_are_no_quotation_marks(read):
    assert read('who,what,when\n1,5" pipe,2007-03-04\n').events["activity"].to_pylist() == ['5" pipe']


def test_too_few_and_too_many_cells(read, faults):
    extract = read("who,what,when\n1,call\n2,call,2007-03-04,x\n3,call,2007-03-04\n")

    assert faults(extract) == [(1, 2, None, "wrong_cell_count"), (2, 3, None, "wrong_cell_count")]
    assert extract.rows_in == 3


def test_blank_lines_are_no_records_and_are_told(read):
    extract = read('who,what,when\n1,call,2007-03-04\n\n , ,\n"",,\n2,call,2007-03-04\n\n\n')

    assert 2 == extract.rows_in == extract.rows_good
    assert "5 lines without any content: passed over, not counted as records." in extract.notes
    assert extract.events["row_no"].to_pylist() == [0, 1]


def test_a_truncated_gzip_says_how_far_it_came(read):
    text = "who,what,when\n" + "".join(f"{n},call {n * 7919},2007-03-04\n" for n in range(20_000))
    packed = gzip.compress(text.encode())

    with pytest.raises(InputError, match=r"[1-9][\d,]* complete records could be read before that") as excinfo:
        read(packed[: len(packed) // 2], name="calls.csv.gz")
    assert code_of(excinfo) == "truncated_gzip"


def test_a_damaged_gzip(read):
    packed = bytearray(gzip.compress(GOOD.encode()))
    packed[12] ^= 0xFF
    with pytest.raises(InputError) as excinfo:
        read(bytes(packed), name="calls.csv.gz")
    assert code_of(excinfo) == "truncated_gzip"


def test_a_packing_bomb_is_refused(read, monkeypatch):
    monkeypatch.setattr("casetrail.records.files._BOMB_BYTES", 1 << 16)
    monkeypatch.setattr("casetrail.records.files._BOMB_RATIO", 10)
    with pytest.raises(InputError) as excinfo:
        read(gzip.compress(GOOD.encode() + b" " * 10_000_000), name="calls.csv.gz")
    assert code_of(excinfo) == "packing_bomb"


def test_an_unknown_ending_and_an_unknown_encoding(read):
    with pytest.raises(InputError) as excinfo:
        read(GOOD, name="calls.xls")
    assert code_of(excinfo) == "unknown_format"
    with pytest.raises(InputError) as excinfo:
        read(GOOD, encoding="utf-9")
    assert code_of(excinfo) == "unknown_encoding"


def test_progress_ends_with_all_records(read):
    seen: list[int] = []
    read("who,what,when\n" + "1,call,2007-03-04\n" * 60_000, progress=seen.append)

    assert seen == [50_000, 60_000]
