"""One body under every set of adjusters: sentence, table, refusals, and what a set can hide."""

from __future__ import annotations

from collections.abc import Sequence
from math import exp

import numpy as np
import pytest

from casetrail.compare.adjusted import adjusted_answer
from casetrail.errors import UnknownNameError
from casetrail.figures import Answer, Origin, Refusal, SourceRef, Table
from casetrail.public.adjusters import Adjuster
from casetrail.public.demand_side import Reading, own_reading, readings
from casetrail.public.panel import Measure, Panel, PanelKind, Unit, Why
from casetrail.public.shipped import shipped_panel

PERIOD = "2018-19"
SOURCE = SourceRef("made-up.csv", "0" * 64, Origin.MADE_UP)
UNITS = 60


def panel(observed: Sequence[float], size: Sequence[float], *, kind: PanelKind = "rate", **more: object) -> Panel:
    measure = Measure("made-up", "Made-up figure", kind, "per 1,000", 1_000.0, **more)  # type: ignore[arg-type]
    units = tuple(Unit(f"u{i}", f"Place {i}") for i in range(len(observed)))
    x, n = (np.asarray(v, dtype=np.float64)[:, None] for v in (observed, size))
    why = np.full(x.shape, int(Why.PUBLISHED), dtype=np.int8)
    return Panel(measure, units, (PERIOD,), x, n, 1_000 * x / n, why, SOURCE)


def adjuster(name: str, kind: str, **changes: object) -> Adjuster:
    said: dict[str, object] = {
        "id": name,
        "title": name.capitalize(),
        "short": name,
        "role": kind,
        "side": "demand",
        "recorded_by": "others",
        "own_records": False,
        "why": "Made up.",
        "allowed": True,
    }
    return Adjuster(**{**said, **changes})  # type: ignore[arg-type]


def own(name: str, role: str, values: Sequence[float], year: int = 2018) -> Reading:
    return own_reading(adjuster(name, role), year, {f"u{i}": float(v) for i, v in enumerate(values)}, SOURCE)


