"""Keyed luck: each draw is a function of what it is for, so order of execution cannot change it.

Philox4x32-10 is from Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3" (SC 2011); the
normal quantile is Wichura's PPND16 (Applied Statistics 37, 1988, algorithm AS 241), exact to about 1e-16.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from casetrail.kernels.network.shape import (
    CONSTANT,
    EXPONENTIAL,
    LOGNORMAL,
    NEVER,
    PURPOSES,
    UNIFORM_BETWEEN,
    WEIBULL,
    Records,
)
from casetrail.kernels.network.view import View, dist_of, table_of

_LOW = np.uint64(0xFFFFFFFF)
_SHIFT = np.uint64(32)
_M0 = np.uint64(0xD2511F53)
_M1 = np.uint64(0xCD9E8D57)
_W0 = np.uint64(0x9E3779B9)
_W1 = np.uint64(0xBB67AE85)


@njit(nogil=True, cache=True, inline="always")
def words(  # noqa: PLR0917  the counter and the key of the published generator
    c0: int, c1: int, c2: int, c3: int, k0: int, k1: int
) -> tuple[int, int, int, int]:
    """Philox4x32-10 of a counter of four and a key of two 32-bit words: four 32-bit words."""
    a, b, c, d = np.uint64(c0) & _LOW, np.uint64(c1) & _LOW, np.uint64(c2) & _LOW, np.uint64(c3) & _LOW
    x, y = np.uint64(k0) & _LOW, np.uint64(k1) & _LOW
    for _ in range(10):
        p = _M0 * a
        q = _M1 * c
        a, b, c, d = (q >> _SHIFT) ^ b ^ x, q & _LOW, (p >> _SHIFT) ^ d ^ y, p & _LOW
        x = (x + _W0) & _LOW
        y = (y + _W1) & _LOW
    return a, b, c, d


@njit(nogil=True, cache=True)
def uniform(  # noqa: PLR0917
    key: Records, person: int, serial: int, what: int, cycle: int
) -> float:
    """One number above 0 and below 1 for a key of four words; `what` is node * PURPOSES + purpose."""
    a, b, _, _ = words(person, serial, what, cycle, key[0], key[1])
    return (float((a >> np.uint64(5)) * np.uint64(67108864) + (b >> np.uint64(6))) + 0.5) / 9007199254740992.0


@njit(nogil=True, cache=True)
def mix(serial: int, node: int, cycle: int) -> int:
    """The serial of a token made at `node` by a token with this serial and cycle."""
    x = np.uint64(serial) * np.uint64(0x9E3779B1) + np.uint64(node) * np.uint64(0x85EBCA77)
    x = (x + np.uint64(cycle) * np.uint64(0xC2B2AE3D) + np.uint64(0x27D4EB2F)) & _LOW
    x ^= x >> np.uint64(16)
    x = (x * np.uint64(0x7FEB352D)) & _LOW
    x ^= x >> np.uint64(15)
    x = (x * np.uint64(0x846CA68B)) & _LOW
    x ^= x >> np.uint64(16)
    return np.int64(x)


@njit(nogil=True, cache=True)
def _middle(q: float) -> float:
    r = 0.180625 - q * q
    top = (
        (((2509.0809287301226727 * r + 33430.575583588128105) * r + 67265.770927008700853) * r + 45921.953931549871457)
        * r
        + 13731.693765509461125
    ) * r + 1971.5909503065514427
    top = (top * r + 133.14166789178437745) * r + 3.387132872796366608
    low = (
        (((5226.495278852545925 * r + 28729.085735721942674) * r + 39307.89580009271061) * r + 21213.794301586595867)
        * r
        + 5394.1960214247511077
    ) * r + 687.1870074920579083
    low = (low * r + 42.313330701600911252) * r + 1.0
    return q * top / low


@njit(nogil=True, cache=True)
def _near_tail(r: float) -> float:
    r -= 1.6
    top = (
        (
            ((7.7454501427834140764e-4 * r + 0.0227238449892691845833) * r + 0.24178072517745061177) * r
            + 1.27045825245236838258
        )
        * r
        + 3.64784832476320460504
    ) * r + 5.7694972214606914055
    top = (top * r + 4.6303378461565452959) * r + 1.42343711074968357734
    low = (
        (
            ((1.05075007164441684324e-9 * r + 5.475938084995344946e-4) * r + 0.0151986665636164571966) * r
            + 0.14810397642748007459
        )
        * r
        + 0.68976733498510000455
    ) * r + 1.6763848301838038494
    low = (low * r + 2.05319162663775882187) * r + 1.0
    return top / low


@njit(nogil=True, cache=True)
def _far_tail(r: float) -> float:
    r -= 5.0
    top = (
        (
            ((2.01033439929228813265e-7 * r + 2.71155556874348757815e-5) * r + 0.0012426609473880784386) * r
            + 0.026532189526576123093
        )
        * r
        + 0.29656057182850489123
    ) * r + 1.7848265399172913358
    top = (top * r + 5.4637849111641143699) * r + 6.6579046435011037772
    low = (
        (
            ((2.04426310338993978564e-15 * r + 1.4215117583164458887e-7) * r + 1.8463183175100546818e-5) * r
            + 7.868691311456132591e-4
        )
        * r
        + 0.0148753612908506148525
    ) * r + 0.13692988092273580531
    low = (low * r + 0.59983220655588793769) * r + 1.0
    return top / low


@njit(nogil=True, cache=True)
def normal_quantile(u: float) -> float:
    """The standard normal quantile of 0 < u < 1."""
    q = u - 0.5
    if abs(q) <= 0.425:
        return _middle(q)
    r = u if q < 0.0 else 1.0 - u
    r = math.sqrt(-math.log(r))
    tail = _near_tail(r) if r <= 5.0 else _far_tail(r)
    return -tail if q < 0.0 else tail


@njit(nogil=True, cache=True)
def from_distribution(m: View, which: int, u: float) -> float:
    """The quantile `u` of distribution `which`, in its own unit (hours)."""
    d = dist_of(m)[which]
    kind = d.kind
    if kind == CONSTANT:
        return d.a
    if kind == EXPONENTIAL:
        return -d.a * math.log(u)
    if kind == LOGNORMAL:
        return d.a * math.exp(d.b * normal_quantile(u))
    if kind == UNIFORM_BETWEEN:
        return d.a + (d.b - d.a) * u
    if kind == WEIBULL:
        return d.a * math.exp(math.log(-math.log(u)) / d.b)
    x = u * (d.size - 1)
    i = min(int(x), d.size - 2)
    t = table_of(m)[d.table + i]
    return t + (x - i) * (table_of(m)[d.table + i + 1] - t)


@njit(nogil=True, cache=True)
def microseconds(hours: float) -> int:
    """Hours as whole microseconds: 0 for negative or unknown ones, NEVER for those without end."""
    if not hours > 0.0:
        return np.int64(0)
    us = hours * 3.6e9 + 0.5
    if us >= NEVER:
        return np.int64(NEVER)
    return np.int64(us)


@njit(nogil=True, cache=True)
def purpose_at(node: int, purpose: int) -> int:
    """The third word of the key of a draw of a token."""
    return node * PURPOSES + purpose
