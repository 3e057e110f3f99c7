"""Rows set aside go out as a workbook, are mended there, and come back: only they change, and it lasts."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from datetime import date
from pathlib import Path

import duckdb
import openpyxl
import pytest

from casetrail.cli import main
from casetrail.errors import InputError, OutputError, ProtectionError
from casetrail.inquiry import Fixed, RecordsRead, WorkFolder, export_quarantine, fix, parse, read_records
from casetrail.inquiry.quarantine_kept import MENDED, QUARANTINE, decisions, kept
from casetrail.publish.envelope import INTERNAL
from casetrail.records import Keys

TODAY = date(2022, 1, 1)
HEADER = "CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB\n7,M,05/05/2012,WBRI,A1,,\n"
MISSING = (
    "CHILD,DOB,MISSING,MIS_START,MIS_END\n7,05/05/2012,M,01/03/2021,03/03/2021\n7,05/05/2012,M,31/02/2021,\n"
    ",05/05/2012,M,01/04/2021,\n"
)
# Records 2 (a date with two meanings), 3 (no person), 4 (a cell too many), 5 (a formula in the text), 6 (good).
CALLS = (
    "id,what,when,note\n7,call,2021-03-02,a\n7,visit,04/03/2021,b\n,call,2021-03-05,c\n7,call,2021-03-06,d,e\n"
    "=1+1,call,not known,f\n8,call,2021-03-08,g\n"
)
INQUIRY = """
[inquiry]
title = "A return and a log"
as_of = 2022-01-01
[[source]]
name = "care"
file = "903"
format = "ssda903"
origin = "made-up"
[[source]]
name = "police"
file = "calls.csv"
origin = "made-up"
agency = "police"
person_scheme = "la-child-id"
[source.columns]
person = "id"
activity = "what"
at = "when"
"""


class Case:
    """An inquiry in a folder, with its workbook."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "903").mkdir()
        (folder / "903" / "header.csv").write_text(HEADER, encoding="utf-8")
        (folder / "903" / "missing.csv").write_text(MISSING, encoding="utf-8")
        (folder / "calls.csv").write_text(CALLS, encoding="utf-8")
        self.file = folder / "case.toml"
        self.file.write_text(INQUIRY, encoding="utf-8")
        self.number = 0

    @property
    def inquiry(self):
        return parse(self.file, today=TODAY)

    @property
    def work(self) -> WorkFolder:
        return WorkFolder(self.inquiry.work)

    @property
    def keys(self) -> Keys:
        return Keys.load(self.work.key_file)

    def read(self) -> RecordsRead:
        return read_records(self.inquiry, self.work)

    def export(self) -> Path:
        self.number += 1
        out = self.folder / f"aside {self.number}.xlsx"
        export_quarantine(self.inquiry, self.work, out, reason="", today=TODAY)
        return out

    def fix(self, path: Path) -> Fixed:
        return fix(self.inquiry, self.work, path, today=TODAY)

    def events(self) -> list[tuple[object, ...]]:
        """What is stored, but for the workers' codes, which are new in each run."""
        with duckdb.connect(str(self.read().snapshot), read_only=True) as engine:
            found = [
                engine.sql(f"select * exclude (worker) from {name} order by row_no").to_arrow_table()
                for name in ("event_raw", "involvement_raw")
            ]
        return [tuple(row.items()) for table in found for row in table.to_pylist()]

    def counts(self, source: str) -> tuple[int, int, int, int]:
        (one,) = (found for found in self.read().sources if found.ref.name == source)
        return one.rows_in, one.rows_good, one.rows_quarantined, one.rows_mended


