"""How often could any test notice the worlds in which persons differ? `python bench/truth/best_conceivable.py`

The most powerful test between two laws that are both known is that of their likelihood ratio (J. Neyman and
E. S. Pearson, 1933). For populations as `studies/verdict.py` draws them, this is its power between the law of the lists
and the nearest law of independent lists with equal persons, given how many are listed. A test that must find out the
laws from the lists cannot do better at the same share of false alarms in each population.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from casetrail.demand.choosing.dependence import independent

POPULATIONS, DRAWS = 400, 2000
WORLDS = {"two-halves": 0.5, "two-classes": 0.3}
TIMES = 4.0


def law(chances: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Chance of each pattern, shape (2**k,)."""
    places = np.arange(1 << chances.size)
    on = ((places[:, None] >> np.arange(chances.size)) & 1).astype(bool)
    return np.asarray(np.prod(np.where(on, chances, 1 - chances), axis=1))


def power(share: float, level: float, rng: np.random.Generator) -> float:
    """Of one population: how often the best test at this level notices that this share is found more easily."""
    persons, chance = int(rng.integers(2000, 5001)), rng.uniform(0.1, 0.3, 4) / (1 + (TIMES - 1) * share)
    mixed = share * law(TIMES * chance) + (1 - share) * law(chance)
    _, alike = independent(np.concatenate(([0.0], persons * mixed[1:]))[None], 4)
    seen, null = mixed[1:] / (1 - mixed[0]), law(alike[0])[1:]
    null = null / null.sum()
    listed, weight = rng.binomial(persons, 1 - mixed[0]), np.log(seen / null)
    limit = np.quantile(rng.multinomial(listed, null, size=DRAWS) @ weight, 1 - level)
    return float(np.mean(rng.multinomial(listed, seen, size=DRAWS) @ weight > limit))


def main() -> None:
    """Print the mean power for each world and level."""
    for world, share in WORLDS.items():
        for level in (0.05, 0.10):
            rng = np.random.default_rng(11)
            found = [power(share, level, rng) for _ in range(POPULATIONS)]
            print(f"{world}: {np.mean(found):.1%} at {level:.0%} false alarms")


if __name__ == "__main__":
    main()
