"""Key files: made once, closed to others, opened with the right passphrase; public keys as an inquiry names them."""

from __future__ import annotations

import os
import subprocess
from datetime import date
from pathlib import Path
from shutil import which

import pyrage
import pytest

from casetrail.errors import CasetrailError, InputError, InquiryError, OutputError, ProtectionError
from casetrail.records.vault import VaultKey, check_recipient, make_key, open_key
from casetrail.records.vault.keyfile import is_locked

DAY = date(2026, 1, 2)
PASSPHRASE = "nine plain words"
POSIX = pytest.mark.skipif(os.name == "nt", reason="Windows has no such permissions")


def test_a_key_without_passphrase_is_a_file_as_age_keygen_writes_it(tmp_path: Path) -> None:
    key = make_key(tmp_path / "k", passphrase=None, today=DAY)
    lines = (tmp_path / "k").read_text(encoding="ascii").splitlines()
    assert lines[0] == "# created: 2026-01-02"
    assert lines[1] == f"# public key: {key.recipient}"
    assert str(pyrage.x25519.Identity.from_str(lines[2]).to_public()) == key.recipient
    assert open_key(tmp_path / "k").recipient == key.recipient
    assert [path.name for path in tmp_path.iterdir()] == ["k"]


@POSIX
def test_it_is_closed_to_others_and_refused_when_opened_to_them(tmp_path: Path) -> None:
    path = tmp_path / "k"
    make_key(path, passphrase=None, today=DAY)
    assert path.stat().st_mode & 0o777 == 0o600
    for mode in (0o640, 0o604, 0o660, 0o620):
        path.chmod(mode)
        with pytest.raises(ProtectionError) as caught:
            open_key(path)
        assert caught.value.code == "key_open_to_others"
        assert "chmod 600" in caught.value.todo


@POSIX
def test_with_a_passphrase(tmp_path: Path) -> None:
    """One file for all that a passphrase does: making one takes seconds, by design."""
    path = tmp_path / "k"
    key = make_key(path, passphrase=PASSPHRASE, today=DAY)
    content = path.read_bytes()
    assert b"AGE-SECRET" not in content
    assert is_locked(path)
    assert pyrage.passphrase.decrypt(content, PASSPHRASE).decode().splitlines()[1] == f"# public key: {key.recipient}"
    path.chmod(0o644)  # the passphrase protects it
    assert open_key(path, passphrase=PASSPHRASE).recipient == key.recipient
    for passphrase, code in ((None, "passphrase_missing"), ("nine plain word", "passphrase_wrong")):
        with pytest.raises(ProtectionError) as caught:
            open_key(path, passphrase=passphrase)
        assert caught.value.code == code
        assert PASSPHRASE[:14] not in str(caught.value)
    path.write_bytes(content[: len(content) // 2])
    with pytest.raises(ProtectionError):
        open_key(path, passphrase=PASSPHRASE)


def test_a_short_passphrase_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ProtectionError) as caught:
        make_key(tmp_path / "k", passphrase="seven77", today=DAY)
    assert caught.value.code == "passphrase_short"
    assert list(tmp_path.iterdir()) == []


def test_a_key_is_never_written_over(tmp_path: Path) -> None:
    make_key(tmp_path / "k", passphrase=None, today=DAY)
    before = (tmp_path / "k").read_bytes()
    with pytest.raises(OutputError) as caught:
        make_key(tmp_path / "k", passphrase=None, today=DAY)
    assert caught.value.code == "key_exists"
    assert (tmp_path / "k").read_bytes() == before
    with pytest.raises(OutputError):
        make_key(tmp_path / "nowhere" / "k", passphrase=None, today=DAY)


@pytest.mark.parametrize("content", [b"", b"AGE-SECRET-KEY-1XX\n", b"\xff\xfe\x00", b"age1abc\n", b"# only\n"])
def test_what_is_no_key_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "k"
    path.write_bytes(content)
    path.chmod(0o600)
    with pytest.raises(InputError) as caught:
        open_key(path)
    assert caught.value.code == "key_damaged"


def test_two_keys_in_one_file_and_no_file(tmp_path: Path) -> None:
    path = tmp_path / "k"
    path.write_text("".join(f"{pyrage.x25519.Identity.generate()}\n" for _ in range(2)), encoding="ascii")
    path.chmod(0o600)
    for place in (path, tmp_path / "none", tmp_path):
        with pytest.raises(InputError):
            open_key(place)


def test_a_key_never_shows(tmp_path: Path) -> None:
    key = make_key(tmp_path / "k", passphrase=None, today=DAY)
    assert "SECRET" not in repr(key) + str(key)


def test_a_recipient_is_a_public_key() -> None:
    key = VaultKey(pyrage.x25519.Identity.generate())
    assert check_recipient(f"  {key.recipient}\n", where="here") == key.recipient
    for text in ("", "age1", "age1qqqqqqqqq", "ssh-ed25519 AAAA", key.recipient[:-1], key.recipient + "q", "a@b.c"):
        with pytest.raises(InquiryError) as caught:
            check_recipient(text, where="here")
        assert caught.value.code == "vault_recipient"


def test_a_secret_key_among_recipients_is_refused_and_not_repeated() -> None:
    secret = str(pyrage.x25519.Identity.generate())
    for text in (secret, secret.lower(), f"# {secret}"):
        with pytest.raises(CasetrailError) as caught:
            check_recipient(text, where="here")
        assert caught.value.code == "vault_secret_in_inquiry"
        assert secret.casefold() not in str(caught.value).casefold()


@pytest.mark.skipif(
    which("age") is None and not os.environ.get("CASETRAIL_REQUIRE_BROWSER"), reason="the age program is not here"
)
def test_the_age_program_opens_what_we_seal(tmp_path: Path) -> None:
    from casetrail.records.vault import seal

    key = make_key(tmp_path / "k", passphrase=None, today=DAY)
    seal(tmp_path / "f.age", [b"one", b"two"], [key.recipient])
    command = ["age", "-d", "-i", str(tmp_path / "k"), str(tmp_path / "f.age")]
    assert subprocess.run(command, check=True, capture_output=True).stdout == b"one\ntwo\n"
