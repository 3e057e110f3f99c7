"""Plain twins of the cumulative sums: one case after another, to be read beside the sources."""

from __future__ import annotations

from collections.abc import Sequence
from math import isnan, log

import numpy as np


def plain_score(outcome: int, risk: float, odds_ratio: float) -> float:
    """Steiner and others (2000) equation 2.3: the two likelihoods written out."""
    if outcome == 1:
        return log(odds_ratio / (1 - risk + odds_ratio * risk))
    return log(1 / (1 - risk + odds_ratio * risk))


def plain_cusum(scores: Sequence[float], threshold: float | None = None) -> tuple[list[float], list[int]]:
    """The path and the cases with an alarm."""
    now, path, alarms = 0.0, [], []
    for case, score in enumerate(scores):
        if not isnan(score):
            now = max(0.0, now + score)
        path.append(now)
        if threshold is not None and now >= threshold:
            alarms.append(case)
            now = 0.0
    return path, alarms


def plain_run_length(risks: Sequence[float], odds_ratio: float, threshold: float, *, rng: np.random.Generator) -> int:
    """Cases until the first alarm, one after another, each with a risk drawn from `risks`."""
    now, case = 0.0, 0
    while now < threshold:
        risk = risks[int(rng.integers(len(risks)))]
        now = max(0.0, now + plain_score(int(rng.random() < risk), risk, odds_ratio))
        case += 1
    return case
