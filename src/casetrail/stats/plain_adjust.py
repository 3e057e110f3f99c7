"""Plain twin of the adjusted comparison: loops over numbers, integrals by Simpson's rule, columns as they come.

To be read beside `even_scale` and `robust_line`. Slow on purpose.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import asin, cos, exp, log, sin, sqrt

STRIPS = 2_000
CLIP = 1.5


@dataclass(frozen=True, slots=True)
class PlainUnit:
    """One unit: its count, what it is set against, and its columns with a 1 before them."""

    observed: float
    size: float
    row: tuple[float, ...]
    share: bool
    rounding: float = 0.0

    def expected(self, line: Sequence[float]) -> float:
        along = sum(a * b for a, b in zip(line, self.row, strict=True))
        return self.size / (1 + exp(-along)) if self.share else self.size * exp(along)

    def variance(self, expected: float, tau2: float) -> tuple[float, float]:
        """Of the logarithm of the ratio: by chance and ordinary differences, and with rounding as well."""
        information = expected * (1 - expected / self.size) if self.share else expected
        return 1 / information + tau2, 1 / information + tau2 + self.rounding / information**2

    def place(self, count: float, tau2: float) -> float:
        """The integral of 1 over the deviation of the count, from 0 to the count, in steps of its root (its angle)."""
        end = asin(sqrt(min(count / self.size, 1.0))) if self.share else sqrt(count)

        def height(at: float) -> float:
            if self.share:
                return 2 * sqrt(self.size) / sqrt(1 + tau2 * self.size * (sin(at) * cos(at)) ** 2)
            return 2 / sqrt(1 + tau2 * at * at)

        step = end / STRIPS
        inner = sum((4 if i % 2 else 2) * height(i * step) for i in range(1, STRIPS))
        return step / 3 * (height(0.0) + inner + height(end))

    def far(self, line: Sequence[float], tau2: float) -> float:
        """Deviations between what was seen (and a quarter) and what is expected."""
        expected = self.expected(line)
        seen = (self.observed + 0.25) * (self.size / (self.size + 0.5) if self.share else 1.0)
        even, whole = self.variance(expected, tau2)
        return (self.place(seen, tau2) - self.place(expected, tau2)) * sqrt(even / whole)


def plain_line(units: Sequence[PlainUnit], tau2: float, steps: int = 60) -> list[float]:
    """Huber's line through the units for a given variance between them, by scoring from a common level."""
    together = sum(u.observed for u in units) / sum(u.size for u in units)
    wide = len(units[0].row)
    line = [log(together / (1 - together)) if units[0].share else log(together)] + [0.0] * (wide - 1)
    for _ in range(steps):
        move = _solved(*_equations(units, line, tau2))
        line = [a + b for a, b in zip(line, move, strict=True)]
        if max(abs(m) for m in move) < 1e-9:
            break
    return line


def plain_doubt(units: Sequence[PlainUnit], line: Sequence[float], tau2: float, row: Sequence[float]) -> float:
    """Variance of the line at a row, before the price of clipping."""
    matrix, _ = _equations(units, line, tau2)
    return sum(a * b for a, b in zip(row, _solved(matrix, list(row)), strict=True))


def _equations(units: Sequence[PlainUnit], line: Sequence[float], tau2: float) -> tuple[list[list[float]], list[float]]:
    wide = len(line)
    matrix, right = [[0.0] * wide for _ in range(wide)], [0.0] * wide
    for u in units:
        _, whole = u.variance(u.expected(line), tau2)
        pull = min(max(u.far(line, tau2), -CLIP), CLIP) / sqrt(whole)
        for i in range(wide):
            right[i] += pull * u.row[i]
            for j in range(wide):
                matrix[i][j] += u.row[i] * u.row[j] / whole
    return matrix, right


def _solved(matrix: list[list[float]], right: list[float]) -> list[float]:
    """Elimination with the largest pivot."""
    rows = [[*line, value] for line, value in zip(matrix, right, strict=True)]
    size = len(rows)
    for i in range(size):
        best = max(range(i, size), key=lambda r: abs(rows[r][i]))
        rows[i], rows[best] = rows[best], rows[i]
        for r in range(i + 1, size):
            factor = rows[r][i] / rows[i][i]
            rows[r] = [a - factor * b for a, b in zip(rows[r], rows[i], strict=True)]
    found = [0.0] * size
    for i in reversed(range(size)):
        found[i] = (rows[i][size] - sum(rows[i][j] * found[j] for j in range(i + 1, size))) / rows[i][i]
    return found
