"""Bootstraps of the excess at a limit beside a loop of NumPy regressions: `python bench/run.py --only comparison`."""

from __future__ import annotations

import csv
import gzip
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from casetrail.stats.bunching import binned, bunching
from casetrail.stats.bunching_bootstrap import case_bootstrap, residual_bootstrap
from casetrail.stats.plain_bunching import plain_draws
from lines import Line, beside

SHARED = Path(__file__).parents[2] / "shared" / "data" / "compare" / "bunching" / "bunching_data.csv.gz"
LIMIT, DRAWS = 10_000.0, 1_000


def seconds(work: Callable[[], object], times: int = 3) -> float:
    """The best of several runs."""
    best = np.inf
    for _ in range(times):
        begun = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - begun)
    return float(best)


def kink() -> tuple[np.ndarray, np.ndarray]:
    """Places and counts: the package's data where they are at hand, else a made-up kink of the same size."""
    if not SHARED.exists():
        rng = np.random.default_rng(1)
        at = np.arange(9_050.0, 10_951.0, 50.0)
        return at, rng.poisson(340 - (at - 10_000) / 20 + 630 * (at == LIMIT)).astype(float)
    with gzip.open(SHARED, "rt", encoding="utf-8") as file:
        values = [float(v) for row in csv.DictReader(file) if (v := row["kink_vector"]) != "NA"]
    return binned(values, LIMIT, width=50, left=19, right=19)


def lines() -> Iterator[Line]:
    """Both bootstraps, for each draw."""
    at, counts = kink()
    found = bunching(counts, at, LIMIT)
    rng = np.random.default_rng(2)
    few = 50
    drawn = rng.multinomial(int(counts.sum()), counts / counts.sum(), size=few).astype(float)
    plain = seconds(lambda: plain_draws(drawn, at.tolist(), LIMIT, degree=9)) / few * DRAWS
    cases = seconds(lambda: case_bootstrap(counts, found, rng, draws=DRAWS))
    residuals = seconds(lambda: residual_bootstrap(counts, found, rng, draws=DRAWS))
    yield beside(f"excess at a limit, {DRAWS:,} draws of cases", cases, plain)
    yield beside(f"excess at a limit, {DRAWS:,} draws of residuals", residuals, plain)
