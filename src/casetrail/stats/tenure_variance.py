"""How much of a yearly figure goes with who was in post? One share of variance, and never a figure of a single tenure.

Figures less the mean of their unit and the mean of their year are cut into tenures. Any cut into runs of years explains
something, the more so where figures are alike from year to year; so the tenures are dealt anew within each unit, their
lengths kept and their order drawn: C. R. Berry and A. Fowler, "Leadership or luck? Randomization inference for leader
effects in politics, business, and sports", Science Advances 7 (2021) eabe3404. Dealing anew keeps what figures owe to
the year before, and takes away only what they owe to the very years at which the post changed hands.

The share is a moment estimate of the variance of random tenure effects (S. R. Searle, G. Casella and C. E. McCulloch,
"Variance components" (1992) ch. 2-3), with the dealt tenures in the place of the error term: what true tenures explain
beyond dealt ones, over what they would if effects were all there is. So it holds for any error that is stationary. It
does not hold where the post changes hands because of the figures.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from casetrail.stats.tau_b import Floats, Whole

FEWEST = 10
UNKNOWN = -1
SETTLED, STEPS = 1e-10, 1_000


@dataclass(frozen=True, slots=True)
class TenureVariance:
    """`share` of the variance within units that goes with tenures, with a 95 % interval; below 0 it shows none.

    `explained`: share of it that lies between the true tenures, by whatever cause; `placebo`: the same for each dealing
    anew; `p`: how often a dealing explains as much. `units` have two tenures or more, `telling` of them have tenures
    whose order makes a difference; `tenures` and `years` are counted over all of them.
    """

    share: float
    low: float
    high: float
    explained: float
    placebo: Floats
    p: float
    units: int
    telling: int
    tenures: int
    years: int


@dataclass(frozen=True, slots=True)
class TooFew:
    """Not enough to tell: how many units have two tenures or more, and how many of them tell anything."""

    units: int
    telling: int


@dataclass(frozen=True, slots=True)
class Post:
    """One unit: its residuals in the order of years, and how many years each tenure has."""

    rest: Floats
    lengths: Whole


def tenure_variance(
    figures: Floats, tenures: Whole, *, rng: np.random.Generator, permutations: int = 2_000
) -> TenureVariance | TooFew:
    """Both arrays have the shape (units, years). `tenures`: a number for each run in post, -1 where it is not known.

    A year without a figure or a tenure is passed over. A number that comes back after another one is a new tenure.
    Fewer than ten units that tell anything give TooFew. Raises: ValueError on different shapes.
    """
    if figures.ndim != 2 or figures.shape != tenures.shape:
        raise ValueError("figures and tenures need the same shape, units by years")
    posts = posts_of(figures, tenures)
    keys = [rng.random((permutations, post.lengths.size)) for post in posts]
    dealt = [dealt_between(post, key) for post, key in zip(posts, keys, strict=True)]
    # A unit whose tenures are equally long is cut in the same places whatever their order: it cannot tell.
    room = np.array([_room(post, key) for post, key in zip(posts, keys, strict=True)])
    if np.sum(room > 0) < FEWEST:
        return TooFew(len(posts), int(np.sum(room > 0)))
    own = np.array([between(post) for post in posts])
    parts = np.array([(r := post.rest) @ r for post in posts])
    lasting = np.array([post.rest.size - np.sum(post.lengths**2) / post.rest.size for post in posts])
    beyond = own - np.array([d.mean() for d in dealt])
    placebo = np.sum(dealt, axis=0) / parts.sum()
    explained = float(own.sum() / parts.sum())
    sums = np.column_stack([lasting, beyond, parts, room])
    share, low, high = _jackknife(sums)
    return TenureVariance(
        share=share,
        low=low,
        high=high,
        explained=explained,
        placebo=placebo,
        p=float((1 + np.sum(placebo >= explained - 1e-12)) / (permutations + 1)),
        units=len(posts),
        telling=int(np.sum(room > 0)),
        tenures=int(sum(post.lengths.size for post in posts)),
        years=int(sum(post.rest.size for post in posts)),
    )


def posts_of(figures: Floats, tenures: Whole) -> list[Post]:
    """Units with two tenures or more: figures less unit and year, in order of years, and the lengths of the tenures."""
    rest = without_unit_and_year(figures)
    found = []
    for own, held in zip(rest, tenures, strict=True):
        known = np.isfinite(own) & (held != UNKNOWN)
        runs = held[known]
        new = np.flatnonzero(np.concatenate([[True], runs[1:] != runs[:-1]])) if runs.size else np.empty(0, np.intp)
        if new.size >= 2:
            values = own[known]
            lengths = np.diff(np.append(new, runs.size)).astype(np.int64)
            found.append(Post(values - values.mean(), lengths))
    return found


def without_unit_and_year(figures: Floats) -> Floats:
    """Figures less unit and year effects by least squares, by turns until nothing moves; unknown stays unknown."""
    known = np.isfinite(figures)
    rest = np.where(known, figures, 0.0)
    per_unit, per_year = np.maximum(known.sum(axis=1), 1), np.maximum(known.sum(axis=0), 1)
    for _ in range(STEPS):
        unit = rest.sum(axis=1) / per_unit
        rest = np.where(known, rest - unit[:, None], 0.0)
        year = rest.sum(axis=0) / per_year
        rest = np.where(known, rest - year, 0.0)
        if max(float(np.abs(unit).max()), float(np.abs(year).max())) <= SETTLED * (1.0 + float(np.abs(rest).max())):
            break
    return np.where(known, rest, np.nan)


def between(post: Post) -> float:
    """Sum of squares between the true tenures."""
    ends = np.cumsum(post.lengths)
    totals = np.diff(np.concatenate([[0.0], np.cumsum(post.rest)[ends - 1]]))
    return float(np.sum(totals**2 / post.lengths))


def dealt_between(post: Post, keys: Floats) -> Floats:
    """The same with the tenures in the order of each row of `keys` (dealings, tenures): one sum for each dealing."""
    return _cut(post.rest[None, :], *_places(post, keys))[:, 0]


def _places(post: Post, keys: Floats) -> tuple[Whole, Whole]:
    """Where each dealt tenure ends, and how long it is: shape (dealings, tenures)."""
    lengths = post.lengths[np.argsort(keys, axis=1)]
    return np.cumsum(lengths, axis=1), lengths


def _cut(series: Floats, ends: Whole, lengths: Whole) -> Floats:
    """Sum of squares between dealt tenures of each series (series, years): shape (dealings, series)."""
    running = np.concatenate([np.zeros((len(series), 1)), np.cumsum(series, axis=1)], axis=1)
    totals = running[:, ends] - running[:, ends - lengths]
    return np.asarray(np.sum(totals**2 / lengths, axis=2).T, dtype=np.float64)


def _room(post: Post, keys: Floats) -> float:
    """What true tenures explain of effects of variance 1 beyond what dealt ones do; 0 where order is idle."""
    if np.unique(post.lengths).size == 1:
        return 0.0
    of = np.repeat(np.arange(post.lengths.size), post.lengths)
    members = (of[None, :] == np.arange(post.lengths.size)[:, None]).astype(np.float64)
    explained = _cut(members, *_places(post, keys)).sum(axis=1).mean()
    return float(post.rest.size - explained)


def _jackknife(sums: Floats) -> tuple[float, float, float]:
    """The share and its interval by leaving out one unit at a time: J. W. Tukey, 1958; t with units less one."""
    from scipy.stats import t as student

    n = len(sums)
    total = sums.sum(axis=0)
    share = _share(total[None, :])[0]
    without = _share(total[None, :] - sums)
    error = np.sqrt((n - 1) / n * np.sum((without - without.mean()) ** 2))
    half = float(student.ppf(0.975, n - 1) * error)
    return float(share), float(share - half), float(share + half)


def _share(sums: Floats) -> Floats:
    """Room for effects times their variance, over all there is; the variance is what is beyond, over room to tell."""
    lasting, beyond, parts, room = sums.T
    return np.asarray(lasting * beyond / (room * parts), dtype=np.float64)
