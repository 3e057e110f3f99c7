"""Hide one list at a time, and see whether the others can tell how many persons are on it alone, which is known.

O. Binette and R. C. Steorts (2022) call it internal consistency. The persons on list j are a population of known size;
the k - 1 other lists are lists of it, and those on none of the others are its hidden part.

What it can show: that the method, on these very lists, misses a number which is known. What it cannot: persons on list
j are not like persons on no list, so that all lists may pass and the total still be wrong; a dependence of all lists at
once stays unseen; and when few persons are on a list, anything passes. Under `TWO_WAY` and `INDEPENDENT` the assumption
for all lists implies the one used here; under `NO_HIGHEST` this asks for more than was assumed (no dependence of all
k - 1 lists among persons on list j). With three lists and pairs that may depend, two lists are left, and nothing can be
asked of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import pdtr

from casetrail.demand.choosing.assumption import Assumption
from casetrail.demand.choosing.bootstrap import GIVE_UP
from casetrail.demand.choosing.checks import check
from casetrail.demand.choosing.choosers import by_bic, ends_in
from casetrail.demand.lists import Lists
from casetrail.demand.refusals import refuse
from casetrail.figures import Refusal

Floats = npt.NDArray[np.float64]
FACTOR = 1.5
# With fewer persons on the hidden list and another, no bootstrap of them says how sure they are.
LEAST = 20


@dataclass(frozen=True, slots=True)
class HiddenList:
    """`size` persons are on the list, `known` of them on no other; the others say `estimate`, from `low` to `high`.

    `used`: how many other lists some person on this one is on; the rest say nothing and were left out.

    The interval foretells the known number at `level`, for this list among all. `fails`: the known number is outside
    *and* the size comes out wrong by more than the factor, so that it is neither chance nor a trifle.
    """

    list: int
    used: int
    size: int
    known: int
    estimate: float
    low: float
    high: float
    level: float
    replicates: int
    failed: int
    fails: bool

    @property
    def factor(self) -> float:
        """How far the size comes out wrong: 1 when it is right, whichever way it is out."""
        made = self.size - self.known + self.estimate
        return max(made / self.size, self.size / made)


def without(lists: Lists, j: int) -> Lists:
    """The other lists among the persons on list j; those on no other list are left out, as they would be unseen."""
    places = np.arange(lists.counts.size >> 1)
    low = (1 << j) - 1
    wide = (places & low) | ((places & ~low) << 1) | (1 << j)
    counts = lists.counts[wide].copy()
    counts[0] = 0
    return Lists(tuple(n for i, n in enumerate(lists.names) if i != j), counts)


def hide_each(
    lists: Lists, *, assumption: Assumption, rng: np.random.Generator, replicates: int = 200, level: float = 0.95
) -> Iterator[HiddenList | Refusal]:
    """One result for each list, in their order. `level` holds for all lists together (Bonferroni).

    Refuses a list for which the others cannot give an estimate, with the reasons of `checks.check`, `no_mle`, or
    `too_few_repeats` where fewer than 20 persons are on it and another.
    """
    order = {Assumption.INDEPENDENT: 1, Assumption.TWO_WAY: 2, Assumption.NO_HIGHEST: max(lists.k - 2, 2)}[assumption]
    for j, name in enumerate(lists.names):
        others = without(lists, j)
        # A list that nobody on list j is on says nothing of them.
        others = others.of_only([i for i in range(others.k) if others.on(i) > 0])
        fault = check(others, least=order + 1)
        if fault is not None:
            yield refuse(fault.reason, f"{name} hidden")
        elif others.n < LEAST:
            yield refuse("too_few_repeats", f"{name} hidden: {others.n} of at least {LEAST} persons on it and another")
        else:
            # With fewer lists left the highest term of theirs is the one that is taken to be absent.
            share, fewer = (1 - level) / lists.k, min(order, others.k - 1)
            yield _hide((lists, j, others), fewer, rng=rng, replicates=replicates, share=share)


def _hide(
    case: tuple[Lists, int, Lists], order: int, *, rng: np.random.Generator, replicates: int, share: float
) -> HiddenList | Refusal:
    lists, j, others = case
    # As in the bootstrap of all lists: where models are too many to try, each search begins where the first one ended.
    choose = by_bic(others.k, order, ends_in(others.counts, order))
    made = float(choose(others.counts[None])[0]) - others.n
    drawn = rng.multinomial(others.n, others.counts / others.n, size=replicates).astype(np.int64)
    totals = choose(drawn)
    held = totals[np.isfinite(totals)] - others.n
    failed = replicates - held.size
    if not np.isfinite(made) or failed > GIVE_UP * replicates:
        return refuse("no_mle", f"{lists.names[j]} hidden")
    known, size = int(lists.counts[1 << j]), lists.on(j)
    low, high = _end(held, share / 2), _end(held, 1 - share / 2)
    found = HiddenList(j, others.k, size, known, made, low, high, 1 - share, replicates, failed, False)
    fails = not low <= known <= high and found.factor > FACTOR
    return HiddenList(j, others.k, size, known, made, low, high, 1 - share, replicates, failed, fails)


def _end(means: Floats, share: float) -> float:
    """Smallest number that a count of one of these means, taken at random, exceeds at most 1 - share of the time."""
    left, right = -1, int(means.max() + 20 * np.sqrt(means.max()) + 50)
    while right - left > 1:
        middle = (left + right) // 2
        left, right = (left, middle) if float(pdtr(middle, means).mean()) >= share else (middle, right)
    return float(right)
