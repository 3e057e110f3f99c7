"""What cannot be is not: found by reading trails of made-up children line by line."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise

import numpy as np
import pytest

from casetrail.world.describe.parameters import scenario, settings
from casetrail.world.describe.process import system
from casetrail.world.simulate.authority import Plan, put_together
from casetrail.world.simulate.people import inhabitants

from .made import Made, made

SIZE = {"children": 20_000, "years": 3.0}
AGE = "(e.at_us / 86400000000.0 - epoch(p.born) / 86400) / 365.25"


@pytest.fixture(params=["fair", "shortage", "bounced"])
def world(request: pytest.FixtureRequest) -> Made:
    return made(str(request.param), **SIZE)


def ages(world: Made, activity: str) -> float:
    """Age in years of the youngest."""
    return world.one(f"select min({AGE}) from event e join person p using (person) where {activity}")


def test_nobody_holds_a_case_that_is_closed_or_a_child_who_has_gone(world: Made) -> None:
    assert world.one(
        "select count(*) from involvement i join person p using (person) where i.to_us is null "
        "and i.agency = 'social care' and i.role = 'holder' and (p.status_at_end < 0.5 or p.here_at_end < 0.5)"
    ) == 0  # fmt: skip


def test_nothing_is_decided_about_a_case_that_is_closed(world: Made) -> None:
    """After `case closed` of children's services nothing but contacts until there is a referral again."""
    assert world.one(
        "with e as (select person, activity, at_us, max(at_us) filter (activity = 'case closed') over w as closed, "
        "max(at_us) filter (activity in ('referral', 'returned home')) over w as opened from event "
        "where agency in ('social care', 'court') "
        "window w as (partition by person order by at_us rows between unbounded preceding and 1 preceding)) "
        "select count(*) from e where closed > coalesce(opened, 0) and activity in ('strategy discussion', "
        "'section 47 enquiry', 'initial child protection conference', 'child protection plan starts', 'care order', "
        "'application for a care order', 'case reallocated', 'child in need visit')"
    ) == 0  # fmt: skip


def test_no_initial_conference_of_who_is_on_a_plan(world: Made) -> None:
    """Called, or held, after a plan began and before it ended; one called before may be held on the way."""
    assert world.one(
        "with e as (select person, activity, outcome, at_us, "
        "max(at_us) filter (activity = 'child protection plan starts') over w as began, "
        "max(at_us) filter (activity in ('child protection plan ends', 'case closed', 'care order')) over w as ended "
        "from event where agency in ('social care', 'court') "
        "window w as (partition by person order by at_us rows between unbounded preceding and 1 preceding)) "
        "select count(*) from e where began > coalesce(ended, 0) and outcome = 'conference called'"
    ) == 0  # fmt: skip


def test_help_does_not_begin_in_the_second_in_which_it_is_asked_for(world: Made) -> None:
    for asked, begun in (
        ("activity in ('stepped to early help', 'stepped down to early help')", "activity = 'family support'"),
        ("activity = 'parents'' service asked'", "activity = 'course of treatment'"),
        ("activity = 'medical requested'", "activity = 'child protection medical'"),
    ):
        pairs = f"from event a join event b using (person, at_us) where a.{asked} and b.{begun}"
        assert world.one(f"select count(*) {pairs}") == 0, asked


def test_a_warning_ends_with_the_case(world: Made) -> None:
    assert world.one(
        "with e as (select person, activity, at_us, max(at_us) filter (activity = 'case closed') over w as closed, "
        "max(at_us) filter (activity in ('referral', 'returned home')) over w as opened from event "
        "where agency = 'social care' "
        "window w as (partition by person order by at_us rows between unbounded preceding and 1 preceding)) "
        "select count(*) from e where closed > coalesce(opened, 0) and at_us > closed "
        "and activity in ('worker raised a concern', 'concern acted on')"
    ) == 0  # fmt: skip


