"""Who persons are, in an inquiry: into the vault and nowhere else, out of it for a reason, gone with a purge."""

from __future__ import annotations

import json
import struct
from datetime import date
from pathlib import Path

import duckdb
import pyrage
import pytest

from casetrail.errors import InquiryError, ProtectionError
from casetrail.inquiry import WorkFolder, parse, read_records
from casetrail.inquiry.vault_keeping import vault_of
from casetrail.records import Keys
from casetrail.records.vault import VaultKey

from .command import Said, casetrail

TODAY = date(2022, 1, 1)
# A value of each kind, none of which stands anywhere else in the files.
PLANTED = {
    "surname": "Quillfeather",
    "first": "Zebedia",
    "dob": "1987-06-05",
    "home": "44 Obelisk Mews",
    "post": "ZX98 7QW",
    "nhs": "9434765919",
    "child": "loc-55512",
    "upn": "K987654321098",
    "care post": "YV76 5RT",
}
CALLS = (
    "child,what,when,surname,first,dob,home,post,nhs\n"
    f"{PLANTED['child']},call,2021-03-02,{PLANTED['surname']},{PLANTED['first']},{PLANTED['dob']},{PLANTED['home']},"
    f"{PLANTED['post']},{PLANTED['nhs']}\n"
    f"{PLANTED['child']},visit,2021-03-04,{PLANTED['surname']},{PLANTED['first']},,,,\n"
    "loc-2,visit,2021-03-05,Ahn,,,,,\n"
)
HEADER = f"CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB\n{PLANTED['child']},M,05/06/1987,WBRI,{PLANTED['upn']},,\n"
EPISODES = (
    "CHILD,DECOM,RNE,LS,CIN,PLACE,PLACE_PROVIDER,DEC,REC,REASON_PLACE_CHANGE,HOME_POST,PL_POST,URN\n"
    f"{PLANTED['child']},01/04/2021,S,C2,N1,U1,PR1,,,,{PLANTED['care post']},,\n"
)
SOURCES = """
[[source]]
name = "police"
file = "calls.csv"
origin = "{origin}"
agency = "police"
person_scheme = "la-child-id"
[source.columns]
person = "child"
activity = "what"
at = "when"
[source.identity]
family_name = "surname"
given_names = ["first"]
birth_date = "dob"
address = "home"
postcode = "post"
identifiers = "nhs"
[[source]]
name = "care"
file = "903"
format = "ssda903"
origin = "{origin}"
"""
PROTECTION = (
    '[protection]\npurpose = "learning from one case"\ncontrollers = ["A Council"]\nlawful_basis = "public task"\n'
    "retain_until = 2099-12-31\n"
)


def write(folder: Path, *, vault: str = "", origin: str = "made-up", protection: str = PROTECTION) -> Path:
    (folder / "903").mkdir(exist_ok=True)
    (folder / "calls.csv").write_text(CALLS, encoding="utf-8")
    (folder / "903" / "header.csv").write_text(HEADER, encoding="utf-8")
    (folder / "903" / "episodes.csv").write_text(EPISODES, encoding="utf-8")
    file = folder / "care.toml"
    head = f'[inquiry]\ntitle = "Two agencies"\nas_of = 2022-01-01\nwork = "work"\nout = "pack"\n{protection}{vault}'
    file.write_text(head + SOURCES.format(origin=origin), encoding="utf-8")
    return file


@pytest.fixture
def key(tmp_path: Path) -> VaultKey:
    made = VaultKey(pyrage.x25519.Identity.generate())
    (tmp_path / "case.key").write_text(f"{made.identity}\n", encoding="ascii")
    (tmp_path / "case.key").chmod(0o600)
    return made


def table(*keys: VaultKey) -> str:
    return f"[vault]\nrecipients = {json.dumps([key.recipient for key in keys])}\n"


