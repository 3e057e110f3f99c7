"""The census that is written out of a made-up world: what its schema says, and what comes back when it is read."""

from __future__ import annotations

import csv
import re
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from casetrail.records import told_once
from casetrail.records.writing import Chronicle, Happening, Occasion, Person, write_return

from .returned import Returned, day_of_us, moved, read_back

YEARS = (2020, 2021, 2022)
FIRST, LAST = date(2019, 4, 1), date(2022, 3, 31)
# Of the words that the form puts a source into: those that a role of the world may come to.
ROLES = {
    "family": "individual: family member, relative or carer",
    "carer": "individual: family member, relative or carer",
    "neighbour": "individual: acquaintance, neighbour or child minder",
    "child": "individual: self",
    "victim": "individual: other",
    "school": "school",
    "health": "health: other",
    "housing": "housing",
    "early help": "local authority: early help",
    "police": "police",
    "anonymous": "anonymous",
    "unknown": "unknown",
    None: "unknown",
}
CLOSED = {
    "no further action after assessment": "no further action after assessment",
    "plan completed": "services ceased for any other reason",
}
OTHER = "services ceased for any other reason"


class Case:
    """A case of the world as this test follows it, step by step and by hand."""

    def __init__(self, row):
        self.told = [("referral received", row["day"], ROLES[row["reported_by_role"]], None)]
        self.begun = row["day"]
        self.over = None
        self.reason = None
        self.inner = []  # [events, day from which it is over]
        self.assessments, self.enquiries, self.plan, self.need = [], [], None, None

    def spell(self, activity, day, *more):
        self.inner.append([[(activity, day, None, *(more or (None,)))], None])
        return self.inner[-1]

    def end(self, spell, activity, day, *more):
        spell[0].append((activity, day, None, *(more or (None,))))
        spell[1] = day

    def plans_end(self, day):
        for name, activity in (("plan", "child protection plan ended"), ("need", "child in need plan ended")):
            spell = getattr(self, name)
            if spell is not None:
                self.end(spell, activity, day)
                setattr(self, name, None)

    def close(self, day, reason):
        self.plans_end(day)
        self.told.append(("case closed", day, None, reason))
        self.over, self.reason = day, reason


def followed(rows, leaves):  # noqa: PLR0912
    """The cases of one person, and what of them the census would tell: activity, day, role, closing code."""
    cases, case = [], None
    for row in rows:
        what, day = row["activity"], row["day"]
        if case is not None and leaves is not None and day > leaves:
            case.close(leaves, OTHER)
            case = None
        if row["agency"] != "social care":
            continue
        if what == "referral" and case is None:
            case = Case(row)
            cases.append(case)
        elif case is None:
            continue
        elif what == "case closed":
            case.close(day, CLOSED[row["closing_code"]])
            case = None
        elif what == "case allocated":
            case.assessments.append(case.spell("assessment began", day))
        elif what == "assessment completed" and case.assessments:
            case.end(case.assessments.pop(0), "assessment authorised", day)
        elif what == "section 47 enquiry":
            case.enquiries.append({"spell": case.spell("section 47 enquiry began", day), "ended": None, "held": False})
        elif what == "section 47 enquiry ended":
            waiting = next((one for one in case.enquiries if one["ended"] is None), None)
            if waiting:
                waiting["ended"], waiting["spell"][1] = row["outcome"], day
        elif what == "initial child protection conference":
            fit = [one for one in case.enquiries if one["ended"] == "conference called" and not one["held"]]
            if fit:
                fit[0]["held"] = True
                fit[0]["spell"][0].append(("initial conference held after enquiry", day, None, None))
            elif all(one[0] != "initial conference held" for one in case.told):
                case.told.append(("initial conference held", day, None, None))
        elif what == "child in need plan starts" and case.need is None:
            case.need = case.spell("child in need plan began", day)
        elif what == "child protection plan starts":
            if case.need is not None:
                case.end(case.need, "child in need plan ended", day)
                case.need = None
            if case.plan is None:
                case.plan = case.spell("child protection plan began", day)
        elif what == "child protection plan ends" and case.plan is not None:
            case.end(case.plan, "child protection plan ended", day)
            case.plan = None
        elif what == "placement starts":
            case.plans_end(day)
        elif what == "review child protection conference" and case.plan is not None:
            case.inner.append([[("child protection plan reviewed", day, None, None)], day])
    if case is not None and leaves is not None and leaves <= LAST:
        case.close(leaves, OTHER)
    return cases


