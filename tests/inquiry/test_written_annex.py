"""The lists of Annex A that are written out of a made-up world: columns and codes, and what comes back."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import date, datetime, timedelta

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casetrail.records.writing import Chronicle, Happening, Holding, Occasion, Person, write_return

from .returned import Returned, day_of_us, moved, read_back

FIRST, LAST = date(2021, 10, 1), date(2022, 3, 31)
OCCASION = Occasion(known_to=LAST)
SEEN = {"assessment visit", "child in need visit", "child protection visit", "visit to looked-after child"}


class Spell:
    """What this test keeps of a spell: first and last day, and the days of what happened in it."""

    def __init__(self, kind, day):
        self.kind, self.begun, self.over, self.ended = kind, day, None, None
        self.days = {"seen": [], "visit": [], "review": [], "conference": []}

    def last(self, name):
        return max((day for day in self.days[name] if day <= LAST), default=None)


def followed(rows, *, already, began, leaves):  # noqa: PLR0912, PLR0915
    """Cases with what is in them, care, and points, by hand."""
    made, points = [], []
    case, care, inner = None, None, {}

    def new(kind, day):
        spell = Spell(kind, day)
        made.append((spell, case if kind not in ("case", "care") else None))
        return spell

    def end(spell, day):
        if spell is not None:
            spell.over = spell.ended = day

    def leave(day, what):
        nonlocal case, care
        if what in ("returned home", "eighteen") and care is not None:
            end(care, day)
            care.why, care = what, None
        if what in ("closed", "eighteen") and case is not None:
            end(inner.get("plan"), day)
            end(case, day)
            for spell, around in made:
                if around is case and spell.over is None:
                    spell.over = day
            case = None
            inner.clear()

    steps = [(began, "already", None)] if already else []
    steps += [(row["day"], row["activity"], row["outcome"]) for row in rows if row["agency"] == "social care"]
    if leaves is not None and leaves <= LAST:
        before = [step for step in steps if step[0] <= leaves]
        steps = [*before, (leaves, "eighteen", None), *(step for step in steps if step[0] > leaves)]
    for day, what, outcome in steps:
        if what in ("placement starts", "already") and care is None:
            care = new("care", day)
        if what == "contact received":
            points.append(("contact received", day))
        elif what == "referral":
            points.append(("referral received", day))
            case = case or new("case", day)
        elif what == "placement changed" and care is not None:
            care.begun_last = day
        elif what == "visit to looked-after child" and care is not None:
            care.days["visit"].append(day)
        if case is not None:
            if what in SEEN:
                case.days["seen"].append(day)
            if what == "case allocated":
                inner.setdefault("assessments", []).append(new("assessment", day))
            elif what == "assessment completed" and inner.get("assessments"):
                end(inner["assessments"].pop(0), day)
            elif what == "section 47 enquiry":
                inner.setdefault("enquiries", []).append(new("enquiry", day))
            elif what == "section 47 enquiry ended":
                waiting = next((one for one in inner.get("enquiries", ()) if one.ended is None), None)
                end(waiting, day)
                if waiting is not None:
                    waiting.outcome = outcome
            elif what == "initial child protection conference":
                called = [
                    one
                    for one in inner.get("enquiries", ())
                    if one.ended and one.outcome == "conference called" and not one.days["conference"]
                ]
                if called:
                    called[0].days["conference"].append(day)
            elif what == "child protection plan starts" and inner.get("plan") is None:
                inner["plan"] = new("plan", day)
            elif what in ("child protection plan ends", "placement starts"):
                end(inner.pop("plan", None), day)
            elif what == "child protection visit" and inner.get("plan"):
                inner["plan"].days["visit"].append(day)
            elif what == "review child protection conference" and inner.get("plan"):
                inner["plan"].days["review"].append(day)
        if what in ("case closed", "eighteen", "returned home"):
            leave(day, "closed" if what == "case closed" else what)
    return made, points


NAMES = {
    "case": ("work with a child in need began", "case closed"),
    "assessment": ("assessment began", "assessment authorised"),
    "enquiry": ("section 47 enquiry began", None),
    "plan": ("child protection plan began", "child protection plan ended"),
    "care": ("started to be looked after", "ceased to be looked after"),
}


def told(made, points):
    """Activities and days that the lists would tell of one child, and who held it from when to when."""
    events = [point for point in points if FIRST <= point[1] <= LAST]
    custody = []
    for spell, around in made:
        later = [spell.over, *spell.days["conference"]] if spell.over is not None else [date.max]
        if max(later) < FIRST or (around is not None and around.over is not None and around.over < FIRST):
            continue
        begun, over = NAMES[spell.kind]
        events.append((begun, spell.begun))
        if spell.ended is not None and over:
            events.append((over, spell.ended))
        more = {
            "case": {"child last seen": "seen"},
            "plan": {"last statutory visit": "visit", "child protection plan reviewed": "review"},
            "enquiry": {"initial conference held after enquiry": "conference"},
            "care": {"last social work visit": "visit"},
        }.get(spell.kind, {})
        events += [(what, spell.last(name)) for what, name in more.items() if spell.last(name) is not None]
        if spell.kind == "care":
            events += [
                ("legal status changed", spell.begun),
                ("placement began", getattr(spell, "begun_last", spell.begun)),
            ]
        if spell.kind in ("case", "care"):
            custody.append(("holder", spell.begun, spell.ended))
    return events, custody


def expected(world: Returned):
    events, custody = Counter(), Counter()
    for person in {*world.done, *world.looked_after}:
        made, points = followed(
            world.done.get(person, []),
            already=person in world.looked_after,
            began=world.began,
            leaves=world.person[person]["left"],
        )
        some, held = told(made, points)
        events.update((world.code(person), *one) for one in some)
        custody.update((world.code(person), *one) for one in held)
    return events, custody


def events_of(extract):
    return Counter((row["person"], row["activity"], day_of_us(row["at_us"])) for row in extract.events.to_pylist())


def custody_of(extract):
    return Counter(
        (row["person"], row["role"], day_of_us(row["from_us"]), day_of_us(row["to_us"]))
        for row in extract.involvements.to_pylist()
    )


@pytest.mark.parametrize("shape", ["xlsx", "xlsx-folder", "csv"])
def test_the_lists_give_the_events_and_custody_of_the_world(small, tmp_path, shape):
    path = small.folder / "returns" / "annex_a.xlsx"
    if shape != "xlsx":
        path = tmp_path / "lists"
        write_return("annex-a", small.knows, path, occasion=OCCASION, shape=shape)
    extract = read_back(path, "annex-a", as_of=LAST)

    wanted, held = expected(small)
    assert sum(wanted.values()) > 150
    assert extract.rows_quarantined == 0
    assert events_of(extract) == wanted
    assert custody_of(extract) == held


# What a list asks for, nobody in the world knows, and no answer of the list says so: these cells stay blank.
ASKED_IN_VAIN = {
    "Subject to Emergency Protection Order or Protected Under Police Powers in Last Six Months (Y/N)",
    "Is this a second or subsequent period of being a Looked After Child within the last 12 months (Y/N)",
    "Allocated Team", "Allocated Worker", "Number of Placements in the Last 12 months", "Placement Provider",
    "Placement postcode", "Placement Location", "LA of Placement",
    "Unaccompanied Asylum Seeking Child (UASC) within the Last 12 Months (Y/N)",
    "Number of Episodes the Child has been 'Missing' from their Placement in the last 12 months",
    "Number of Episodes the Child has been 'Absent' from their Placement in the last 12 months",
}  # fmt: skip


def test_every_finding_has_its_reason(small):
    extract = read_back(small.folder / "returns" / "annex_a.xlsx", "annex-a", as_of=LAST)
    for row in extract.findings.to_pylist():
        if row["code"] == "blank_expected":
            assert row["column"] in ASKED_IN_VAIN
        elif row["code"] == "duplicate_row":
            # Two contacts about one child on one day from one source are two contacts.
            assert row["table"] == "list_1"
        else:
            # The lists are of some months: a referral, or the list that a child stood in, may lie before them.
            assert row["severity"] == "note"
            assert row["code"] in {"before_birth", "assessment_before_referral", "no_action_yet_in_need"}


def test_the_workbook_is_the_same_bytes_for_the_same_seed(small, tmp_path):
    write_return("annex-a", small.knows, tmp_path / "a.xlsx", occasion=OCCASION, shape="xlsx")
    assert (tmp_path / "a.xlsx").read_bytes() == (small.folder / "returns" / "annex_a.xlsx").read_bytes()


@pytest.mark.shared
def test_the_workbook_obeys_columns_types_and_codes(small, shared):
    spec = shared / "records" / "spec"
    with (spec / "annex_a_columns.csv").open(encoding="utf-8", newline="") as file:
        columns = list(csv.DictReader(file))
    with (spec / "annex_a_codes.csv").open(encoding="utf-8", newline="") as file:
        codes = {}
        for row in csv.DictReader(file):
            spellings = [row["code"], *row["also_written_as"].split(" | ")]
            codes.setdefault((row["list"], row["column"]), set()).update(one.strip().casefold() for one in spellings)
    book = openpyxl.load_workbook(small.folder / "returns" / "annex_a.xlsx")
    assert book.sheetnames == [f"List {number}" for number in range(1, 12)]
    for number, sheet in enumerate(book.worksheets, start=1):
        about = [row for row in columns if row["list"] == f"list_{number}"]
        head, *rows = list(sheet.iter_rows(values_only=True))
        assert list(head) == [row["column"] for row in about]
        for row in rows:
            for one, cell in zip(about, row, strict=True):
                check_cell(cell, one, codes.get((one["list"], one["column"]), set()))
    assert book["List 1"].max_row > 20
    assert book["List 8"].max_row > 5


def check_cell(cell, about, codes):
    if cell is None:
        assert about["can_be_blank"] == "True" or about["column"] in ASKED_IN_VAIN, about["column"]
    elif about["type"] == "date":
        assert isinstance(cell, datetime), about["column"]
    elif about["type"] in ("integer", "float", "numeric"):
        assert isinstance(cell, int), about["column"]
    elif codes:
        said = cell.casefold()
        assert said in codes or any(f"{said}:" in one or one.startswith(f"{said} ") for one in codes), about["column"]
    else:
        assert isinstance(cell, str)


def test_a_text_that_excel_would_run_stays_a_text(tmp_path):
    knows = Chronicle(
        persons=[Person(key="=1+1", born=16_000, sex="male")],
        happenings=[Happening(person=0, day=19_050, activity="referral", worker="@x")],
        holdings=[Holding(person=0, role="holder", from_day=19_050, team="+cmd|' /C calc'!A0", worker="-2")],
    )
    for shape in ("xlsx", "csv"):
        place = tmp_path / ("a.xlsx" if shape == "xlsx" else "lists")
        write_return("annex-a", knows, place, occasion=OCCASION, shape=shape)
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx")["List 3"]
    cells = [cell for row in sheet.iter_rows(min_row=2) for cell in row if cell.value is not None]
    assert not [cell.coordinate for cell in cells if cell.data_type == "f" or str(cell.value)[0] in "=+-@"]
    text = (tmp_path / "lists" / "List 3.csv").read_text(encoding="utf-8")
    assert not [cell for row in csv.reader(text.splitlines()) for cell in row if cell[:1] in ("=", "+", "-", "@")]
    assert "'=1+1" in text


STEPS = (
    "referral", "case closed", "case allocated", "assessment completed", "section 47 enquiry",
    "section 47 enquiry ended", "initial child protection conference", "child protection plan starts",
    "child protection plan ends", "placement starts", "placement changed", "returned home",
    "review child protection conference", "child protection visit", "visit to looked-after child", "contact received",
)  # fmt: skip
STEP = st.tuples(
    st.integers(0, 400), st.sampled_from(STEPS), st.sampled_from(["conference called", "concerns not substantiated"])
)


@given(steps=st.lists(STEP, max_size=25).map(lambda steps: sorted(steps, key=lambda step: step[0])))
@settings(max_examples=12)
def test_whatever_happens_in_whatever_order_comes_back(steps, tmp_path_factory):
    first = date(2021, 2, 24)
    rows = [
        {"agency": "social care", "day": first + timedelta(days=at), "activity": what, "outcome": outcome}
        for at, what, outcome in steps
    ]
    knows = Chronicle(
        persons=[Person(key="C1", born=16_000, sex="male")],
        happenings=[
            Happening(
                person=0,
                day=(row["day"] - date(1970, 1, 1)).days,
                activity=row["activity"],
                outcome=row["outcome"] if row["activity"] == "section 47 enquiry ended" else "",
            )
            for row in rows
        ],
        holdings=[],
    )
    folder = tmp_path_factory.mktemp("any") / "lists"
    write_return("annex-a", knows, folder, occasion=OCCASION, shape="csv")
    extract = read_back(folder, "annex-a", as_of=LAST)
    events, custody = told(*followed(rows, already=False, began=first, leaves=None))
    assert extract.rows_quarantined == 0
    assert {key[1:] for key in events_of(extract)} == set(events)
    assert {key[1:] for key in custody_of(extract)} == set(custody)


def test_another_day_of_inspection_is_another_workbook(small, tmp_path):
    later = moved(small.knows, 365)
    write_return("annex-a", later, tmp_path / "b.xlsx", occasion=Occasion(known_to=LAST + timedelta(365)), shape="xlsx")
    extract = read_back(tmp_path / "b.xlsx", "annex-a", as_of=LAST + timedelta(days=365))
    assert sum(events_of(extract).values()) == sum(expected(small)[0].values())
