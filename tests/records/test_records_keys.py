"""Keyed pseudonyms: stable with the key, meaningless without it."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import stat
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casetrail.errors import InputError, OutputError
from casetrail.records import Keys
from casetrail.records.keys import KINDS

ONE = Keys(b"1" * 32)
TEXTS = st.text(min_size=1).filter(str.strip)


def plain_twin(key: bytes, kind: str, scheme: str, value: str) -> str:
    """The same code by the standard library's own base 32."""
    subkey = hashlib.blake2b(json.dumps(["casetrail", kind, scheme]).encode(), key=key, digest_size=32).digest()
    digest = hashlib.blake2b(value.encode(), key=subkey, digest_size=13).digest()
    return base64.b32encode(digest).decode()[:20]


@given(st.text(alphabet="abcXYZ0189-/ é", min_size=1).filter(lambda text: text == text.strip() != ""))
def test_equal_to_the_plain_twin(value):
    assert "P" + plain_twin(b"1" * 32, "person", "case", value) == ONE.person("case", value)


@given(TEXTS, TEXTS)
def test_two_values_two_codes(one, other):
    same = ONE.person("case", one) == ONE.person("case", other)
    assert same == (ONE.thing("event", "x", one) == ONE.thing("event", "x", other))


def test_kind_scheme_and_key_keep_codes_apart():
    codes = [ONE.thing(kind, scheme, "17") for kind in KINDS for scheme in ("case", "nhs", 'case","nhs')]
    codes.append(Keys(b"2" * 32).person("case", "17"))

    assert len(codes) == len(set(codes))
    assert all(len(code) == 21 for code in codes)


def test_one_spelling_of_a_value():
    assert ONE.person("case", " Zoë ") == ONE.person("case", "Zoe\u0308")


def test_workers_are_keyed_anew_each_run(tmp_path):
    path = tmp_path / "inquiry.key"
    first, second = Keys.create(path), Keys.load(path)

    assert first.person("case", "17") == second.person("case", "17")
    assert first.worker("Smith") == first.worker("Smith") != second.worker("Smith")


def test_a_blank_value_has_no_code():
    with pytest.raises(ValueError, match="blank"):
        ONE.person("case", "  ")


def test_a_key_is_never_shown():
    assert "1111" not in repr(ONE)
    assert (b"1" * 32).hex() not in repr(ONE)


def test_only_the_owner_may_read_the_file(tmp_path):
    Keys.create(tmp_path / "k")
    if os.name == "posix":
        assert stat.S_IMODE((tmp_path / "k").stat().st_mode) == 0o600
    assert [entry.name for entry in tmp_path.iterdir()] == ["k"]


def test_a_key_is_never_overwritten(tmp_path):
    key = Keys.create(tmp_path / "k").key
    with pytest.raises(OutputError) as excinfo:
        Keys.create(tmp_path / "k")
    assert excinfo.value.code == "key_exists"
    assert key == Keys.load_or_create(tmp_path / "k").key


def test_load_or_create_makes_the_first_key(tmp_path):
    assert Keys.load_or_create(tmp_path / "k").key == Keys.load(tmp_path / "k").key


def test_a_disk_without_hard_links(tmp_path, monkeypatch):
    def refuse(*_: object) -> None:
        raise OSError(95, "not supported")

    monkeypatch.setattr(os, "link", refuse)
    Keys.create(tmp_path / "k")
    with pytest.raises(OutputError):
        Keys.create(tmp_path / "k")


@pytest.mark.parametrize(
    "content", ["", "casetrail-key 1\nabc", "casetrail-key 2\n" + "00" * 32, "casetrail-key 1\nzz"]
)
def test_a_damaged_or_missing_key_file(tmp_path, content):
    with pytest.raises(InputError) as excinfo:
        Keys.load(tmp_path / "none")
    assert excinfo.value.code == "key_not_read"
    (tmp_path / "k").write_text(content, encoding="ascii")
    with pytest.raises(InputError) as excinfo:
        Keys.load(tmp_path / "k")
    assert excinfo.value.code == "key_damaged"
    assert content not in str(excinfo.value) or not content


def test_a_folder_that_is_not_there(tmp_path):
    with pytest.raises(OutputError) as excinfo:
        Keys.create(tmp_path / "none" / "k")
    assert excinfo.value.code == "key_not_written"


def test_many_values_cost_little_more_than_hashing_them():
    values = [str(number) for number in range(100_000)]
    started = time.perf_counter()
    for value in values:
        hashlib.blake2b(value.encode(), key=b"1" * 32, digest_size=13).digest()
    bare = time.perf_counter() - started
    started = time.perf_counter()
    codes = ONE.all_of("person", "case", values)
    taken = time.perf_counter() - started

    assert len(set(codes)) == 100_000
    assert taken < 20 * bare + 0.5
