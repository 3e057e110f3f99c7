"""Each rationing coefficient is seen where it works, against the same world, with the same luck, without it."""

from __future__ import annotations

import pytest

from casetrail.world.describe.parameters import scenario, scenario_names

from . import measures
from .made import Made, made

SIZE = {"children": 20_000, "years": 4.0}
AFTER_FEE = "at_us > 1648771200000000"  # 1 April 2022: three years after the start


def pair(name: str) -> tuple[Made, Made]:
    """The scenario, and the same with its one coefficient zero."""
    _, door, by = name.split("-")
    return made(name, **SIZE), made(name, **SIZE, **{f"ration__{door}__{by}": 0.0})


def test_there_is_one_scenario_for_each_door_and_coefficient_and_only_that_one_is_planted() -> None:
    for door in ("screen", "wait", "close"):
        for by in ("load", "budget", "court", "voice"):
            planted = {k: v for k, v in scenario(f"rationed-{door}-{by}").changes.items() if k.startswith("ration.")}
            assert list(planted) == [f"ration.{door}.{by}"]
            assert planted[f"ration.{door}.{by}"] > 0
    assert sum(name.startswith("rationed-") for name in scenario_names()) == 13  # and one with recording errors


@pytest.mark.parametrize("by", ["load", "budget", "court", "voice"])
def test_a_rationed_screening_accepts_fewer(by: str) -> None:
    rationed, fair = pair(f"rationed-screen-{by}")
    where = AFTER_FEE if by == "court" else "true"
    # About 4,500 contacts without an open case in four years: the standard error of a share is below 0.008.
    assert measures.acceptance(rationed, where) < measures.acceptance(fair, where) - 0.02
    assert measures.accepted_beyond_need(rationed) < -6.0
    assert abs(measures.accepted_beyond_need(fair)) < 3.0


@pytest.mark.parametrize("by", ["load", "budget", "court", "voice"])
def test_a_rationed_case_is_closed_earlier(by: str) -> None:
    rationed, fair = pair(f"rationed-close-{by}")
    assert measures.no_action(rationed) > measures.no_action(fair) + 0.015
    assert measures.closed_at_review(rationed) > measures.closed_at_review(fair) + 0.015


def test_waiting_by_load_loosens_the_order_of_need() -> None:
    rationed, fair = pair("rationed-wait-load")
    assert measures.graver_waits_less(fair) < -0.2
    assert measures.graver_waits_less(rationed) > 0.8 * measures.graver_waits_less(fair)


def test_who_asks_when_the_money_runs_out_waits_for_those_of_the_new_year() -> None:
    rationed, fair = pair("rationed-wait-budget")
    assert measures.winter_to_spring(rationed) > measures.winter_to_spring(fair) + 0.15


def test_waiting_by_court_cost_undoes_the_order_of_need_once_the_fee_has_risen() -> None:
    rationed, fair = pair("rationed-wait-court")
    late, early = "w.asked_us > 1648771200000000", "w.asked_us <= 1648771200000000"
    assert measures.graver_waits_less(fair, late) < -0.4
    assert measures.graver_waits_less(rationed, late) > measures.graver_waits_less(fair, late) + 0.4
    assert measures.graver_waits_less(rationed, early) == pytest.approx(
        measures.graver_waits_less(fair, early), abs=0.1
    )


def test_a_child_for_whom_nobody_speaks_waits_longer() -> None:
    rationed, fair = pair("rationed-wait-voice")
    spoken, silent = measures.spoken_first(rationed)
    assert silent > 1.2 * spoken
    spoken, silent = measures.spoken_first(fair)
    assert silent < 1.1 * spoken


def test_all_coefficients_at_once_are_seen_at_every_door() -> None:
    rationed = made("rationed", **SIZE)
    zero = {name.replace(".", "__"): 0.0 for name in scenario("rationed").changes if name.startswith("ration.")}
    fair = made("rationed", **SIZE, **zero)
    assert measures.accepted_beyond_need(rationed) < -10.0
    assert measures.no_action(rationed) > measures.no_action(fair) + 0.02
    assert measures.closed_at_review(rationed) > measures.closed_at_review(fair) + 0.025
    assert measures.waited(rationed) > 20.0
    spoken, silent = measures.spoken_first(rationed)
    assert silent > 1.2 * spoken


def test_the_records_of_busy_weeks_are_lost_only_where_that_is_planted() -> None:
    assert scenario("rationed-with-recording-errors").changes["records.busy_loss"] > 0
    assert made("rationed", **SIZE).happened.event.equals(
        made("rationed-with-recording-errors", **SIZE).happened.event
    ), "what happened is the same; only what the agencies kept of it differs"


def test_the_year_end_shows_without_reserves_and_not_with_them() -> None:
    spring, winter = ("month(make_timestamp(at_us)) between 4 and 6", "month(make_timestamp(at_us)) <= 3")

    def fall(name: str) -> float:
        world = made(name, **SIZE)
        return measures.acceptance(world, spring) - measures.acceptance(world, winter)

    assert fall("year-end") > fall("year-end-reserves") + 0.03
    assert measures.accepted_beyond_need(made("year-end", **SIZE), winter) < -3.0
    assert abs(measures.accepted_beyond_need(made("year-end-reserves", **SIZE), winter)) < 3.0


def test_applications_fall_when_the_fee_rises() -> None:
    def sent(name: str, late: str) -> float:
        return made(name, **SIZE).one(
            "select count(*) filter (activity = 'pre-proceedings letter') / "
            f"count(*) filter (activity like 'head of service%') from event where {late} {AFTER_FEE}"
        )

    assert sent("fee-change", "") < sent("fair", "") - 0.2
    assert sent("fee-change", "not") == pytest.approx(sent("fair", "not"), abs=0.05)
