"""The plain twin's luck, written from docs/network.md with Python's own integers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from casetrail.kernels.network import shape as s

MASK = 0xFFFFFFFF

# Wichura (1988), Applied Statistics 37, algorithm AS 241, PPND16: numerators and denominators, highest power first.
_MIDDLE = (
    (2509.0809287301226727, 33430.575583588128105, 67265.770927008700853, 45921.953931549871457, 13731.693765509461125,
     1971.5909503065514427, 133.14166789178437745, 3.387132872796366608),
    (5226.495278852545925, 28729.085735721942674, 39307.89580009271061, 21213.794301586595867, 5394.1960214247511077,
     687.1870074920579083, 42.313330701600911252, 1.0),
)  # fmt: skip
_NEAR = (
    (7.7454501427834140764e-4, 0.0227238449892691845833, 0.24178072517745061177, 1.27045825245236838258,
     3.64784832476320460504, 5.7694972214606914055, 4.6303378461565452959, 1.42343711074968357734),
    (1.05075007164441684324e-9, 5.475938084995344946e-4, 0.0151986665636164571966, 0.14810397642748007459,
     0.68976733498510000455, 1.6763848301838038494, 2.05319162663775882187, 1.0),
)  # fmt: skip
_FAR = (
    (2.01033439929228813265e-7, 2.71155556874348757815e-5, 0.0012426609473880784386, 0.026532189526576123093,
     0.29656057182850489123, 1.7848265399172913358, 5.4637849111641143699, 6.6579046435011037772),
    (2.04426310338993978564e-15, 1.4215117583164458887e-7, 1.8463183175100546818e-5, 7.868691311456132591e-4,
     0.0148753612908506148525, 0.13692988092273580531, 0.59983220655588793769, 1.0),
)  # fmt: skip


def philox(counter: Sequence[int], key: Sequence[int]) -> tuple[int, int, int, int]:
    """Philox4x32-10 (Salmon et al. 2011)."""
    a, b, c, d = counter
    x, y = key
    for _ in range(10):
        high0, low0 = divmod(0xD2511F53 * a, 2**32)
        high1, low1 = divmod(0xCD9E8D57 * c, 2**32)
        a, b, c, d = high1 ^ b ^ x, low1, high0 ^ d ^ y, low0
        x, y = (x + 0x9E3779B9) & MASK, (y + 0xBB67AE85) & MASK
    return a, b, c, d


def uniform(key: Sequence[int], person: int, serial: int, what: int, cycle: int) -> float:  # noqa: PLR0917
    """Above 0 and below 1."""
    a, b, _, _ = philox((person & MASK, serial & MASK, what & MASK, cycle & MASK), key)
    return ((a >> 5) * 67108864 + (b >> 6) + 0.5) / 2**53


def mix(serial: int, node: int, cycle: int) -> int:
    """The serial of a token made by another."""
    x = (serial * 0x9E3779B1 + node * 0x85EBCA77 + cycle * 0xC2B2AE3D + 0x27D4EB2F) & MASK
    x ^= x >> 16
    x = (x * 0x7FEB352D) & MASK
    x ^= x >> 15
    x = (x * 0x846CA68B) & MASK
    return x ^ (x >> 16)


def _horner(powers: Sequence[float], r: float) -> float:
    total = powers[0]
    for power in powers[1:]:
        total = total * r + power
    return total


def normal_quantile(u: float) -> float:
    """PPND16."""
    q = u - 0.5
    if abs(q) <= 0.425:
        r = 0.180625 - q * q
        return q * _horner(_MIDDLE[0], r) / _horner(_MIDDLE[1], r)
    r = math.sqrt(-math.log(u if q < 0 else 1.0 - u))
    top, low = _NEAR if r <= 5.0 else _FAR
    r -= 1.6 if r <= 5.0 else 5.0
    tail = _horner(top, r) / _horner(low, r)
    return -tail if q < 0 else tail


def quantile(model: Any, which: int, u: float) -> float:
    """Hours at `u` of a distribution."""
    d = model.dist[which]
    kind, a, b = d.kind, d.a, d.b
    if kind == s.CONSTANT:
        return a
    if kind == s.EXPONENTIAL:
        return -a * math.log(u)
    if kind == s.LOGNORMAL:
        return a * math.exp(b * normal_quantile(u))
    if kind == s.UNIFORM_BETWEEN:
        return a + (b - a) * u
    if kind == s.WEIBULL:
        return a * math.exp(math.log(-math.log(u)) / b)
    table = model.table[d.table : d.table + d.size]
    x = u * (len(table) - 1)
    i = min(int(x), len(table) - 2)
    return float(table[i] + (x - i) * (table[i + 1] - table[i]))


def microseconds(hours: float) -> int:
    """Whole microseconds."""
    if not hours > 0.0:
        return 0
    us = hours * 3.6e9 + 0.5
    return s.NEVER if us >= s.NEVER else int(us)
