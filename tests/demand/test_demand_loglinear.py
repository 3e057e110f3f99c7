"""Models, verdicts, fits and the search: against a plain twin, and by hand."""

from __future__ import annotations

import os
from collections import Counter

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casetrail.demand.loglinear import models as names
from casetrail.demand.loglinear.existence import by_linear_program, fitted_on, of_terms, verdict
from casetrail.demand.loglinear.fits import Status, fit
from casetrail.demand.loglinear.models import Model, hierarchical, hierarchical_models, name, named
from casetrail.demand.loglinear.plain import Term, plain_fit, plain_models, plain_of_terms, plain_verdict
from casetrail.demand.loglinear.search import Prepared, all_models, best
from casetrail.kernels.loglinear import support, tables

# 1,000 if not said; 12,000 have been run.
TABLES = int(os.environ.get("CASETRAIL_EXISTENCE_TABLES", "1000"))
Ints = npt.NDArray[np.int64]


def as_set(mask: int) -> Term:
    return frozenset(j for j in range(mask.bit_length()) if mask >> j & 1)


def as_sets(model: Model) -> set[Term]:
    return {as_set(term) for term in model}


def as_dict(counts: Ints) -> dict[Term, int]:
    return {as_set(c): int(counts[c]) for c in range(1, counts.size)}


def random_table(rng: np.random.Generator, k: int) -> Ints:
    """Sparse: persons spread over patterns of which most hold few lists, often on fewer lists than there are."""
    places = np.arange(1 << k)
    weight = rng.exponential(size=places.size) * 0.5 ** (
        rng.uniform(0, 3) * np.array([c.bit_count() for c in range(1 << k)])
    )
    weight[(rng.random(places.size) < rng.uniform(0, 0.8))] = 0.0
    weight[0], weight[1] = 0.0, max(weight[1], 1e-3)
    return np.asarray(rng.multinomial(int(rng.integers(2, 60)), weight / weight.sum()), dtype=np.int64)


def random_model(rng: np.random.Generator, k: int, order: int) -> Model:
    larger = names.universe(k, order)
    picked = rng.choice(larger, size=int(rng.integers(0, len(larger) + 1)), replace=False)
    return hierarchical([*names.main_effects(k), *(int(term) for term in picked)])


def free_directions(counts: Ints, model: Model) -> int:
    kept, live = np.zeros(len(model) + 1, dtype=np.int64), np.zeros(counts.size, dtype=np.bool_)
    y = counts.astype(np.float64)
    n = tables.split(np.array(model), tables.margins(y), kept, live)
    rows = np.flatnonzero((y > 0) & live)
    return int(n - np.linalg.matrix_rank((rows[:, None] & kept[:n]) == kept[:n]))


def test_models_are_all_that_trying_every_set_of_terms_finds() -> None:
    for k, order in ((2, 1), (3, 2), (4, 2), (4, 3)):
        found = hierarchical_models(k, order)
        assert {frozenset(as_sets(model)) for model in found} == plain_models(k, order)
        assert len(set(found)) == len(found)
        assert [len(model) for model in found] == sorted(len(model) for model in found)


def test_how_many_models_there_are() -> None:
    # Graphs on k points: 2 ** (k choose 2). Simplicial complexes on 4 and 5 labelled points: 114 and 6,894 (Dedekind
    # numbers; OEIS A006126), less the one with the term of all lists.
    assert [len(hierarchical_models(k, 2)) for k in (3, 4, 5)] == [8, 64, 1_024]
    assert len(hierarchical_models(4, 3)) == 114 - 1
    assert len(hierarchical_models(5, 4)) == 6_894 - 1


@pytest.mark.parametrize(("k", "order"), [(3, 3), (2, 2), (4, 0)])
def test_an_order_that_is_none_is_refused(k: int, order: int) -> None:
    with pytest.raises(ValueError, match="order of models"):
        hierarchical_models(k, order)


@pytest.mark.parametrize(("k", "order"), [(6, 3), (7, 2)])
def test_too_many_models_are_said_to_be_too_many(k: int, order: int) -> None:
    with pytest.raises(ValueError, match="more than 50,000 models"):
        hierarchical_models(k, order)


def test_names_are_those_of_the_generators() -> None:
    for text in ("[12,13,23,25,34]", "[15,2,3,4]", "[123,14,34]", "[14,23]", "[1,2,3,4,5]"):
        assert name(named(text)) == text
    assert named("[123,4]") == (1, 2, 3, 4, 5, 6, 7, 8)
    ten = hierarchical([*names.main_effects(10), 0b1000000001])
    assert name(ten) == "[1.10,2,3,4,5,6,7,8,9]"
    assert named(name(ten)) == ten
    for text in ("12,3", "[]", "[1x]", "[0]"):
        with pytest.raises(ValueError, match=r"no name|no set"):
            named(text)
    with pytest.raises(ValueError, match="at least one list"):
        hierarchical([0])


