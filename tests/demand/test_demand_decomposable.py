"""Averaging over decomposable graphs: the R package dga's figures, where its grid cut them, refusals, heaps, priors."""

from __future__ import annotations

import csv
import json
from functools import lru_cache
from pathlib import Path

import numpy as np
import pytest

from casetrail.demand.decomposable.average import average
from casetrail.demand.decomposable.graphs import decomposable, joined
from casetrail.demand.decomposable.modes import heaps
from casetrail.demand.decomposable.posterior import Posterior, on_grid, posterior
from casetrail.demand.decomposable.result import Averaged, Summary
from casetrail.demand.decomposable.scores import Prior, scores
from casetrail.demand.lists import Lists, lists
from casetrail.figures import Refusal

FILES = {
    "UK5": "uk_2013_5list.csv",
    "Ned5": "netherlands_5list.csv",
    "NewOrl5": "new_orleans_5list.csv",
    "Western": "western_us_5list.csv",
    "Australia": "australia_4list.csv",
    "HIV": "hiv_rome_4list.csv",
    "lesbian": "lesbian_4list.csv",
    "kosovo": "kosovo_1999_4list.csv",
}
QUANTILES = (0.025, 0.5, 0.975)


def read(path: Path) -> Lists:
    with path.open(encoding="utf-8", newline="") as file:
        head, *rows = list(csv.reader(file))
    return lists(head[:-1], [([int(b) for b in row[:-1]], int(row[-1])) for row in rows])


@lru_cache(maxsize=16)
def of_file(shared: Path, name: str) -> Lists:
    return read(shared / "demand" / FILES.get(name, name))


def dga(shared: Path, name: str) -> dict[str, object]:
    text = (shared / "demand" / "reference" / "dga_lcmcr.json").read_text(encoding="utf-8")
    return dict(json.loads(text)[name]["dga"])


def found(of: Lists, prior: Prior) -> Posterior:
    said = posterior(scores(of, prior))
    assert isinstance(said, Posterior)
    return said


def answered(of: Lists, prior: Prior | None = None, *, others: bool = True) -> Averaged:
    said = average(of, prior, others=others)
    assert isinstance(said, Averaged)
    return said


@pytest.mark.shared
@pytest.mark.parametrize("name", ["NewOrl5", "Western", "Australia", "HIV", "lesbian", "kosovo"])
def test_dga_to_the_last_digit_on_its_own_grid(shared: Path, name: str) -> None:
    """dga 2.0.2: 1 to 30 n hidden, each whole number, 1 / N, and the complete graph let in. Mean to 12 digits."""
    of, theirs = of_file(shared, name), dga(shared, name)
    hidden = np.arange(1, 30 * of.n + 1)
    number, _ = on_grid(scores(of, Prior(complete=True)), hidden)
    below = np.cumsum(number)
    assert [of.n + int(hidden[np.searchsorted(below, q)]) for q in QUANTILES] == theirs["q"]
    assert of.n + float(number @ hidden) == pytest.approx(theirs["mean"], rel=2e-12)


@pytest.mark.shared
@pytest.mark.parametrize("name", ["UK5", "Ned5", "Western", "Australia"])
def test_the_grown_grid_cut_where_dga_ends_has_its_quantiles(shared: Path, name: str) -> None:
    """Of what lies within 30 n: 2.5, 50 and 97.5 % are reached at dga's numbers and not one person before."""
    of, theirs = of_file(shared, name), dga(shared, name)
    said = found(of, Prior(complete=True))
    none, within = said.at_most(0), said.at_most(30 * of.n)
    quantiles = theirs["q"]
    assert isinstance(quantiles, list)
    for share, total in zip(QUANTILES, quantiles, strict=True):
        reached = [(said.at_most(total - of.n - less) - none) / (within - none) for less in (1, 0)]
        assert reached[0] < share <= reached[1]


@pytest.mark.shared
@pytest.mark.parametrize("name", sorted(FILES))
def test_the_grown_grid_leaves_quantiles_where_dga_does_not_cut_them(shared: Path, name: str) -> None:
    """The same without the complete graph. Where 30 n cut dga's posterior, the upper limit is larger than dga's."""
    cut = {"Ned5": (41_682, 50_460, 210_277), "Western": (1_343, 2_133, 3_880), "Australia": (1_190, 2_261, 7_939)}
    of, theirs = of_file(shared, name), dga(shared, name)
    said = found(of, Prior())
    ours = [of.n + said.quantile(q) for q in QUANTILES]
    assert ours == (list(cut[name]) if name in cut else theirs["q"])
    assert said.beyond <= 1e-6


