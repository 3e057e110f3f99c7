"""Which values a parameter may have: by its name where that says more, else by the words its unit begins with.

A new parameter whose unit begins like one of `BY_UNIT` needs nothing here; a test asks that each has exactly one rule.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, NoReturn

from casetrail.errors import WorldError
from casetrail.statute import Nation, calendar

if TYPE_CHECKING:
    from casetrail.world.describe.parameters import Parameter

MOST_POSTS, MOST_OFF_CASES, MOST_INCIDENTS = 100.0, 0.9, 100_000.0
_DISTRIBUTION = "distribution: "
# What each distribution is told, and nothing else.
_FORMS = {
    "constant": ("a",), "exponential": ("mean",), "lognormal": ("median", "sigma"), "uniform": ("low", "high"),
    "weibull": ("scale", "shape"), "table": ("quantiles",),
}  # fmt: skip
_SIGMAS, _SHAPES = (0.0, 5.0), (0.1, 100.0)
# A year that has 29 February.
_LEAP_YEAR = "2024"


@dataclass(frozen=True, slots=True)
class Rule:
    """Which values are allowed, in words that follow "must be"; `wrong` gives "" or what is wrong with a value."""

    says: str
    wrong: Callable[[Any], str]


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _within(value: Any, low: float, high: float) -> bool:
    """Whether it is a number within both; not a number is within nothing."""
    return _is_number(value) and bool(low <= value <= high)


def _figure(value: float) -> str:
    return f"{value:,.12g}"


def _rule(says: str, holds: Callable[[Any], bool]) -> Rule:
    return Rule(says, lambda value: "" if holds(value) else f"it must be {says}")


def _number(low: float, high: float, *, above: bool = False, why: str = "") -> Rule:
    span = f"above {low:g} up to {_figure(high)}" if above else f"from {_figure(low)} to {_figure(high)}"
    words = f"a number {span}{why}"
    return _rule(words, lambda value: _within(value, low, high) and not (above and value == low))


def _whole(low: int, high: int) -> Rule:
    return _rule(f"a whole number from {low:,} to {high:,}", lambda v: _within(v, low, high) and v == int(v))


def _is_real_day(text: str) -> bool:
    try:
        dt.datetime.strptime(f"{_LEAP_YEAR}-{text}", "%Y-%m-%d")  # noqa: DTZ007  only asks whether there is such a day
    except ValueError:
        return False
    return True


def _are_holidays(value: Any) -> bool:
    texts = isinstance(value, list | tuple) and all(isinstance(one, str) for one in value)
    spans = [re.fullmatch(r"(\d\d-\d\d) (\d\d-\d\d)", one, re.ASCII) for one in value] if texts else [None]
    return all(span is not None and all(_is_real_day(day) for day in span.groups()) for span in spans)


def _are_shares(value: Any) -> bool:
    return (
        isinstance(value, list | tuple) and 0 < len(value) <= 20 and all(_within(v, 0, 1e6) for v in value)
    ) and sum(value) > 1e-6


def _are_ages(value: Any) -> bool:
    two = isinstance(value, list | tuple) and len(value) == 2 and all(_within(age, 18, 120) for age in value)
    return two and bool(value[0] <= value[1])


def _distribution(least: float, most: float = 1e6) -> Rule:
    says = "a distribution such as { dist = 'lognormal', median = 4, sigma = 0.5 }"

    def wrong(value: Any) -> str:
        if not isinstance(value, dict) or not isinstance(value.get("dist"), str):
            return f"it must be {says}"
        form = _FORMS.get(value["dist"])
        if form is None:
            return f"dist must be one of: {', '.join(_FORMS)}"
        if set(value) != {"dist", *form}:
            return f"a distribution of the form {value['dist']} is told {' and '.join(form)}, nothing else"
        return _wrong_part({key: value[key] for key in form}, least, most)

    return Rule(says, wrong)


def _wrong_part(parts: Mapping[str, Any], least: float, most: float) -> str:
    for key, value in parts.items():
        low, high = {"sigma": _SIGMAS, "shape": _SHAPES}.get(key, (least, most))
        if key == "quantiles":
            given = isinstance(value, list | tuple) and 2 <= len(value) <= 1000
            if not given or not all(_within(v, low, high) for v in value) or list(value) != sorted(value):
                return f"quantiles must be 2 to 1,000 ascending numbers from {_figure(low)} to {_figure(high)}"
        elif not _within(value, low, high):
            return f"{key} must be a number from {_figure(low)} to {_figure(high)}"
    if "low" in parts and parts["low"] > parts["high"]:
        return "low must not be above high"
    return ""


_SHARE, _SIGNED, _LOG = _number(0, 1), _number(-10, 10), _number(-50, 50)
_RULES = ("least loaded", "rota", "chosen")
_NO_POOL = "; a pool cannot be empty, it has at least one post"
BY_NAME: tuple[tuple[str, Rule], ...] = (
    ("people.household_sizes", _rule("a list of 1 to 20 shares, none negative, not all zero", _are_shares)),
    ("people.adults_ages", _rule("two ages from 18 to 120, the younger first", _are_ages)),
    ("people.neighbourhoods", _whole(1, 10_000)),
    # The variance of need is 1 in all: neighbourhoods can have no more of it.
    ("people.deprived_sd", _number(0, 1)),
    ("school.holidays", _rule("a list of holidays such as '07-22 09-02', first and last day", _are_holidays)),
    # Need is brought up to date once a year or oftener: a pull above 1 would overshoot and swing.
    ("need.back", _number(0, 1)),
    ("need.growth", _number(0, 10)),
    ("need.relief", _number(0, 10)),
    ("need.most", _number(0, 10)),
    ("staff.*.per_1000", _number(0, MOST_POSTS, above=True, why=_NO_POOL)),
    ("staff.*.slots", _whole(0, 1000)),
    ("staff.*.rule", _rule(f"one of: {', '.join(_RULES)}", lambda v: isinstance(v, str) and v in _RULES)),
    ("staff.scale", _number(0, 100, above=True, why=_NO_POOL)),
    ("season.weeks", _whole(0, 1)),
    ("season.lag", _SHARE),
    ("budget.reserves", _SHARE),
    ("budget.plan", _number(0, 10)),
    ("budget.per_1000", _number(0.01, 1e6)),
    ("deadline.hours_a_day", _number(0.1, 24)),
    ("records.busy_loss", _number(0, 50)),
    ("warmup.years", _number(0, 3)),
    # Clocks that go round for everybody: the school year is one, and shorter ones would make a run endless.
    ("life.tick", _distribution(8766, 8766)),
    ("budget.week", _distribution(24)),
    ("staff.absent_every", _distribution(1)),
)
BY_UNIT: tuple[tuple[str, Rule], ...] = (
    (rf"^{_DISTRIBUTION}", _distribution(0.01)),
    (r"^(of these, )?share\b", _SHARE),
    (r"^log |^[a-e]: |log-odds", _LOG),
    (r"^standard deviation", _number(0, 10)),
    (r"^(fall|rise) of|^per deviation|^difference|^need |^severity |^standard scores", _SIGNED),
    (r"^trust of", _LOG),
    (r"^per year|per child and year|^harm ", _number(0, 100)),
    (r"^weight of", _number(0, 100)),
    (r"^weight per", _number(-100, 100)),
    (r"^(\w+ )?hours$", _number(0, 1e6)),
    (r"^years: ", _whole(0, 120)),
    (r"^years (from|between) ", _number(0, 1000)),
    (r"^thousand GBP", _number(0, 1000)),
    (r"^posts", _number(0, 10)),
    (r"^one ", _number(0, 1000)),
)


def rules_of(parameter: Parameter) -> list[Rule]:
    """The rules of a parameter: those of its name, or where there is none those of its unit."""
    named = [rule for pattern, rule in BY_NAME if fnmatchcase(parameter.name, pattern)]
    unit = f"{_DISTRIBUTION if isinstance(parameter.value, dict) else ''}{parameter.unit}"
    return named or [rule for pattern, rule in BY_UNIT if re.search(pattern, unit)]


def check(values: Mapping[str, Any], declared: Mapping[str, Parameter]) -> None:
    """Raises WorldError for the first value that is not allowed, or values that cannot be had together."""
    for name, value in values.items():
        rules = rules_of(declared[name])
        if not rules:
            _refuse(name, "no rule says what it may be.", "Give it a unit that describe/limits.py knows, or a rule.")
        wrong = rules[0].wrong(value)
        if wrong:
            unit, shipped = declared[name].unit, _shown(declared[name].value)
            _refuse(name, f"{_shown(value)} cannot be used: {wrong}.", f"It says: {unit}. As shipped it is {shipped}.")
    _check_staff(values, declared)
    _check_branches(values)
    _check_incidents(values)


def _shown(value: object) -> str:
    try:
        text = ", ".join(f"{k} = {v!r}" for k, v in value.items()) if isinstance(value, dict) else repr(value)
    except ValueError:  # Python writes no whole number of more than some thousand digits
        return "This number"
    return text if len(text) <= 80 else f"{text[:77]}..."


def _refuse(where: str, what: str, todo: str) -> NoReturn:
    raise WorldError(f"{where}: {what}", where=where, todo=todo)


def _check_staff(values: Mapping[str, Any], declared: Mapping[str, Parameter]) -> None:
    for name in values:
        if not fnmatchcase(name, "staff.*.per_1000"):
            continue
        pool = name.removesuffix(".per_1000")
        off = [f"{pool}.{what}" for what in ("administration", "supervision", "training")]
        if sum(values[part] for part in off) > MOST_OFF_CASES + 1e-9:
            what = f"together they take more than {MOST_OFF_CASES} of the hours; too little is left for cases."
            _refuse(", ".join(off), what, f"Lower one of them: their sum is from 0 to {MOST_OFF_CASES}.")
        if values[f"{pool}.slots"] == 0 and declared[f"{pool}.slots"].value > 0:
            unit = declared[f"{pool}.slots"].unit
            _refuse(f"{pool}.slots", "nobody could hold a case.", f"It says: {unit}. Allowed are 1 to 1,000.")
        if values[name] * values["staff.scale"] > MOST_POSTS:
            what = f"times staff.scale it gives more than {MOST_POSTS:g} posts for 1,000 persons."
            _refuse(name, what, f"Lower one of the two: their product is up to {MOST_POSTS:g}.")


def _check_branches(values: Mapping[str, Any]) -> None:
    """Whoever tells must be somebody: a choice among shares that are all zero would choose nobody."""
    for group in (("role.child", "role.family", "role.health", "role.neighbour", "role.school"),
                  ("adult.care", "adult.housing", "adult.self")):  # fmt: skip
        there = [name for name in group if name in values]
        if there and not any(values[name] > 0 for name in there):
            _refuse(", ".join(there), "they are all 0, so that nobody could tell.", "Give one of them more than 0.")


def _check_incidents(values: Mapping[str, Any]) -> None:
    """The neediest child of the most deprived neighbourhood in the busiest week: its incidents must have an end."""
    busy = 2.0 * values["season.sd"] * abs(values["incident.season"]) if values["season.weeks"] else 0.0
    adult = max(0.0, values["incident.adult"]) if values["people.adults"] else 0.0
    needy = max(0.0, values["incident.slope"]) * values["need.most"] + 2.5 * abs(values["incident.deprived"])
    if values["incident.rate"] * math.exp(min(500.0, needy + adult + busy)) > MOST_INCIDENTS:
        names = "incident.rate, incident.slope, incident.deprived, incident.adult, incident.season, need.most"
        what = f"together they give the neediest person more than {MOST_INCIDENTS:,.0f} incidents a year."
        _refuse(names, what, "Lower one of them, so that the run comes to an end.")


def check_days(started: dt.date, *, years: float, warmup: float, slack: int) -> None:
    """Raises WorldError where a run, with its warm-up and `slack` days after its end, leaves the known calendars."""
    known = calendar(Nation.ENGLAND_AND_WALES)
    # One day more before: the night shift of the first day has begun the evening before.
    first = known.first + dt.timedelta(days=round(warmup * 365.25) + 1)
    last = known.last - dt.timedelta(days=round(years * 365.25) + slack)
    if not first <= started <= last:
        raise WorldError(
            f"Bank holidays are known from {known.first:%Y} to {known.last:%Y} only, and the run would leave these "
            f"years: it begins {warmup:g} years before the first day (warmup.years), lasts {years:g} years, and work "
            f"is planned {slack} days ahead.",
            where=f"--started {started.isoformat()}",
            todo=f"Start from {first.isoformat()} to {last.isoformat()}, or choose fewer --years.",
        )
