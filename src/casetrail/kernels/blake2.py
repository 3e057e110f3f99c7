"""BLAKE2b of many short texts with one key (RFC 7693): what `hashlib.blake2b` gives, many times over in one pass.

The plain twin is `hashlib.blake2b(text, key=key, digest_size=size)`.
"""

from __future__ import annotations

import hashlib

import numpy as np
import numpy.typing as npt
from numba import njit

Bytes = npt.NDArray[np.uint8]
Words = npt.NDArray[np.uint64]
Integers = npt.NDArray[np.int64]

_BLOCK = 128
# RFC 7693, section 2.6: the fractional parts of the square roots of the first eight primes.
_IV = np.array(
    [
        0x6A09E667F3BCC908,
        0xBB67AE8584CAA73B,
        0x3C6EF372FE94F82B,
        0xA54FF53A5F1D36F1,
        0x510E527FADE682D1,
        0x9B05688C2B3E6C1F,
        0x1F83D9ABFB41BD6B,
        0x5BE0CD19137E2179,
    ],
    dtype=np.uint64,
)
# RFC 7693, section 2.7: the order of the words in each round; rounds 10 and 11 are rounds 0 and 1 again.
_ORDER = np.array(
    [
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
        [14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3],
        [11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4],
        [7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8],
        [9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13],
        [2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9],
        [12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11],
        [13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10],
        [6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5],
        [10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0],
    ],
    dtype=np.int64,
)


@njit(nogil=True, cache=True)
def _turned(word: np.uint64, by: int) -> np.uint64:
    return (word >> np.uint64(by)) | (word << np.uint64(64 - by))


@njit(nogil=True, cache=True)
def _mix(v: Words, a: int, b: int, c: int, d: int, x: np.uint64, y: np.uint64) -> None:  # noqa: PLR0913, PLR0917
    v[a] = v[a] + v[b] + x
    v[d] = _turned(v[d] ^ v[a], 32)
    v[c] = v[c] + v[d]
    v[b] = _turned(v[b] ^ v[c], 24)
    v[a] = v[a] + v[b] + y
    v[d] = _turned(v[d] ^ v[a], 16)
    v[c] = v[c] + v[d]
    v[b] = _turned(v[b] ^ v[c], 63)


@njit(nogil=True, cache=True)
def _compress(h: Words, block: Words, v: Words, seen: int, last: bool) -> None:  # noqa: PLR0917
    for i in range(8):
        v[i] = h[i]
        v[i + 8] = _IV[i]
    v[12] ^= np.uint64(seen)
    if last:
        v[14] = ~v[14]
    for turn in range(12):
        order = _ORDER[turn % 10]
        for i in range(4):
            _mix(v, i, i + 4, i + 8, i + 12, block[order[2 * i]], block[order[2 * i + 1]])
        for i in range(4):
            x, y = block[order[8 + 2 * i]], block[order[9 + 2 * i]]
            _mix(v, i, (i + 1) % 4 + 4, (i + 2) % 4 + 8, (i + 3) % 4 + 12, x, y)
    for i in range(8):
        h[i] ^= v[i] ^ v[i + 8]


@njit(nogil=True, cache=True)
def _digests(data: Bytes, offsets: Integers, keyed: Words, size: int, out: Bytes) -> None:  # noqa: PLR0917
    h, block, v = np.empty(8, np.uint64), np.empty(16, np.uint64), np.empty(16, np.uint64)
    for n in range(len(offsets) - 1):
        h[:] = keyed
        at, end, seen = offsets[n], offsets[n + 1], 128
        while True:
            block[:] = np.uint64(0)
            taken = min(128, end - at)
            for i in range(taken):
                block[i >> 3] |= np.uint64(data[at + i]) << np.uint64(8 * (i & 7))
            at += taken
            seen += taken
            _compress(h, block, v, seen, at >= end)
            if at >= end:
                break
        for i in range(size):
            out[n, i] = np.uint8((h[i >> 3] >> np.uint64(8 * (i & 7))) & np.uint64(255))


def digests(data: Bytes, offsets: Integers, key: bytes, size: int) -> Bytes:
    """The digest of each text as a row of `size` bytes: text n is data[offsets[n] : offsets[n + 1]], and not empty.

    `key` has 1 to 64 bytes, `size` is 1 to 64.
    """
    state, scratch = _IV.copy(), np.empty(16, np.uint64)
    state[0] ^= np.uint64(0x01010000 ^ (len(key) << 8) ^ size)
    block = np.frombuffer(key.ljust(_BLOCK, b"\0"), dtype="<u8").astype(np.uint64)
    _compress(state, block, scratch, _BLOCK, False)
    out = np.empty((len(offsets) - 1, size), dtype=np.uint8)
    _digests(data, offsets, state, size, out)
    return out


def digests_plain(texts: list[bytes], key: bytes, size: int) -> list[bytes]:
    """The same by the standard library, one by one."""
    return [hashlib.blake2b(text, key=key, digest_size=size).digest() for text in texts]
