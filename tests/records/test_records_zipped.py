"""Zip archives as sources: read as what is in them, told by their own places, and nothing left on the disc."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import time
import zipfile
from datetime import date

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from casetrail.errors import InputError
from casetrail.figures import Origin
from casetrail.records import Mend, SourceSpec, look, read_source
from casetrail.records.unpacking import sweep, unpacked_archive, visible

CSV = "who,what,when\n1,call,2007-03-04\n2,call,never\n"
# Two of the twelve lists of the looked-after return; headings from docs/returns.md and the forms' own files.
EPISODES = (
    "CHILD,DECOM,RNE,LS,CIN,PLACE,PLACE_PROVIDER,DEC,REC,REASON_PLACE_CHANGE,HOME_POST,PL_POST,URN\n"
    "101,01/05/2023,S,C2,N1,U1,PR1,,,,,,\n102,never,S,C2,N1,U1,PR1,,,,,,\n"
)
HEADER = "CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB\n101,1,01/02/2010,WBRI,A123456789012,,\n"


@pytest.fixture
def room(tmp_path, monkeypatch):
    """Where the system keeps what is temporary, and the only place in which anything may be unpacked."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    return folder


def packed(folder, members, name="x.zip"):
    with zipfile.ZipFile(folder / name, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, content in members.items():
            archive.writestr(member, content)
    return folder / name


def contents(folder, kind):
    if kind == "csv":
        return CSV.encode()
    rows = [line.split(",") for line in CSV.split()]
    path = folder / f"calls.{kind}"
    if kind == "xlsx":
        book = openpyxl.Workbook()
        for row in rows:
            book.active.append(row)
        book.save(path)
    else:
        pq.write_table(pa.table(dict(zip(rows[0], zip(*rows[1:], strict=True), strict=True))), path)
    return path.read_bytes()


@pytest.mark.parametrize("kind", ["csv", "xlsx", "parquet"])
def test_one_file_in_an_archive_reads_as_that_file(tmp_path, read, room, kind):
    content = contents(tmp_path, kind)
    plain = read(content, f"calls.{kind}")
    path = packed(tmp_path, {f"export/calls.{kind}": content, "__MACOSX/._calls": b"x", "letter.pdf": b"y"})
    found = read(name="x.zip")
    assert (found.rows_in, found.rows_good, found.rows_quarantined) == (2, 1, 1)
    assert found.events.drop(["source_place"]) == plain.events.drop(["source_place"])
    assert found.events["source_place"].to_pylist() == [
        f"x.zip / {place}" for place in plain.events["source_place"].to_pylist()
    ]
    assert found.quarantine["file"].to_pylist() == [f"x.zip / calls.{kind}"]
    assert found.originals["file"].to_pylist() == [f"x.zip / calls.{kind}"]
    assert found.quarantine["line"] == plain.quarantine["line"]
    assert found.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert found.spec.path == path
    assert "x.zip / letter.pdf: of a kind that is not read." in found.notes
    assert list(room.iterdir()) == []


def test_a_return_of_several_files_in_an_archive(tmp_path, read, room):
    packed(tmp_path, {"2024/episodes.csv": EPISODES, "2024/header.csv": HEADER})
    (tmp_path / "2024").mkdir()
    for name, text in (("episodes.csv", EPISODES), ("header.csv", HEADER)):
        (tmp_path / "2024" / name).write_text(text, encoding="utf-8", newline="\n")
    plain = read(name="2024", format="ssda903", columns={}, as_of=date(2024, 3, 31))
    found = read(name="x.zip", format="ssda903", columns={}, as_of=date(2024, 3, 31))
    assert {table.file for table in found.tables} == {"x.zip / episodes.csv", "x.zip / header.csv"}
    assert found.rows_in == 3
    assert (found.rows_good, found.rows_quarantined) == (plain.rows_good, plain.rows_quarantined)
    assert found.events.drop(["source_place"]) == plain.events.drop(["source_place"])
    assert found.findings.drop(["file"]) == plain.findings.drop(["file"])
    assert {row["file"] for row in found.quarantine.to_pylist()} == {"x.zip / episodes.csv"}
    assert {place.split(",")[0] for place in found.events["source_place"].to_pylist()} <= {
        "x.zip / episodes.csv",
        "x.zip / header.csv",
    }
    assert list(room.iterdir()) == []


def test_a_return_in_xml_in_an_archive(tmp_path, room):
    child = (
        "<Child><ChildIdentifiers><LAchildID>1</LAchildID><PersonBirthDate>2010-01-01</PersonBirthDate>"
        "</ChildIdentifiers><CINdetails><CINreferralDate>2023-05-01</CINreferralDate><ReferralSource>1A"
        "</ReferralSource></CINdetails></Child>"
    )
    text = (
        "<Message><Header><CollectionDetails><Collection>CIN</Collection><Year>2024</Year></CollectionDetails>"
        f"</Header><Children>{child}</Children></Message>"
    )
    (tmp_path / "census.xml").write_text(text, encoding="utf-8", newline="\n")
    plain, found = (
        look(tmp_path / "census.xml", as_of=date(2024, 3, 31)),
        look(packed(tmp_path, {"census.xml": text}), as_of=date(2024, 3, 31)),
    )
    assert (found.form, found.rows, found.events) == (plain.form, plain.rows, plain.events)
    assert found.rows > 0 and found.file == "x.zip"
    assert {table.file for table in found.tables} == {"x.zip / census.xml"}
    assert list(room.iterdir()) == []


def test_a_dry_look_into_an_archive(tmp_path, room):
    found = look(packed(tmp_path, {"calls.csv": CSV}), as_of=date(2010, 1, 1))
    assert (found.file, found.rows) == ("x.zip / calls.csv", 2)
    assert found.sha256 == hashlib.sha256((tmp_path / "x.zip").read_bytes()).hexdigest()
    assert list(room.iterdir()) == []


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"a.csv": CSV, "b.csv": CSV}, "several_files"),
        ({"a/a.csv": CSV, "b/A.csv": CSV}, "unsafe_archive"),
        ({"../a.csv": CSV}, "unsafe_archive"),
        ({"/a.csv": CSV}, "unsafe_archive"),
        ({"C:\\a.csv": CSV}, "unsafe_archive"),
        ({"con.csv": CSV}, "unsafe_archive"),
        ({"a?.csv": CSV}, "unsafe_archive"),
        ({"a" * 200 + ".csv": CSV}, "unsafe_archive"),
        ({"a\x1b[2J.csv": CSV}, "unsafe_archive"),
        ({"[Content_Types].xml": "<a/>", "xl/workbook.xml": "<a/>"}, "unsafe_archive"),
        ({"a.csv": CSV, "more.zip": b"PK\5\6" + bytes(18)}, "nested_archive"),
        ({"a.csv.gz": b"\x1f\x8b"}, "nested_archive"),
        ({"a.csv": b"PK\3\4 and more"}, "nested_archive"),
        ({"a.csv": b"\x1f\x8b and more"}, "nested_archive"),
        ({"letter.pdf": b"x"}, "nothing_in_archive"),
        ({}, "nothing_in_archive"),
        ({"a.csv": b""}, "empty_file"),
    ],
)
def test_what_is_refused(read, room, members, code):
    tmp_path = room.parent
    packed(tmp_path, members)
    for doing in (lambda: read(name="x.zip"), lambda: look(tmp_path / "x.zip", as_of=date(2010, 1, 1))):
        with pytest.raises(InputError) as told:
            doing()
        assert told.value.code == code
        assert told.value.where.startswith("x.zip") and str(room) not in str(told.value)
        assert told.value.todo and not any(sign < " " for sign in told.value.where)
        assert list(room.iterdir()) == []


