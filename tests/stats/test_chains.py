"""Agreement of chains: the figures of arviz-stats on chains of every kind, and what must hold by hand."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from casetrail.stats.chains import agreement, bulk_ess, rank_rhat, split_rhat, tail_ess

Floats = npt.NDArray[np.float64]


def made() -> dict[str, Floats]:
    """One generator for all, so that the order matters."""
    rng = np.random.default_rng(16)
    out = {"independent": rng.standard_normal((4, 500))}
    slow = rng.standard_normal((4, 1001))
    for t in range(1, 1001):
        slow[:, t] += 0.9 * slow[:, t - 1]
    out["slow"] = slow
    out["shifted"] = rng.standard_normal((4, 300)) + np.array([0, 0, 0, 1.0])[:, None]
    out["heavy"] = rng.standard_cauchy((3, 400))
    alternating = rng.standard_normal((2, 600))
    for t in range(1, 600):
        alternating[:, t] -= 0.7 * alternating[:, t - 1]
    out["alternating"] = alternating
    out["whole"] = rng.poisson(3.0, (4, 250)).astype(np.float64)
    out["scales"] = rng.standard_normal((4, 200)) * np.array([1, 1, 1, 4.0])[:, None]
    return out


# arviz-stats 0.8.0 with numpy 2.4.6: array_stats.rhat (method "rank", then "split") and .ess ("bulk", then "tail" with
# prob=(0.05, 0.95)) on the arrays above.
ARVIZ = {
    "independent": (0.9999856939832532, 0.9996131683444713, 1794.365261202479, 1921.9154845601192),
    "slow": (1.0105752105592944, 1.004345663424258, 235.37127825928778, 446.6484885482814),
    "shifted": (1.112072365162919, 1.1162049999499681, 24.39022348917363, 176.820777574583),
    "heavy": (1.0010182133086971, 1.0017942168258256, 1233.3978117816314, 1208.188467249936),
    "alternating": (0.9988555456554131, 0.9986972173519572, 3695.0174952571497, 1017.4560047471173),
    "whole": (0.9991912895744639, 0.9974012388657973, 892.2175744834237, 750.7034376592941),
    "scales": (1.2205684341541472, 0.9958149821138134, 798.0447237876366, 36.13749120853896),
}


@pytest.mark.parametrize("name", ARVIZ)
def test_as_arviz_has_it(name: str) -> None:
    x = made()[name]
    found = agreement(x)
    assert (found.rhat, found.plain_rhat, found.bulk, found.tail) == pytest.approx(ARVIZ[name], rel=1e-10)
    assert (rank_rhat(x), split_rhat(x), bulk_ess(x), tail_ess(x)) == pytest.approx(ARVIZ[name], rel=1e-10)


def test_split_rhat_by_hand() -> None:
    """Halves 0, 0, 1, 1 and 1, 1, 2, 2: variances 1/3 each, means 0.5 and 1.5, so 3/4 + (1/2) / (1/3) = 2.25."""
    assert split_rhat([[0, 0, 1, 1, 1, 1, 2, 2]]) == pytest.approx(1.5)


def test_chains_that_never_move() -> None:
    """Equal everywhere: nothing to say. Each at a place of its own: infinitely far apart."""
    assert np.isnan(split_rhat(np.ones((2, 20)))) and np.isnan(bulk_ess(np.ones((2, 20))))
    assert split_rhat([[1.0] * 20, [2.0] * 20]) == np.inf


def test_ranks_do_not_depend_on_the_scale() -> None:
    x = made()["slow"]
    assert rank_rhat(np.log(np.exp(x) + 0.0)) == pytest.approx(rank_rhat(x), abs=1e-3)
    assert bulk_ess(np.exp(3 * x)) == pytest.approx(bulk_ess(x))
    assert tail_ess(np.exp(3 * x)) == pytest.approx(tail_ess(x))


@pytest.mark.parametrize("draws", [[1.0, 2.0], [[1.0] * 7], [[1.0] * 9 + [np.nan]], np.empty((0, 20))])
def test_what_are_no_chains_is_refused(draws: list[float]) -> None:
    with pytest.raises(ValueError, match="draw"):
        agreement(draws)