def test_one_way_to_court_at_a_time(world: Made) -> None:
    """Between one application and the next there is its end: an order refused, or a return home."""
    rows = world.all(
        "select person, activity from event where agency in ('court', 'social care') and activity in "
        "('application for a care order', 'order refused', 'returned home') order by person, at_us"
    )
    twice = [a for a, b in pairwise(rows) if a == b and a[1].startswith("application")]
    assert twice == []


def test_the_unborn_and_infants_do_not_speak_go_to_school_or_run_away(world: Made) -> None:
    assert ages(world, "activity = 'interview of child'") >= 4.0
    assert ages(world, "reported_by_role = 'child'") >= 4.0
    # A concern is logged when the school is open again, and who is ill goes to hospital the same day.
    assert ages(world, "activity = 'concern logged'") >= 4.0
    assert ages(world, "activity = 'attended emergency department'") >= 0.0
    assert ages(world, "activity = 'missing report'") >= 10.0
    assert ages(world, "activity in ('medical requested', 'child protection medical', 'police protection')") >= 0.0


def test_no_referral_of_who_has_left(world: Made) -> None:
    assert world.one(
        'select count(*) from event e join person p using (person) where p."left" is not null '
        "and e.activity in ('referral', 'case allocated') and e.at_us > epoch_us(p.\"left\"::timestamp) + 86400000000"
    ) == 0  # fmt: skip


def test_attendance_is_known_alike_of_the_calm_and_of_the_troubled(world: Made) -> None:
    """One row a year for each child known to children's services and at school throughout, whatever else happens."""
    rows = dict(
        world.all(
            "with k as (select person from event where activity = 'contact received' group by person "
            "having min(at_us) < epoch_us(timestamp '2019-10-01')), "
            "s as (select person from person where born between date '2006-04-01' and date '2013-01-01'), "
            "i as (select person, count(*) as n from hidden group by person), "
            "a as (select person, count(*) as rows from event where activity = 'attendance recorded' group by person) "
            "select coalesce(i.n, 0) >= 10 as troubled, avg(coalesce(a.rows, 0)) from k join s using (person) "
            "left join i using (person) left join a using (person) group by troubled"
        )
    )
    assert rows[True] == pytest.approx(rows[False], abs=0.35)
    assert rows[True] > 2.0


def test_hardly_any_act_of_one_go_takes_longer_than_sixteen_hours(world: Made) -> None:
    for activity in ("officers attended", "attended emergency department", "interview of child", "child in need visit"):
        longest = world.one(
            f"select quantile_cont(end_us - at_us, 0.99) / 3.6e9 from event where activity = '{activity}'"
        )
        assert longest < 16.0, activity


def test_births_come_evenly_and_siblings_are_nine_months_apart() -> None:
    values = settings(scenario("fair"))
    people = inhabitants(system(), values, children=60_000, years=6.0, deprived=0.0, rng=np.random.default_rng(1))
    born = people.people.person[:, people.column["born"]]
    living = [int(np.sum((born <= at) & (born > at - 18.0))) for at in range(7)]
    # Births are a Poisson stream, near enough: a standard error of a level is 250.
    assert max(living) - min(living) < 1_500
    assert abs(living[0] - 60_000) < 1_000
    order = np.lexsort((born, people.people.household))
    gap = np.diff(born[order])[np.diff(people.people.household[order]) == 0]
    apart = gap[gap > 0]
    assert np.mean(apart < 0.74) < 0.001
    pairs = int(np.sum(gap == 0))
    assert pairs / (len(born) - pairs) == pytest.approx(values["people.twins"], abs=0.002)


def test_another_number_of_posts_leaves_people_and_weeks_as_they_are() -> None:
    def weeks(changes: dict[str, float]) -> list[float]:
        values = settings(scenario("milder-when-busy"), changes=changes)
        made_up = put_together(Plan(2_000, 1.0, 3, dt.date(2019, 4, 1), values)).made
        return [*made_up.model.sched_value.tolist(), *made_up.state.person[:100, 0].tolist()]

    assert weeks({}) == weeks({"staff.teachers.per_1000": 3.0, "staff.assessment.lenient_sd": 0.5})