def expected(world: Returned):
    """Events and custody of all cases, plans, enquiries and reviews that touch the three census years."""
    events, custody = Counter(), Counter()
    for person, rows in world.done.items():
        leaves = world.person[person]["left"]
        for case in followed(rows, leaves):
            if case.begun > LAST or (case.over is not None and case.over < FIRST):
                continue
            code = world.code(person)
            told = list(case.told)
            for spell, over in case.inner:
                until = min((day for day in (over, case.over) if day is not None), default=None)
                # Plans of children in need came into the census with 2022: only what is still open then is told.
                since = date(2021, 4, 1) if spell[0][0].startswith("child in need plan") else FIRST
                # A conference may come after the end of its enquiry.
                if until is None or max(until, *(one[1] for one in spell)) >= since:
                    told += spell
            events.update((code, *one) for one in told)
            custody[code, "holder", case.begun, case.over, case.reason] += 1
    return events, custody


def census(world: Returned):
    paths = [world.folder / "returns" / f"cin_census_{year}.xml" for year in YEARS]
    return told_once([read_back(path, "cin-census", as_of=LAST) for path in paths])


def test_three_years_of_the_census_give_the_events_and_custody_of_the_world(small):
    extracts = census(small)

    events = Counter(
        (row["person"], row["activity"], day_of_us(row["at_us"]), row["reported_by_role"], row["closing_code"])
        for extract in extracts
        for row in extract.events.to_pylist()
    )
    custody = Counter(
        (row["person"], row["role"], day_of_us(row["from_us"]), day_of_us(row["to_us"]), row["reason_end"])
        for extract in extracts
        for row in extract.involvements.to_pylist()
    )
    wanted, held = expected(small)
    assert sum(wanted.values()) > 300
    assert events == wanted
    assert custody == held


# What the census has a place for. All else that children's services do is left out and counted.
CARRIED = {
    "referral", "case closed", "case allocated", "assessment completed", "section 47 enquiry",
    "section 47 enquiry ended", "initial child protection conference", "child in need plan starts",
    "child protection plan starts", "child protection plan ends", "placement starts",
    "review child protection conference",
}  # fmt: skip


def test_what_has_no_place_is_counted_by_activity(small):
    done = Counter(row["activity"] for rows in small.done.values() for row in rows if row["agency"] == "social care")
    done.update(
        f"early help/{row['activity']}" for rows in small.done.values() for row in rows if row["agency"] == "early help"
    )
    with (small.folder / "returns" / "left_out.csv").open(encoding="utf-8", newline="") as file:
        left = [row for row in csv.DictReader(file) if row["return"] == "cin_census_2022.xml"]

    told = {row["what"]: int(row["count"]) for row in left if row["reason"] == "not carried by this return"}
    assert told.pop("looked after already") == len(small.looked_after)
    assert told == {what: count for what, count in done.items() if what not in CARRIED}
    # Cases whose referral lies before all that the world was run for: nothing in them has a place.
    reasons = {"belongs to nothing that is open", "nothing open has a place for it"}
    aside = {row["what"] for row in left if row["reason"] in reasons}
    assert aside <= CARRIED | {"turned eighteen"}


STEPS = [*sorted(CARRIED), "contact received"]


STEP = st.tuples(
    st.integers(0, 500),
    st.sampled_from(STEPS),
    st.sampled_from(["conference called", "concerns not substantiated"]),
    st.sampled_from([role or "" for role in ROLES]),
)


@given(steps=st.lists(STEP, max_size=25).map(lambda steps: sorted(steps, key=lambda step: step[0])))
@settings(max_examples=60)
def test_whatever_happens_in_whatever_order_comes_back(steps, tmp_path_factory):
    first = (FIRST - date(1970, 1, 1)).days
    knows = Chronicle(
        persons=[Person(key="C1", born=first - 900, sex="female")],
        happenings=[
            Happening(
                person=0, day=first + day, activity=what, role=role,
                outcome=outcome if what == "section 47 enquiry ended" else "",
                closing_code="plan completed" if what == "case closed" else "",
            )
            for day, what, outcome, role in steps
        ],
        holdings=[],
    )  # fmt: skip
    rows = [
        {
            "agency": "social care", "activity": one.activity, "day": date(1970, 1, 1) + timedelta(days=one.day),
            "outcome": one.outcome or None, "closing_code": one.closing_code or None,
            "reported_by_role": one.role or None,
        }
        for one in knows.happenings
    ]  # fmt: skip
    path = tmp_path_factory.mktemp("any") / "cin.xml"
    write_return("cin-census", knows, path, occasion=Occasion(known_to=LAST, year=2022), shape="xml")
    extract = read_back(path, "cin-census", as_of=LAST)

    assert extract.rows_quarantined == 0
    # Two rows alike in every cell stand once: so these are sets.
    seen = {(row["activity"], day_of_us(row["at_us"])) for row in extract.events.to_pylist()}
    since = date(2021, 4, 1)
    wanted = {
        (what, day)
        for case in followed(rows, None)
        if case.over is None or case.over >= since
        for what, day, *_ in [
            *case.told,
            *(
                one
                for spell, over in case.inner
                if all(until is None or max(until, *(one[1] for one in spell)) >= since for until in (over, case.over))
                for one in spell
            ),
        ]
    }
    assert seen == wanted


