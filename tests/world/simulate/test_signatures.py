"""Each scenario shows its signature in what happened, and `boring` shows none."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest

from . import measures
from .made import Made, made

SIZE = {"children": 20_000, "years": 4.0}

# scenario, measure, more than this is a signature, no more than this is none
SIGNATURES: list[tuple[str, Callable[[Made], float], float, float]] = [
    ("bounced", measures.returned, 0.15, 0.0),
    ("gamed-deadlines", measures.finished_at_the_limit, 0.12, 0.04),
    ("shortage", measures.waited, 100.0, 5.0),
    ("milder-when-busy", lambda m: -measures.acceptance_by_load(m), 3.0, 3.0),
    ("sicker-when-busy", measures.acceptance_by_load, 3.0, 3.0),
    ("mash-shared", measures.errors_shared, 0.8, 0.45),
    ("common-cause", partial(measures.errors_shared, sender="school", activity="referral sent"), 0.42, 0.4),
    ("hidden-heterogeneous", measures.unknown_though_harmed, 0.3, 0.18),
    ("leniency-rota", partial(measures.between_workers, what="no_action"), 4.0, 3.0),
    ("leniency-chosen", partial(measures.between_workers, what="severity"), 4.0, 3.0),
]


@pytest.mark.parametrize(("name", "measure", "least", "most"), SIGNATURES, ids=[row[0] for row in SIGNATURES])
def test_a_signature_is_seen_and_is_absent_in_boring(
    name: str, measure: Callable[[Made], float], least: float, most: float
) -> None:
    # Two hundred weeks say little where each has few contacts: the busy ones are looked for in a larger place.
    size = {**SIZE, "children": 60_000} if name.endswith("when-busy") else SIZE
    assert measure(made(name, **size)) > least
    assert measure(made("boring", **size)) <= most


def test_boring_has_nobody_harassed_and_nobody_wronged() -> None:
    boring, fair = made("boring", **SIZE), made("fair", **SIZE)
    assert boring.one("select count(*) from person where adult_at_end > 0") == 0
    unfounded = "select count(*) from person where unfounded_at_end > 0 or wronged_at_end >= 1 and status_at_end < 4"
    assert boring.one("select count(*) from person where unfounded_at_end > 0") == 0
    assert fair.one(unfounded) > 0


@pytest.mark.parametrize("children", [2_000, 6_000, 20_000])
def test_capacity_is_enough_in_fair_and_short_in_shortage_at_every_size(children: int) -> None:
    size = {"children": children, "years": 3.0}
    fair, short = (measures.waited(made(name, **size)) for name in ("fair", "shortage"))
    assert fair < 48.0, "mean open hours to allocation: two working days of 24 hours at most"
    assert short > 4.0 * fair + 100.0


@pytest.mark.parametrize("name", ["boring", "fair", "shortage", "milder-when-busy", "sicker-when-busy", "mash-shared"])
def test_where_nobody_rations_the_severity_seen_decides_alone(name: str) -> None:
    world = made(name, **SIZE)
    assert abs(measures.accepted_beyond_need(world)) < 3.0
    assert all(value == 0.0 for key, value in world.happened.coefficients.items() if key.startswith("ration."))


def test_harassed_adults_call_many_agencies_and_are_sent_round() -> None:
    size = {"children": 6_000, "years": 3.0}
    harassed, fair = made("harassed-household", **size), made("fair", **size, people__adults=0.12)
    assert measures.agencies_of_adults(harassed) > 2.0
    assert measures.sent_round(harassed) > 1.5 * measures.sent_round(fair)
    children_only = "('social care', 'parents'' service', 'court', 'early help', 'school')"
    assert harassed.one(
        f"select count(*) from event join person using (person) where adult_at_end > 0 and agency in {children_only}"
    ) == 0  # fmt: skip


def test_need_of_the_treated_follows_the_planted_effect() -> None:
    def need(name: str) -> float:
        return made(name, **SIZE).one("select avg(need_at_end) from person where treated_at_end > 0")

    none, small, large, harmful = (need(f"service-{name}") for name in ("none", "small", "large", "harmful"))
    assert harmful > none + 0.15
    assert none > small + 0.05
    assert small > large + 0.3


def test_the_worse_off_get_the_service_where_that_is_planted() -> None:
    def gap(name: str) -> float:
        return made(name, **SIZE).one(
            "select avg(need_at_start) filter (treated_at_end > 0) - avg(need_at_start) filter (status_at_end = 2) "
            "from person"
        )

    assert gap("service-selected") > gap("service-large") + 0.05


def test_uptake_of_a_staggered_service_jumps_at_each_authoritys_own_date() -> None:
    world = made("service-staggered", children=24_000, years=6.0, authorities=4)
    for authority in range(4):
        adopted = 2019.25 + 1.5 + authority
        before, after = world.all(
            "select count(*) filter (at_us < cut), count(*) filter (at_us >= cut and at_us < cut + 31557600000000) "
            "from (select at_us, authority, epoch_us(make_timestamp(0)) + "
            f"(({adopted} - 1970) * 31557600000000)::bigint as cut from event join person using (person) "
            f"where activity = 'parents'' service asked') where authority = {authority}"
        )[0]
        years_before = adopted - 2019.25
        assert after > 4 * (before / years_before)


def test_referrals_rise_with_deprivation_from_authority_to_authority() -> None:
    def referrals(name: str) -> list[int]:
        return [
            row[0]
            for row in made(name, children=24_000, years=3.0, authorities=4).all(
                "select count(*) from event join person using (person) where activity = 'referral' "
                "group by authority order by authority"
            )
        ]

    deprived, fair = referrals("deprived-authorities"), referrals("fair")
    # About a thousand referrals each: the standard error of the ratio of the last to the first is 0.05.
    assert deprived[3] > 1.3 * deprived[0]
    assert deprived == sorted(deprived)
    assert 0.85 < fair[3] / fair[0] < 1.15
