"""Bootstrap that repeats the choice of the model in every replicate, and in every estimate with one person left out.

L. Chan, B. W. Silverman and K. Vincent, JASA 116 (2021) 1297-1306, section 3.3; B. W. Silverman, L. Chan and
K. Vincent, Statistics and Computing 34 (2024) 44. They draw as many persons as were seen, and so does this. The number
seen can be drawn as well, as it would vary if the lists were made again (S. T. Buckland and P. H. Garthwaite,
Biometrics 47 (1991) 255-268): on made-up worlds that made intervals longer than they need be
(bench/truth/studies/choosing.py).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from casetrail.demand.choosing.bca import acceleration, bca, bias, shifted
from casetrail.demand.lists import Counts

Floats = npt.NDArray[np.float64]
# All persons for each row of tables of counts, (r, 2**k) -> (r,), nan without an estimate: choice and fit in one.
Chooser = Callable[[Counts], Floats]
WARN, GIVE_UP = 0.05, 0.20


@dataclass(frozen=True, slots=True)
class Plan:
    """How many replicates, at which level, and whether the number of persons seen is drawn anew as well."""

    replicates: int = 1000
    level: float = 0.95
    seen_too: bool = False


@dataclass(frozen=True, slots=True)
class Bootstrap:
    """`low` to `high`: BCa interval of all persons, or None. `totals`: every replicate, nan where it has no estimate.

    `failed` replicates have no estimate, and neither have estimates with one of `left_out_failed` persons left out.
    Codes: `replicates_failed` (above 5 %), `no_interval` (above 20 %, or all replicates on one side of the estimate),
    `end_beyond_replicates` (an end lies outside what so many replicates can show: it is the outermost one).
    """

    estimate: float
    totals: Floats
    low: float | None
    high: float | None
    level: float
    acceleration: float
    bias: float
    failed: int
    left_out_failed: int
    codes: tuple[str, ...]

    @property
    def held(self) -> Floats:
        """Replicates that have an estimate."""
        return self.totals[np.isfinite(self.totals)]


def bootstrap(counts: Counts, choose: Chooser, rng: np.random.Generator, *, plan: Plan | None = None) -> Bootstrap:
    """Replicates and interval for the chooser's own estimate of `counts`, (2**k,).

    Raises: ValueError when the chooser has no estimate for the counts themselves.
    """
    plan = plan or Plan()
    estimate = float(choose(counts[None])[0])
    if not np.isfinite(estimate):
        raise ValueError("the counts themselves have no estimate")
    totals = choose(draw(counts, estimate, rng, plan))
    left_out, weights = jackknife(counts, choose)
    known = np.isfinite(left_out)
    a = acceleration(left_out[known], weights[known]) if known.any() else 0.0
    held = totals[np.isfinite(totals)]
    failed = totals.size - held.size
    z = bias(held, estimate) if held.size else float("nan")
    gone = int(weights[~known].sum())
    ends, codes = _interval(held, estimate, (z, a), failed=failed / totals.size, level=plan.level)
    return Bootstrap(estimate, totals, *ends, plan.level, a, z, failed, gone, codes)


def draw(counts: Counts, estimate: float, rng: np.random.Generator, plan: Plan) -> Counts:
    """Made-up tables, (replicates, 2**k): persons seen drawn with replacement."""
    n = int(counts.sum())
    all_persons = max(round(estimate), n)
    seen = rng.binomial(all_persons, n / all_persons, plan.replicates) if plan.seen_too else np.full(plan.replicates, n)
    return np.asarray(rng.multinomial(seen, counts / n), dtype=np.int64)


def jackknife(counts: Counts, choose: Chooser) -> tuple[Floats, Counts]:
    """Estimates with one person of each pattern left out, and how many persons have that pattern."""
    cells = np.flatnonzero(counts)
    tables = np.repeat(counts[None], cells.size, axis=0)
    tables[np.arange(cells.size), cells] -= 1
    return choose(tables), counts[cells]


def _interval(
    held: Floats, estimate: float, shift: tuple[float, float], *, failed: float, level: float
) -> tuple[tuple[float | None, float | None], tuple[str, ...]]:
    codes = ("replicates_failed",) if failed > WARN else ()
    z, a = shift
    if failed > GIVE_UP or not np.isfinite(z):
        return (None, None), (*codes, "no_interval")
    sides = ((1 - level) / 2, (1 + level) / 2)
    at = shifted(sides, z, a) * held.size
    if at.min() < 1 or at.max() > held.size - 1:
        codes = (*codes, "end_beyond_replicates")
    low, high = bca(held, estimate, a, sides)
    return (float(low), float(high)), codes