def test_nothing_that_is_written_cannot_be_used(small):
    for extract in census(small):
        for row in extract.findings.to_pylist():
            if row["code"] == "duplicate_key":
                # Two enquiries that begin on one day are two, and the census has no number to tell them apart by.
                assert row["table"] == "Section47"
            else:
                # A pre-birth referral is before the birth, and that is ordinary; so is a plan of the year whose
                # conference was in the year before.
                assert row["severity"] == "note"
                assert row["code"] in {"before_birth", "plan_without_conference"}
        assert extract.rows_quarantined == 0
        assert extract.rows_in == extract.rows_good


def test_a_case_that_crosses_a_year_stands_in_both_files_and_comes_back_as_one(small):
    crossing = [
        (small.number[person], case.begun)
        for person, rows in small.done.items()
        for case in followed(rows, small.person[person]["left"])
        if case.begun <= date(2020, 3, 31) and (case.over is None or case.over > date(2020, 3, 31))
    ]
    assert crossing
    both = [
        {
            (child.findtext("ChildIdentifiers/LAchildID"), date.fromisoformat(case.findtext("CINreferralDate")))
            for child in etree.parse(small.folder / "returns" / f"cin_census_{year}.xml").iter("Child")
            for case in child.iter("CINdetails")
        }
        for year in (2020, 2021)
    ]
    assert set(crossing) <= both[0] & both[1]


def test_the_files_are_the_same_bytes_for_the_same_seed(small, tmp_path):
    for year in YEARS:
        occasion = Occasion(known_to=LAST, year=year)
        write_return("cin-census", small.knows, tmp_path / f"{year}.xml", occasion=occasion, shape="xml")
        written = small.folder / "returns" / f"cin_census_{year}.xml"
        assert (tmp_path / f"{year}.xml").read_bytes() == written.read_bytes()


@pytest.mark.shared
@pytest.mark.parametrize("year", range(2017, 2027))
def test_the_census_of_every_year_obeys_its_schema(small, shared, tmp_path, year):
    later = moved(small.knows, (date(year, 3, 31) - LAST).days)
    path = tmp_path / "cin.xml"
    known = date(year, 3, 31) + timedelta(days=40)
    write_return("cin-census", later, path, occasion=Occasion(known_to=known, year=year), shape="xml")

    with (shared / "records" / "spec" / "cin_census_elements.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if int(row["first_year_in_schemas"]) <= year]
    schema = {row["path"]: row for row in rows if year <= int(row["last_year_in_schemas"])}
    seen = Counter()
    for element in etree.parse(path).getroot().iter():
        check_element(element, schema, seen)
    # What must be there is there, in every element that could hold it.
    for path_, row in schema.items():
        above = path_.rpartition("/")[0]
        if int(row["min"]) and above:
            assert seen[path_] >= seen[above], path_
    assert seen["/Message/Children/Child"] > 20
    assert seen["/Message/Children/Child/CINdetails/ChildProtectionPlans"] > 2


# Within one element, in the order of the schema; elements that came in later stand where the samples have them.
MOVED = {"CINPlanDates": "Assessments", "Sex": "ExpectedPersonBirthDate"}


def check_element(element, schema, seen):
    path = place(element)
    assert path in schema, path
    row = schema[path]
    seen[path] += 1
    names = [inner.tag for inner in element]
    order = list(dict.fromkeys(one.rpartition("/")[2] for one in schema if one.rpartition("/")[0] == path))
    for name, after in MOVED.items():
        if name in order:
            order.remove(name)
            order.insert(order.index(after) + 1, name)
    assert [order.index(name) for name in names] == sorted(order.index(name) for name in names), path
    for name, count in Counter(names).items():
        most = schema[f"{path}/{name}"]["max"]
        assert most == "unbounded" or count <= int(most), name
    if row["type"] == "group":
        assert not (element.text or "").strip()
        assert len(element) or path == "/Message/Children"
    else:
        check_value(element.text, row)


def check_value(text, row):
    assert text and text == text.strip()
    allowed = row["codes_or_pattern"]
    if allowed.startswith("pattern:"):
        assert re.fullmatch(allowed.removeprefix("pattern:"), text)
    elif allowed:
        assert text in allowed.split(";")
    elif row["type"] == "date":
        assert date.fromisoformat(text).isoformat() == text
    elif row["type"] in ("integer", "gYear"):
        assert text.isdigit()


def place(element) -> str:
    names = []
    while element is not None:
        names.insert(0, element.tag)
        element = element.getparent()
    return "/" + "/".join(names)


def test_a_year_that_has_not_ended_is_refused(small, tmp_path):
    from casetrail.errors import InquiryError

    with pytest.raises(InquiryError, match="after the last day that is known") as refused:
        write_return(
            "cin-census", small.knows, tmp_path / "x.xml", occasion=Occasion(known_to=LAST, year=2023), shape="xml"
        )
    assert refused.value.code == "return_not_yet"
    assert not Path(tmp_path / "x.xml").exists()
