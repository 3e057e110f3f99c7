"""A body's position with its set: published figures, made-up tables of each kind, and what is refused."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from casetrail.compare.position import position_answer
from casetrail.compare.position_counts import Counted, counted, placed
from casetrail.errors import UnknownNameError
from casetrail.figures import Answer, Cell, Origin, Refusal, SourceRef, Table
from casetrail.public import shipped_panel
from casetrail.public.panel import Floats, Measure, Panel, PanelKind, Unit, Why
from casetrail.publish.drawing import draw

MADE_UP = SourceRef("made-up table", "0" * 64, Origin.MADE_UP)


def panel(kind: PanelKind, x: Floats, n: Floats, *, per: float = 1.0, rounded_to: int = 1) -> Panel:
    """A made-up table of one period; names run against the order of the rows."""
    top, bottom = (np.asarray(a, dtype=np.float64).reshape(-1, 1) for a in (x, n))
    with np.errstate(divide="ignore", invalid="ignore"):
        value = per * top / bottom
    why = np.where(np.isfinite(value), Why.PUBLISHED, Why.WITHHELD).astype(np.int8)
    measure = Measure("made-up", "A made-up measure", kind, {100.0: "%"}.get(per, "units"), per, rounded_to=rounded_to)
    units = tuple(Unit(str(i), f"Body {900 - i}") for i in range(len(top)))
    return Panel(measure, units, ("2020",), top, bottom, value, why, MADE_UP)


def drawn(kind: PanelKind, *, bodies: int = 40, **more: float) -> Panel:
    """Bodies that differ by chance alone but for the first, which is far above."""
    rng = np.random.default_rng(3)
    n = np.round(10 ** rng.uniform(2.5, 3.5, bodies))
    share = np.full(bodies, 0.3)
    share[0], n[0] = 0.6, 900
    x = rng.binomial(n.astype(int), share) if kind == "proportion" else rng.poisson(n * share)
    return panel(kind, x.astype(float), n, per=more.get("per", 1.0), rounded_to=int(more.get("rounded_to", 1)))


def rows(answer: Answer) -> list[dict[str, Cell]]:
    assert isinstance(answer.body, Table)
    names = [c.name for c in answer.body.columns]
    return [dict(zip(names, row, strict=True)) for row in answer.body.rows]


def row_of(answer: Answer, name: str) -> dict[str, Cell]:
    return next(row for row in rows(answer) if row["unit"] == name)


def refused(answer: Answer) -> str:
    assert isinstance(answer.body, Refusal)
    assert answer.chart is None
    assert answer.body.would_help
    assert "no position" in answer.sentence
    return answer.body.reason


def test_haringey_2009_10() -> None:
    """147th of 150 in the reference figures: every set holds it, and the table is in the order of names."""
    answer = position_answer(
        shipped_panel("initial-assessments-7-days"), "Haringey", "2009-10", higher_is_worse=False, seed=1
    )
    own = row_of(answer, "Haringey")
    assert own["value"] == pytest.approx(100 * 535 / 1859)
    for kind in ("alone", "together", "lasting"):
        first, last = own[f"{kind}_from"], own[f"{kind}_to"]
        assert isinstance(first, int) and isinstance(last, int)
        assert first <= 147 <= last
    assert answer.sentence.startswith("Haringey, 2009-10: 28.8 %, and drawn towards the others 29.0 (26.9 to 31.1).")
    alike = f"it cannot be told apart from {own['alike']} of 149 others; any position from "
    assert f"By the counts of this period alone {alike}" in answer.sentence
    assert "highest first" in answer.sentence
    names = [str(row["unit"]) for row in rows(answer)]
    assert names == sorted(names, key=str.casefold)
    assert len(names) == 150
    assert answer.origin is Origin.PUBLIC_AGGREGATE
    assert answer.id == "compare.haringey.2009-10.initial-assessments-7-days.position"
    assert answer.provenance.question == "compare.position"
    assert answer.provenance.seed == 1
    assert dict(answer.provenance.parameters) == {
        "measure": "initial-assessments-7-days",
        "unit": "Haringey",
        "period": "2009-10",
        "higher_is_worse": False,
    }
    assert draw(answer, "x") is not None


@pytest.mark.parametrize("kind", ["proportion", "rate", "ratio", "count"])
def test_every_kind(kind: PanelKind) -> None:
    of = drawn(kind, per=100.0 if kind == "proportion" else 1.0)
    answer = position_answer(of, "Body 900", "2020", higher_is_worse=True, seed=2)
    own = row_of(answer, "Body 900")
    assert (own["alone_from"], own["alone_to"], own["alike"]) == (1, 1, 0)
    assert (own["together_from"], own["together_to"]) == (1, 1)
    assert (own["worse_than_median"], own["worst_tenth"]) == (1.0, 1.0)
    times = {"proportion": 100.0, "count": of.denominator.sum() / of.numerator.sum()}.get(kind, 1.0)
    for i, row in enumerate(sorted(rows(answer), key=lambda r: -int(str(r["unit"])[-3:]))):
        value, low, middle, high = (row[c] for c in ("value", "shrunken_low", "shrunken", "shrunken_high"))
        assert value == pytest.approx(times * of.numerator[i, 0] / of.denominator[i, 0])
        assert isinstance(low, float) and isinstance(high, float) and isinstance(middle, float)
        assert low < middle < high
        if i:
            # All but the first have the same level: only chance, which nothing tells apart.
            assert (row["together_from"], row["together_to"]) == (2, 40)
    assert "over 99 %" in answer.sentence and "among the worst 4" in answer.sentence
    assert "only position 1 of 40 is possible (95 %, this body alone), 1 alone (95 %, for all bodies" in answer.sentence
    assert draw(answer, "x") is not None


def test_without_a_direction_nothing_is_worse() -> None:
    answer = position_answer(drawn("rate"), "Body 870", "2020", higher_is_worse=None, seed=2)
    assert isinstance(answer.body, Table)
    assert not {"worse_than_median", "worst_tenth"} & {c.name for c in answer.body.columns}
    assert "worse" not in answer.sentence
    other_way = position_answer(drawn("rate"), "Body 900", "2020", higher_is_worse=False, seed=2)
    assert row_of(other_way, "Body 900")["worst_tenth"] == 0.0


def test_the_same_seed_gives_the_same_answer() -> None:
    first, again = (position_answer(drawn("rate"), "Body 880", "2020", higher_is_worse=True, seed=5) for _ in range(2))
    assert first == again


def test_bodies_without_counts_may_have_any_position() -> None:
    """Two have a value and no counts, one has neither: of 39 with a value, two are told apart from nobody."""
    of = drawn("proportion", per=100.0)
    for i in (3, 4, 5):
        of.numerator[i, 0] = np.nan
    of.value[5, 0] = np.nan
    of.why[5, 0] = int(Why.WITHHELD)
    answer = position_answer(of, "Body 900", "2020", higher_is_worse=True, seed=2)
    own, without = row_of(answer, "Body 900"), row_of(answer, "Body 897")
    assert len(rows(answer)) == 39
    assert (own["alone_from"], own["alone_to"], own["alike"]) == (1, 3, 2)
    assert (without["alone_from"], without["alone_to"], without["alike"]) == (1, 39, 38)
    assert without["shrunken"] is None and without["worst_tenth"] is None and without["note"]
    assert "cannot be told apart from 2 of 38 others" in answer.sentence
    assert any("may have any position: 2." in said for said in answer.caveats)
    assert refused(position_answer(of, "Body 897", "2020", higher_is_worse=True, seed=2)) == "counts_not_published"
    withheld = position_answer(of, "Body 895", "2020", higher_is_worse=True, seed=2)
    assert refused(withheld) == "counts_not_published"
    assert "withheld by the publisher" in withheld.sentence


def test_impossible_counts_are_named_and_not_placed() -> None:
    of = drawn("proportion", per=100.0)
    of.numerator[7, 0] = of.denominator[7, 0] + 1
    answer = position_answer(of, "Body 900", "2020", higher_is_worse=True, seed=2)
    assert any("contradict each other: Body 893." in said for said in answer.caveats)
    assert refused(position_answer(of, "Body 893", "2020", higher_is_worse=True, seed=2)) == "counts_impossible"


def test_rounding_is_allowed_for() -> None:
    """Numerators of 8 to 12 rounded to 10 tell nothing apart that the counts themselves would."""
    n = np.full(12, 200.0)
    x = np.array([10.0] * 11 + [50.0])
    fine, coarse = (
        position_answer(panel("proportion", x, n, rounded_to=step), "Body 889", "2020", higher_is_worse=None, seed=3)
        for step in (1, 50)
    )
    assert row_of(fine, "Body 889")["alike"] == 0
    assert row_of(coarse, "Body 889")["alike"] == 11
    assert any("rounds counts to 50" in said for said in coarse.caveats)
    # Rounded up, a numerator can pass its denominator.
    edge = panel("proportion", np.array([20.0] * 6), np.array([15.0, 20, 20, 30, 30, 30]), rounded_to=10)
    assert not isinstance(position_answer(edge, "Body 900", "2020", higher_is_worse=None, seed=1).body, Refusal)


def test_a_ratio_of_two_counts_has_chance_in_both() -> None:
    """20 over 20 with both counts subject to chance is wider than 20 against 20 expected."""
    x = np.array([20.0, 25, 15, 18, 22, 30])
    both, expected = counted(panel("ratio", x, np.full(6, 20.0)), 0), counted(panel("ratio", x, np.full(6, 20.5)), 0)
    assert isinstance(both, Counted) and isinstance(expected, Counted)
    assert both.two_counts and not expected.two_counts
    width = []
    for found in (both, expected):
        low, high = placed(found, np.random.default_rng(1)).levels.interval()
        width.append(float(np.mean(high - low)))
    assert width[0] > 1.1 * width[1]


def test_lasting_levels_allow_for_ordinary_differences() -> None:
    """Large bodies that differ in ordinary ways: told apart this period, and hardly at all for good."""
    rng = np.random.default_rng(7)
    n = np.full(60, 5_000.0)
    x = rng.binomial(5_000, np.clip(rng.normal(0.5, 0.08, 60), 0.1, 0.9)).astype(float)
    answer = position_answer(panel("proportion", x, n), "Body 880", "2020", higher_is_worse=None, seed=1)
    own = row_of(answer, "Body 880")
    assert isinstance(own["alike"], int) and isinstance(own["lasting_alike"], int)
    assert own["alike"] < 20
    assert own["lasting_alike"] > 50
    assert f"as a lasting level, it cannot be told apart from {own['lasting_alike']} of them" in answer.sentence


@pytest.mark.parametrize(
    ("kind", "x", "n", "reason"),
    [
        ("bare", [1.0] * 9, [2.0] * 9, "bare_value"),
        ("mean", [1.0] * 9, [2.0] * 9, "no_spread_within"),
        ("rate", [1.0] * 4, [2.0] * 4, "too_few_bodies"),
        ("rate", [np.nan] * 9, [2.0] * 9, "too_few_bodies"),
        ("rate", [0.0] * 9, [2.0] * 9, "no_difference"),
        ("proportion", [2.0] * 9, [2.0] * 9, "no_difference"),
        ("proportion", [3.0] + [1.0] * 8, [2.0] * 9, "counts_impossible"),
    ],
)
def test_what_is_refused(kind: PanelKind, x: list[float], n: list[float], reason: str) -> None:
    of = panel(kind, np.array(x), np.array(n))
    assert refused(position_answer(of, "Body 900", "2020", higher_is_worse=True, seed=1)) == reason


def test_why_there_is_no_denominator_is_said_in_the_words_of_the_measure() -> None:
    of = panel("bare", np.ones(9), np.ones(9))
    of = replace(of, measure=replace(of.measure, no_denominator="The publisher prints medians only"))
    answer = position_answer(of, "Body 900", "2020", higher_is_worse=True, seed=1)
    assert "prints medians only" in answer.sentence


def test_unknown_names() -> None:
    with pytest.raises(UnknownNameError):
        position_answer(drawn("rate"), "Nowhere", "2020", higher_is_worse=True, seed=1)
    with pytest.raises(UnknownNameError):
        position_answer(drawn("rate"), "Body 900", "1999", higher_is_worse=True, seed=1)
