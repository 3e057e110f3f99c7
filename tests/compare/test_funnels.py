"""Funnels of any measure: published figures, made-up tables of each kind, rounding, and what is refused."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casetrail.compare.funnels import choices_answer, funnel_of
from casetrail.compare.judged import Judged
from casetrail.compare.judging import judge
from casetrail.errors import UnknownNameError
from casetrail.figures import Answer, Cell, Origin, Refusal, SourceRef, Table
from casetrail.public import shipped_panel
from casetrail.public.panel import Floats, Measure, Panel, PanelKind, Unit, Why
from casetrail.publish.drawing import draw
from casetrail.stats.funnel_limits import event_counts, proportion_counts

MADE_UP = SourceRef("made-up table", "0" * 64, Origin.MADE_UP)
KINDS: tuple[PanelKind, ...] = ("proportion", "rate", "ratio", "count", "mean")
TWO_COUNTS = "two counts"
WITHIN = "within 95 % limits"


def panel(kind: PanelKind, x: Floats, n: Floats, *, per: float = 1.0, rounded_to: int = 1) -> Panel:
    """A made-up table of one period."""
    top, bottom = (np.asarray(a, dtype=np.float64).reshape(-1, 1) for a in (x, n))
    with np.errstate(divide="ignore", invalid="ignore"):
        value = top if kind == "count" else per * top / bottom
    why = np.where(np.isfinite(value), Why.PUBLISHED, Why.WITHHELD).astype(np.int8)
    measure = Measure("made-up", "A made-up measure", kind, {100.0: "%"}.get(per, "units"), per, rounded_to=rounded_to)
    units = tuple(Unit(str(i), f"Body {i:03d}") for i in range(len(top)))
    return Panel(measure, units, ("2020",), top, bottom, value, why, MADE_UP)


def drawn(kind: PanelKind, *, bodies: int = 60, seed: int = 1) -> Panel:
    """Bodies of many sizes that differ only by chance, the first of them but for that far above."""
    rng = np.random.default_rng(seed)
    n = np.round(10 ** rng.uniform(1, 4, bodies))
    share = np.full(bodies, 0.3)
    share[0], n[0] = 0.6, 800
    if kind == "proportion":
        return panel(kind, rng.binomial(n.astype(int), share), n, per=100.0)
    if kind == "mean":
        return panel(kind, n * (10 + rng.standard_normal(bodies) * 2 / np.sqrt(n) + 5 * (share - 0.3)), n)
    x = rng.poisson(n * share).astype(float)
    return panel(kind, x, n + 0.5 if kind == "ratio" else n, per=10_000.0 if kind == "rate" else 1.0)


def rows(answer: Answer) -> list[dict[str, Cell]]:
    assert isinstance(answer.body, Table)
    names = [c.name for c in answer.body.columns]
    return [dict(zip(names, row, strict=True)) for row in answer.body.rows]


def row_of(answer: Answer, name: str) -> dict[str, Cell]:
    return next(row for row in rows(answer) if row["unit"] == name)


def refusal(answer: Answer) -> Refusal:
    assert isinstance(answer.body, Refusal)
    assert answer.chart is None
    return answer.body


def test_haringey_2009_10() -> None:
    """535 of 1,859 among 150 as in the reference figures; 136 outside plain limits and z of -2.57 as in the manual."""
    of = shipped_panel("initial-assessments-7-days")
    answer = funnel_of(of, "Haringey", "2009-10")
    assert answer.id == "compare.haringey.2009-10.initial-assessments-7-days.funnel"
    assert answer.origin is Origin.PUBLIC_AGGREGATE
    assert dict(answer.provenance.parameters) == {
        "measure": "initial-assessments-7-days",
        "unit": "Haringey",
        "period": "2009-10",
        "limits": "auto",
    }
    own = row_of(answer, "Haringey")
    assert (own["numerator"], own["denominator"], own["printed"]) == (535, 1859, 28.8)
    assert own["p_ordinary"] == pytest.approx(2 * 0.0050849, abs=0.0002)  # normal table at 2.57
    assert (own["plain_verdict"], own["verdict"]) == ("below 99.8 % limits", "below 95 % limits")
    assert sum(row["plain_verdict"] != WITHIN for row in rows(answer)) == 136
    assert "535 of 1,859 (28.8 %); all 150 bodies" in answer.sentence
    assert "136 do" in answer.sentence
    choices = choices_answer(of, "309", "2009-10")
    assert len(rows(choices)) == 8
    assert rows(choices)[0]["outside95"] == 136
    assert "between 10 and 136 of 150 bodies" in choices.sentence
    assert "lies outside under 8 of 8 choices" in choices.sentence


@pytest.mark.parametrize(("kind", "limits"), [*((kind, "auto") for kind in KINDS), ("ratio", TWO_COUNTS)])
def test_every_kind(kind: PanelKind, limits: str) -> None:
    of = drawn(kind)
    within = 2.0 if kind == "mean" else None
    answer = funnel_of(of, "Body 000", "2020", limits=limits, within=within)
    table = rows(answer)
    assert [row["unit"] for row in table] == [unit.name for unit in of.units]
    verdicts_follow_from_limits(table)
    assert str(row_of(answer, "Body 000")["verdict"]).startswith("above")
    assert "still stands out" in answer.sentence
    # Chance alone: about one in twenty outside, and the first; its exact 95 % limits leave out at most that.
    assert sum(row["plain_verdict"] != WITHIN for row in table) <= 9
    assert answer.origin is Origin.MADE_UP
    assert len(rows(choices_answer(of, "Body 000", "2020", within=within))) == 8
    assert draw(answer, "x") is not None


def verdicts_follow_from_limits(table: list[dict[str, Cell]]) -> None:
    for row in table:
        for verdict, low, high in (("plain_verdict", "plain_low95", "plain_high95"), ("verdict", "low95", "high95")):
            value, least, most = row["value"], row[low], row[high]
            assert isinstance(value, float) and isinstance(least, int | float)
            # A ratio whose denominator may be none has no upper limit.
            above = isinstance(most, int | float) and value > most
            assert (row[verdict] == WITHIN) == (value >= least and not above), (row, verdict)


@pytest.mark.parametrize("kind", KINDS)
def test_fields_of_the_chart_are_columns(kind: PanelKind) -> None:
    answer = funnel_of(drawn(kind), "Body 003", "2020", within=2.0)
    assert answer.chart is not None and isinstance(answer.body, Table)
    assert fields(answer.chart.spec) <= {c.name for c in answer.body.columns}
    assert "Body 003, marked by a diamond" in answer.chart.alt


def fields(node: object) -> set[str]:
    if isinstance(node, dict):
        own = {str(node["field"])} if "field" in node else set()
        return own.union(*(fields(v) for v in node.values()))
    if isinstance(node, list | tuple):
        return set().union(*(fields(v) for v in node))
    return set()


def test_limits_of_a_share_and_of_a_rate_are_those_of_their_law() -> None:
    x, n = np.array([3.0, 8, 20, 41, 77]), np.array([10.0, 20, 60, 100, 190])
    table = rows(funnel_of(panel("proportion", x, n, per=100.0), "0", "2020"))
    band = proportion_counts(149 / 380, n, level=0.95)
    assert [row["plain_low95"] for row in table] == pytest.approx(list(100 * band.low / n))
    table = rows(funnel_of(panel("rate", x, n, per=10_000.0), "0", "2020"))
    events = event_counts(149 / 380 * n, level=0.95)
    assert [row["plain_high95"] for row in table] == pytest.approx(list(10_000 * events.high / n))
    # A count is shown over what is expected at the level of all.
    table = rows(funnel_of(panel("count", x, n), "0", "2020"))
    assert [row["value"] for row in table] == pytest.approx(list(x / (149 / 380 * n)))
    assert [row["printed"] for row in table] == list(x)


def test_a_ratio_over_whole_numbers_has_chance_in_both() -> None:
    x, n = np.array([30.0, 25, 40, 22, 61]), np.array([28.0, 30, 35, 25, 50])
    both = funnel_of(panel("ratio", x, n), "0", "2020")
    fixed = funnel_of(panel("ratio", x, n), "0", "2020", limits="exact")
    expected = funnel_of(panel("ratio", x, n + 0.25), "0", "2020")
    assert "Przyborowski" in both.method and "Poisson chance" in fixed.method and "Poisson chance" in expected.method
    assert any("Both counts" in text for text in both.caveats)
    for wide, narrow in zip(rows(both), rows(fixed), strict=True):
        assert isinstance(wide["plain_high95"], float) and isinstance(narrow["plain_high95"], float)
        assert wide["plain_high95"] > narrow["plain_high95"]


def test_other_limits() -> None:
    of = drawn("rate")
    for limits in ("exact", "score", "byar"):
        answer = funnel_of(of, "Body 000", "2020", limits=limits)
        assert dict(answer.provenance.parameters)["limits"] == limits
        assert str(row_of(answer, "Body 000")["plain_verdict"]).startswith("above")
    assert refusal(funnel_of(drawn("proportion"), "Body 000", "2020", limits="byar")).reason == "no_such_limits"
    with pytest.raises(UnknownNameError, match="plain"):
        funnel_of(of, "Body 000", "2020", limits="plain")


def test_what_is_refused() -> None:
    x, n = np.array([3.0, 8, 20, 41, 77, np.nan]), np.array([10.0, 20, 60, 100, 190, 50])
    of = panel("proportion", x, n, per=100.0)
    missing = refusal(funnel_of(of, "Body 005", "2020"))
    assert (missing.reason, missing.message) == (
        "counts_not_published",
        "No comparison: withheld by the publisher.",
    )
    assert refusal(choices_answer(of, "Body 005", "2020")).reason == "counts_not_published"
    bare = replace(of, measure=replace(of.measure, kind="bare"))
    assert refusal(funnel_of(bare, "Body 000", "2020")).reason == "bare_value"
    few = panel("proportion", x[:4], n[:4], per=100.0)
    assert "4, and a funnel needs 5" in refusal(funnel_of(few, "Body 000", "2020")).message
    none = panel("proportion", np.full(6, np.nan), n, per=100.0)
    assert refusal(choices_answer(none, "Body 000", "2020")).reason == "no_counts"
    for value, kind in ((0.0, "proportion"), (1.0, "proportion"), (0.0, "rate")):
        same = panel(kind, value * n, n)  # type: ignore[arg-type]
        assert refusal(funnel_of(same, "Body 000", "2020")).reason == "no_difference"
    assert refusal(funnel_of(drawn("mean"), "Body 000", "2020")).reason == "no_spread_within"
    with pytest.raises(ValueError, match="above 0"):
        funnel_of(drawn("mean"), "Body 000", "2020", within=0.0)
    with pytest.raises(UnknownNameError):
        funnel_of(of, "Body 099", "2020")
    with pytest.raises(UnknownNameError):
        funnel_of(of, "Body 000", "2021")


def test_counts_that_contradict_each_other_are_left_out_and_named() -> None:
    x, n = np.array([3.0, 8, 20, 41, 77, 60]), np.array([10.0, 20, 60, 100, 190, 50])
    of = panel("proportion", x, n, per=100.0)
    answer = funnel_of(of, "Body 000", "2020")
    assert len(rows(answer)) == 5
    assert any("contradict each other: Body 005" in text for text in answer.caveats)
    assert refusal(funnel_of(of, "Body 005", "2020")).reason == "counts_impossible"
    # Rounded to 10, 60 of 50 may be 55 of 55: taken for what it is, all of them.
    rounded = funnel_of(panel("proportion", x, n, per=100.0, rounded_to=10), "Body 005", "2020")
    assert row_of(rounded, "Body 005")["value"] == 100.0
    assert row_of(rounded, "Body 005")["numerator"] == 60


def test_a_spread_for_each_body_is_asked_again() -> None:
    of = drawn("mean", bodies=6)
    spread = [2.0, 2.0, 2.0, 2.0, 2.0, 4.0]
    answer = funnel_of(of, "Body 005", "2020", within=spread)
    asked = dict(answer.provenance.parameters)["within"]
    assert funnel_of(of, "Body 005", "2020", within=asked).body == answer.body  # type: ignore[arg-type]


@settings(max_examples=30)
@given(st.integers(0, 10_000), st.sampled_from([5, 10]), st.sampled_from(["proportion", "rate"]))
def test_rounded_counts_are_outside_only_if_all_they_may_be_are(seed: int, step: int, kind: PanelKind) -> None:
    """Every pair of whole counts that the rounding allows, beside the limits of the level as printed."""
    rng = np.random.default_rng(seed)
    n = step * rng.integers(2, 60, 8).astype(float)
    x = np.minimum(step * np.round(n * rng.uniform(0.1, 0.9, 8) / step), n)
    judged = judge(panel(kind, x, n, rounded_to=step), 0)
    assert isinstance(judged, Judged)
    band = judged.plain[0]
    for i in range(8):
        sides = set(sides_of_all(judged, kind, x[i], n[i]).tolist())
        ours = -1 if judged.shown[i] < band.low[i] else int(judged.shown[i] > band.high[i])
        assert ours == (sides.pop() if len(sides) == 1 else 0)
        assert (judged.p[i] < 0.05) == (ours != 0)


def sides_of_all(judged: Judged, kind: PanelKind, x: float, n: float) -> Floats:
    """Which side each pair of counts lies on that is printed as these two."""
    half, target = judged.law.rounded_to / 2, judged.law.target
    tops, bottoms = (np.arange(max(0, np.ceil(v - half)), np.floor(v + half) + 1) for v in (x, n))
    top, bottom = (grid.ravel() for grid in np.meshgrid(tops, bottoms[bottoms > 0]))
    if kind == "proportion":
        top, bottom = top[top <= bottom], bottom[top <= bottom]
        band = proportion_counts(target, bottom, level=0.95)
    else:
        band = event_counts(target * bottom, level=0.95)
    return np.where(top < band.low, -1, np.where(top > band.high, 1, 0))


def test_rounding_is_said_and_never_adds_an_outlier() -> None:
    rng = np.random.default_rng(2)
    n = np.round(10 ** rng.uniform(1.5, 3.5, 80), -1)
    x = np.round(rng.binomial(n.astype(int), np.clip(0.4 + 0.1 * rng.standard_normal(80), 0, 1)), -1)
    exact, rounded = (panel("proportion", x, n, per=100.0, rounded_to=step) for step in (1, 10))
    before, after = (funnel_of(of, "Body 000", "2020") for of in (exact, rounded))
    for column in ("plain_verdict", "verdict"):
        fewer, more = ({r["unit"] for r in rows(a) if r[column] != WITHIN} for a in (after, before))
        assert fewer <= more
        verdicts_follow_from_limits(rows(after))
    assert any("rounds counts to 10" in text for text in after.caveats)
    assert not any("rounds counts" in text for text in before.caveats)
    for one, other in zip(
        rows(choices_answer(rounded, "0", "2020")), rows(choices_answer(exact, "0", "2020")), strict=True
    ):
        assert isinstance(one["outside95"], int) and isinstance(other["outside95"], int)
        assert one["outside95"] <= other["outside95"]
        assert isinstance(one["expected95"], float) and isinstance(other["expected95"], float)
        assert one["expected95"] <= other["expected95"]


def test_small_denominators_have_exact_limits_and_fewer_outside_by_chance() -> None:
    """One to ten cases, nine of ten with it: 2 of 2 without are the first to be outside; nothing is ever above."""
    n = np.tile(np.arange(1.0, 11.0), 5)
    x = np.round(0.9 * n)
    judged = judge(panel("proportion", x, n, per=100.0), 0)
    assert isinstance(judged, Judged)
    assert np.all(judged.plain[0].high == 100.0)
    assert judged.plain[0].low[0] == 0.0 and judged.plain[0].low[1] > 0.0
    by = judged.by_chance
    assert 0 < by.expected < 0.05 * 50
    assert by.low <= by.expected <= by.high
