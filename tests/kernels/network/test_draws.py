"""The luck of the loop: the published generator, the published normal quantile, and moments of the distributions."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import ndtri

from casetrail.kernels.network import draws, loop
from casetrail.kernels.network import shape as s
from casetrail.kernels.network.make import Draft, Made
from casetrail.kernels.network.plain import draws as plain
from casetrail.kernels.network.plain.things import plain_model
from casetrail.kernels.network.view import Addresses

KEY = np.array([0x12345678, 0x9ABCDEF0], dtype=np.uint32)
WORD = st.integers(0, 2**32 - 1)

# Known answers published with Random123 (D. E. Shaw Research), tests/kat_vectors, philox4x32 10 rounds.
KNOWN = (
    ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
    ((2**32 - 1,) * 4, (2**32 - 1,) * 2, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
    (
        (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
        (0xA4093822, 0x299F31D0),
        (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
    ),
)


@pytest.mark.parametrize(("counter", "key", "words"), KNOWN)
def test_the_generator_gives_the_published_answers(
    counter: tuple[int, ...], key: tuple[int, int], words: tuple[int, ...]
) -> None:
    assert tuple(int(word) for word in draws.words(*counter, *key)) == words
    assert plain.philox(counter, key) == words


@given(WORD, WORD, WORD, st.integers(0, 2**31 - 1))
def test_numbers_lie_between_0_and_1_and_the_twin_agrees(person: int, serial: int, what: int, cycle: int) -> None:
    u = draws.uniform(KEY, person, serial, what, cycle)
    assert 0.0 < u < 1.0
    assert u == plain.uniform(KEY.tolist(), person, serial, what, cycle)
    assert int(draws.mix(serial, what, cycle)) == plain.mix(serial, what, cycle)


def test_neighbouring_keys_share_nothing() -> None:
    u = np.array([[draws.uniform(KEY, p, 0, w, 0) for w in range(40)] for p in range(500)])
    assert abs(u.mean() - 0.5) < 4 / math.sqrt(12 * u.size)
    apart = np.corrcoef(u.T)[np.triu_indices(40, 1)]
    assert np.abs(apart).max() < 5 / math.sqrt(500)
    serials = {int(draws.mix(0, node, cycle)) for node in range(300) for cycle in range(300)}
    # 90,000 of 2**32: one collision is expected about once (birthdays: 90,000**2 / 2**33 = 0.94).
    assert len(serials) >= 90_000 - 6


@pytest.mark.parametrize("u", [1e-300, 1e-20, 2**-54, 0.001, 0.0749, 0.075, 0.5, 0.7, 0.925, 0.99999, 1 - 2**-53])
def test_the_normal_quantile_is_that_of_scipy(u: float) -> None:
    # Wichura claims about one part in 10**16; both are computed in double precision.
    assert draws.normal_quantile(u) == pytest.approx(float(ndtri(u)), rel=1e-14, abs=1e-15)
    assert plain.normal_quantile(u) == pytest.approx(draws.normal_quantile(u), rel=1e-15, abs=1e-16)


# Kind, a, b, and the mean and median that any book gives.
LAWS = (
    (s.CONSTANT, 3.0, 0.0, 3.0, 3.0),
    (s.EXPONENTIAL, 2.0, 0.0, 2.0, 2.0 * math.log(2)),
    (s.LOGNORMAL, 2.0, 0.5, 2.0 * math.exp(0.125), 2.0),
    (s.UNIFORM_BETWEEN, 1.0, 4.0, 2.5, 2.5),
    (s.WEIBULL, 2.0, 1.5, 2.0 * math.gamma(1 + 1 / 1.5), 2.0 * math.log(2) ** (1 / 1.5)),
)


def _model(*laws: tuple[int, float, float], quantiles: tuple[float, ...] = ()) -> Made:
    draft = Draft()
    for law in laws:
        draft.dist(*law)
    if quantiles:
        draft.dist(s.TABLE, quantiles=quantiles)
    draft.node(s.END)
    return draft.finish(1)


@pytest.mark.parametrize(("kind", "a", "b", "mean", "median"), LAWS)
def test_distributions_have_their_means_and_medians(  # noqa: PLR0917
    kind: int, a: float, b: float, mean: float, median: float
) -> None:
    made = _model((kind, a, b))
    addresses = Addresses(made.model, made.state)
    m = addresses.view
    middles = (np.arange(20_000) + 0.5) / 20_000
    hours = np.array([draws.from_distribution(m, 0, float(u)) for u in middles])
    assert hours.mean() == pytest.approx(mean, rel=1e-3)
    assert draws.from_distribution(m, 0, 0.5) == pytest.approx(median, rel=1e-12)
    model = plain_model(made.model)
    assert [plain.quantile(model, 0, float(u)) for u in middles[::97]] == pytest.approx(hours[::97].tolist(), rel=1e-14)


@pytest.mark.parametrize(("u", "hours"), [(0.0, 1.0), (0.25, 1.5), (0.5, 2.0), (0.75, 6.0), (1.0, 10.0)])
def test_a_table_is_linear_between_its_quantiles(u: float, hours: float) -> None:
    made = _model(quantiles=(1.0, 2.0, 10.0))
    addresses = Addresses(made.model, made.state)
    assert draws.from_distribution(addresses.view, 0, u) == hours


@pytest.mark.parametrize(
    ("hours", "us"),
    [(0.0, 0), (-1.0, 0), (math.nan, 0), (1.0, s.HOUR_US), (1e-9, 4), (1e30, s.NEVER), (math.inf, s.NEVER)],
)
def test_hours_become_whole_microseconds(hours: float, us: int) -> None:
    assert draws.microseconds(hours) == us == plain.microseconds(hours)


def test_two_runs_with_neighbouring_seeds_differ() -> None:
    def ends(seed: int) -> list[int]:
        draft = Draft()
        draft.node(s.DELAY, dist=draft.dist(s.EXPONENTIAL, 1.0), record=1)
        draft.start(0, 0)
        made = draft.finish(seed)
        rows = loop.rows_of(loop.run(made.model, made.state, s.NEVER - 1))
        return [int(end) for end in rows["ended"]]

    seen = {ends(seed)[0] for seed in (0, 1, 2**32, 2**33, 2**63)}
    assert len(seen) == 5, "both words of the seed count"
