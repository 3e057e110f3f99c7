"""Every parameter has a rule that says which values it may have, and what passes can be put together."""

from __future__ import annotations

import datetime as dt
import math
from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given
from hypothesis import settings as hurried
from hypothesis import strategies as st

from casetrail.errors import WorldError
from casetrail.statute import Nation, calendar
from casetrail.world.describe.calendars import shifts
from casetrail.world.describe.limits import BY_NAME, BY_UNIT, check_days, rules_of
from casetrail.world.describe.parameters import Parameter, parameters, scenario, scenario_names, settings
from casetrail.world.simulate.authority import SLACK_DAYS, Plan, put_together
from casetrail.world.simulate.world import STARTED, World, simulated

DECLARED = parameters()
FAIR = scenario("fair")


def refused(**changes: Any) -> WorldError:
    """What is said about changes, with `__` for the dots."""
    with pytest.raises(WorldError) as told:
        settings(FAIR, changes={name.replace("__", "."): value for name, value in changes.items()})
    return told.value


@pytest.mark.parametrize("name", DECLARED)
def test_each_parameter_falls_under_exactly_one_rule(name: str) -> None:
    assert len(rules_of(DECLARED[name])) == 1


def test_each_rule_is_of_use() -> None:
    used = {id(rule) for parameter in DECLARED.values() for rule in rules_of(parameter)}
    assert [pattern for pattern, rule in (*BY_NAME, *BY_UNIT) if id(rule) not in used] == []


@pytest.mark.parametrize("name", scenario_names())
def test_every_shipped_scenario_passes(name: str) -> None:
    assert settings(scenario(name))


@pytest.mark.parametrize(
    ("unit", "good", "bad"),
    [
        ("share of visits that nobody has thought of yet", (0, 0.5, 1), (-0.1, 1.1)),
        ("log-odds of something new", (-50, 50), (-51, 51)),
        ("log weight per deviation", (-50, 50), (-51, 51)),
        ("hours", (0, 12), (-1,)),
        ("per year while it rains", (0, 100), (-1, 101)),
        ("standard deviation of something", (0, 10), (-1,)),
        ("thousand GBP", (0, 3.5), (-1,)),
        ("years: the age from which something is done", (0, 5), (-1, 5.5, 200)),
        ("fall of need after something new", (-0.4, 2), (-11,)),
    ],
)
def test_a_new_parameter_is_covered_by_its_unit(unit: str, good: tuple[float, ...], bad: tuple[float, ...]) -> None:
    (rule,) = rules_of(Parameter("quite.new", good[0], unit, "own choice"))
    assert [rule.wrong(value) for value in good] == [""] * len(good)
    assert all(rule.wrong(value) for value in bad)


WRONG: list[tuple[str, Any, str]] = [
    ("people.household_share", 2, "from 0 to 1"),
    ("people.household_share", math.nan, "from 0 to 1"),
    ("report.base", math.inf, "from -50 to 50"),
    ("report.base", "many", "a number"),
    ("report.base", True, "a number"),
    ("report.base", None, "a number"),
    ("report.base", [1.0], "a number"),
    ("records.busy_loss", -5, "from 0 to 50"),
    ("incident.rate", 101, "from 0 to 100"),
    ("price.hour", -1, "from 0"),
    ("warmup.years", 4, "from 0 to 3"),
    ("staff.scale", 0, "above 0"),
    ("staff.courts.per_1000", 0, "cannot be empty"),
    ("staff.courts.slots", 2.5, "a whole number"),
    ("staff.courts.rule", "nearest", "least loaded, rota, chosen"),
    ("staff.courts.rule", 3, "least loaded, rota, chosen"),
    ("season.weeks", 0.5, "a whole number from 0 to 1"),
    ("school.from_age", 4.5, "a whole number"),
    ("budget.reserves", 1.5, "from 0 to 1"),
    ("people.neighbourhoods", 0, "from 1"),
    ("people.household_sizes", [], "list of 1 to 20 shares"),
    ("people.household_sizes", [0, 0.0], "not all zero"),
    ("people.household_sizes", [1, -0.5], "none negative"),
    ("people.household_sizes", 0.5, "list of 1 to 20 shares"),
    ("people.adults_ages", [60, 19], "the younger first"),
    ("people.adults_ages", [17, 19], "from 18 to 120"),
    ("people.adults_ages", [19], "two ages"),
    ("school.holidays", ["02-30 03-02"], "07-22 09-02"),
    ("school.holidays", ["07-22"], "07-22 09-02"),
    ("school.holidays", "07-22 09-02", "a list of holidays"),
    ("wait.court", {"median": 0}, "median must be a number from 0.01"),
    ("wait.court", {"median": math.nan}, "median must be"),
    ("wait.court", {"sigma": -0.1}, "sigma must be"),
    ("wait.court", {"mean": 3}, "median and sigma, nothing else"),
    ("wait.court", {"dist": "normal", "mean": 3}, "must be one of: constant"),
    ("wait.court", {"dist": ["constant"], "a": 3}, "a distribution such as"),
    ("wait.court", {"dist": "exponential"}, "told mean, nothing else"),
    ("wait.court", {"dist": "uniform", "low": 5, "high": 4}, "low must not be above high"),
    ("wait.court", {"dist": "weibull", "scale": 5, "shape": 0}, "shape must be"),
    ("wait.court", {"dist": "table", "quantiles": [3, 2]}, "ascending"),
    ("wait.court", {"dist": "table", "quantiles": [3]}, "2 to 1,000"),
    ("life.tick", {"a": 0.001}, "a must be a number from 8,766 to 8,766"),
    ("staff.assessment.slots", 0, "nobody could hold a case"),
]


