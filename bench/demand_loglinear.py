"""Log-linear models of lists: beside a loop of statsmodels fits, and within the seconds that were promised.

`python bench/run.py --only demand`. Five lists with the overlaps of a published table of victims of trafficking are
drawn anew, so that nothing but this file is needed; statsmodels must find the same numbers.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import numpy as np
import numpy.typing as npt
import statsmodels.api as sm

from casetrail.demand.loglinear.fits import Fits
from casetrail.demand.loglinear.models import Model
from casetrail.demand.loglinear.search import Prepared, best
from lines import Line

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Design = tuple[Floats, Floats]

SIX_SECONDS, BOOTSTRAP_SECONDS = 5.0, 30.0
REPLICATES = 1_000


def made(k: int, seed: int = 5) -> Ints:
    """About 2,700 persons on k lists that depend on each other in pairs; two of the lists share nobody."""
    rng = np.random.default_rng(seed)
    places = np.arange(1 << k)
    on = (places[:, None] >> np.arange(k)) & 1
    pairs = rng.normal(0.0, 0.7, (k, k))
    effects = np.log(np.linspace(0.02, 0.08, k))
    means = 12_000 * np.exp(on @ effects + np.einsum("ci,cj,ij->c", on, on, np.triu(pairs, 1)))
    means[(on[:, 0] & on[:, k - 1]) == 1] = 0.0
    means[0] = 0.0
    return np.asarray(rng.poisson(means), dtype=np.int64)


def designs(counts: Ints, models: tuple[Model, ...]) -> list[Design]:
    """Counts and design of each model, without the terms that nobody has and the patterns they take with them."""
    places = np.arange(1, counts.size)
    shared = {c: int(counts[(np.arange(counts.size) & c) == c].sum()) for c in range(1, counts.size)}
    out = []
    for model in models:
        empty = [term for term in model if shared[term] == 0]
        kept = np.array([0, *(term for term in model if shared[term] > 0)])
        live = places[[not any(c & term == term for term in empty) for c in places]]
        out.append((counts[live].astype(float), ((live[:, None] & kept) == kept).astype(float)))
    return out


def loop(given: list[Design]) -> Floats:
    """The number hidden under each model by statsmodels, one after the other; no check whether it exists."""
    family = sm.families.Poisson()
    return np.array([np.exp(sm.GLM(y, x, family=family).fit().params[0]) for y, x in given])


def timed(work: Callable[[], object], repeats: int) -> tuple[float, float]:
    """The least seconds by the clock and of the processor."""
    walls, cpus = [], []
    for _ in range(repeats):
        wall, cpu = time.perf_counter(), time.process_time()
        work()
        walls.append(time.perf_counter() - wall)
        cpus.append(time.process_time() - cpu)
    return min(walls), min(cpus)


def beside_statsmodels() -> Line:
    """All 1,024 two-way models of five lists with existence checks. Raises: SystemExit where the two differ."""
    counts, prepared = made(5), Prepared(5, 2)

    def ours() -> Fits:
        # A new table each time, as far as what is remembered of supports goes.
        prepared.forget()
        return prepared.fit(counts)

    fits = ours()
    given = designs(counts, fits.models)
    loop(given[:5])
    wall, cpu = timed(ours, 5)
    found: list[Floats] = []
    their_wall, their_cpu = timed(lambda: found.append(loop(given)), 2)
    apart = float(np.abs(fits.hidden / found[0] - 1).max())
    if not apart < 1e-6:
        raise SystemExit(f"log-linear models: statsmodels finds other numbers ({apart:.1e})")
    return Line(
        "demand",
        "1,024 two-way models of five lists, each checked for existence",
        "a loop of statsmodels GLM fits, without the check",
        wall,
        their_wall,
        "at least",
        100.0,
        cpu_ratio=their_cpu / cpu,
        note="aim 200",
    )


def six_lists() -> Line:
    """Laying out, checking and fitting all 32,768 two-way models of six lists."""
    counts = made(6)
    Prepared(6, 2).fit(counts)
    wall, cpu = timed(lambda: Prepared(6, 2).fit(counts), 3)
    work = "32,768 two-way models of six lists, all checked and fitted"
    return Line("demand", work, "5 s", wall, SIX_SECONDS, bar=1.0, note=f"{cpu:.2f} s of one processor")


def bootstraps() -> Line:
    """1,000 tables drawn anew, the best of 1,024 models found for each. Raises: SystemExit where it is another one."""
    counts, prepared = made(5), Prepared(5, 2)
    n = int(counts.sum())
    drawn = np.random.default_rng(6).multinomial(n, counts / n, size=REPLICATES)
    hidden, index = prepared.best_of(drawn)
    for r in range(0, REPLICATES, 50):
        fits = prepared.fit(drawn[r])
        if best(fits, n) != index[r] or abs(fits.hidden[index[r]] / hidden[r] - 1) > 1e-8:
            raise SystemExit("log-linear models: the search that leaves out finds another best model")
    wall, cpu = timed(lambda: prepared.best_of(drawn), 3)
    work = f"{REPLICATES:,} bootstraps that choose among 1,024 models anew"
    note = f"{cpu:.2f} s of one processor; every fiftieth equals the whole search"
    return Line("demand", work, "30 s", wall, BOOTSTRAP_SECONDS, bar=1.0, note=note)


def lines() -> Iterator[Line]:
    """All three."""
    yield beside_statsmodels()
    yield six_lists()
    yield bootstraps()