def read(file: Path) -> tuple[WorkFolder, tuple[str, ...]]:
    wanted = parse(file, today=TODAY)
    work = WorkFolder(wanted.work)
    return work, tuple(note for source in read_records(wanted, work).sources for note in source.notes)


def spellings(value: str) -> list[bytes]:
    """A value as it could lie in a file: in the usual encodings, and a date as the numbers an engine makes of it."""
    found = [value.encode(encoding) for encoding in ("utf-8", "utf-16-le", "utf-16-be")]
    if value == PLANTED["dob"]:
        days = (date(1987, 6, 5) - date(1970, 1, 1)).days
        found += [b"05/06/1987", b"19870605", struct.pack("<q", days * 86_400_000_000)]
    return found


def assert_nowhere(folder: Path) -> None:
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert files
    for path in files:
        content = path.read_bytes()
        for name, value in PLANTED.items():
            assert not any(one in content for one in spellings(value)), (path.name, name)
        if path.suffix == ".duckdb":
            _assert_not_in_engine(path)


def _assert_not_in_engine(path: Path) -> None:
    """The engine packs its columns: what it holds is looked at through the engine as well."""
    with duckdb.connect(str(path), read_only=True) as connection:
        for (name,) in connection.execute("select table_name from duckdb_tables()").fetchall():
            told = str(connection.execute(f'select * from "{name}"').fetchall())
            for value in (*PLANTED.values(), "1987"):
                assert value not in told, (path.name, name)


def test_every_value_is_in_the_vault_and_nowhere_else(tmp_path: Path, key: VaultKey) -> None:
    file = write(tmp_path, vault=table(key), origin="real")
    for command in (("read", file), ("run", file), ("follow", file), ("vault", "check", file)):
        said = casetrail(*command)
        assert said.code == 0, said.err
        for value in PLANTED.values():
            assert value not in said.all
    assert_nowhere(tmp_path / "work")
    assert_nowhere(tmp_path / "pack")
    work = WorkFolder(tmp_path / "work")
    keys = Keys.load(work.key_file)
    found = vault_of(work, keys).of_person(keys.person("la-child-id", PLANTED["child"]), key)
    kept = {row["value"] for _, entries in found for row in entries.to_pylist()}
    assert kept == set(PLANTED.values())
    assert [about.source for about, _ in found] == ["police", "care"]


def test_without_a_vault_made_up_identities_are_not_kept_and_this_is_said(tmp_path: Path) -> None:
    work, notes = read(write(tmp_path))
    assert sum("not kept, since the inquiry keeps no vault" in note for note in notes) == 2
    assert not list(work.vault_folder.glob("*.age"))
    assert_nowhere(work.root)


def test_real_identities_that_are_mapped_ask_for_a_choice(tmp_path: Path) -> None:
    file = write(tmp_path, origin="real")
    with pytest.raises(ProtectionError) as caught:
        parse(file, today=TODAY)
    assert caught.value.code == "vault_not_chosen"
    assert "casetrail vault init" in caught.value.todo
    work, notes = read(write(tmp_path, origin="real", vault="[vault]\nkeep = false\n"))
    assert sum("not kept" in note for note in notes) == 2
    assert_nowhere(work.root)


def test_a_real_return_without_a_vault_is_read_and_said(tmp_path: Path) -> None:
    file = write(tmp_path, origin="real", vault="[vault]\nkeep = false\n")
    text = file.read_text(encoding="utf-8").replace("[vault]\nkeep = false\n", "")
    file.write_text(text[: text.index("[[source]]")] + text[text.rindex("[[source]]") :], encoding="utf-8")
    work, notes = read(file)
    assert any("birth date, postcode" in note and "not kept" in note for note in notes)
    assert_nowhere(work.root)