@pytest.mark.parametrize(("name", "value", "says"), WRONG)
def test_a_wrong_value_is_refused_with_name_range_and_way_out(name: str, value: Any, says: str) -> None:
    told = refused(**{name: value})
    assert told.where == name
    assert told.what.startswith(f"{name}: ")
    assert says in told.what
    assert DECLARED[name].unit in told.todo


def test_a_number_that_python_will_not_print_is_refused_all_the_same() -> None:
    assert "This number cannot be used: it must be a number from -50 to 50" in refused(report__base=10**5000).what


@pytest.mark.parametrize(
    ("changes", "where", "says"),
    [
        ({"staff.courts.administration": 0.9}, "staff.courts.training", "more than 0.9 of the hours"),
        ({"staff.courts.per_1000": 50, "staff.scale": 3}, "staff.courts.per_1000", "more than 100 posts"),
        ({f"adult.{who}": 0 for who in ("self", "housing", "care")}, "adult.self", "nobody could tell"),
        ({"incident.rate": 100, "incident.slope": 5}, "incident.slope", "incidents a year"),
    ],
)
def test_values_that_cannot_be_had_together_are_refused(changes: dict[str, Any], where: str, says: str) -> None:
    told = refused(**changes)
    assert where in told.where
    assert says in told.what
    assert told.todo


GOOD: list[tuple[str, Any]] = [
    ("people.household_sizes", [0.5, 0.5]),
    ("people.neighbourhoods", 20.0),
    ("staff.courts.rule", "rota"),
    ("staff.courts.slots", 3.0),
    ("school.holidays", []),
    ("school.holidays", ["02-29 03-01"]),
    ("people.adults_ages", [18, 120]),
    ("effect.parents_service", -0.4),
]


@pytest.mark.parametrize(("name", "value"), GOOD)
def test_a_value_within_its_limits_passes_as_it_is(name: str, value: Any) -> None:
    assert settings(FAIR, changes={name: value})[name] == value


def test_a_change_of_a_distribution_keeps_its_other_figures_unless_the_form_changes() -> None:
    values = settings(FAIR, changes={"wait.court": {"median": 4000}, "hours.call": {"dist": "constant", "a": 1}})
    assert values["wait.court"] == {**DECLARED["wait.court"].value, "median": 4000}
    assert values["hours.call"] == {"dist": "constant", "a": 1}


def test_a_misspelt_name_is_answered_with_its_neighbours() -> None:
    assert "staff.scale" in refused(staff__scal=2).todo


def test_the_interface_of_python_is_covered_too() -> None:
    with pytest.raises(WorldError, match=r"people\.twins"):
        simulated(World(children=200, years=0.5, changes={"people.twins": 7}))


