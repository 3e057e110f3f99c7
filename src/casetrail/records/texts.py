"""Distinct texts of a column as one Arrow array, and what is done to many of them at once.

Each function here has a plain twin that takes one text at a time; both give the same.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from typing import overload

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Flags = npt.NDArray[np.bool_]
Codes = npt.NDArray[np.int32]

# Below this, looking at each text by itself is as quick, and no library has to warm up.
MANY = 512
# A column of texts of 32-bit offsets holds 2 GB; beyond half of that the wide kind is used.
_WIDE_FROM = 1 << 30
_SPACE, _BEYOND = 0x20, 0x80
_EXPONENT = "[+-]?[0-9](?:[.,][0-9]+[eE][+]?|[eE][+])[0-9]{1,3}"
_ROUNDED = re.compile(_EXPONENT)


class Texts(Sequence[str]):
    """Texts in one Arrow array. The list of them is made only when one of them is asked for."""

    __slots__ = ("_list", "array")

    def __init__(self, array: pa.Array) -> None:
        self.array = array
        self._list: list[str] | None = None

    def _all(self) -> list[str]:
        if self._list is None:
            self._list = self.array.to_pylist()
        return self._list

    @overload
    def __getitem__(self, at: int) -> str: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[str]: ...
    def __getitem__(self, at: int | slice) -> str | Sequence[str]:
        return self._all()[at]

    def __len__(self) -> int:
        return len(self.array)

    def __iter__(self) -> Iterator[str]:
        return iter(self._all())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and self._all() == list(other)

    __hash__ = None  # type: ignore[assignment]  # as of any sequence that is compared by its texts


def array_of(values: Sequence[str]) -> pa.Array:
    """The texts as an Arrow array."""
    return values.array if isinstance(values, Texts) else pa.array(values, pa.string())


def encoded(arrays: Sequence[pa.Array]) -> tuple[pa.Array, Codes]:
    """The distinct texts of several arrays in order of first use, and the code of each; -1: null."""
    wide = sum(array.nbytes for array in arrays) > _WIDE_FROM
    kind = pa.large_string() if wide else pa.string()
    coded = pa.concat_arrays([array.cast(kind) for array in arrays]).dictionary_encode()
    codes = coded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    return coded.dictionary, codes.astype(np.int32, copy=False)


def blanks(array: pa.Array) -> Flags:
    """Which texts have no visible sign. The twin: `not text or text.isspace()`."""
    marks, data = text_buffers(array)
    flags: Flags = marks[1:] == marks[:-1]
    first = data[np.minimum(marks[:-1], len(data) - 1)]
    # Only a text that begins with a control sign, a space or a sign beyond ASCII can be blank.
    rows = np.flatnonzero(~flags & ((first <= _SPACE) | (first >= _BEYOND)))
    flags[rows] = pc.utf8_is_space(array.take(pa.array(rows))).to_numpy(zero_copy_only=False)
    return flags


def without(array: pa.Array, codes: Codes, drop: Flags) -> tuple[pa.Array, Codes]:
    """The texts that are not to be dropped, with the codes that lead to them; -1 where one was dropped."""
    if not drop.any():
        return array, codes
    place = np.append(np.cumsum(~drop, dtype=np.int32) - 1, np.int32(-1)).astype(np.int32)
    place[:-1][drop] = -1
    return array.filter(pa.array(~drop)), place[codes]


def tidy(array: pa.Array) -> pa.Array:
    """Each text in Unicode form NFC and without blanks around it. The twin: `keys.canonical`."""
    marks, data = text_buffers(array)
    ascii_only = not len(array) or data[marks[0] : marks[-1]].max(initial=0) < _BEYOND
    if ascii_only:
        filled = marks[1:] > marks[:-1]
        ends = data[marks[:-1][filled]], data[marks[1:][filled] - 1]
        if all(len(signs) == 0 or signs.min() > _SPACE for signs in ends):
            return array
    return pc.utf8_trim_whitespace(array if ascii_only else pc.utf8_normalize(array, "NFC"))


def one_of(array: pa.Array, tokens: Collection[str]) -> Flags:
    """Which texts are, stripped, one of the tokens."""
    wanted = pa.array(sorted(tokens), array.type)
    flags: Flags = pc.is_in(pc.utf8_trim_whitespace(array), value_set=wanted).to_numpy(zero_copy_only=False)
    return flags


def rounded(array: pa.Array) -> Flags:
    """Which texts are, stripped, a number with an exponent. The twin: `rounded_text`."""
    plain = pc.utf8_trim_whitespace(array)
    flags: Flags = pc.match_substring_regex(plain, f"^{_EXPONENT}$").to_numpy(zero_copy_only=False)
    return flags


def rounded_text(text: str) -> bool:
    """Whether a text is a number with an exponent, as a spreadsheet saves a long one: `1.23457E+17`.

    Only the first digits of such a number are left. An exponent needs its sign or a fraction in front of it: `12E3`
    may be somebody's number.
    """
    return _ROUNDED.fullmatch(text.strip()) is not None


def begins(array: pa.Array, mark: str) -> Flags:
    """Which texts begin with a mark."""
    flags: Flags = pc.starts_with(array, mark).to_numpy(zero_copy_only=False)
    return flags


def text_buffers(array: pa.Array) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.uint8]]:
    """Where each text begins and ends, and the bytes of them all: text n is data[marks[n] : marks[n + 1]]."""
    kind = np.int64 if pa.types.is_large_string(array.type) else np.int32
    _, offsets, data = array.buffers()
    if not len(array):
        return np.zeros(1, np.int64), np.zeros(1, np.uint8)
    marks = np.frombuffer(offsets, kind)[array.offset : array.offset + len(array) + 1].astype(np.int64)
    return marks, np.frombuffer(data, np.uint8) if data is not None and data.size else np.zeros(1, np.uint8)


def text_array(signs: npt.NDArray[np.uint8]) -> pa.Array:
    """Texts of one length, a row of bytes each, as an Arrow array. Raises ValueError beyond 2 GB."""
    if signs.size >= 1 << 31:
        raise ValueError("more text than one array holds")
    offsets = np.arange(len(signs) + 1, dtype=np.int32) * signs.shape[1]
    return pa.StringArray.from_buffers(len(signs), pa.py_buffer(offsets), pa.py_buffer(np.ascontiguousarray(signs)))