@pytest.mark.parametrize(
    ("vault", "code"),
    [
        ("[vault]\n", "vault_recipients"),
        ("[vault]\nrecipients = []\n", "vault_recipients"),
        ('[vault]\nrecipients = ["age1abc"]\n', "vault_recipient"),
        ('[vault]\nkeep = "no"\n', "wrong_type"),
        ('[vault]\nkey = "case.key"\n', "unknown_setting"),
    ],
)
def test_a_vault_that_cannot_be_is_refused(tmp_path: Path, vault: str, code: str) -> None:
    with pytest.raises(InquiryError) as caught:
        parse(write(tmp_path, vault=vault), today=TODAY)
    assert caught.value.code == code


def test_keys_for_no_vault_are_refused(tmp_path: Path, key: VaultKey) -> None:
    with pytest.raises(InquiryError):
        parse(write(tmp_path, vault=table(key) + "keep = false\n"), today=TODAY)


def test_a_secret_key_anywhere_in_the_inquiry_is_refused_but_can_be_purged(tmp_path: Path, key: VaultKey) -> None:
    file = write(tmp_path, vault=table(key))
    read(file)
    file.write_text(f"# {key.identity}\n" + file.read_text(encoding="utf-8"), encoding="utf-8")
    said = casetrail("read", file)
    assert said.code == 5
    assert "treat it as lost" in said.err
    assert str(key.identity) not in said.all
    assert casetrail("purge", "--yes", file).code == 0


def test_a_column_of_identity_cannot_feed_the_store_as_well(tmp_path: Path, key: VaultKey) -> None:
    file = write(tmp_path, vault=table(key))
    text = file.read_text(encoding="utf-8")
    for more in ('outcome = "surname"\n', 'team = ["what", "surname"]\n', '[source.dates]\nborn = "dob"\n'):
        file.write_text(text.replace('at = "when"\n', 'at = "when"\n' + more), encoding="utf-8")
        with pytest.raises(InquiryError) as caught:
            parse(file, today=TODAY)
        assert caught.value.code == "identity_in_store"
    file.write_text(text.replace('at = "when"\n', 'at = "when"\nhousehold = "home"\n'), encoding="utf-8")
    parse(file, today=TODAY)  # a household becomes a pseudonym


def test_the_form_of_a_return_says_its_identity_columns_itself(tmp_path: Path, key: VaultKey) -> None:
    file = write(tmp_path, vault=table(key))
    file.write_text(file.read_text(encoding="utf-8") + '[source.identity]\npostcode = "HOME_POST"\n', encoding="utf-8")
    with pytest.raises(InquiryError) as caught:
        parse(file, today=TODAY)
    assert caught.value.code == "mapped_twice"


def show(file: Path, *more: str | Path, reason: str = "to test") -> Said:
    command = ("vault", "show", PLANTED["child"], "--scheme", "la-child-id", "--inquiry", file)
    return casetrail(*command, *(("--reason", reason) if reason else ()), *more)


def test_names_stand_beside_the_trail_and_addresses_and_numbers_nowhere(tmp_path: Path, key: VaultKey) -> None:
    file = write(tmp_path, vault=table(key), origin="real")
    said = show(file, "--key", tmp_path / "case.key")
    assert said.code == 0, said.err
    assert said.out.startswith("Internal, not for release")
    for name in ("surname", "first", "dob"):
        assert PLANTED[name] in said.out
    for name in ("home", "post", "nhs", "child", "upn", "care post"):
        assert PLANTED[name] not in said.all
    as_json = show(file, "--key", tmp_path / "case.key", "--json").json
    assert (as_json["stamp"], as_json["schema"]) == ("Internal, not for release", "casetrail/vault-show/1")
    views = [json.loads(line) for line in (tmp_path / "work" / "views.jsonl").read_text(encoding="utf-8").splitlines()]
    opened = [view for view in views if view["what"] != "trail"]
    assert (len(opened), len(views)) == (2, 4)
    assert {view["purpose"] for view in views} == {"learning from one case"}
    assert opened[0]["reason"] == "to test"
    assert opened[0]["purpose"] == "learning from one case"
    assert opened[0]["by"]
    assert opened[0]["person"].startswith("P")
    assert_nowhere(tmp_path / "work")


