"""The vault's files: what went in comes out, and nothing comes out of a file that is not whole or not ours."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyrage
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casetrail.errors import CasetrailError, IntegrityError, OutputError, ProtectionError
from casetrail.records.vault import Vault, VaultKey, seal, unseal
from casetrail.records.vault import entries as entries_module
from casetrail.records.vault.folder import LIST
from casetrail.schema.identity import IDENTITY, IDENTITY_FIELDS

MARK = "V" + "A" * 20
CANARY = "Zq7canary"
Row = tuple[str, str, str, str, str | None, int]


def new_key() -> VaultKey:
    return VaultKey(pyrage.x25519.Identity.generate())


KEY = new_key()


def table(rows: list[Row]) -> pa.Table:
    return pa.Table.from_pylist([dict(zip(IDENTITY.names, row, strict=True)) for row in rows], schema=IDENTITY)


def person(n: int) -> str:
    return f"P{n:020d}"


ROWS: list[Row] = [
    (person(1), "family_name", "surname", f"{CANARY}-Ahn", None, 1),
    (person(2), "given_names", "first", f'{CANARY}-"\u2028Zoë\n', "children", 2),
    (person(1), "birth_date", "dob", "2012-05-05", None, 3),
]


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    vault = Vault(tmp_path / "vault", MARK)
    vault.replace({("calls", "real"): table(ROWS)}, [KEY.recipient], stamp="one")
    return vault


def file_of(vault: Vault) -> Path:
    (about,) = vault.listed()
    return vault.root / about.file


def test_what_went_in_comes_out_by_person(vault: Vault) -> None:
    ((about, found),) = vault.of_person(person(1), KEY)
    assert about.source == "calls"
    assert sorted(map(tuple, (row.values() for row in found.to_pylist()))) == sorted([ROWS[0], ROWS[2]])
    assert vault.of_person(person(3), KEY) == ()
    assert (about.entries, about.persons) == (3, 2)
    assert about.fields == {"birth_date": 1, "family_name": 1, "given_names": 1}
    assert vault.recipients() == (KEY.recipient,)
    assert vault.is_of("one")
    assert not vault.is_of("two")
    assert vault.check(KEY) == ()


def test_no_value_lies_open_in_the_folder(vault: Vault) -> None:
    for path in vault.root.iterdir():
        content = path.read_bytes()
        assert CANARY.encode() not in content
        assert person(1).encode() not in content


def test_the_plain_text_is_what_the_manual_says(vault: Vault) -> None:
    """Read without casetrail: the age library alone, and JSON."""
    plain = pyrage.decrypt(file_of(vault).read_bytes(), [KEY.identity]).decode("utf-8")
    head, *lines = plain.removesuffix("\n").split("\n")
    assert json.loads(head) == {
        "format": "casetrail-vault",
        "version": 1,
        "source": "calls",
        "origin": "real",
        "keyed": MARK,
        "entries": 3,
    }
    assert [json.loads(line)[0] for line in lines] == [person(1), person(1), person(2)]


def contents(vault: Vault) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in vault.root.iterdir() if path.suffix in (".age", ".json", ".part")}


TEXTS = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=40)
ENTRIES = st.lists(
    st.tuples(
        st.integers(0, 3).map(person),
        st.sampled_from(IDENTITY_FIELDS),
        TEXTS,
        TEXTS,
        st.none() | TEXTS,
        st.integers(1, 2**62),
    ),
    max_size=30,
)


@settings(max_examples=30)
@given(ENTRIES)
def test_round_trip_for_any_text(tmp_path_factory: pytest.TempPathFactory, rows: list[Row]) -> None:
    vault = Vault(tmp_path_factory.mktemp("vault"), MARK)
    vault.replace({("a", "real"): table(rows)}, [KEY.recipient], stamp="s")
    back = [tuple(row.values()) for _, found in vault.of_person(person(1), KEY) for row in found.to_pylist()]
    assert sorted(back, key=repr) == sorted((row for row in rows if row[0] == person(1)), key=repr)
    assert vault.listed()[0].persons == len({row[0] for row in rows})


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    vault = Vault(tmp_path_factory.mktemp("vault"), MARK)
    vault.replace({("a", "real"): table(ROWS)}, [KEY.recipient], stamp="s")
    return file_of(vault).read_bytes()


@given(st.data())
def test_any_cut_and_any_changed_byte_is_noticed(
    tmp_path_factory: pytest.TempPathFactory, whole: bytes, data: st.DataObject
) -> None:
    path = tmp_path_factory.mktemp("vault") / "a.age"
    # The library puts a random stanza into some heads, so that the length differs from run to run.
    at = data.draw(st.integers(0, 10**6)) % len(whole)
    if data.draw(st.booleans()):
        path.write_bytes(whole[:at])
    else:
        path.write_bytes(whole[:at] + bytes([whole[at] ^ data.draw(st.integers(1, 255))]) + whole[at + 1 :])
    with pytest.raises((IntegrityError, ProtectionError)) as caught:
        entries_module.read_entries(path, KEY.identity, person=person(1))
    assert CANARY not in str(caught.value)


def test_a_cut_at_the_edge_of_a_piece_is_noticed(tmp_path: Path) -> None:
    """Pieces of 64 KiB are whole in themselves: only the end of the file says that none is missing."""
    path = tmp_path / "long.age"
    seal(path, (b"x" * 100 for _ in range(3000)), [KEY.recipient])
    whole = path.read_bytes()
    piece = 65_536 + 16
    start = whole.index(b"\n", whole.index(b"\n---")) + 1 + 16
    for pieces in (1, 2, 4):
        path.write_bytes(whole[: start + pieces * piece])
        seen: list[bytes] = []
        with pytest.raises(IntegrityError):
            unseal(path, KEY.identity, seen.append)


def test_another_key_opens_nothing(vault: Vault) -> None:
    with pytest.raises(ProtectionError) as caught:
        vault.of_person(person(1), new_key())
    assert caught.value.code == "vault_wrong_key"
    assert [fault.code for fault in vault.check(new_key())] == ["vault_wrong_key"]


def test_each_recipient_opens_it_and_after_a_change_of_keys_only_the_new(vault: Vault) -> None:
    second, third = new_key(), new_key()
    assert vault.rekey(KEY, [KEY.recipient, second.recipient]) == 3
    assert vault.of_person(person(1), KEY) != ()
    assert vault.of_person(person(1), second) != ()
    assert vault.rekey(second, [third.recipient]) == 3
    assert vault.recipients() == (third.recipient,)
    assert vault.is_of("one")
    for old in (KEY, second):
        with pytest.raises(ProtectionError):
            vault.of_person(person(1), old)
    assert len(list(vault.root.glob("*.age"))) == 1


def test_a_wrong_key_changes_nothing_when_keys_are_changed(vault: Vault) -> None:
    before = contents(vault)
    with pytest.raises(ProtectionError):
        vault.rekey(new_key(), [new_key().recipient])
    assert contents(vault) == before


def test_reading_anew_replaces_all_of_a_source_and_drops_what_is_no_source(vault: Vault) -> None:
    vault.replace({("calls", "real"): table([]), ("school", "real"): table(ROWS[:1])}, [KEY.recipient], stamp="two")
    found = vault.of_person(person(1), KEY)
    assert [(about.source, rows.num_rows) for about, rows in found] == [("school", 1)]
    assert len(list(vault.root.glob("*.age"))) == 2
    assert vault.check(KEY) == ()


def test_a_file_of_another_source_or_inquiry_is_refused(vault: Vault, tmp_path: Path) -> None:
    other = Vault(tmp_path / "other", MARK)
    other.replace({("school", "real"): table(ROWS)}, [KEY.recipient], stamp="s")
    file_of(vault).write_bytes(file_of(other).read_bytes())
    assert [fault.code for fault in vault.check(KEY)] == ["vault_of_another"]
    with pytest.raises(IntegrityError):
        Vault(other.root, "V" + "B" * 20).of_person(person(1), KEY)


def test_a_file_put_in_its_place_by_somebody_without_the_key_is_seen(vault: Vault) -> None:
    """Whoever has the public key can write a file that opens; the hash in the list tells that it is another."""
    plain = pyrage.decrypt(file_of(vault).read_bytes(), [KEY.identity]).replace(b"2012-05-05", b"2012-05-06")
    file_of(vault).write_bytes(pyrage.encrypt(plain, [KEY.identity.to_public()]))
    assert [fault.code for fault in vault.check(KEY)] == ["vault_changed"]


@pytest.mark.parametrize(
    "content",
    [b"", b"[]\n", b"{}\n", b"\xff\xfe\n", b'{"format": "casetrail-vault", "version": "1"}\n', b"no line end"],
)
def test_strange_plain_text_is_refused(vault: Vault, content: bytes) -> None:
    file_of(vault).write_bytes(pyrage.encrypt(content, [KEY.identity.to_public()]))
    with pytest.raises(IntegrityError):
        vault.of_person(person(1), KEY)


def test_fewer_lines_than_the_head_says_are_refused(vault: Vault) -> None:
    plain = pyrage.decrypt(file_of(vault).read_bytes(), [KEY.identity])
    fewer = b"".join(plain.splitlines(keepends=True)[:-1])
    file_of(vault).write_bytes(pyrage.encrypt(fewer, [KEY.identity.to_public()]))
    with pytest.raises(IntegrityError):
        vault.of_person(person(1), KEY)


def test_a_later_version_is_refused_with_the_way_out(vault: Vault) -> None:
    plain = pyrage.decrypt(file_of(vault).read_bytes(), [KEY.identity]).replace(b'"version": 1', b'"version": 2', 1)
    file_of(vault).write_bytes(pyrage.encrypt(plain, [KEY.identity.to_public()]))
    with pytest.raises(ProtectionError) as caught:
        vault.of_person(person(1), KEY)
    assert caught.value.code == "vault_later_version"
    assert caught.value.todo


def test_an_older_layout_is_read_in_todays_and_written_so_when_keys_are_changed(
    vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A made-up layout 0, with the person behind and no label, goes through the same chain as any to come."""
    old = [
        {"format": "casetrail-vault", "version": 0, "name": "calls", "keyed": MARK, "entries": 2},
        ["family_name", f"{CANARY}-Ahn", 1, person(1)],
        ["birth_date", "2012-05-05", 3, person(2)],
    ]
    content = "".join(json.dumps(line) + "\n" for line in old).encode()
    file_of(vault).write_bytes(pyrage.encrypt(content, [KEY.identity.to_public()]))
    listed = json.loads((vault.root / LIST).read_text(encoding="utf-8"))
    listed["sources"][0]["entries"] = 2
    (vault.root / LIST).write_text(json.dumps(listed), encoding="utf-8")
    with pytest.raises(IntegrityError):
        vault.of_person(person(1), KEY)

    def head(told: dict[str, object]) -> dict[str, object]:
        return {**told, "source": told["name"], "origin": "real"}

    def row(told: list[object]) -> list[object]:
        return [told[3], told[0], str(told[0]), told[1], None, told[2]]

    monkeypatch.setitem(entries_module.UPGRADES, 0, (head, row))
    ((_, found),) = vault.of_person(person(1), KEY)
    assert found.to_pylist() == [
        {
            "person": person(1),
            "field": "family_name",
            "label": "family_name",
            "value": f"{CANARY}-Ahn",
            "table": None,
            "record": 1,
        }
    ]
    vault.rekey(KEY, [KEY.recipient])
    monkeypatch.undo()
    ((_, after),) = vault.of_person(person(1), KEY)
    assert after.equals(found)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[]",
        '{"schema": "casetrail/vault/1"}',
        '{"schema": "casetrail/vault/9"}',
        json.dumps({"schema": "casetrail/vault/1", "stamp": "x", "recipients": [], "sources": [{"file": "../x"}]}),
    ],
)
def test_a_damaged_list_is_refused_and_read_anew(vault: Vault, content: str) -> None:
    (vault.root / LIST).write_text(content, encoding="utf-8")
    with pytest.raises((IntegrityError, ProtectionError)):
        vault.listed()
    with pytest.raises((IntegrityError, ProtectionError)):
        vault.of_person(person(1), KEY)
    vault.replace({("calls", "real"): table(ROWS)}, [KEY.recipient], stamp="one")
    assert vault.check(KEY) == ()


