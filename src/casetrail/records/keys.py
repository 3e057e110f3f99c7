"""Keyed pseudonyms: the same person gets the same code, and nobody without the key can tell who.

The key comes from the operating system's entropy and lives in a file of its own, apart from the analysis
store: whoever holds one without the other learns nothing. Workers are keyed with a key that is never
written down, so that their codes differ from run to run and cannot be followed.
"""

from __future__ import annotations

import errno
import json
import os
import secrets
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import Literal, TypeAlias, get_args

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from casetrail.errors import InputError, OutputError
from casetrail.records.texts import text_array, text_buffers

Kind: TypeAlias = Literal["person", "household", "incident", "episode", "event", "worker"]
KINDS: tuple[Kind, ...] = get_args(Kind)

KEY_BYTES = 32
_DIGEST_BYTES = 13  # 104 bits, of which 20 signs of base 32 carry 100: no two of 10^9 persons will meet
_SIGNS = 20
_BITS = _SIGNS * 5
_ALPHABET = np.frombuffer(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", dtype=np.uint8)
_LETTER = {"person": "P", "household": "H", "incident": "I", "episode": "E", "event": "V", "worker": "W"}
_HEAD = "casetrail-key 1"
_BATCH = 65_536


@dataclass(frozen=True, slots=True)
class Keys:
    """The key of an inquiry and the passing key of this run; neither is ever shown.

    `key` makes the codes of persons, households, incidents, episodes and events; `run_key` those of
    workers. Raises ValueError when a key is not 32 bytes.
    """

    key: bytes = field(repr=False)
    run_key: bytes = field(repr=False, default_factory=lambda: secrets.token_bytes(KEY_BYTES))

    def __post_init__(self) -> None:
        if len(self.key) != KEY_BYTES or len(self.run_key) != KEY_BYTES:
            raise ValueError(f"a key has {KEY_BYTES} bytes")

    @classmethod
    def create(cls, path: Path) -> Keys:
        """Make a key and write it to a new file that only its owner may read.

        The file appears whole or not at all. Raises OutputError when it exists or cannot be written.
        """
        keys = cls(secrets.token_bytes(KEY_BYTES))
        try:
            write_new(path, f"{_HEAD}\n{keys.key.hex()}\n".encode("ascii"))
        except FileExistsError:
            raise OutputError(
                "There is a key file already; a new key would break every code made with it.",
                where=str(path),
                todo="Load the key, or run `casetrail purge` first.",
                code="key_exists",
            ) from None
        except OSError as fault:
            raise OutputError(
                f"The key file cannot be written ({_reason(fault)}).",
                where=str(path),
                todo="Give a folder that exists, has space and may be written to.",
                code="key_not_written",
            ) from None
        return keys

    @classmethod
    def load(cls, path: Path) -> Keys:
        """Read the key of an inquiry. Raises InputError when the file is missing, locked or damaged."""
        try:
            text = path.read_text(encoding="ascii", errors="replace")
        except OSError as fault:
            raise InputError(
                f"The key file cannot be read ({_reason(fault)}).",
                where=str(path),
                todo="Put the key file back, or purge the inquiry and read its extracts anew.",
                code="key_not_read",
            ) from None
        head, _, rest = text.partition("\n")
        try:
            key = bytes.fromhex(rest.strip())
        except ValueError:
            key = b""
        if head.strip() != _HEAD or len(key) != KEY_BYTES:
            raise InputError(
                "The key file is damaged.",
                where=str(path),
                todo="Put back the key file as it was written; a key cannot be mended.",
                code="key_damaged",
            )
        return cls(key)

    @classmethod
    def load_or_create(cls, path: Path) -> Keys:
        """Read the key, or make it when there is none yet. Raises InputError and OutputError as above."""
        if not path.exists():
            try:
                return cls.create(path)
            except OutputError as fault:
                # Another process was quicker: its key is the key.
                if fault.code != "key_exists":
                    raise
        return cls.load(path)

    def person(self, scheme: str, value: str) -> str:
        """The code of a person: "P" and 20 signs. `scheme` says which numbering `value` belongs to."""
        return self.thing("person", scheme, value)

    def thing(self, kind: Kind, scheme: str, value: str) -> str:
        """The code of a household, incident, episode or event; codes of two kinds or schemes never match.

        Raises ValueError when the value is blank.
        """
        return self.all_of(kind, scheme, [value])[0]

    def worker(self, value: str) -> str:
        """The code of a worker in this run only: "W" and 20 signs."""
        return self.thing("worker", "", value)

    def all_of(self, kind: Kind, scheme: str, values: Sequence[str]) -> list[str]:
        """The codes of many values at once, in order. Hand over distinct values: each is keyed by itself.

        Values are brought to one Unicode form and stripped first. Raises ValueError when one is blank.
        """
        maker = blake2b(key=self._key_of(kind, scheme), digest_size=_DIGEST_BYTES)
        codes: list[str] = []
        for start in range(0, len(values), _BATCH):
            digests = b"".join(_digest(maker.copy(), value) for value in values[start : start + _BATCH])
            signs = _spell(np.frombuffer(digests, dtype=np.uint8).reshape(-1, _DIGEST_BYTES), _LETTER[kind])
            text = signs.tobytes().decode("ascii")
            codes.extend(text[at : at + 1 + _SIGNS] for at in range(0, len(text), 1 + _SIGNS))
        return codes

    def all_at_once(self, kind: Kind, scheme: str, values: pa.Array) -> pa.Array:
        """As `all_of`, for very many texts that are canonical already and not blank, as Arrow arrays."""
        # Here and not above: most runs have few persons, and the compiler takes its time to load.
        from casetrail.kernels.blake2 import digests

        marks, data = text_buffers(values)
        signs = _spell(digests(data, marks, self._key_of(kind, scheme), _DIGEST_BYTES), _LETTER[kind])
        return text_array(signs)

    def _key_of(self, kind: Kind, scheme: str) -> bytes:
        if kind not in KINDS:
            raise ValueError("no such kind of thing")
        master = self.run_key if kind == "worker" else self.key
        domain = json.dumps(["casetrail", kind, scheme]).encode("ascii")
        return blake2b(domain, key=master, digest_size=32).digest()


def canonical(value: str) -> str:
    """One spelling of an identifier: Unicode form NFC, without blanks around it."""
    return (value if value.isascii() else unicodedata.normalize("NFC", value)).strip()


def _digest(maker: blake2b, value: str) -> bytes:
    text = canonical(value)
    if not text:
        raise ValueError("a blank value has no code")
    maker.update(text.encode("utf-8", errors="surrogatepass"))
    return maker.digest()


def _spell(digests: npt.NDArray[np.uint8], letter: str) -> npt.NDArray[np.uint8]:
    """Digests of 13 bytes as a letter and base 32, many at a time: the standard encoder takes 5 µs for each."""
    signs = np.empty((len(digests), 1 + _SIGNS), dtype=np.uint8)
    signs[:, 0] = ord(letter)
    for start in range(0, len(digests), _BATCH):
        bits = np.unpackbits(digests[start : start + _BATCH], axis=1)[:, :_BITS].reshape(-1, _SIGNS, 5)
        # Shifts by sign, not a product of matrices: whole numbers have no quick one.
        groups = bits[:, :, 4].copy()
        for place in range(4):
            groups |= bits[:, :, place] << (4 - place)
        signs[start : start + _BATCH, 1:] = _ALPHABET[groups]
    return signs


def write_new(path: Path, content: bytes) -> None:
    """Write a file that must not exist yet: all of it or nothing, even when killed half-way."""
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}.part")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        _put_in_place(draft, path)
    finally:
        draft.unlink(missing_ok=True)


def _put_in_place(draft: Path, path: Path) -> None:
    """Rename without overwriting: Windows refuses by itself, elsewhere a hard link refuses."""
    if os.name == "nt":
        draft.rename(path)
        return
    try:
        os.link(draft, path)
    except FileExistsError:
        raise
    except OSError:
        # Some shares know no hard links; looking first leaves a moment open, which is the best they offer.
        if path.exists():
            raise FileExistsError(errno.EEXIST, "exists") from None
        draft.rename(path)


def _reason(fault: OSError) -> str:
    return os.strerror(fault.errno) if fault.errno else type(fault).__name__