@pytest.mark.shared
def test_australia_on_all_whole_numbers_far_beyond_dgas_end(shared: Path) -> None:
    """To 500 n hidden: the upper limit among all of them is where the grown grid has 97.5 % of what is within."""
    of = of_file(shared, "Australia")
    said, hidden = found(of, Prior()), np.arange(500 * of.n)
    number, _ = on_grid(said.scores, hidden)
    upper = int(np.searchsorted(np.cumsum(number), 0.975))
    within = said.at_most(int(hidden[-1]))
    assert said.at_most(upper - 1) / within < 0.975 <= said.at_most(upper) / within


@pytest.mark.shared
def test_a_grid_that_ends_too_soon_cuts_kosovos_upper_limit(shared: Path) -> None:
    """1 to 2 n: about 13,100 by the README of the data, printed to hundreds; 16,544 where the grid goes on."""
    of = of_file(shared, "kosovo")
    hidden = np.arange(1, 2 * of.n + 1)
    number, _ = on_grid(scores(of, Prior(complete=True)), hidden)
    assert of.n + int(hidden[np.searchsorted(np.cumsum(number), 0.975)]) == pytest.approx(13_100, abs=50)
    assert answered(of, others=False).said.high == 16_544
    refused = average(of, Prior(limit=3 * of.n))
    assert isinstance(refused, Refusal)
    assert refused.reason == "mass_at_edge"
    assert "13,200" in refused.message
    # Where no more than that can live there, it is an answer, with a warning.
    firm = answered(of, Prior(limit=3 * of.n, firm=True), others=False)
    assert firm.said.largest == 13_200
    assert firm.said.high == pytest.approx(13_100, abs=50)
    assert "mass_at_limit" in firm.warnings


@pytest.mark.shared
def test_uk_is_two_heaps_and_no_one_number(shared: Path) -> None:
    said = answered(of_file(shared, "UK5"))
    low, high = said.heaps
    assert low.total < 12_500
    assert high.total > 22_000
    assert low.probability + high.probability == pytest.approx(1.0, abs=1e-9)
    assert min(low.probability, high.probability) > 0.3
    assert {"several_modes", "graphs_differ"} <= set(said.warnings)
    assert said.spread is not None
    assert said.spread[1] > 2 * said.spread[0]
    assert said.graphs_in_all == 821
    assert said.graphs_held == pytest.approx(sum(g.probability for g in said.graphs))
    assert said.hidden == (said.said.low - 2744, said.said.median - 2744, said.said.high - 2744)


@pytest.mark.shared
def test_heaps_are_those_of_all_whole_numbers(shared: Path) -> None:
    """Kosovo: each number hidden to 12,000, its tops and the lowest places between them looked for directly."""
    of = of_file(shared, "kosovo")
    said = found(of, Prior())
    each = said.each(np.arange(12_001.0))
    tops = [i for i in range(1, 12_000) if each[i - 1] < each[i] >= each[i + 1]]
    small, large = heaps(said)
    assert [small.total - of.n, large.total - of.n] == tops
    between = tops[0] + int(np.argmin(each[tops[0] : tops[1]]))
    # Places between which the lowest is taken are some tens of persons apart.
    assert small.high - of.n == pytest.approx(between, abs=150)
    assert small.probability == pytest.approx(each[: small.high - of.n + 1].sum(), abs=1e-9)
    assert large.probability == pytest.approx(1 - small.probability, abs=1e-9)


@pytest.mark.shared
def test_edges_and_graphs_add_up(shared: Path) -> None:
    """Kosovo on every graph: one holds 98.6 %, so its edges do too."""
    of = of_file(shared, "kosovo")
    said, every = answered(of, others=False), decomposable(4)
    held = found(of, Prior()).graphs
    for (a, b), share in said.edges:
        by_hand = sum(p for p, e in zip(held, every.edges[:-1].tolist(), strict=True) if (a, b) in joined(4, e))
        assert share == pytest.approx(by_hand)
    top = said.graphs[0]
    assert top.joined == ((0, 1), (0, 2), (0, 3), (1, 2), (2, 3))
    assert top.cliques == (0b0111, 0b1101)
    assert top.probability == pytest.approx(held.max())
    assert said.others == ()


@pytest.mark.shared
def test_gaza_hangs_on_leaving_the_complete_graph_out(shared: Path) -> None:
    """Three lists that all depend on each other fit so much better that then nothing else is left."""
    said = answered(read(shared / "demand" / "gaza_2023_24_3list_aggregate.csv"))
    assert "complete_graph_matters" in said.warnings
    other = dict(said.others)["complete_graph_let_in"]
    assert isinstance(other, Summary)
    assert other.mean is None
    assert other.high > 2 * said.said.high


@pytest.mark.shared
def test_korea_has_no_mean_and_no_answer_under_a_flat_prior(shared: Path) -> None:
    """Two lists share nobody who is not on the third as well: the tail falls with the square, or only as 1 / N."""
    said = answered(read(shared / "demand" / "korea_3list.csv"))
    assert said.said.mean is None
    assert {"no_mean", "prior_on_total_matters", "graphs_differ"} <= set(said.warnings)
    flat = dict(said.others)["other_prior_on_total"]
    assert isinstance(flat, Refusal)
    assert flat.reason == "mass_at_edge"