@pytest.fixture
def case(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Case:
    monkeypatch.chdir(tmp_path)
    return Case(tmp_path)


def change(path: Path, changes: Callable[[dict[str, openpyxl.worksheet.worksheet.Worksheet]], None]) -> Path:
    book = openpyxl.load_workbook(path)
    changes({sheet.title: sheet for sheet in book.worksheets})
    book.save(path)
    return path


def cell(sheet, record: int, column: str):
    """The cell of a record (as the workbook numbers it) under a heading."""
    heads = [one.value for one in sheet[2]]
    at = heads.index("[record]")
    (row,) = (row for row in sheet.iter_rows(min_row=3) if row[at].value == str(record))
    return row[heads.index(column)]


def put(path: Path, sheet: str, **cells: object) -> Path:
    """Write cells named like r4_when, and save."""

    def changes(sheets) -> None:
        for name, text in cells.items():
            record, _, column = name.removeprefix("r").partition("_")
            cell(sheets[sheet], int(record), {"undo": "[undo]", "key": "[id]"}.get(column, column)).value = text

    return change(path, changes)


def test_the_workbook_has_the_row_its_place_the_reason_and_what_to_do(case: Case) -> None:
    path = case.export()
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["About", "care missing", "police"]
    assert all(sheet["A1"].value == INTERNAL for sheet in book.worksheets)
    sheet = book["police"]
    heads = [one.value for one in sheet[2]]
    rows = [{head: one.value for head, one in zip(heads, row, strict=False)} for row in sheet.iter_rows(min_row=3)]
    assert [(row["[record]"], row["[line]"], row["[column]"], row["[code]"]) for row in rows] == [
        ("2", "3", "when", "ambiguous_date"),
        ("3", "4", "id", "missing_person"),
        ("4", "5", "", "wrong_cell_count"),
        ("5", "6", "when", "not_a_date"),
    ]
    assert rows[0] | {"id": "7", "what": "visit", "when": "04/03/2021"} == rows[0]
    assert rows[2]["[line as it stands]"] == "7,call,2021-03-06,d,e"
    assert "each in its column" in rows[2]["[how to mend]"]
    # What is not mapped is not read, and so not kept; text that looks like a formula is text.
    assert "note" not in heads
    assert (cell(sheet, 5, "id").data_type, cell(sheet, 5, "id").value) == ("s", "=1+1")
    care = book["care missing"]
    assert (cell(care, 2, "[line]").value, cell(care, 2, "MIS_START").value) == ("3", "31/02/2021")
    assert cell(care, 3, "[code]").value == "missing_required"
    assert cell(care, 2, "MIS_START").fill.fgColor.rgb.endswith("FFF2CC")


def test_good_mends_are_taken_in_and_nothing_else_changes(case: Case) -> None:
    before = case.events()
    assert case.counts("police") == (6, 2, 4, 0)
    path = put(case.export(), "police", r2_when="2021-03-04", r4_id="7", r4_what="call", r4_when="2021-03-06")
    found = put(path, "care missing", r3_CHILD="7")
    fixed = case.fix(found)

    assert (fixed.taken_in, fixed.still_aside, fixed.drawn_in) == (3, (), ())
    assert fixed.counts == {"mended": 3, "untouched": 3}
    assert case.counts("police") == (6, 4, 2, 2)
    assert case.counts("care") == (4, 3, 1, 1)
    after = case.events()
    places = {dict(row)["source_place"] for row in after} - {dict(row)["source_place"] for row in before}
    assert places == {
        "calls.csv, record 2, line 3",
        "calls.csv, record 4, line 5",
        "missing.csv, missing, record 3, line 4",
    }
    # Rows that nobody touched are as they were, but for their number.
    plain = [{k: v for k, v in row if k != "row_no"} for row in after]
    assert all({k: v for k, v in row if k != "row_no"} in plain for row in before)


def test_a_mend_is_judged_by_the_rules_of_its_source(case: Case) -> None:
    path = put(case.export(), "police", r2_when="05/03/2021", r3_id="9", r5_when="2024-01-01")
    fixed = case.fix(path)

    assert fixed.taken_in == 1
    assert [(row.place, row.code) for row in fixed.still_aside] == [
        ("calls.csv, record 2, line 3", "ambiguous_date"),
        ("calls.csv, record 5, line 6", "after_as_of"),
    ]
    assert case.counts("police") == (6, 3, 3, 1)
    # What was mended and is aside still goes out as it was mended, with the new reason, and can be mended on.
    again = case.export()
    sheet = openpyxl.load_workbook(again)["police"]
    assert cell(sheet, 5, "when").value == "2024-01-01"
    assert cell(sheet, 5, "[code]").value == "after_as_of\nmended_still_aside"
    assert case.fix(put(again, "police", r5_when="2021-01-01")).taken_in == 1
    assert case.counts("police") == (6, 4, 2, 2)


def test_it_lasts_and_says_when_and_by_what(case: Case) -> None:
    path = put(case.export(), "police", r2_when="2021-03-04")
    fixed = case.fix(path)
    first = case.events()
    (one,) = decisions(case.work, case.keys)
    assert (one.on, one.workbook, one.source) == ("2022-01-01", fixed.workbook, "police")
    assert (dict(one.mend.cells), dict(one.mend.was)) == ({"when": "2021-03-04"}, {"when": "04/03/2021"})
    # Everything derived is thrown away: a rebuild gives the same.
    for derived in (*case.work.snapshots.root.iterdir(), case.work.root / "sources.json"):
        derived.unlink()
    (case.work.vault_folder / QUARANTINE).unlink()
    assert case.events() == first
    assert main(["run", str(case.file)]) == 0
    answers = json.loads((case.folder / "case-pack" / "answers.json").read_text(encoding="utf-8"))["answers"]
    (page,) = (answer for answer in answers if answer["id"] == "records.sources")
    assert "1 row mended by hand" in page["sentence"]


def test_the_same_twice_a_copy_and_an_undo(case: Case) -> None:
    plain = case.export()
    other = case.export()
    before = case.events()
    path = put(plain, "police", r2_when="2021-03-04")
    case.fix(path)
    assert case.fix(path).counts == {"again": 1, "untouched": 5}
    assert len(decisions(case.work, case.keys)) == 1
    # A colleague's copy of the older workbook undoes nothing.
    second = case.fix(put(other, "police", r3_id="9"))
    assert second.counts == {"mended": 1, "as_in_the_file": 1, "untouched": 4}
    # Said outright, or the cell put back in a new workbook, is an undo.
    assert case.fix(put(other, "police", r2_undo="yes")).counts["undone"] == 1
    assert case.counts("police") == (6, 3, 3, 1)
    assert case.fix(put(case.export(), "police", r3_id=None)).counts["undone"] == 1
    assert case.events() == before
    assert case.fix(put(case.export(), "police", r2_undo="yes")).counts["nothing_to_undo"] == 1


def test_a_later_mend_of_the_same_row_counts_and_is_told(case: Case) -> None:
    path = put(case.export(), "police", r2_when="2021-03-04")
    copy = case.folder / "copy.xlsx"
    copy.write_bytes(path.read_bytes())
    case.fix(path)
    exported = case.export()
    assert case.fix(put(copy, "police", r2_when="2021-03-05")).counts["replaced"] == 1
    # The workbook written in between shows a mend that stands no more: what is changed in it is not taken.
    assert case.fix(put(exported, "police", r2_what="call")).counts["earlier"] == 1
    assert case.counts("police") == (6, 3, 3, 1)


def test_ids_edited_rows_deleted_added_copied(case: Case) -> None:
    path = case.export()

    def spoil(sheets) -> None:
        sheet = sheets["police"]
        cell(sheet, 2, "[id]").value = "row-00000000000000000000"
        cell(sheet, 3, "id").value = "9"
        sheet.append([one.value for one in sheet[cell(sheet, 3, "id").row]])
        cell(sheet, 5, "id").value = "9"
        twin = [one.value for one in sheet[cell(sheet, 5, "id").row]]
        twin[-1] = "2021-03-09"
        sheet.append(twin)
        sheet.append([None, "police", "calls.csv"])
        sheet.delete_rows(cell(sheet, 4, "id").row)
        care = sheets["care missing"]
        care.delete_cols([one.value for one in care[2]].index("MIS_START") + 1)
        care.title = "renamed"
        sheets["About"].parent.create_sheet("mine").append(["nothing of casetrail's"])

    fixed = case.fix(change(path, spoil))
    assert fixed.counts == {
        "unknown_id": 1,
        "mended": 1,  # and not the row that is there twice
        "twice": 1,
        "no_id": 1,
        "deleted": 1,
        "column_gone": 2,
        "untouched": 2,
    }
    assert fixed.taken_in == 1
    assert fixed.places["no_id"] == ("sheet 'police', row 9",) or fixed.places["no_id"] == ("sheet 'police', row 8",)
    assert fixed.told == ("Sheet 'mine' has no column [id]: none of its rows was looked at.",)


def test_a_source_that_changed_since(case: Case) -> None:
    path = put(case.export(), "police", r2_when="2021-03-04")
    put(path, "care missing", r3_CHILD="7")
    case.fix(path)
    more = put(case.export(), "police", r3_id="9")
    (case.folder / "calls.csv").write_text(CALLS + "9,call,2021-03-09,h\n", encoding="utf-8")
    fixed = case.fix(more)
    assert (fixed.taken_in, fixed.counts["source_changed"]) == (0, 4)
    # What was mended was mended in another file: it is not laid on, and that is said.
    assert case.counts("police") == (7, 3, 4, 0)
    (police,) = (one for one in case.read().sources if one.ref.name == "police")
    assert any("1 mend of an earlier file" in note for note in police.notes)
    assert case.counts("care") == (4, 3, 1, 1)
    (case.folder / "calls.csv").write_text(CALLS, encoding="utf-8")
    assert case.counts("police") == (6, 3, 3, 1)


def test_formulas_errors_and_native_dates_in_the_workbook(case: Case) -> None:
    path = put(case.export(), "police", r2_when="=TODAY()", r3_id="#DIV/0!", r5_when=date(2021, 3, 7))
    change(path, lambda sheets: setattr(cell(sheets["police"], 3, "id"), "data_type", "e"))
    fixed = case.fix(path)
    assert fixed.counts == {"formula": 2, "mended": 1, "untouched": 3}
    assert fixed.taken_in == 1
    # In a return whose dates are written day first, a native date becomes what the return would write.
    assert case.fix(put(case.export(), "care missing", r2_MIS_START=date(2021, 2, 28))).taken_in == 1


def test_a_mend_that_makes_another_row_unusable_says_so(case: Case) -> None:
    text = INQUIRY.replace('at = "when"', 'at = "when"\nevent_id = "note"')
    case.file.write_text(text, encoding="utf-8")
    fixed = case.fix(put(case.export(), "police", r2_when="2021-03-04", r2_note="g"))
    assert fixed.taken_in == 1
    assert [(row.place, row.code) for row in fixed.drawn_in] == [("calls.csv, record 6, line 7", "duplicate_event_id")]


def test_what_is_privileged_is_not_kept(case: Case) -> None:
    (case.folder / "calls.csv").write_text(
        "id,what,when,note\n7,call,2021-03-02,\n7,kanarienvogel,2021-03-03,counsel\n7,kanarienvogel,2021-03-06,d,e\n",
        encoding="utf-8",
    )
    case.file.write_text(INQUIRY.replace('at = "when"', 'at = "when"\nprivileged = "note"'), encoding="utf-8")
    path = case.export()
    sheet = openpyxl.load_workbook(path)["police"]
    assert "kanarienvogel" not in str([[one.value for one in row] for row in sheet.iter_rows()])
    assert "kanarienvogel" not in repr(kept(case.work, case.keys).rows.to_pylist())
    fixed = case.fix(put(path, "police", r2_id="7", r2_what="call", r2_when="2021-03-03", r3_id="7"))
    assert (fixed.counts["shut"], fixed.taken_in) == (2, 0)
    assert case.counts("police") == (3, 1, 2, 0)


def test_all_set_aside_can_be_mended(case: Case) -> None:
    case.file.write_text(
        INQUIRY[: INQUIRY.index("[[source]]")] + INQUIRY[INQUIRY.rindex("[[source]]") :], encoding="utf-8"
    )
    (case.folder / "calls.csv").write_text("id,what,when,note\n7,visit,04/03/2021,b\n", encoding="utf-8")
    with pytest.raises(InputError, match="all were set aside"):
        case.read()
    assert case.fix(put(case.export(), "police", r1_when="2021-03-04")).taken_in == 1
    assert case.counts("police") == (1, 1, 0, 1)


def test_real_persons_need_a_reason_and_the_look_is_logged(case: Case) -> None:
    protection = """
[protection]
purpose = "audit"
controllers = ["The Council"]
lawful_basis = "section 47"
retain_until = 2030-01-01
"""
    text = INQUIRY.replace('origin = "made-up"', 'origin = "real"') + protection
    case.file.write_text(text, encoding="utf-8")
    with pytest.raises(ProtectionError, match="needs a reason"):
        case.export()
    out = case.folder / "aside.xlsx"
    export_quarantine(case.inquiry, case.work, out, reason="to mend", today=TODAY)
    (line,) = case.work.view_log.read_text(encoding="utf-8").splitlines()
    assert json.loads(line) == {"on": "2022-01-01", "quarantine": "aside.xlsx", "rows": 6, "reason": "to mend"}


def test_files_that_are_no_such_workbook(case: Case) -> None:
    other = case.folder / "other.xlsx"
    openpyxl.Workbook().save(other)
    with pytest.raises(InputError, match="no workbook of a quarantine"):
        case.fix(other)
    with pytest.raises(OutputError, match="There is a file"):
        export_quarantine(case.inquiry, case.work, other, reason="", today=TODAY)
    (case.folder / "text.xlsx").write_text("no zip", encoding="utf-8")
    with pytest.raises(InputError):
        case.fix(case.folder / "text.xlsx")


def test_the_verb_and_the_end(case: Case, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["read", str(case.file), "--quarantine", "aside.xlsx"]) == 0
    assert "6 rows in aside.xlsx" in capsys.readouterr().out
    path = put(
        case.folder / "aside.xlsx", "police", r2_when="2021-03-04", r3_id="kanarienvogel", r5_when="kanarienvogel"
    )
    assert main(["read", str(case.file), "--fix", str(path)]) == 0
    said = capsys.readouterr()
    assert "2 taken in, 1 still set aside" in said.out
    assert "calls.csv, record 5, line 6, when: not_a_date." in said.out
    assert main(["read", str(case.file), "--fix", str(path), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["fixed"]["counts"] == {"again": 3, "untouched": 3}
    assert "kanarienvogel" not in said.out + said.err + json.dumps(told)
    for one in case.work.root.rglob("*"):
        assert one.is_dir() or one.suffix == ".duckdb" or b"kanarienvogel" not in one.read_bytes()
    assert main(["read", str(case.folder / "calls.csv"), "--fix", str(path)]) == 2
    assert (case.work.vault_folder / MENDED).is_file()
    assert main(["purge", "--yes", str(case.file)]) == 0
    assert not case.work.root.exists()
    assert not path.exists()


def test_what_is_kept_is_sealed_and_a_change_is_seen(case: Case) -> None:
    case.fix(put(case.export(), "police", r2_when="2021-03-04"))
    for name in (QUARANTINE, MENDED):
        path = case.work.vault_folder / name
        content = path.read_bytes()
        assert b"04/03/2021" not in content
        assert b"2021-03-04" not in content
        assert path.stat().st_mode & 0o077 == 0 or os.name == "nt"
        path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
        with pytest.raises(InputError, match="damaged"):
            case.export()
        path.write_bytes(content)
    (case.work.vault_folder / QUARANTINE).unlink()
    case.export()