def test_codes_of_the_counter_example() -> None:
    # Chan, Silverman & Vincent (2021), Table 2 and 3: A 40, B 30, C 20, AB 6, nobody else.
    counts = np.array([0, 40, 30, 6, 20, 0, 0, 0])
    said = {text: of_terms(counts, named(text)) for text in ("[12,13,23]", "[12,3]", "[12,13]", "[13,23]")}
    assert said == {text: verdict(counts, named(text)) for text in said}
    assert said == {"[12,13,23]": 2, "[12,3]": 1, "[12,13]": 1, "[13,23]": 0}
    fits = fit(counts, [named(text) for text in said])
    assert fits.status.tolist() == list(said.values())
    # {AC, BC}: those terms are gone with their patterns, and A * B / AB = 40 * 30 / 6 is left.
    assert fits.hidden[3] == pytest.approx(200.0)
    assert np.isnan(fits.hidden[:3]).all()
    assert np.isnan(fits.deviance[:3]).all()
    assert fits.parameters.tolist() == [7, 5, 6, 6]


def test_two_lists_by_hand() -> None:
    # n1 * n2 / m, and a perfect fit: three counts, three parameters. Minus twice the log likelihood of 6, 4, 2 persons
    # that are expected to be so many: -2 * log(6**6 e**-6 / 6! * 4**4 e**-4 / 4! * 2**2 e**-2 / 2!) = 9.505...
    fits = fit(np.array([0, 6, 4, 2]), [(1, 2)])
    assert fits.hidden[0] == pytest.approx(6 * 4 / 2)
    assert fits.deviance[0] == pytest.approx(0.0, abs=1e-12)
    whole = -2 * np.log(6**6 / 720 * 4**4 / 24 * 2**2 / 2 * np.exp(-12.0))
    assert fits.aic()[0] == pytest.approx(whole + 6)
    assert fits.bic(12)[0] == pytest.approx(whole + 3 * np.log(12))


def test_the_first_model_is_checked_too() -> None:
    # No person is on two lists.
    counts = np.array([0, 5, 4, 0, 3, 0, 0, 0])
    assert verdict(counts, (1, 2, 4)) == Status.NO_MLE
    assert verdict(np.array([0, 0, 0, 4]), (1, 2)) == Status.NO_MLE
    assert verdict(np.array([0, 4, 0, 0]), (1, 2)) == Status.NOT_IDENTIFIABLE


def test_verdicts_are_those_of_the_linear_program() -> None:
    rng = np.random.default_rng(20)
    free: Counter[int] = Counter()
    said: Counter[tuple[int, int]] = Counter()
    for _ in range(TABLES):
        k = int(rng.integers(3, 6))
        counts, model = random_table(rng, k), random_model(rng, k, int(rng.integers(2, min(k, 4))))
        # Straight from the kernel: it never had to ask the general solver.
        kept, live = np.zeros(len(model) + 1, dtype=np.int64), np.zeros(counts.size, dtype=np.bool_)
        y = counts.astype(np.float64)
        n = tables.split(np.array(model), tables.margins(y), kept, live)
        hidden, _, terms = support.exists(y, kept, n, live)
        assert terms == plain_of_terms(as_dict(counts), k, as_sets(model)), (counts.tolist(), model)
        constant = plain_verdict(as_dict(counts), k, as_sets(model))
        assert (0 if hidden == support.NARROWED else hidden) == constant, (counts.tolist(), model)
        assert (hidden == support.NARROWED) == (constant == 0 and terms != 0)
        free[min(free_directions(counts, model), 3)] += 1
        said[constant, terms] += 1
    assert min(free[2], free[3]) > TABLES / 20
    assert min(said[pair] for pair in ((0, 0), (1, 1), (2, 2))) > TABLES / 20
    # The number hidden is fine and some terms are not.
    assert said[0, 1] > TABLES / 50


@given(st.integers(0, 2**32), st.integers(3, 5))
@settings(max_examples=60)
def test_the_other_linear_program_says_the_same(seed: int, k: int) -> None:
    rng = np.random.default_rng(seed)
    counts, model = random_table(rng, k), random_model(rng, k, 2)
    assert by_linear_program(counts.astype(np.float64), model) == (verdict(counts, model), of_terms(counts, model))


@given(st.integers(0, 2**32), st.integers(3, 5))
@settings(max_examples=60)
def test_what_exists_for_a_model_exists_for_those_nested_in_it(seed: int, k: int) -> None:
    rng = np.random.default_rng(seed)
    counts, model = random_table(rng, k), random_model(rng, k, 2)
    pairs = [term for term in model if term.bit_count() > 1]
    said, of_all = verdict(counts, model), of_terms(counts, model)
    for pair in pairs:
        smaller = tuple(term for term in model if term != pair)
        assert verdict(counts, smaller) <= said
        assert of_terms(counts, smaller) <= of_all


@given(st.integers(0, 2**32), st.integers(2, 5))
@settings(max_examples=80)
def test_fits_are_those_of_the_plain_twin(seed: int, k: int) -> None:
    rng = np.random.default_rng(seed)
    counts = random_table(rng, k) * int(rng.integers(1, 50))
    model = random_model(rng, k, min(k - 1, int(rng.integers(2, 4))))
    fits = fit(counts, [model])
    if fits.status[0] == Status.FINE:
        hidden, deviance = plain_fit(as_dict(counts), k, as_sets(model))
        assert fits.hidden[0] == pytest.approx(hidden, rel=1e-6)
        assert fits.deviance[0] == pytest.approx(deviance, rel=1e-7, abs=1e-7)
        assert fits.parameters[0] == len(model) + 1
    else:
        assert fits.status[0] == plain_verdict(as_dict(counts), k, as_sets(model))