def world(seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Ordinary differences of 0.1 on the scale of logarithms, 1 in 100, and room for what a test adds."""
    rng = np.random.default_rng(seed)
    return rng.uniform(20_000, 60_000, UNITS).round(), 0.01 * np.exp(0.1 * rng.standard_normal(UNITS))


def cells(answer: Answer, column: str) -> list[object]:
    assert isinstance(answer.body, Table)
    return list(answer.body.column(column))


def refusal(answer: Answer) -> Refusal:
    assert isinstance(answer.body, Refusal)
    assert answer.chart is None
    assert answer.body.message in answer.sentence
    return answer.body


# --- verdicts


def test_the_same_under_every_set() -> None:
    size, rate = world()
    rng = np.random.default_rng(2)
    observed = rng.poisson(size * rate)
    observed[0] *= 2
    poor, young = (own(n, r, rng.standard_normal(UNITS)) for n, r in (("poor", "deprivation"), ("young", "age")))
    answer = adjusted_answer(panel(observed, size), "u0", PERIOD, own=(poor, young))
    assert cells(answer, "adjusted_for") == ["nothing", "young", "poor", "poor + young"]
    assert set(cells(answer, "verdict")) == {"above 99.8 % limits"}
    assert "under all 4 adjustment sets Place 0 lay above" in answer.sentence
    low, high = min(cells(answer, "ratio")), max(cells(answer, "ratio"))  # type: ignore[type-var]
    assert f"{low:.2f} to {high:.2f} times the number to be expected" in answer.sentence


def test_without_an_adjuster_the_plain_fit_expects_the_common_rate() -> None:
    """By hand: all counts over all sizes, times the size of the body."""
    size, rate = world()
    observed = np.random.default_rng(3).poisson(size * rate)
    noise = own("noise", "age", np.random.default_rng(4).standard_normal(UNITS))
    answer = adjusted_answer(panel(observed, size), "u7", PERIOD, own=(noise,))
    assert cells(answer, "expected_plain")[0] == pytest.approx(observed.sum() / size.sum() * size[7])
    assert cells(answer, "observed") == [int(observed[7])] * 2
    ratio = np.array(cells(answer, "observed")) / np.array(cells(answer, "expected"))
    assert cells(answer, "ratio") == pytest.approx(list(ratio))


def test_where_need_explains_it_the_verdict_depends_and_is_not_said() -> None:
    size, rate = world()
    rng = np.random.default_rng(5)
    poverty = rng.standard_normal(UNITS)
    poverty[0] = 3.5
    observed = rng.poisson(size * rate * np.exp(0.25 * poverty))
    answer = adjusted_answer(panel(observed, size), "Place 0", PERIOD, own=(own("poor", "deprivation", poverty),))
    assert cells(answer, "verdict") == ["above 99.8 % limits", "within 95 % limits"]
    assert "depends on the adjustment set (above under 1, within under 1 of 2)" in answer.sentence
    assert "cannot be said" in answer.sentence
    assert "Without any adjuster it lay above." in answer.sentence
    assert cells(answer, "ratio")[1] == pytest.approx(1.0, abs=0.25)
    assert cells(answer, "ordinary")[1] == pytest.approx(exp(0.1), abs=0.04)
    assert cells(answer, "dispersion")[1] < cells(answer, "dispersion")[0]  # type: ignore[operator]


def test_adjusting_for_ethnicity_can_hide_unequal_treatment_and_the_answer_says_so() -> None:
    """Need is the same everywhere; bodies with many families of one group act on them twice as often."""
    size, rate = world()
    rng = np.random.default_rng(6)
    share = np.where(np.arange(UNITS) < 5, 0.5, 0.1) + 0.02 * rng.standard_normal(UNITS)
    observed = rng.poisson(size * rate * np.where(share > 0.3, 1.8, 1.0))
    mix, noise = own("mix", "ethnicity", share), own("noise", "age", rng.standard_normal(UNITS))
    answer = adjusted_answer(panel(observed, size), "u2", PERIOD, own=(noise, mix))
    by_set = dict(zip(cells(answer, "adjusted_for"), cells(answer, "verdict"), strict=True))
    assert by_set["nothing"] == by_set["noise"] == "above 99.8 % limits"
    assert by_set["mix"] == by_set["noise + mix"] == "within 95 % limits"
    assert cells(answer, "ethnicity") == ["without", "with", "without", "with"]
    assert "It turns on the ethnicity mix alone: above without it, within with it." in answer.sentence
    assert any("hide unequal treatment" in c for c in answer.caveats)


def test_shares_are_compared_on_the_odds() -> None:
    rng = np.random.default_rng(7)
    size = rng.integers(200, 900, UNITS)
    observed = rng.binomial(size, 0.7)
    observed[3] = size[3] // 3
    noise = own("noise", "age", rng.standard_normal(UNITS))
    answer = adjusted_answer(panel(observed, size, kind="proportion"), "u3", PERIOD, own=(noise,))
    expected = np.array(cells(answer, "expected"), dtype=np.float64)
    odds = observed[3] / (size[3] - observed[3]) * (size[3] - expected) / expected
    assert cells(answer, "ratio") == pytest.approx(list(odds))
    assert set(cells(answer, "verdict")) == {"below 99.8 % limits"}
    assert "times the odds to be expected" in answer.sentence


# --- sets


def test_at_most_one_of_a_kind_unless_the_user_says_so() -> None:
    size, rate = world()
    rng = np.random.default_rng(8)
    observed = rng.poisson(size * rate)
    first, second, mix = (
        own(n, r, rng.standard_normal(UNITS))
        for n, r in (("first", "deprivation"), ("second", "deprivation"), ("mix", "ethnicity"))
    )
    of, mine = panel(observed, size), (first, second, mix)
    every = adjusted_answer(of, "u1", PERIOD, own=mine)
    assert cells(every, "adjusted_for") == ["nothing", "mix", "first", "second", "first + mix", "second + mix"]
    asked = adjusted_answer(of, "u1", PERIOD, own=mine, sets=[("first", "second", "mix")])
    assert cells(asked, "adjusted_for") == ["nothing", "first + second", "first + second + mix"]
    assert cells(every, "z")[0] == pytest.approx(cells(asked, "z")[0])


def test_bodies_without_a_figure_are_left_out_counted_and_never_filled_in() -> None:
    size, rate = world()
    rng = np.random.default_rng(9)
    observed = rng.poisson(size * rate)
    poor = own("poor", "deprivation", rng.standard_normal(UNITS)[:-3])
    answer = adjusted_answer(panel(observed, size), "u1", PERIOD, own=(poor,))
    assert cells(answer, "bodies") == [UNITS - 3] * 2
    assert any("left out" in c and ": 3 (Place 57, Place 58, Place 59)" in c for c in answer.caveats)
    fewer = panel(observed[:-3], size[:-3])
    assert cells(answer, "z") == pytest.approx(cells(adjusted_answer(fewer, "u1", PERIOD, own=(poor,)), "z"))


def test_an_adjuster_known_of_few_or_not_of_this_body_is_not_used() -> None:
    size, rate = world()
    rng = np.random.default_rng(10)
    observed = rng.poisson(size * rate)
    whole, few = own("whole", "age", rng.standard_normal(UNITS)), own("few", "deprivation", np.arange(50))
    answer = adjusted_answer(panel(observed, size), "u1", PERIOD, own=(whole, few))
    assert cells(answer, "adjusted_for") == ["nothing", "whole"]
    alone = own_reading(adjuster("alone", "age"), 2018, {f"u{i}": float(i) for i in range(1, UNITS)}, SOURCE)
    assert refusal(adjusted_answer(panel(observed, size), "u0", PERIOD, own=(alone,))).reason == "no_adjusters"


def test_a_set_that_cannot_be_reckoned_says_why_and_is_not_counted() -> None:
    size, rate = world()
    rng = np.random.default_rng(11)
    observed = rng.poisson(size * rate)
    poor, twin = rng.standard_normal(UNITS), "young"
    mine = (own("poor", "deprivation", poor), own(twin, "age", 2 * poor + 1))
    answer = adjusted_answer(panel(observed, size), "u1", PERIOD, own=mine)
    assert cells(answer, "not_reckoned")[:3] == [None, None, None]
    assert "cannot be told apart" in str(cells(answer, "not_reckoned")[3])
    assert cells(answer, "z")[3] is None
    assert "all 3 of 4 adjustment sets that could be reckoned" in answer.sentence


# --- refusals


def test_measures_and_bodies_without_counts() -> None:
    size, rate = world()
    observed = np.random.default_rng(12).poisson(size * rate).astype(float)
    noise = own("noise", "age", np.arange(UNITS))
    for kind in ("bare", "mean"):
        assert (
            refusal(adjusted_answer(panel(observed, size, kind=kind), "u0", PERIOD, own=(noise,))).reason
            == "bare_value"
        )
    observed[0] = np.nan
    assert refusal(adjusted_answer(panel(observed, size), "u0", PERIOD, own=(noise,))).reason == "counts_not_published"
    observed[0] = size[0] + 1
    answer = adjusted_answer(panel(observed, size, kind="proportion"), "u0", PERIOD, own=(noise,))
    assert refusal(answer).reason == "counts_impossible"


def test_too_few_bodies_and_no_adjuster() -> None:
    size, rate = world()
    observed = np.random.default_rng(13).poisson(size * rate)
    noise = own("noise", "age", np.arange(UNITS))
    small = adjusted_answer(panel(observed[:19], size[:19]), "u0", PERIOD, own=(noise,))
    assert refusal(small).reason == "too_few_bodies"
    assert refusal(adjusted_answer(panel(observed, size), "u0", PERIOD)).reason == "no_adjusters"


def test_what_the_authority_controls_or_records_is_refused_with_the_reason() -> None:
    of = shipped_panel("plans-rate")
    for name, code in (("caseload", "authority_controlled"), ("prior plans", "own_records")):
        why = refusal(adjusted_answer(of, "309", "2021-22", sets=[("idaci", name)]))
        assert why.reason == code
        assert "idaci" in why.would_help[0]
    missing = adjusted_answer(of, "309", "2009-10", sets=[("child poverty",)])
    assert refusal(missing).reason == "adjuster_not_available"
    with pytest.raises(UnknownNameError):
        adjusted_answer(of, "309", "2021-22", sets=[("shoe size",)])
    with pytest.raises(UnknownNameError):
        adjusted_answer(of, "Atlantis", "2021-22")


def test_a_users_own_adjuster_is_held_to_the_same_rules() -> None:
    size, rate = world()
    of = panel(np.random.default_rng(14).poisson(size * rate), size)
    values = {f"u{i}": float(i % 7) for i in range(UNITS)}
    late = own("calls", "prior harm", list(values.values()), year=2019)
    assert refusal(adjusted_answer(of, "u0", PERIOD, own=(late,))).reason == "not_prior"
    for changes, code in (
        ({"own_records": True}, "own_records"),
        ({"side": "authority", "role": "resources"}, "authority_controlled"),
    ):
        # Made by hand, past the check of `own_reading`.
        sly = Reading(adjuster("sly", "prior harm", **changes), 2017, 0, values, SOURCE)  # type: ignore[arg-type]
        assert refusal(adjusted_answer(of, "u0", PERIOD, own=(sly,))).reason == code


def test_periods_that_are_not_years_have_only_the_users_own() -> None:
    size, rate = world()
    of = panel(np.random.default_rng(15).poisson(size * rate), size)
    odd = Panel(of.measure, of.units, ("spring",), of.numerator, of.denominator, of.value, of.why, of.source)
    answer = adjusted_answer(odd, "u0", "spring", own=(own("noise", "age", np.arange(UNITS)),))
    assert cells(answer, "adjusted_for") == ["nothing", "noise"]


# --- what stands beside it


def test_rounded_counts_and_ratios_are_named() -> None:
    size, rate = world()
    observed = np.random.default_rng(16).poisson(size * rate / 10)
    noise = own("noise", "age", np.arange(UNITS) % 5)
    exact = adjusted_answer(panel(observed, size), "u0", PERIOD, own=(noise,))
    rounded = adjusted_answer(panel(observed, size, kind="ratio", rounded_to=10), "u0", PERIOD, own=(noise,))
    assert any("rounded to 10" in c for c in rounded.caveats)
    assert any("taken as fixed" in c for c in rounded.caveats)
    assert cells(rounded, "chance_high95")[0] > cells(exact, "chance_high95")[0]  # type: ignore[operator]


def test_the_measure_itself_is_no_adjuster() -> None:
    """Injuries as the figure compared: the injuries of the year before must not explain it."""
    rng = np.random.default_rng(17)
    codes = sorted(readings("2022-23")[0].values)[:120]
    n = rng.uniform(20_000, 60_000, len(codes)).round()
    x = rng.poisson(0.01 * n).astype(float)
    units = tuple(Unit(c, f"Place {c}") for c in codes)
    measure = Measure("HospAd0-14", "Injuries", "rate", "per 10,000", 10_000.0)
    why = np.zeros((len(codes), 1), dtype=np.int8)
    of = Panel(measure, units, ("2022-23",), x[:, None], n[:, None], 10_000 * (x / n)[:, None], why, SOURCE)
    answer = adjusted_answer(of, codes[5], "2022-23")
    assert not any("injuries before" in str(c) for c in cells(answer, "adjusted_for"))
    assert any("in the year before (it is this very figure)" in c for c in answer.caveats)
