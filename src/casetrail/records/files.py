"""Files as bytes: their hash, their kind, and reading them when packed.

Every failure of the operating system or of a packer becomes an InputError that names the file and nothing
that is in it.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Literal, TypeAlias, cast

from casetrail.errors import InputError

Format: TypeAlias = Literal["csv", "parquet", "xlsx", "xes", "xml"]

_ENDINGS: tuple[tuple[str, Format], ...] = (
    (".csv", "csv"),
    (".tsv", "csv"),
    (".txt", "csv"),
    (".parquet", "parquet"),
    (".pq", "parquet"),
    (".xlsx", "xlsx"),
    (".xlsm", "xlsx"),
    (".xes", "xes"),
)
_CHUNK = 1 << 20

# A bomb is both large and packed beyond what records reach (XES, the most repetitive, packs about 1 : 40).
_BOMB_BYTES = 1 << 28
_BOMB_RATIO = 300

PACKING_FAULTS = (EOFError, zlib.error, gzip.BadGzipFile)


def format_of(path: Path, declared: str) -> Format:
    """The kind of a file, as declared or by its ending. Raises InputError for an unknown ending."""
    if declared != "auto":
        return cast(Format, declared)
    name = path.name.lower().removesuffix(".gz")
    for ending, format_ in _ENDINGS:
        if name.endswith(ending):
            return format_
    if name.endswith(".xml"):
        raise InputError(
            "This XML file is not recognised as a return that comes in XML: the children in need census, and the "
            "looked-after return (SSDA903).",
            where=path.name,
            todo='If it is one, say so in its [[source]]: `format = "cin-census"` or `format = "ssda903"`; an event '
            'log is `format = "xes"`.',
            code="unknown_format",
        )
    raise InputError(
        "The kind of this file cannot be told from its name.",
        where=path.name,
        todo="Declare `format` (csv, parquet, xlsx or xes); old .xls files must be saved as .xlsx first.",
        code="unknown_format",
    )


def sha256_of(path: Path) -> str:
    """SHA-256 of the file's bytes, in hexadecimal. Raises InputError when missing, locked or empty."""
    digest = hashlib.sha256()
    size = 0
    with reading(path), path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
            size += len(chunk)
    if not size:
        raise InputError(
            "The file is empty.",
            where=path.name,
            todo="Export it again; an extract without records still has a header.",
            code="empty_file",
        )
    return digest.hexdigest()


def sha256_of_source(path: Path) -> str:
    """SHA-256 of a file; of a folder, that of the names and hashes of the files in it, in order of the names.

    Files that the operating system or a program keeps for itself (with a dot or `~$` in front) do not count.
    """
    if not path.is_dir():
        return sha256_of(path)
    digest = hashlib.sha256()
    for file in files_in(path):
        digest.update(f"{file.name}\0{sha256_of(file)}\n".encode())
    return digest.hexdigest()


def files_in(folder: Path) -> list[Path]:
    """The files of a folder in order of their names. Raises InputError when it has none, or cannot be looked into."""
    with reading(folder):
        found = sorted(path for path in folder.iterdir() if path.is_file() and not path.name.startswith((".", "~$")))
    if not found:
        raise InputError("The folder holds no file.", where=str(folder), todo="Check `file`.", code="empty_folder")
    return found


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Turn failures of the operating system into InputError with the file's name and no more."""
    try:
        yield
    except FileNotFoundError:
        raise InputError("There is no such file.", where=str(path), todo="Check `path`.", code="no_file") from None
    except PermissionError:
        raise InputError(
            "The file may not be read, or another program holds it open.",
            where=str(path),
            todo="Close it in Excel, or ask for the right to read it.",
            code="file_locked",
        ) from None
    except IsADirectoryError:
        raise InputError(
            "This is a folder and not a file.", where=str(path), todo="Name one file.", code="is_folder"
        ) from None
    except PACKING_FAULTS:
        raise broken_packing(path) from None
    except OSError as fault:
        raise InputError(
            f"The file cannot be read (system error {fault.errno}).",
            where=str(path),
            todo="Copy the file anew.",
            code="file_unreadable",
        ) from None


def broken_packing(path: Path, complete: int | None = None) -> InputError:
    """The error for a packed file that ends too early or is damaged, after so many complete records."""
    told = "" if complete is None else f" {complete:,} complete records could be read before that;"
    return InputError(
        f"The packed file is damaged or ends too early.{told} nothing was taken from it."
        if told
        else "The packed file is damaged or ends too early. Nothing was taken from it.",
        where=path.name,
        todo="Copy or export the file again.",
        code="truncated_gzip",
    )


@contextmanager
def unpacked(path: Path) -> Iterator[BinaryIO]:
    """The bytes of a file as a stream, unpacked when it is packed by gzip (told by content, not by name)."""
    with path.open("rb") as raw:
        packed = raw.read(2) == b"\x1f\x8b"
        raw.seek(0)
        if not packed:
            yield raw
            return
        with gzip.GzipFile(fileobj=raw, mode="rb") as stream:
            guarded = io.BufferedReader(_Guard(stream, path), _CHUNK)
            yield cast(BinaryIO, guarded)


class _Guard(io.RawIOBase):
    """Counts unpacked bytes and stops a packing bomb before it fills the memory."""

    def __init__(self, stream: gzip.GzipFile, path: Path) -> None:
        self._stream = stream
        self._path = path
        self._limit = most_unpacked(path)
        self._seen = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # typeshed: any writable buffer
        # One step of the unpacker at a time, so that a damaged end does not take what came before with it.
        chunk = self._stream.read1(min(len(buffer), _CHUNK))
        self._seen += len(chunk)
        if self._seen > self._limit:
            raise too_large(self._path)
        buffer[: len(chunk)] = chunk
        return len(chunk)


def too_large(path: Path) -> InputError:
    """The error for a file that unpacks to far more than records would."""
    return InputError(
        "The file unpacks to far more than records do; it may be made to exhaust the machine.",
        where=path.name,
        todo="If it is right, unpack it first and give the unpacked file.",
        code="packing_bomb",
    )


def most_unpacked(path: Path) -> int:
    """How many bytes a packed file may unpack to."""
    return max(_BOMB_BYTES, path.stat().st_size * _BOMB_RATIO)
