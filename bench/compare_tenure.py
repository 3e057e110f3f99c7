"""Tenures dealt anew, beside a plain NumPy loop on the same draws: `python bench/run.py --only comparison`.

150 made-up units, 16 years, 2,000 dealings. Both must give the same sums.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np

from casetrail.stats.plain_tenure import plain_dealt_between
from casetrail.stats.tenure_variance import dealt_between, posts_of
from lines import Line, beside

UNITS, YEARS, DEALINGS = 150, 16, 2_000


def lines() -> Iterator[Line]:
    """Both on the same draws, best of three for the quick one."""
    rng = np.random.default_rng(1)
    figures = rng.standard_normal((UNITS, YEARS))
    tenures = np.cumsum(rng.random((UNITS, YEARS)) < 0.25, axis=1)
    posts = posts_of(figures, tenures)
    keys = [rng.random((DEALINGS, post.lengths.size)) for post in posts]
    quick, at_once = min((_timed(dealt_between, posts, keys) for _ in range(3)), key=lambda run: run[0])
    slow, one_by_one = _timed(plain_dealt_between, posts, keys)
    np.testing.assert_allclose(at_once, one_by_one, rtol=1e-9, atol=1e-9)
    yield beside(f"tenures of {len(posts)} units dealt anew, {DEALINGS:,} times", quick, slow)


def _timed(deal, posts, keys):  # type: ignore[no-untyped-def]
    begun = time.perf_counter()
    found = np.array([deal(post, key) for post, key in zip(posts, keys, strict=True)])
    return time.perf_counter() - begun, found
