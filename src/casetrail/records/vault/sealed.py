"""Lines of text in a file that only holders of a key can read (age format, X25519).

Plain text is never on disc: lines are encrypted while they are written and decrypted while they are read. Every
piece of 64 KiB is authenticated before it is handed over, and a file that was cut short fails at its end: whoever
reads must not use a line before `unseal` has returned.
"""

from __future__ import annotations

import contextlib
import io
import os
import secrets
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import pyrage

from casetrail.errors import InputError, IntegrityError, OutputError, ProtectionError

DRAFT = ".part"
# A line longer than this is none that casetrail writes; without a bound one file could fill the memory.
_LONGEST_LINE = 1 << 24


def seal(path: Path, lines: Iterable[bytes], recipients: Sequence[str]) -> None:
    """Write lines (without line ends) to a new file that its owner alone may read: all of it or nothing.

    An existing file is replaced at the end, at once. Raises OutputError when it cannot be written.
    """
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}{DRAFT}")
    try:
        with _new(draft) as file:
            pyrage.encrypt_io(_Source(iter(lines)), file, [pyrage.x25519.Recipient.from_str(r) for r in recipients])
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError as failure:
        raise OutputError(
            f"The vault cannot be written ({type(failure).__name__}).",
            where=path.parent.name,
            todo="Check that the work folder may be written to and has space; close programs that hold its files.",
            code="vault_not_written",
        ) from None
    finally:
        with contextlib.suppress(OSError):
            draft.unlink(missing_ok=True)


def unseal(path: Path, identity: pyrage.x25519.Identity, take: Callable[[bytes], None]) -> int:
    """Hand every line to `take`, in order; returns how many. Nothing counts before this has returned.

    Raises ProtectionError when the key is not one of the file's, IntegrityError when the file is not whole,
    InputError when it cannot be read at all.
    """
    sink = _Sink(take)
    with _opened(path) as file:
        _decrypt(file, sink, identity, path)
    sink.end(path)
    return sink.count


def _opened(path: Path) -> io.BufferedReader:
    try:
        return path.open("rb")
    except FileNotFoundError:
        raise _not_whole(path, "is missing", "vault_missing") from None
    except OSError as failure:
        raise InputError(
            f"A file of the vault cannot be read ({type(failure).__name__}).",
            where=path.name,
            todo="Check that you may read it, and that no other program holds it.",
            code="vault_not_read",
        ) from None


def _decrypt(file: io.BufferedReader, sink: _Sink, identity: pyrage.x25519.Identity, path: Path) -> None:
    try:
        pyrage.decrypt_io(file, sink, [identity])
    except pyrage.DecryptError as failure:
        if "No matching keys" in str(failure):
            raise ProtectionError(
                "This key does not open the vault.",
                where=path.name,
                todo="Give the key file of one of the recipients that the inquiry named when the vault was written.",
                code="vault_wrong_key",
            ) from None
        raise _not_whole(path, "is damaged or was changed", "vault_damaged") from None
    except OSError:
        raise _not_whole(path, "is damaged, was changed, or was cut short", "vault_damaged") from None


def _not_whole(path: Path, said: str, code: str) -> IntegrityError:
    return IntegrityError(
        f"A file of the vault {said}; nothing of it was used.",
        where=path.name,
        todo="Read the sources anew (`casetrail read INQUIRY.toml`), or put the file back from a safe copy.",
        code=code,
    )


def _new(path: Path) -> io.BufferedWriter:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    return os.fdopen(os.open(path, flags, 0o600), "wb")


class _Source:
    """Lines as a stream of bytes, made only as they are asked for."""

    def __init__(self, lines: Iterator[bytes]) -> None:
        self._lines = lines
        self._held = bytearray()

    def read(self, size: int = -1) -> bytes:
        while len(self._held) < size or size < 0:
            line = next(self._lines, None)
            if line is None:
                size = len(self._held) if size < 0 else size
                break
            self._held += line
            self._held += b"\n"
        given = bytes(self._held[:size])
        del self._held[:size]
        return given


class _Sink(io.RawIOBase):
    """Cuts a stream of bytes into lines."""

    def __init__(self, take: Callable[[bytes], None]) -> None:
        self._take = take
        self._rest = b""
        self.count = 0

    def writable(self) -> bool:
        return True

    def write(self, data: bytes, /) -> int:  # type: ignore[override]
        *lines, self._rest = (self._rest + bytes(data)).split(b"\n")
        if len(self._rest) > _LONGEST_LINE:
            raise OSError("line too long")
        for line in lines:
            self._take(line)
        self.count += len(lines)
        return len(data)

    def end(self, path: Path) -> None:
        if self._rest:
            raise _not_whole(path, "ends in the middle of a line", "vault_damaged")