def test_a_bomb_a_lock_and_damage(tmp_path, read, room):
    bomb = packed(tmp_path, {"a.csv": bytes(300 << 20)})
    with pytest.raises(InputError) as told:
        read(name=bomb.name)
    assert told.value.code == "packing_bomb"
    sound = packed(tmp_path, {"a.csv": CSV}).read_bytes()
    locked = bytearray(sound)
    locked[sound.index(b"PK\1\2") + 8] |= 1
    spoilt = bytearray(sound)
    spoilt[40] ^= 255
    for content, code in ((locked, "encrypted_archive"), (spoilt, "bad_archive"), (b"no archive", "bad_archive")):
        with pytest.raises(InputError) as told:
            read(bytes(content), "x.zip")
        assert told.value.code == code
    with pytest.raises(InputError) as told:
        read(name="none.zip")
    assert told.value.code == "no_file"
    assert list(room.iterdir()) == []


def test_signs_that_cannot_be_seen_in_a_name_are_spelt_out(tmp_path, read, room):
    assert visible("a\u202ec\x7f.csv") == "a[U+202E]c[U+007F].csv"
    packed(tmp_path, {"calls\u202e.csv": CSV})
    assert read(name="x.zip").quarantine["file"].to_pylist() == ["x.zip / calls[U+202E].csv"]


def test_a_value_of_a_record_is_in_no_error(tmp_path, read, room):
    packed(tmp_path, {"calls.csv": "who,what\nCANARY,call\n"})
    with pytest.raises(InputError) as told:
        read(name="x.zip")
    assert told.value.where == "x.zip / calls.csv" and "CANARY" not in str(told.value)


def test_what_a_stopped_run_unpacked_goes(tmp_path, room):
    path = packed(tmp_path, {"calls.csv": CSV})
    with pytest.raises(KeyboardInterrupt), unpacked_archive(path) as inside:
        assert inside.path.read_text(encoding="utf-8") == CSV
        raise KeyboardInterrupt
    assert list(room.iterdir()) == []


def test_what_a_killed_run_left_goes_at_the_next_start_and_what_a_living_one_holds_stays(tmp_path):
    path, own = packed(tmp_path, {"calls.csv": CSV}), tmp_path / "work" / "unpacked"
    code = (
        "import sys, time; from pathlib import Path; from casetrail.records.unpacking import unpacked_archive\n"
        "with unpacked_archive(Path(sys.argv[1]), Path(sys.argv[2])):\n    print('in', flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", code, str(path), str(own)], stdout=subprocess.PIPE) as run:
        assert run.stdout.readline().strip() == b"in"
        sweep(own)
        assert [file.name for file in own.rglob("*.csv")] == ["calls.csv"]
        run.kill()
        run.wait()
    for _ in range(50):
        sweep(own)
        if not own.exists():
            break
        time.sleep(0.1)
    assert not own.exists()


def test_a_record_mended_by_hand_is_found_again_in_the_archive(tmp_path, keys, room):
    spec = SourceSpec(
        name="police",
        path=packed(tmp_path, {"calls.csv": CSV}),
        origin=Origin.MADE_UP,
        columns={"person": ("who",), "activity": ("what",), "at": ("when",)},
    )
    was = {"who": "2", "what": "call", "when": "never"}
    mend = Mend(file="x.zip / calls.csv", record=2, cells=was | {"when": "2007-03-05"}, was=was)
    found = read_source(spec, keys=keys, as_of=date(2010, 1, 1), mends=[mend])
    assert (found.rows_good, found.rows_mended) == (2, 1)