# Whatever a shape and limits allow may be asked for; extremes and zero oftener than chance would have it.
NUMBERS = st.one_of(
    st.sampled_from([0, 1, 2, 10, 50, 100, 1000, -1, -10, -50, 0.5, 0.01, 24, 1e6, 5e-324]),
    st.floats(-60, 110, allow_nan=False),
)
PARTS = st.one_of(st.sampled_from([0.01, 24.0, 1e6]), st.floats(0.01, 1e4))
SHAPES: dict[str, st.SearchStrategy[Any]] = {
    "people.household_sizes": st.lists(st.floats(0, 9), min_size=1, max_size=20),
    "people.adults_ages": st.lists(st.integers(18, 120), min_size=2, max_size=2).map(sorted),
    "school.holidays": st.lists(st.sampled_from(["02-29 02-29", "12-20 01-03", "01-01 12-31"]), max_size=3),
}
DISTRIBUTIONS = st.one_of(
    st.fixed_dictionaries({"dist": st.just("constant"), "a": PARTS}),
    st.fixed_dictionaries({"dist": st.just("exponential"), "mean": PARTS}),
    st.fixed_dictionaries({"dist": st.just("lognormal"), "median": PARTS, "sigma": st.floats(0, 5)}),
    st.fixed_dictionaries({"dist": st.just("uniform"), "low": st.just(24.0), "high": st.floats(24, 1e6)}),
    st.fixed_dictionaries({"dist": st.just("weibull"), "scale": PARTS, "shape": st.floats(0.1, 100)}),
    st.fixed_dictionaries({"dist": st.just("table"), "quantiles": st.lists(PARTS, min_size=2, max_size=9).map(sorted)}),
)


@cache
def values_for(name: str) -> st.SearchStrategy[Any]:
    """Values that the parameter's own rule lets pass."""
    (rule,) = rules_of(DECLARED[name])
    if isinstance(DECLARED[name].value, dict):
        drawn = DISTRIBUTIONS
    elif isinstance(DECLARED[name].value, str):
        drawn = st.sampled_from(["least loaded", "rota", "chosen"])
    else:
        drawn = SHAPES.get(name, NUMBERS)
    return drawn.filter(lambda value: not rule.wrong(value))


CHANGES = st.lists(st.sampled_from(sorted(DECLARED)), min_size=1, max_size=6, unique=True).flatmap(
    lambda names: st.fixed_dictionaries({name: values_for(name) for name in names})
)


@hurried(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(CHANGES)
def test_what_passes_can_be_put_together(changes: dict[str, Any]) -> None:
    try:
        values = settings(FAIR, changes=changes)
    except WorldError:
        assume(False)
        return
    authority = put_together(Plan(200, 0.5, 1, STARTED, values))
    assert np.isfinite(authority.people.people.person).all()


@pytest.mark.parametrize("name", [name for name, parameter in DECLARED.items() if "share" in parameter.unit])
def test_a_share_can_be_nothing_or_all(name: str) -> None:
    """The ends of a range are where a division or a root would break."""
    if isinstance(DECLARED[name].value, list) or name.startswith("staff."):
        return
    for share in (0, 1):
        put_together(Plan(60, 0.25, 1, STARTED, settings(FAIR, changes={name: share})))


def test_a_run_stays_within_the_years_of_the_bank_holidays() -> None:
    known = calendar(Nation.ENGLAND_AND_WALES)
    first, last = dt.date(1991, 7, 4), dt.date(2021, 9, 1)
    for day in (first, last):
        check_days(day, years=6, warmup=1.5, slack=SLACK_DAYS)
    for day in (first - dt.timedelta(days=1), last + dt.timedelta(days=1), dt.date.min, dt.date.max):
        with pytest.raises(WorldError, match="Bank holidays are known from 1990 to 2027") as told:
            check_days(day, years=6, warmup=1.5, slack=SLACK_DAYS)
        assert told.value.where == f"--started {day.isoformat()}"
        assert f"from {first} to {last}" in told.value.todo
    for day in (first, last):
        plan = Plan(50, 6, 1, day, settings(FAIR))
        open_times = shifts(plan.run_from, int(plan.run_years * 365.25) + SLACK_DAYS)
        begun = dt.datetime.combine(plan.run_from, dt.time(0))
        latest = begun + dt.timedelta(microseconds=max(b for those in open_times.values() for _, b in those))
        # The night shift of the last day ends on the morning after.
        assert known.first < plan.run_from
        assert latest.date() <= known.last + dt.timedelta(days=1)


@pytest.mark.parametrize(
    "asked",
    [{"started": dt.date(1990, 6, 1)}, {"started": dt.date(2027, 1, 1)}, {"started": dt.date(2021, 1, 1), "years": 7}],
)
def test_a_world_outside_those_years_is_refused(asked: dict[str, Any]) -> None:
    with pytest.raises(WorldError, match="Bank holidays are known"):
        simulated(World(children=200, **{"years": 1.0, **asked}))


def test_a_shorter_warm_up_lets_a_world_start_earlier() -> None:
    with pytest.raises(WorldError, match="Bank holidays"):
        check_days(dt.date(1990, 6, 1), years=1, warmup=1.5, slack=SLACK_DAYS)
    check_days(dt.date(1990, 6, 1), years=1, warmup=0.25, slack=SLACK_DAYS)
