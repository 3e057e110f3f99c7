"""Numbers that people are known by: one common number with check digits, and local numbers of each agency."""

from __future__ import annotations

import re

import numpy as np
import pyarrow as pa

from casetrail.errors import WorldError
from casetrail.world.holdings.clock import Chars, digits, fixed_text
from casetrail.world.holdings.names import Numbers

_PREFIX = b"ZC"
_SPACE = 10**8
_SHAPE = re.compile(r"ZC(\d{8})(\d\d)", re.ASCII)


def common_numbers(count: int, *, rng: np.random.Generator) -> pa.Array:
    """`count` different common numbers: ZC, eight digits, two check digits (ISO 7064 MOD 97-10).

    The first letter is no digit and the length is 12: no number of the health service or of a pupil looks like it.
    Raises WorldError above 100 million.
    """
    if count > _SPACE:
        raise WorldError("There are more persons than common numbers.", todo="Make a smaller world.", code="too_many")
    # Multiplying by a number prime to 10 visits every number once; it hides the order of the persons.
    step = int(rng.integers(1_000_000, 9_000_000)) * 10 + 7
    number = (np.arange(count, dtype=np.int64) * step + int(rng.integers(0, _SPACE))) % _SPACE
    return _prefixed(_PREFIX, digits(number * 100 + _check(number), 10))


def _check(number: Numbers) -> Numbers:
    check: Numbers = 98 - number * 100 % 97
    return check


def is_common_number(text: str) -> bool:
    """True for a text of the shape of a common number whose check digits are right."""
    hit = _SHAPE.fullmatch(text)
    return hit is not None and int(hit[1] + hit[2]) % 97 == 1


def local_numbers(count: int, *, prefix: str, width: int, rng: np.random.Generator) -> pa.Array:
    """`count` different numbers of one agency in rising order, with gaps; longer than `width` only where needed."""
    number = np.cumsum(rng.integers(1, 10, count)) + int(rng.integers(10, 10**width // 4 + 11))
    return numbered(number, prefix=prefix, width=width)


def numbered(number: Numbers, *, prefix: str, width: int) -> pa.Array:
    """A prefix and each number with leading zeros."""
    needed = len(str(int(number.max()))) if len(number) else 1
    return _prefixed(prefix.encode("ascii"), digits(number, max(width, needed)))


def _prefixed(prefix: bytes, chars: Chars) -> pa.Array:
    whole = np.empty((len(chars), len(prefix) + chars.shape[1]), dtype=np.uint8)
    whole[:, : len(prefix)] = np.frombuffer(prefix, dtype=np.uint8)
    whole[:, len(prefix) :] = chars
    return fixed_text(whole)