@pytest.mark.shared
def test_six_lists_are_averaged_over_18_153_graphs(shared: Path) -> None:
    """The likeliest graph alone, on all whole numbers, is what stands beside it."""
    of = of_file(shared, "uk_2013_6list.csv")
    said = answered(of, others=False)
    assert said.graphs_in_all == 18_153
    best = said.graphs[0]
    edges = decomposable(6).edges[:-1].tolist()
    at = next(i for i, e in enumerate(edges) if joined(6, e) == best.joined)
    number, _ = on_grid(scores(of, Prior()).only(at), np.arange(100_000))
    below = np.cumsum(number)
    assert tuple(of.n + int(np.searchsorted(below, q)) for q in QUANTILES) == (best.low, best.median, best.high)
    assert said.said.low < said.said.median < said.said.high < said.said.largest


def test_independent_lists_give_the_number_that_made_them() -> None:
    """1,000 persons, chances a half, 0.4 and 0.3: the expected counts of each pattern, rounded; 790 are seen."""
    of = lists(
        ("a", "b", "c"),
        zip(
            [(1, 0, 0), (0, 1, 0), (0, 0, 1), (1, 1, 0), (1, 0, 1), (0, 1, 1), (1, 1, 1)],
            [210, 140, 90, 140, 90, 60, 60],
            strict=True,
        ),
    )
    said = answered(of)
    assert of.n == 790
    assert said.said.median == pytest.approx(1_000, abs=10)
    assert said.said.low < 1_000 < said.said.high
    assert said.graphs[0].joined == ()
    assert [h.probability for h in said.heaps] == [pytest.approx(1.0, abs=1e-9)]
    assert not {"several_modes", "graphs_differ", "prior_on_total_matters", "no_mean"} & set(said.warnings)
    assert said.totals.shape == said.density.shape
    assert (np.diff(said.totals) > 0).all()


def test_a_shoulder_with_hardly_a_dip_is_no_heap_of_its_own() -> None:
    """Number by number: tops at 21 and 42 hidden, and the lowest between them a hundredth less at most."""
    of = Lists(("a", "b", "c"), np.array([0, 61, 26, 66, 14, 16, 22, 95]))
    said = found(of, Prior())
    each = said.each(np.arange(200.0))
    assert [i for i in range(1, 199) if each[i - 1] < each[i] >= each[i + 1]] == [21, 42]
    assert each[21:43].min() > 0.99 * each[42]
    assert [heap.total - of.n for heap in heaps(said)] == [21]


def test_another_prior_is_beside_only_where_it_differs() -> None:
    of = lists(("a", "b", "c"), [((1, 0, 0), 9), ((0, 1, 0), 8), ((1, 1, 0), 6), ((0, 1, 1), 7), ((1, 1, 1), 5)])
    asked = Prior(on_total="flat", cell=0.5, complete=True)
    said = average(of, asked)
    assert isinstance(said, Averaged)
    assert [what for what, _ in said.others] == ["other_prior_on_total", "twice_the_prior_cells"]
    assert said.said.prior == asked


@pytest.mark.parametrize(
    ("names", "patterns", "reason"),
    [
        ("abc", [], "nobody"),
        ("ab", [((1, 0), 3), ((1, 1), 2)], "too_few_lists"),
        ("abcdefg", [((1,) * 7, 3), ((1, 0, 0, 0, 0, 0, 0), 2)], "too_many_lists"),
        ("abc", [((1, 0, 0), 3), ((1, 1, 0), 2)], "empty_list"),
        ("abc", [((1, 1, 1), 3)], "all_in_one_cell"),
        ("abc", [((1, 0, 0), 3), ((0, 1, 0), 3), ((0, 0, 1), 3)], "no_overlap"),
        ("abcd", [((1, 1, 0, 0), 3), ((0, 0, 1, 1), 3)], "disconnected"),
        ("abc", [((1, 0, 0), 3), ((0, 1, 0), 3), ((0, 1, 1), 3)], "disconnected"),
    ],
)
def test_what_cannot_be_answered_is_refused(
    names: str, patterns: list[tuple[tuple[int, ...], int]], reason: str
) -> None:
    said = average(lists(tuple(names), patterns))
    assert isinstance(said, Refusal)
    assert said.reason == reason


@pytest.mark.shared
def test_the_artificial_lists_share_nobody_with_the_third(shared: Path) -> None:
    """Chan, Silverman and Vincent (2021), Table 2: no pair but A and B overlaps."""
    said = average(read(shared / "demand" / "artificial_3list.csv"))
    assert isinstance(said, Refusal)
    assert said.reason == "disconnected"
    assert "A + B" in said.message
