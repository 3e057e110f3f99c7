"""One unit before and after, against a mix of others that went the same way before.

Source: A. Abadie, A. Diamond and J. Hainmueller, "Synthetic control methods for comparative case studies", Journal of
the American Statistical Association 105 (2010) 493-505: weights on the others (`simplex`), the same done to each other
unit as if it had been the one (placebo in space), to the unit itself at an earlier time (placebo in time), and without
each of its donors. The interval turns the placebo test around, as in S. Firpo and V. Possebom, Journal of Causal
Inference 6 (2018) 20160026; gaps are set against how far a mix misses a period before that it was not fitted to.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from casetrail.figures import Refusal
from casetrail.stats.simplex import simplex_weights

Floats = npt.NDArray[np.float64]

FEWEST_BEFORE = 5
FEWEST_OTHERS = 19
NEAREST = 40
# A unit that its mix follows worse than this share of the others are followed is not followed at all.
FOLLOWED = 0.95
SMALLEST = 1e-9


@dataclass(frozen=True, slots=True)
class Mix:
    """What would have been: `course` of the mix in all periods, and how well it follows before.

    `weights` are those of all other units, in order. `fit`: root mean square gap before; `miss`: the same for periods
    left out of the fit one at a time.
    """

    weights: Floats
    course: Floats
    fit: float
    miss: float


@dataclass(frozen=True, slots=True)
class Synthetic:
    """The difference since, with its interval, and what speaks for or against it.

    `effect` is the mean gap of the periods since, `gaps` those of all periods. `p_value`: share of units whose mean gap
    since, in units of their `miss`, is as large; `p_ratio` the same for the ratio of root mean square gaps since and
    before (Abadie's). `placebo_effects` are the mean gaps of the others. `without_one`: lowest and highest effect when
    one donor is left out. `earlier`: the mean gap after an event that did not happen, in the middle of the periods
    before; None where there are too few of them.
    """

    effect: float
    low: float
    high: float
    gaps: Floats
    mix: Mix
    p_value: float
    p_ratio: float
    placebo_effects: Floats
    without_one: tuple[float, float]
    earlier: float | None
    level: float


def synthetic(outcomes: npt.ArrayLike, unit: int, *, before: int, level: float = 0.95) -> Synthetic | Refusal:
    """Compare one row of `outcomes` (units, periods) with a mix of the others; the first `before` columns are before.

    All values must be known: leave out units and periods with gaps beforehand. Each mix is made of the 40 others
    nearest before. Refuses with fewer than five periods before, none since, too few others for the level (19 for 95 %),
    and when the unit lies outside all others before, or is followed worse than nearly all others are.
    Raises: ValueError on unknown values, or a row or column that is not there.
    """
    y = np.asarray(outcomes, dtype=np.float64)
    if y.ndim != 2 or not 0 <= unit < y.shape[0] or not bool(np.isfinite(y).all()):
        raise ValueError("outcomes are known numbers, units by periods, and the unit is one of the rows")
    refused = _cannot(y, unit, before, level)
    if refused is not None:
        return refused
    mixes = [mix_of(y, i, before=before, without=() if i == unit else (unit,)) for i in range(y.shape[0])]
    fits = np.array([m.fit for m in mixes])
    if float(np.mean(np.delete(fits, unit) < fits[unit])) > FOLLOWED:
        return _not_followed("poor_fit", "no mix of the others follows it before, where nearly all others are followed")
    gaps = y - np.stack([m.course for m in mixes])
    effects = gaps[:, before:].mean(axis=1)
    # Two units with the same values follow each other without any miss.
    misses = np.maximum([m.miss for m in mixes], SMALLEST * float(np.std(y)))
    far = np.abs(effects) / misses
    reach = float(np.sort(np.delete(far, unit))[_rank(y.shape[0] - 1, level) - 1] * misses[unit])
    ratio = np.sqrt(np.mean(gaps[:, before:] ** 2, axis=1)) / misses
    return Synthetic(
        effect=float(effects[unit]),
        low=float(effects[unit]) - reach,
        high=float(effects[unit]) + reach,
        gaps=gaps[unit],
        mix=mixes[unit],
        p_value=float(np.mean(far >= far[unit])),
        p_ratio=float(np.mean(ratio >= ratio[unit])),
        placebo_effects=np.delete(effects, unit),
        without_one=_without_one(y, unit, before, mixes[unit]),
        earlier=_earlier(y, unit, before),
        level=level,
    )


def mix_of(y: Floats, unit: int, *, before: int, without: tuple[int, ...] = ()) -> Mix:
    """The mix of other units, the nearest of them before, that follows one; without those named."""
    others = np.array([i for i in range(y.shape[0]) if i != unit and i not in without])
    far = np.mean((y[others, :before] - y[unit, :before]) ** 2, axis=1)
    near = others[np.sort(np.argsort(far, kind="stable")[:NEAREST])]
    donors, target = y[near, :before], y[unit, :before]
    weights = np.zeros(y.shape[0])
    weights[near] = simplex_weights(target, donors)
    course = weights @ y
    missed = np.empty(before)
    for t in range(before):
        kept = np.arange(before) != t
        missed[t] = target[t] - simplex_weights(target[kept], donors[:, kept]) @ donors[:, t]
    return Mix(
        weights, course, float(np.sqrt(np.mean((target - course[:before]) ** 2))), float(np.sqrt(np.mean(missed**2)))
    )


def _rank(others: int, level: float) -> int:
    """Which of the others' gaps, in order of size, bounds the interval."""
    return int(np.ceil(level * (others + 1) - 1e-9))


def _cannot(y: Floats, unit: int, before: int, level: float) -> Refusal | None:
    others, periods = y.shape[0] - 1, y.shape[1]
    if before < FEWEST_BEFORE or periods - before < 1:
        return Refusal(
            "too_few_periods",
            f"{before} periods before, {periods - before} since: {FEWEST_BEFORE} before and one since are the least.",
            ("a longer series before",),
        )
    if others < FEWEST_OTHERS or _rank(others, level) > others:
        return Refusal(
            "too_few_others",
            f"{others} other units with all values: a test at this level needs more of them.",
            ("more units with values in all periods",),
        )
    own, rest = y[unit, :before].mean(), np.delete(y[:, :before].mean(axis=1), unit)
    if own > rest.max() or own < rest.min():
        return _not_followed(
            "outside_all_others", "it lies above or below every other unit, so that no mix can be like it"
        )
    return None


def _not_followed(reason: str, why: str) -> Refusal:
    return Refusal(reason, f"No comparison before and after: {why}.", ("another measure", "a longer series before"))


def _without_one(y: Floats, unit: int, before: int, mix: Mix) -> tuple[float, float]:
    effects = []
    for donor in np.flatnonzero(mix.weights > 1e-4):
        again = mix_of(y, unit, before=before, without=(int(donor),))
        effects.append(float((y[unit] - again.course)[before:].mean()))
    return min(effects), max(effects)


def _earlier(y: Floats, unit: int, before: int) -> float | None:
    middle = (before + 1) // 2
    if middle < FEWEST_BEFORE:
        return None
    mix = mix_of(y[:, :before], unit, before=middle)
    return float((y[unit, :before] - mix.course)[middle:].mean())