def test_show_alone_never_opens_the_vault(tmp_path: Path, key: VaultKey) -> None:
    file = write(tmp_path, vault=table(key))
    said = casetrail("show", PLANTED["child"], "--scheme", "la-child-id", "--inquiry", file, "--reason", "x")
    assert said.code == 0, said.err
    assert PLANTED["surname"] not in said.out


def test_no_reason_no_key_or_the_wrong_key_open_nothing(
    tmp_path: Path, key: VaultKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = write(tmp_path, vault=table(key))
    read(file)
    other = VaultKey(pyrage.x25519.Identity.generate())
    (tmp_path / "other.key").write_text(f"{other.identity}\n", encoding="ascii")
    (tmp_path / "other.key").chmod(0o600)
    monkeypatch.delenv("CASETRAIL_VAULT_KEY", raising=False)
    monkeypatch.delenv("CASETRAIL_VAULT_KEY_FILE", raising=False)
    for said, words in (
        (show(file, "--key", tmp_path / "case.key", reason=""), "needs a reason"),
        (show(file, "--key", tmp_path / "case.key", reason="  "), "needs a reason"),
        (show(file), "opens only with its secret key"),
        (show(file, "--key", tmp_path / "other.key"), "does not open the vault"),
    ):
        assert said.code == 5
        assert words in said.err
        assert said.out == ""
    monkeypatch.setenv("CASETRAIL_VAULT_KEY_FILE", str(tmp_path / "case.key"))
    assert show(file).code == 0
    monkeypatch.delenv("CASETRAIL_VAULT_KEY_FILE")
    monkeypatch.setenv("CASETRAIL_VAULT_KEY", str(key.identity))
    assert show(file).code == 0
    assert casetrail("vault", "check", file).code == 0


def test_a_key_beside_what_it_opens_is_refused(tmp_path: Path, key: VaultKey) -> None:
    file = write(tmp_path, vault=table(key))
    read(file)
    inside = tmp_path / "work" / "vault" / "case.key"
    (tmp_path / "case.key").replace(inside)
    said = show(file, "--key", inside)
    assert said.code == 5
    assert "beside what it opens" in said.err


def test_init_makes_a_key_and_the_lines_to_add(tmp_path: Path) -> None:
    said = casetrail("vault", "init", tmp_path / "new.key", "--no-passphrase")
    assert said.code == 0, said.err
    assert "AGE-SECRET" not in said.all
    lines = said.out.splitlines()
    at = lines.index("[vault]")
    file = write(tmp_path, vault="\n".join(lines[at : at + 2]) + "\n")
    assert casetrail("read", file).code == 0
    assert casetrail("vault", "check", file, "--key", tmp_path / "new.key").code == 0
    assert casetrail("vault", "init", tmp_path / "new.key", "--no-passphrase").code == 7


def test_nobody_there_to_type_a_passphrase(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CASETRAIL_VAULT_PASSPHRASE", raising=False)
    said = casetrail("vault", "init", tmp_path / "new.key")
    assert said.code == 5
    assert not (tmp_path / "new.key").exists()


def test_reading_anew_replaces_what_a_source_said(tmp_path: Path, key: VaultKey) -> None:
    file = write(tmp_path, vault=table(key))
    work, _ = read(file)
    first = sorted(work.vault_folder.glob("*.age"))
    assert read(file)[0] == work
    assert sorted(work.vault_folder.glob("*.age")) == first  # nothing changed, nothing is written
    (tmp_path / "calls.csv").write_text(CALLS.replace("Quillfeather", "Newname"), encoding="utf-8")
    read(file)
    keys = Keys.load(work.key_file)
    found = vault_of(work, keys).of_person(keys.person("la-child-id", PLANTED["child"]), key)
    names = {r["value"] for _, entries in found for r in entries.to_pylist() if r["field"] == "family_name"}
    assert names == {"Newname"}
    assert len(list(work.vault_folder.glob("*.age"))) == 2


def test_a_vault_that_is_lost_or_no_longer_wanted(tmp_path: Path, key: VaultKey) -> None:
    file = write(tmp_path, vault=table(key))
    work, _ = read(file)
    next(iter(work.vault_folder.glob("*.age"))).unlink()
    read(file)
    assert len(list(work.vault_folder.glob("*.age"))) == 2
    (work.vault_folder / "identities.json").write_text("{", encoding="utf-8")
    read(file)
    assert casetrail("vault", "check", file, "--key", tmp_path / "case.key").code == 0
    read(write(tmp_path))
    assert not list(work.vault_folder.glob("*.age"))
    assert not (work.vault_folder / "identities.json").exists()


def test_keys_are_changed_by_reading_anew_or_without_the_sources(tmp_path: Path, key: VaultKey) -> None:
    file = write(tmp_path, vault=table(key))
    read(file)
    new = VaultKey(pyrage.x25519.Identity.generate())
    (tmp_path / "new.key").write_text(f"{new.identity}\n", encoding="ascii")
    (tmp_path / "new.key").chmod(0o600)
    write(tmp_path, vault=table(new))
    (tmp_path / "calls.csv").rename(tmp_path / "away.csv")
    said = casetrail("vault", "rekey", file, "--key", tmp_path / "case.key")
    assert said.code == 0, said.err
    assert casetrail("vault", "check", file, "--key", tmp_path / "case.key").code == 10
    assert casetrail("vault", "check", file, "--key", tmp_path / "new.key").code == 0
    (tmp_path / "away.csv").rename(tmp_path / "calls.csv")
    write(tmp_path, vault=table(key))
    read(file)
    assert casetrail("vault", "check", file, "--key", tmp_path / "case.key").code == 0


def test_check_tells_a_file_that_was_changed(tmp_path: Path, key: VaultKey) -> None:
    file = write(tmp_path, vault=table(key))
    work, _ = read(file)
    path = next(iter(work.vault_folder.glob("*.age")))
    path.write_bytes(path.read_bytes()[:-1])
    said = casetrail("vault", "check", file, "--key", tmp_path / "case.key", "--json")
    assert said.code == 10
    assert [fault["code"] for fault in said.json["faults"]] == ["vault_damaged"]
    assert show(file, "--key", tmp_path / "case.key").code == 10


def test_purge_takes_the_vault_and_says_what_stays(tmp_path: Path, key: VaultKey) -> None:
    file = write(tmp_path, vault=table(key))
    work, _ = read(file)
    (work.vault_folder / "left.age.1234.part").write_bytes(b"x")
    said = casetrail("purge", "--yes", file)
    assert said.code == 0, said.err
    assert "who persons are, from 2 sources" in said.out
    assert "destroy the key file" in said.out
    assert not work.root.exists()
    assert (tmp_path / "case.key").exists()


def test_a_time_to_keep_that_is_over_closes_the_vault_and_can_be_purged(tmp_path: Path, key: VaultKey) -> None:
    file = write(tmp_path, vault=table(key), origin="real")
    read(file)
    over = PROTECTION.replace("2099-12-31", "2021-12-31")
    write(tmp_path, vault=table(key), origin="real", protection=over)
    for command in (
        ("vault", "show", "P", "--inquiry", file, "--reason", "x", "--key", tmp_path / "case.key"),
        ("vault", "check", file, "--key", tmp_path / "case.key"),
        ("vault", "rekey", file, "--key", tmp_path / "case.key"),
    ):
        said = casetrail(*command)
        assert said.code == 5
        assert "casetrail purge" in said.err
    assert casetrail("purge", "--yes", file).code == 0
    assert not (tmp_path / "work").exists()
