"""Write docs/world.md (scenarios, parameters, their sources) and docs/world-face-validity.md from the code and a run.

Run it after any change of the case system: a test compares both pages with what it would write.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np

from casetrail.statute import Convention, Nation, working_days_between
from casetrail.world.describe.parameters import LATEST, parameters, scenario, scenario_names
from casetrail.world.describe.process import system
from casetrail.world.simulate.world import Simulated, World, happened, simulated

HERE = Path(__file__).parent
WORLD = World(scenario="fair", children=60_000, years=6.0, seed=7)
EVIDENCE = "evidence base of parameters"
BINS = (("0 to 10", 0, 10), ("11 to 20", 11, 20), ("21 to 30", 21, 30), ("31 to 40", 31, 40), ("41 to 45", 41, 45),
        ("46 to 50", 46, 50), ("51 to 60", 51, 60), ("61 and more", 61, 10**6))  # fmt: skip
# DfE, Children in need 2025, table C2, England: assessments by working days to completion.
ENGLAND_BINS = (11_680 + 75_590, 112_180, 102_260, 131_380, 122_730, 37_640, 27_860, 27_500)


@dataclass(frozen=True)
class Line:
    """One published figure, and how the same is computed on the made-up authority."""

    what: str
    england: str
    source: str
    compute: Callable[[Facts], float]
    digits: int
    word: str


@dataclass(frozen=True)
class Facts:
    """A run and a connection on its tables."""

    made: Simulated
    sql: duckdb.DuckDBPyConnection

    def one(self, query: str) -> float:
        return float(self.sql.sql(query).fetchall()[0][0])

    def ratio(self, above: str, below: str = "activity = 'referral'") -> float:
        return self.one(f"select count(*) filter ({above}) / count(*) filter ({below}) from event")


_RE_REFERRAL = """with r as (select at_us, lag(at_us) over (partition by person order by at_us) as before
from event where activity = 'referral')
select avg((coalesce(at_us - before, 9e18) < 365 * 86.4e9)::int) from r
where at_us >= (select min(at_us) + 365 * 86.4e9 from event)"""
_CASELOAD = """select sum((least(coalesce(to_us, {end}), {end}) - greatest(from_us, {begin})) / ({end} - {begin}))
from involvement where role = 'holder' and agency = 'social care'"""

_PROCEEDINGS = """with a as (select person, at_us from event where activity like 'application%'),
h as (select person, at_us from event where activity = 'final hearing'),
z as (select a.person, a.at_us, min(h.at_us) as heard
from a join h on h.person = a.person and h.at_us >= a.at_us group by all)
select avg((heard - at_us) / 86.4e9 / 7) from z"""
_ASSESSED = """with r as (select person, at_us from event where activity = 'referral'),
d as (select person, at_us from event where activity = 'assessment completed'),
z as (select r.person, r.at_us as begun, min(d.at_us) as done
from r join d on d.person = r.person and d.at_us >= r.at_us group by all)
select begun, done from z order by person, begun"""


def _caseload(facts: Facts) -> float:
    begin, end = (int(facts.one(f"select {f}(at_us) from event")) for f in ("min", "max"))
    return facts.one(_CASELOAD.format(begin=begin, end=end)) / _in_post(facts)


def _in_post(facts: Facts) -> float:
    pools = list(system().pools)
    pool = facts.made.states[0].pool
    return float(sum(pool["posted"][pools.index(name)] for name in ("assessment", "safeguarding")))


def _turnover(facts: Facts) -> float:
    """Workers whose leaving left children unallocated, per worker in post and year."""
    left = facts.one("select count(distinct worker) from involvement where reason_end = 'worker left' "
                     "and agency = 'social care'")  # fmt: skip
    return left / _in_post(facts) / (WORLD.years + 1.5)


def _stock(status: int) -> Callable[[Facts], float]:
    def share(facts: Facts) -> float:
        people, state = facts.made.authorities[0].people, facts.made.states[0]
        end = facts.made.authorities[0].plan.run_years
        there = (people.enters <= end) & (people.leaves > end)
        stock = np.sum(np.floor(state.person[there, people.column["status"]]) == status)
        return float(stock) / (facts.one("select count(*) from event where activity = 'referral'") / WORLD.years)

    return share


LINES = (
    Line("referrals within 12 months of an earlier one, share", "0.22", "DfE re-referrals, 2023-24",
         lambda f: f.one(_RE_REFERRAL), 2,
         "Fewer come back than in England: need is steadier here, and a child is heard of less often."),
    Line("assessed, then no further action, share of referrals", "0.278 (2016-17), 0.291 (2018-19)",
         "DfE by Community Care",
         lambda f: f.ratio("closing_code = 'no further action after assessment'"), 2, ""),
    Line("section 47 enquiries per referral", "0.29 (185,450 / 646,120, 2016-17)", "DfE by Community Care",
         lambda f: f.ratio("activity = 'section 47 enquiry'"), 2, "Enquiries in open cases are counted too."),
    Line("children on a protection plan per yearly referral", "0.079 (51,080 / 646,120, 2017)", "DfE by Community Care",
         _stock(3), 3, ""),
    Line("looked-after children per yearly referral", "0.134 (83,630 / 621,880, 2024)", "NAO and DfE",
         _stock(4), 3, "Some are looked after when the run starts; unaccompanied children are left out."),
    Line("cases held per case holder in post", "16.0 (2023), 17.8 (2017)", "DfE workforce",
         _caseload, 1, "Supervision, leave and training are outside."),
    Line("turnover per year", "0.159 (2023)", "DfE workforce", _turnover, 3,
         "Counted by workers who left children behind; a heavier load makes more leave."),
    Line("length of care proceedings, mean weeks", "36 (2024), 27 (2016)", "NAO; Community Care",
         lambda f: f.one(_PROCEEDINGS), 1, ""),
)  # fmt: skip


def durations(facts: Facts) -> list[int]:
    """Working days from referral to the first assessment completed after it."""
    found = facts.sql.sql(_ASSESSED).fetchall()
    begun, done = (np.array(part, dtype="datetime64[us]").astype("datetime64[D]") for part in zip(*found, strict=True))
    after_receipt, nation = Convention.DAY_AFTER_RECEIPT, Nation.ENGLAND_AND_WALES
    counted = working_days_between(begun, done, nation=nation, convention=after_receipt)
    return [int(n) for n in counted]


def face_validity() -> str:
    """The page that compares the made-up authority with published figures of England."""
    made = simulated(WORLD)
    what = happened(made)
    sql = duckdb.connect()
    sql.register("event", what.event)
    sql.register("involvement", what.involvement)
    facts = Facts(made, sql)
    lines = [
        "# The made-up authority beside published figures",
        "",
        "Written by docs/make_world_pages.py: scenario `fair`, 60,000 children, 6 years, seed 7. The world is made up; "
        "the figures of England are real and published, and vary from year to year. The made-up authority is meant to "
        "be plausible, not to be England: no parameter was fitted to a real authority, and nothing here is evidence "
        "about one.",
        "",
        "| what | made-up | England | source | remark |",
        "|---|---|---|---|---|",
    ]
    for line in LINES:
        made_up = f"{line.compute(facts):.{line.digits}f}"
        lines.append(f"| {line.what} | {made_up} | {line.england} | {line.source} | {line.word} |")
    days = np.array(durations(facts))
    lines += ["", "## How long assessments take", "",
              "Working days from referral to completion; England: DfE, Children in need 2025, table C2 "
              "(648,830 assessments).",
              "The fair world knows no deadline, so nothing bunches before day 45: compare `gamed-deadlines`.", "",
              "| working days | made-up | England |", "|---|---|---|"]  # fmt: skip
    for (name, low, high), england in zip(BINS, ENGLAND_BINS, strict=True):
        share = np.mean((days >= low) & (days <= high))
        lines.append(f"| {name} | {share:.1%} | {england / sum(ENGLAND_BINS):.1%} |")
    lines.append(f"| median | {np.median(days):.0f} | 33 |")
    return "\n".join(lines) + "\n"


def world_page() -> str:
    """Scenarios and parameters, as declared."""
    head = (HERE / "world-head.md").read_text(encoding="utf-8")
    lines = [head.rstrip(), "", "## Scenarios", "", "| scenario | what | signature | changes |", "|---|---|---|---|"]
    for name in scenario_names():
        one = scenario(name)
        changes = ", ".join(f"{k} = {v}" for k, v in one.changes.items()) or "none"
        lines.append(f"| `{name}` | {one.about} | {one.signature} | {changes} |")
    lines += ["", f"## Parameters of {LATEST}", "", "| parameter | value | unit | source |", "|---|---|---|---|"]
    for name, one in parameters().items():
        value = ", ".join(f"{k} {v}" for k, v in one.value.items()) if isinstance(one.value, dict) else one.value
        lines.append(f"| {name} | {value} | {one.unit} | {one.source} |")
    return "\n".join(lines) + "\n"


PAGES: dict[str, Callable[[], str]] = {"world.md": world_page, "world-face-validity.md": face_validity}

if __name__ == "__main__":
    for page, make in PAGES.items():
        (HERE / page).write_text(make(), encoding="utf-8")