@pytest.mark.parametrize(("k", "order"), [(3, 2), (4, 2), (4, 3), (5, 2)])
@pytest.mark.parametrize("criterion", ["bic", "aic"])
def test_the_search_that_leaves_out_finds_what_the_whole_finds(k: int, order: int, criterion: str) -> None:
    rng = np.random.default_rng(8)
    prepared = Prepared(k, order)
    counts = np.array([random_table(rng, k) * int(rng.integers(1, 20)) for _ in range(40)])
    hidden, index = prepared.best_of(counts, criterion=criterion)  # type: ignore[arg-type]
    for row, h, i in zip(counts, hidden, index, strict=True):
        fits = prepared.fit(row)
        if not (fits.status == Status.FINE).any():
            assert (i, np.isnan(h)) == (-1, True)
            continue
        assert i == best(fits, int(row.sum()), criterion)  # type: ignore[arg-type]
        assert h == pytest.approx(fits.hidden[i], rel=1e-8)
    assert (index >= 0).sum() > 20
    again = prepared.best_of(counts, criterion=criterion, threads=2)  # type: ignore[arg-type]
    assert again[1].tolist() == index.tolist()


def test_a_list_inside_another_by_hand() -> None:
    # List 1 is in list 2. With the term of both, list 1 says nothing of how many there are, and lists 2 and 3 decide:
    # 20 on both, 30 + 10 on the second list only, 50 on the third only: 40 * 50 / 20 = 100. The terms of list 1 and of
    # the pair run to infinity together, which Chan, Silverman & Vincent would not have.
    counts = np.array([0, 0, 30, 10, 50, 0, 15, 5])
    model = named("[12,3]")
    assert (verdict(counts, model), of_terms(counts, model)) == (0, 1)
    fits = fit(counts, [model])
    assert fits.hidden[0] == pytest.approx(100.0)
    # 110 persons, split by list 1 in the ratio 3 : 1 within list 2 whether on list 3 or not: a perfect fit.
    assert fits.deviance[0] == pytest.approx(0.0, abs=1e-9)
    said, terms, patterns = fitted_on(counts, model)
    assert (said, terms[0], patterns.tolist()) == (0, 0, [2, 3, 4, 6, 7])
    assert len(terms) == 4
    hidden, index = Prepared(3, 2).best_of(counts[None])
    assert Prepared(3, 2).models[index[0]] == model
    assert hidden[0] == pytest.approx(100.0)


def test_all_models_are_those_fitted_one_by_one() -> None:
    rng = np.random.default_rng(9)
    for _ in range(5):
        counts = random_table(rng, 4) * 3
        whole = all_models(counts, 4, order=3)
        single = fit(counts, whole.models)
        assert whole.status.tolist() == single.status.tolist()
        np.testing.assert_array_equal(whole.hidden, single.hidden)
        np.testing.assert_array_equal(whole.deviance, single.deviance)


def test_a_model_of_twelve_lists() -> None:
    # Independent lists that each find a half of 4,096 persons: one is on none.
    counts = np.ones(1 << 12, dtype=np.int64)
    fits = fit(counts, [names.main_effects(12), hierarchical([*names.main_effects(12), 0b11])])
    assert fits.hidden == pytest.approx([1.0, 1.0])
    assert fits.deviance == pytest.approx([0.0, 0.0], abs=1e-9)


def test_nobody_has_no_best_model() -> None:
    nobody = np.zeros(8, dtype=np.int64)
    with pytest.raises(ValueError, match="no model has an estimate"):
        best(all_models(nobody, 3, order=2), 1)
    hidden, index = Prepared(3, 2).best_of(nobody[None])
    assert np.isnan(hidden[0])
    assert index.tolist() == [-1]


def test_what_is_no_table_and_what_is_no_model_is_refused() -> None:
    good = np.array([0, 3, 2, 1])
    for wrong in (np.array([0, 1, 2]), np.array([0, -1, 2, 3]), np.array([0, 0.5, 2, 3]), np.ones((2, 2, 2))):
        with pytest.raises(ValueError, match="counts"):
            fit(wrong, [(1, 2)])
    with pytest.raises(ValueError, match="no model was given"):
        fit(good, [])
    for model, why in (((1,), "each list on its own"), ((1, 2, 4), "lists that are there"), ((2, 3), "every part")):
        with pytest.raises(ValueError, match=why):
            fit(good, [model])
    with pytest.raises(ValueError, match="3 lists have 8 entries"):
        Prepared(3, 2).fit(good)
    with pytest.raises(ValueError, match="bic or aic"):
        Prepared(3, 2).best_of(np.zeros((1, 8), dtype=np.int64), criterion="hq")  # type: ignore[arg-type]