def test_a_path_in_the_list_leads_nowhere(vault: Vault, tmp_path: Path) -> None:
    said = json.loads((vault.root / LIST).read_text(encoding="utf-8"))
    said["sources"][0]["file"] = "../elsewhere.age"
    (vault.root / LIST).write_text(json.dumps(said), encoding="utf-8")
    with pytest.raises(IntegrityError):
        vault.of_person(person(1), KEY)


def test_a_write_that_fails_leaves_the_vault_as_it_was(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    before = contents(vault)

    def full(*_: object) -> None:
        raise OSError(28, "no space")

    monkeypatch.setattr("casetrail.records.vault.sealed.os.fsync", full)
    with pytest.raises(OutputError):
        vault.replace({("calls", "real"): table([])}, [KEY.recipient], stamp="two")
    assert contents(vault) == before


KILLED = """
import os, sys
from pathlib import Path
import pyarrow as pa
from casetrail.records.vault import Vault
from casetrail.records.vault import folder, sealed
from casetrail.schema.identity import IDENTITY
at, count, real = int(sys.argv[2]), 0, os.fsync
def dying(number):
    global count
    count += 1
    if count == at:
        os._exit(9)
    real(number)
os.fsync = dying
row = dict(zip(IDENTITY.names, ("P" + "2" * 20, "family_name", "surname", "new", None, 1)))
table = pa.Table.from_pylist([row], schema=IDENTITY)
Vault(Path(sys.argv[1]), "V" + "A" * 20).replace(
    {("calls", "real"): table, ("school", "real"): table}, [sys.argv[3]], stamp="two")
"""


@pytest.mark.parametrize("at", [1, 2, 3])
def test_killed_at_any_step_it_is_as_before_or_as_after(vault: Vault, at: int) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", KILLED, str(vault.root), str(at), KEY.recipient], check=False, capture_output=True
    )
    assert ended.returncode == 9, ended.stderr
    assert vault.is_of("one")
    assert vault.of_person(person(1), KEY) != ()
    assert vault.check(KEY) == ()
    # What the killed run left goes with the next write.
    vault.replace({("calls", "real"): table(ROWS)}, [KEY.recipient], stamp="three")
    assert sorted(Path(name).suffix for name in contents(vault)) == [".age", ".json"]


