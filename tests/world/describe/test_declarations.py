"""The declared case system holds together: every step can be reached, every parameter is used and says whose it is."""

from __future__ import annotations

import ast
import csv
import re
from collections.abc import Iterator
from graphlib import TopologicalSorter
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

import casetrail.world
from casetrail.errors import WorldError
from casetrail.world.describe import parameters as reading
from casetrail.world.describe.parameters import parameters, scenario, scenario_names, settings
from casetrail.world.describe.process import END, Step, system
from casetrail.world.simulate.authority import Plan, put_together
from casetrail.world.simulate.world import STARTED

ROOM = Path(casetrail.world.__file__).parent
# The steps at which tokens begin: see world/simulate/authority.py.
BEGINNINGS = ("arrives", "conceived", "leave", "purse", "new_budget", "new_year")
EXPRESSIONS = ("p", "when", "rate", "mark", "scale", "priority")
# Numbers that are no quantity of the world: codes of status, role and priority, halves between codes, and 100 or 1000
# where something can never be.
CODES = {0, 0.5, 1, 1.5, 2, 2.5, 3, 3.25, 3.5, 4, 5, 6, 8, 9, 10, 11, 100, 1000}


def texts(step: Step) -> Iterator[str]:
    """Every expression of a step."""
    yield from (step.says[key] for key in EXPRESSIONS if isinstance(step.says.get(key), str))
    yield from (str(text) for _, text in step.says.get("edges", []))
    yield from (str(text) for _, _, text in step.says.get("set", []))


def after(step: Step) -> Iterator[str]:
    """Where a token may be next."""
    says = step.says
    yield step.then
    yield from (says[key] for key in ("else", "to") if key in says)
    yield from (to for to, _ in says.get("edges", []))


def test_every_step_can_be_reached() -> None:
    steps = {step.name: step for step in system().steps}
    todo = [*BEGINNINGS, *(says["realloc"] for says in system().pools.values() if "realloc" in says)]
    reached: set[str] = set()
    while todo:
        name = todo.pop()
        if name != END and name not in reached:
            reached.add(name)
            todo += after(steps[name])
    assert set(steps) - reached == set()


def test_joint_work_asks_for_agencies_in_one_order_so_that_nobody_waits_in_a_circle() -> None:
    joint = [step.says["pool"] for step in system().steps if isinstance(step.says.get("pool"), list)]
    assert len(joint) >= 4
    order = TopologicalSorter[str]()
    for pools in joint:
        for before, then in pairwise(pools):
            order.add(then, before)
    order.prepare()  # raises CycleError


def test_a_strategy_discussion_needs_social_care_police_and_health() -> None:
    """Working Together: the three are its quorum."""
    (meeting,) = (step for step in system().steps if step.name == "strategy_discussion")
    agencies = {system().pools[pool]["agency"] for pool in meeting.says["pool"]}
    assert agencies == {"social care", "police", "health"}
    assert {record.agency for record in meeting.records} == agencies


def test_who_keeps_records_is_an_agency_with_workers_or_says_its_team() -> None:
    agencies = {says["agency"] for says in system().pools.values()}
    for step in system().steps:
        for record in step.records:
            assert record.agency in agencies, step.place
            if record.passed_to is not None:
                assert record.passed_to in agencies, step.place
                assert record.passed_to != record.agency, step.place


def test_steps_hold_no_quantities_of_their_own() -> None:
    for step in system().steps:
        for text in texts(step):
            tree = ast.parse(text, mode="eval")
            counters = {id(call.args[0]) for call in ast.walk(tree) if isinstance(call, ast.Call) and call.args}
            for node in ast.walk(tree):
                if isinstance(node, ast.Constant) and id(node) not in counters:
                    assert node.value in CODES, f"{step.place}: {text}"


def test_every_parameter_is_used_by_a_step_or_by_name_in_the_code() -> None:
    authority = put_together(Plan(200, 1.0, 1, STARTED, settings(scenario("fair"))))
    code = "\n".join(file.read_text(encoding="utf-8") for file in ROOM.parent.rglob("*.py"))
    for name in authority.unused:
        assert f'"{name}"' in code, f"{name} is used nowhere"


def test_every_parameter_has_a_unit_and_a_source() -> None:
    for parameter in parameters().values():
        assert parameter.unit, parameter.name
        assert parameter.source == "own choice" or parameter.source.startswith("evidence: "), parameter.name
    assert sum(parameter.source != "own choice" for parameter in parameters().values()) >= 5


def test_sources_name_what_the_evidence_base_holds(shared: Path) -> None:
    with (shared / "evidence" / "parameters.csv").open(encoding="utf-8", newline="") as file:
        known = {row["parameter"] for row in csv.DictReader(file)}
    for parameter in parameters().values():
        if parameter.source.startswith("evidence: "):
            named = re.split(r"[ ,;]", parameter.source.removeprefix("evidence: "))[0]
            assert named in known, parameter.name


ASKED_FOR = {
    "fair", "shortage", "milder-when-busy", "sicker-when-busy", "rationed", "rationed-with-recording-errors",
    "gamed-deadlines", "bounced", "mash-shared", "harassed-household", "hidden-heterogeneous", "boring",
}  # fmt: skip


def test_every_scenario_names_parameters_and_says_what_it_is_for() -> None:
    assert set(scenario_names()) >= ASKED_FOR
    for name in scenario_names():
        chosen = scenario(name)
        assert settings(chosen)
        assert chosen.about.endswith(".")
        assert chosen.signature.endswith(".")


def test_the_fair_world_and_the_boring_one_ration_nothing() -> None:
    for name in ("fair", "boring", "shortage", "milder-when-busy", "sicker-when-busy"):
        values = settings(scenario(name))
        assert all(value == 0 for key, value in values.items() if key.startswith("ration.")), name


def test_each_rationing_coefficient_has_a_world_of_its_own() -> None:
    for door in ("screen", "wait", "close"):
        for coefficient in ("load", "budget", "court", "voice"):
            values = settings(scenario(f"rationed-{door}-{coefficient}"))
            on = {key for key, value in values.items() if key.startswith("ration.") and value != 0}
            assert on == {f"ration.{door}.{coefficient}"}


@pytest.mark.parametrize(
    ("changes", "says"),
    [({"staff.scal": 2.0}, "names no parameter"), ({"wait.court": 3.0}, "another form")],
)
def test_a_change_of_what_is_not_there_is_refused(changes: dict[str, Any], says: str) -> None:
    with pytest.raises(WorldError, match=says) as told:
        settings(scenario("fair"), changes=changes)
    assert next(iter(changes)) in str(told.value)


def test_an_unknown_scenario_is_refused_with_the_names_there_are() -> None:
    with pytest.raises(WorldError, match="no such scenario") as told:
        scenario("unfair")
    assert "rationed-with-recording-errors" in str(told.value)


def test_a_parameter_without_its_source_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "_read", lambda folder, name: {"a": {"b": {"value": 1, "unit": "hours"}}})
    with pytest.raises(WorldError, match="lacks its unit or its source"):
        parameters()
