"""The sealed truth of a run against an independent recount from the rows and the tokens of the kernel."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from casetrail.figures import Table
from casetrail.inquiry.worldmaking import make_world
from casetrail.kernels.network import shape as s
from casetrail.kernels.network.loop import rows_of
from casetrail.kernels.network.plain.draws import normal_quantile, uniform
from casetrail.world.describe.calendars import begin_us
from casetrail.world.describe.parameters import scenario, settings
from casetrail.world.describe.process import system
from casetrail.world.holdings import read_faults, write_holdings
from casetrail.world.holdings.happened import checked
from casetrail.world.holdings.truth import read_truth
from casetrail.world.simulate.authority import put_together
from casetrail.world.simulate.world import World

from .made import Made, _made, made

SIZE: dict[str, Any] = {"children": 2_000, "years": 2.0}
HOUR = 3_600_000_000


@cache
def _told_in_vain() -> Made:
    """Whoever takes a call needs weeks for it: many reports are still in the queue at the end."""
    return _made.__wrapped__("fair", (("hours.call", {"median": 160.0}),), **SIZE, authorities=1, seed=15)


WORLDS: dict[str, Callable[[], Made]] = {
    "fair": partial(made, "fair", **SIZE, seed=11),
    "two-authorities": partial(made, "fair", **SIZE, seed=12, authorities=2),
    "hidden-heterogeneous": partial(made, "hidden-heterogeneous", **SIZE, seed=13),
    "harassed-household": partial(made, "harassed-household", **SIZE, seed=14),
    # In a quiet week some of what the busiest week would bring does not happen: it has a number, and no incident.
    "sicker-when-busy": partial(made, "sicker-when-busy", **SIZE, seed=17),
    "told-in-vain": _told_in_vain,
}


@pytest.fixture(scope="module", params=WORLDS)
def world(request: pytest.FixtureRequest) -> Made:
    return WORLDS[request.param]()


Root = tuple[int, int]  # authority, root
Seen = dict[Root, tuple[int, str]]


def _recount(world: Made) -> tuple[Seen, set[Root], Seen]:
    """Over the whole run: incidents with their instant, what was told, and first rows of all else that has a root."""
    incidents: Seen = {}
    told: dict[Root, int] = {}
    others: Seen = {}
    for a, (authority, state) in enumerate(zip(world.run.authorities, world.run.states, strict=True)):
        zero = begin_us(authority.plan.run_from)
        for row in rows_of(state):
            step, root = system().steps[row["node"]], (a, int(row["root"]))
            if step.truth == "incident":
                assert root not in incidents
                incidents[root] = (int(row["ended"]) + zero, step.name)
            elif step.truth == "told":
                assert told.setdefault(root, int(row["ended"]) + zero) == int(row["ended"]) + zero
            elif root[1] and step.name != "attendance_recorded":
                asked = int(row["asked"]) + zero
                others[root] = min(others.get(root, (asked, step.name)), (asked, step.name))
    # It is told at the instant at which it happens, and of no other thing it is said that it was told.
    assert all(incidents[root][0] == at for root, at in told.items())
    return incidents, set(told), others


def _numbered(world: Made, table: Any) -> Iterator[tuple[Root, int, int]]:
    """Authority and root, person within it, and instant of each row of a table of the bundle."""
    before = np.cumsum([0, *(len(authority.people) for authority in world.run.authorities)])
    for row in table.to_pylist():
        a = int(np.searchsorted(before, row["person"], side="right")) - 1
        yield (a, row["incident"] - (int(before[a]) << 32)), row["person"] - int(before[a]), row["at_us"]


def _first(world: Made) -> int:
    return begin_us(world.run.world.started)


def test_told_and_hidden_are_the_incidents_of_the_worlds_own_years(world: Made) -> None:
    incidents, told, _ = _recount(world)
    mine = {root: at for root, (at, _) in incidents.items() if at >= _first(world)}
    assert 0 < len(mine) < len(incidents)
    found = {name: list(_numbered(world, getattr(world.happened, name))) for name in ("told", "hidden")}
    assert {root: at for root, _, at in found["told"]} == {root: at for root, at in mine.items() if root in told}
    assert {root: at for root, _, at in found["hidden"]} == {root: at for root, at in mine.items() if root not in told}
    assert len(found["told"]) + len(found["hidden"]) == len(mine)
    assert all(root[1] >> 32 == person for rows in found.values() for root, person, _ in rows)


def test_mistaken_allegations_are_counted_apart(world: Made) -> None:
    incidents, _, others = _recount(world)
    mistaken = {root: first for root, first in others.items() if root not in incidents}
    # Each begins where somebody hears of it: nothing is taken for a mistake because a year is looked back on.
    assert {step.partition(".")[0] for _, step in mistaken.values()} <= {"mistaken", "call_taken", "contact_received"}
    mine = {root: at for root, (at, _) in mistaken.items() if at >= _first(world)}
    assert mine
    assert {root: at for root, _, at in _numbered(world, world.happened.mistaken)} == mine


def test_no_row_of_an_agency_speaks_of_what_was_told_to_nobody(world: Made) -> None:
    incidents, told, others = _recount(world)
    what = world.happened.event
    numbers = {root for root, _, _ in _numbered(world, what.filter(what.column("incident").is_valid()))}
    early = {root for root, (at, _) in incidents.items() if at < _first(world)}
    assert numbers & early, "what began before the first day is counted as of no other time"
    assert numbers <= {root for root in others if root in told or root not in incidents}
    assert checked(world.happened).event.num_rows == what.num_rows


def test_attendance_is_about_no_incident(world: Made) -> None:
    rows = world.all("select incident, episode, outcome from event where activity = 'attendance recorded'")
    assert rows
    assert all(incident is None and episode is None and outcome is not None for incident, episode, outcome in rows)
    # The tokens that write them do carry one: perhaps that of an incident told to nobody.
    steps = np.array([step.name == "attendance_recorded" for step in system().steps])
    written = rows_of(world.run.states[0])
    assert (written["root"][steps[written["node"]]] != 0).any()


def test_a_report_still_in_the_queue_at_the_end_is_told() -> None:
    world = _told_in_vain()
    incidents, told, others = _recount(world)
    unheard = {root for root in told if root not in others and incidents[root][0] >= _first(world)}
    assert len(unheard) > 10
    assert unheard <= {root for root, _, _ in _numbered(world, world.happened.told)}
    waiting = world.one(
        "select count(*) from waits where node in ('call_taken', 'missing_reported') and started_us is null"
    )
    assert waiting >= len(unheard)


def test_every_token_that_still_waits_has_a_row_with_its_causes(world: Made) -> None:
    open_waits = sorted(world.all(
        "select person, node, asked_us, closed_hours, overtaken_hours, busy_hours from waits where started_us is null"
    ))  # fmt: skip
    expected = []
    before = 0
    for authority, state in zip(world.run.authorities, world.run.states, strict=True):
        zero, last = begin_us(authority.plan.run_from), authority.plan.end_us
        rows = rows_of(state)
        for token in state.token[np.isin(state.token["state"], [s.QUEUED, s.SLOT_QUEUED, s.OWNERLESS])]:
            if token["kind"] >= 0 and state.epoch[token["person"], token["kind"]] != token["epoch"]:
                continue
            asked = int(token["asked"])
            serving = state.token[(state.token["state"] == s.SERVING) & (state.token["node"] == token["node"])]
            here = rows[rows["node"] == token["node"]]
            pairs = [*zip(here["asked"], here["started"], strict=True)]
            pairs += [(t["asked"], t["started"]) for t in serving if _goes_on(state, t)]
            since = [other for other, begun in pairs if begun > asked]
            share = sum(other > asked for other in since) / len(since) if since else 0.0
            expected.append(
                (int(token["person"]) + before, system().steps[token["node"]].name, asked + zero, share, last + zero)
            )
        before += len(authority.people)
    expected.sort()
    assert expected
    assert [row[:3] for row in open_waits] == [row[:3] for row in expected]
    for (_, _, asked_us, closed, overtaken, busy), (_, _, _, share, last) in zip(open_waits, expected, strict=True):
        assert min(closed, overtaken, busy) >= 0.0
        assert closed + overtaken + busy == pytest.approx((last - asked_us) / HOUR)
        assert overtaken == pytest.approx(share * (overtaken + busy))


def _goes_on(state: s.State, token: Any) -> bool:
    return bool(token["kind"] < 0 or state.epoch[token["person"], token["kind"]] == token["epoch"])


def test_a_wait_that_is_over_has_causes_that_add_up_to_it(world: Made) -> None:
    off = world.one(
        "select max(abs(closed_hours + overtaken_hours + busy_hours - (started_us - asked_us) / 3.6e9)) from waits "
        "where started_us is not null"
    )
    assert off < 1e-6
    assert world.one("select count(*) from waits where ended_us is not null and started_us is null") == 0
    assert world.one(f"select count(*) from waits where ended_us < {_first(world)}") == 0


def test_everybody_in_a_post_is_in_the_truth_with_their_leniency() -> None:
    world = made("leniency-rota", children=6_000, years=2.0, seed=16, authorities=2)
    table = world.happened.workers.to_pylist()
    by_name = {row["worker"]: row for row in table}
    assert len(by_name) == len(table)
    assert set(world.happened.event.column("worker").drop_null().to_pylist()) <= set(by_name)
    assert set(world.happened.involvement.column("worker").drop_null().to_pylist()) <= set(by_name)
    successors = 0
    for letter, authority, state in zip("AB", world.run.authorities, world.run.states, strict=True):
        start = put_together(authority.plan).made
        key = [int(word) for word in start.model.key]
        for w, worker in enumerate(state.worker):
            spread = float(state.pool["lenient_sd"][worker["pool"]])
            assert by_name[f"{letter}{w:04d}-0"]["leniency"] == start.state.worker["lenient"][w]
            last = by_name[f"{letter}{w:04d}-{worker['generation']}"]
            assert (last["leniency"], last["slots"]) == (worker["lenient"], worker["slots"])
            for generation in range(1, int(worker["generation"]) + 1):
                u = uniform(key, s.WORKER_KEY + w, 0, s.LENIENCY, generation)
                drawn = spread * normal_quantile(u) if spread else 0.0
                assert by_name[f"{letter}{w:04d}-{generation}"]["leniency"] == pytest.approx(drawn, abs=1e-12)
                successors += spread > 0
            assert f"{letter}{w:04d}-{worker['generation'] + 1}" not in by_name
    assert successors > 5
    lenient = {row["pool"] for row in table if row["leniency"]}
    assert lenient == {"assessment", "safeguarding"}
    assert all(0.5 <= row["full_time_share"] <= 1.0 for row in table)


def test_each_week_is_as_busy_as_the_run_had_it() -> None:
    world = made("sicker-when-busy", **SIZE, seed=17)
    weeks = world.happened.weeks.to_pylist()
    first, last = world.run.world.started, world.run.world.ended
    assert first - dt.timedelta(days=6) <= weeks[0]["first_day"] <= first
    assert weeks[-1]["first_day"] <= last <= weeks[-1]["first_day"] + dt.timedelta(days=7)
    days = np.diff([row["first_day"].toordinal() for row in weeks])
    assert set(days.tolist()) == {7}
    assert [row["log_rate"] for row in weeks] == pytest.approx([1.5 * row["season"] for row in weeks])
    # The register of the run still holds the last week's value.
    season = system().attributes["global"].index("season")
    assert weeks[-1]["season"] == world.run.states[0].register[season]
    # Untold and told together, incidents come as often as the weeks are busy.
    at = np.concatenate([getattr(world.happened, name).column("at_us").to_numpy() for name in ("told", "hidden")])
    counts = np.histogram(at, [row["from_us"] for row in weeks])[0]
    assert np.corrcoef(np.log(counts + 0.5), [row["log_rate"] for row in weeks[:-1]])[0, 1] > 0.8
    assert made("fair", **SIZE, seed=11).happened.weeks.num_rows == 0


def test_a_child_never_assessed_has_no_attendance() -> None:
    world = made("hidden-heterogeneous", **SIZE, seed=13)
    for name in ("attendance_at_end", "attainment_at_end"):
        unknown = f"select count(*) from person where {name} is null and"
        # Born within the last five years: never at school. In the last years of school: seen each year.
        young = "born > date '2016-04-02'"
        assert world.one(f"{unknown} {young}") == world.one(f"select count(*) from person where {young}") > 0
        assert world.one(f"{unknown} born between date '2004-01-01' and date '2014-01-01'") == 0
    lowest, highest = world.all("select min(attendance_at_end), max(attendance_at_end) from person")[0]
    assert 0.0 < lowest < highest < 1.0
    checked(world.happened)


def test_who_is_of_the_hidden_class_is_known() -> None:
    world = made("hidden-heterogeneous", **SIZE, seed=13)
    people = put_together(world.run.authorities[0].plan).people
    trust = people.people.person[:, people.column["trust"]]
    member = world.column("select hidden_class from person order by person")
    assert np.array_equal(member, trust == -8.0)
    assert float(member.mean()) == pytest.approx(0.3, abs=0.04)
    assert made("fair", **SIZE, seed=11).one("select max(hidden_class) from person") == 0.0
    # A class like all others: nobody can say who is in it.
    same = made("fair", children=500, years=1.0, people__mixture_share=0.3, people__mixture_trust=0.0).happened.person
    assert same.column("hidden_class").null_count == same.num_rows


def test_all_that_was_planted_is_in_the_truth_and_makes_the_world_again(tmp_path: Path) -> None:
    changes = {"hours.call": {"median": 0.5}, "incident.slope": 0.4, "need.back": 0.3}
    world = _made.__wrapped__("rationed", tuple(changes.items()), children=500, years=1.0, authorities=1, seed=18)
    written = write_holdings(world.happened, tmp_path / "w", faults=read_faults(), rng=np.random.default_rng(1))
    truth = read_truth(written.truth)
    assert truth.parameters == world.run.values
    assert truth.parameters["hours.call"]["median"] == 0.5
    assert truth.shape == {"children": 500, "years": 1.0, "authorities": 1, "started": "2019-04-01", "seed": 18}
    shipped = settings(scenario("fair"))
    assert truth.changed["hours.call"] == {"from": shipped["hours.call"], "to": truth.parameters["hours.call"]}
    asked = {**scenario("rationed").changes, **changes}
    assert set(truth.changed) == {name for name in asked if truth.parameters[name] != shipped[name]}
    assert {"ration.screen.load", "incident.slope"} <= set(truth.changed)
    again = {name: one["to"] for name, one in truth.changed.items()}
    assert settings(scenario("fair"), changes=again) == truth.parameters
    for name in truth.coefficients:
        assert truth.coefficients[name] == truth.parameters[name]
    facts = json.loads((written.truth / "world.json").read_text(encoding="utf-8"))
    assert facts["parameters"]["school.holidays"] == shipped["school.holidays"]


def test_what_is_said_of_a_new_world_adds_up(tmp_path: Path) -> None:
    said = make_world(World(children=1_000, years=1.0, seed=19), tmp_path / "w").answers[0]
    assert isinstance(said.body, Table)
    counts = dict(said.body.rows)
    truth = read_truth(tmp_path / "w" / "truth")
    told, hidden = truth.told.num_rows, truth.hidden.num_rows
    assert (counts["incidents told to somebody"], counts["incidents told to nobody"]) == (told, hidden)
    assert counts["incidents"] == told + hidden
    assert counts["mistaken allegations that an agency wrote down"] == truth.mistaken.num_rows > 0
    assert f"{hidden / (told + hidden):.0%} of the incidents were told to nobody" in said.sentence