def test_two_processes_that_write_at_once_leave_one_whole_vault(tmp_path: Path) -> None:
    code = KILLED.replace("os._exit(9)", "pass")
    running = [
        subprocess.Popen([sys.executable, "-c", code, str(tmp_path / "vault"), "1", KEY.recipient]) for _ in range(2)
    ]
    assert [one.wait() for one in running] == [0, 0]
    vault = Vault(tmp_path / "vault", MARK)
    assert vault.is_of("two")
    assert vault.check(KEY) == ()
    assert len(list(vault.root.glob("*.age"))) == 2


def test_a_huge_vault_is_streamed(tmp_path: Path) -> None:
    """Two hundred thousand entries: one person is found without holding the others."""
    count = 200_000
    columns = {
        "person": pa.array([person(n // 5) for n in range(count)]),
        "field": pa.repeat(pa.scalar("given_names"), count),
        "label": pa.repeat(pa.scalar("first"), count),
        "value": pa.array([f"name {n}" for n in range(count)]),
        "table": pa.nulls(count, pa.string()),
        "record": pa.array(range(1, count + 1)),
    }
    vault = Vault(tmp_path / "vault", MARK)
    made = pa.Table.from_arrays([columns[name] for name in IDENTITY.names], schema=IDENTITY)
    vault.replace({("calls", "real"): made}, [KEY.recipient], stamp="one")
    ((_, found),) = vault.of_person(person(30_000), KEY)
    assert found["value"].to_pylist() == [f"name {n}" for n in range(150_000, 150_005)]
    (about,) = vault.listed()
    assert (about.entries, about.persons) == (count, count // 5)


def test_nothing_of_it_shows_in_an_error(vault: Vault) -> None:
    path = file_of(vault)
    whole = path.read_bytes()
    for content in (whole[:-3], b"", b"age-encryption.org/v1\n"):
        path.write_bytes(content)
        with pytest.raises(CasetrailError) as caught:
            vault.of_person(person(1), KEY)
        assert CANARY not in f"{caught.value}{caught.value.__context__}"
        assert person(1) not in str(caught.value)


def test_reading_in_pieces_of_any_size(tmp_path: Path) -> None:
    lines = [b"", b"a", b"b" * 70_000, b"", b"c" * 8191]
    path = tmp_path / "lines.age"
    seal(path, lines, [KEY.recipient])
    seen: list[bytes] = []
    assert unseal(path, KEY.identity, seen.append) == len(lines)
    assert seen == lines
    out = io.BytesIO()
    pyrage.decrypt_io(io.BytesIO(path.read_bytes()), out, [KEY.identity])
    assert out.getvalue() == b"\n".join(lines) + b"\n"
