"""Rules between cells, rows and tables: made by hand both ways, and counted on a sample by an independent program."""

from __future__ import annotations

import csv
import re
from collections import Counter, defaultdict
from datetime import date, datetime
from itertools import pairwise
from pathlib import Path

import openpyxl
import pytest

from casetrail.records.returns import form, form_names, form_years

PAGE = (Path(__file__).parents[3] / "docs" / "returns.md").read_text(encoding="utf-8")
CODES = {
    rule.code
    for name in form_names()
    for year in form_years(name)
    for table in form(name, year).tables.values()
    for rule in table.rules
}


@pytest.fixture
def marks(read_return):
    """The codes of rules told of a return, with table and record."""

    def found(path, format_, **settings):
        findings = read_return(path, format_, **settings).findings.to_pylist()
        return {(row["table"], row["record"], row["code"]) for row in findings if row["code"] in CODES}

    return found


def census(tmp_path, *children):
    path = tmp_path / "cin.xml"
    path.write_text(f"<Message><Children>{''.join(children)}</Children></Message>", encoding="utf-8")
    return path


def child(number, *parts, died=""):
    """One child; `parts` are whole episodes."""
    died = f"<PersonDeathDate>{died}</PersonDeathDate>" if died else ""
    identity = f"<LAchildID>{number}</LAchildID><PersonBirthDate>2015-01-01</PersonBirthDate><Sex>F</Sex>{died}"
    return f"<Child><ChildIdentifiers>{identity}</ChildIdentifiers>{''.join(parts)}</Child>"


def tags(**cells):
    return "".join(f"<{name}>{cell}</{name}>" for name, cell in cells.items())


def episode(*parts, **cells):
    cells = {"CINreferralDate": "2025-01-10", "ReferralSource": "1A", "ReferralNFA": "0"} | cells
    return f"<CINdetails>{tags(**cells)}{''.join(parts)}</CINdetails>"


def assessment(start):
    return f"<Assessments>{tags(AssessmentActualStartDate=start)}</Assessments>"


def enquiry(start, **cells):
    return f"<Section47>{tags(**({'S47ActualStartDate': start, 'ICPCnotRequired': '0'} | cells))}</Section47>"


def plan(start, end="", reviews=()):
    held = "".join(tags(CPPreviewDate=day) for day in reviews)
    ends = tags(CPPendDate=end) if end else ""
    cells = tags(InitialCategoryOfAbuse="PHY", LatestCategoryOfAbuse="PHY", NumberOfPreviousCPP="0")
    return (
        f"<ChildProtectionPlans>{tags(CPPstartDate=start)}{ends}{cells}<Reviews>{held}</Reviews></ChildProtectionPlans>"
    )


def need_plan(start, end=""):
    return f"<CINPlanDates>{tags(CINPlanStartDate=start)}{tags(CINPlanEndDate=end) if end else ''}</CINPlanDates>"


CLOSED = {"CINclosureDate": "2025-03-01", "ReasonForClosure": "RC7"}
CONFERENCE = enquiry("2025-02-01", DateOfInitialCPC="2025-02-10")
# For each rule: an episode that breaks it with the place of the finding, and one beside it that does not.
CENSUS = {
    "closed_without_reason": (episode(CINclosureDate="2025-03-01"), "CINdetails", episode(**CLOSED)),
    "reason_without_closure": (episode(ReasonForClosure="RC7"), "CINdetails", episode(**CLOSED)),
    "no_action_yet_assessed": (
        episode(assessment("2025-01-12"), ReferralNFA="1"),
        "CINdetails",
        episode(assessment("2025-01-12")),
    ),
    "no_action_yet_enquiry": (episode(enquiry("2025-01-12"), ReferralNFA="1"), "CINdetails", episode(ReferralNFA="1")),
    "conference_without_enquiry": (
        episode(DateOfInitialCPC="2025-02-10"),
        "CINdetails",
        episode(CONFERENCE, DateOfInitialCPC="2025-02-10"),
    ),
    "episodes_overlap": (
        episode() + episode(CINreferralDate="2025-02-10"),
        "CINdetails",
        episode(**CLOSED) + episode(CINreferralDate="2025-03-01"),
    ),
    "conference_not_required_yet_held": (
        episode(enquiry("2025-02-01", ICPCnotRequired="1", DateOfInitialCPC="2025-02-10")),
        "Section47",
        episode(CONFERENCE + enquiry("2025-04-01", ICPCnotRequired="1")),
    ),
    "enquiry_before_referral": (episode(enquiry("2025-01-09")), "Section47", episode(enquiry("2025-01-10"))),
    "plans_overlap": (
        episode(CONFERENCE + plan("2025-02-11", "2025-06-01") + plan("2025-05-31")),
        "ChildProtectionPlans",
        episode(CONFERENCE + plan("2025-02-11", "2025-06-01") + plan("2025-06-01")),
    ),
    "plan_without_conference": (
        episode(enquiry("2025-02-01") + plan("2025-02-11")),
        "ChildProtectionPlans",
        episode(CONFERENCE + plan("2025-02-11")),
    ),
    "review_outside_plan": (
        episode(CONFERENCE + plan("2025-02-11", "2025-06-01", ["2025-06-02"])),
        "Reviews",
        episode(CONFERENCE + plan("2025-02-11", "2025-06-01", ["2025-06-01"])),
    ),
    "need_plans_overlap": (
        episode(need_plan("2025-02-01") + need_plan("2025-03-01")),
        "CINPlanDates",
        episode(need_plan("2025-02-01", "2025-03-01") + need_plan("2025-03-01")),
    ),
    "need_plan_during_protection": (
        episode(CONFERENCE + plan("2025-02-11") + need_plan("2025-02-01", "2025-02-12")),
        "CINPlanDates",
        episode(CONFERENCE + plan("2025-02-11") + need_plan("2025-02-01", "2025-02-11")),
    ),
}


@pytest.mark.parametrize("code", CENSUS)
def test_rules_of_the_census(tmp_path, marks, code):
    broken, table, whole = CENSUS[code]
    assert {(where, of) for where, _, of in marks(census(tmp_path, child(1, broken)), "cin-census")} == {(table, code)}
    assert marks(census(tmp_path, child(1, whole)), "cin-census") == set()


def test_nothing_begins_after_death(tmp_path, marks):
    late = episode(assessment("2025-03-02"), enquiry("2025-03-02", DateOfInitialCPC="2025-03-05"), plan("2025-03-06"))
    alive = census(tmp_path, child(1, late, died="2025-03-06"))
    assert marks(alive, "cin-census") == set()  # on the day itself, and before
    dead = census(tmp_path, child(1, late, episode(CINreferralDate="2025-03-03"), died="2025-03-01"))
    assert {code for _, _, code in marks(dead, "cin-census")} == {
        "assessment_after_death",
        "enquiry_after_death",
        "plan_after_death",
        "referral_after_death",
        "episodes_overlap",
    }


EPISODES = "CHILD,DECOM,RNE,LS,CIN,PLACE,PLACE_PROVIDER,DEC,REC,REASON_PLACE_CHANGE,HOME_POST,PL_POST,URN"


def episodes(tmp_path, *rows):
    path = tmp_path / "episodes.csv"
    lines = [f"1,{start},{new},C2,N1,U4,PR1,{end},{reason},,,," for start, new, end, reason in rows]
    path.write_text("\n".join([EPISODES, *lines]) + "\n", encoding="utf-8")
    return path


A, B, C = "01/02/2025", "01/05/2025", "01/08/2025"


@pytest.mark.parametrize(
    ("rows", "wanted"),
    [
        ([(A, "S", B, "X1"), (B, "P", "", "")], set()),
        ([(A, "S", B, "E4A"), (C, "S", "", "")], set()),
        ([(A, "S", B, "")], {(1, "ended_without_reason")}),
        ([(A, "S", "", "E4A")], {(1, "reason_without_end")}),
        ([(A, "S", C, "X1"), (B, "P", "", "")], {(2, "episodes_overlap")}),
        ([(A, "S", B, "X1"), (C, "P", "", "")], {(2, "gap_in_care")}),
        ([(A, "S", B, "X1"), (B, "S", "", "")], {(2, "start_while_in_care")}),
        ([(A, "S", B, "E4A"), (C, "P", "", "")], {(2, "change_after_care_ceased")}),
        ([(A, "S", B, "X1")], {(1, "care_goes_nowhere")}),
        # In the order of time, not of the file; rows without a reason are in no chain of codes.
        ([(B, "P", "", ""), (A, "S", B, "X1")], set()),
        ([(A, "S", "", ""), (B, "P", "", "")], {(2, "episodes_overlap")}),
    ],
)
def test_chains_of_care(tmp_path, marks, rows, wanted):
    found = marks(episodes(tmp_path, *rows), "ssda903", year=2024)
    assert {(record, code) for _, record, code in found} == wanted


def test_spells_and_reviews_lie_within_care(tmp_path, marks):
    episodes(tmp_path, (A, "S", B, "E4A"))
    missing = "CHILD,DOB,MISSING,MIS_START,MIS_END"
    spells = [f"1,01/01/2015,M,{start},{end}" for start, end in ((A, "03/02/2025"), ("02/02/2025", ""), (C, C))]
    (tmp_path / "missing.csv").write_text("\n".join([missing, *spells]) + "\n", encoding="utf-8")
    reviews = [f"1,01/01/2015,{day},PN1" for day in (A, B, "02/05/2025")]
    (tmp_path / "reviews.csv").write_text(
        "\n".join(["CHILD,DOB,REVIEW,REVIEW_CODE", *reviews]) + "\n", encoding="utf-8"
    )

    assert marks(tmp_path, "ssda903", year=2024) == {
        ("missing", 2, "missing_spells_overlap"),
        ("missing", 3, "missing_outside_care"),
        ("missing", 3, "missing_spells_overlap"),  # the second never ended
        ("reviews", 3, "review_outside_care"),
    }


def test_a_rule_that_cannot_be_followed_is_told(tmp_path, read_return):
    path = tmp_path / "reviews.csv"
    path.write_text("CHILD,DOB,REVIEW,REVIEW_CODE\n1,01/01/2015,01/05/2025,PN1\n", encoding="utf-8")
    notes = read_return(path, "ssda903", year=2024).notes
    assert "reviews: the rule 'review_outside_care' could not be followed: table episodes not there." in notes


@pytest.mark.shared
def test_rules_of_the_lists(tmp_path, marks, shared):
    """The sample workbook with some of its cells changed by hand."""
    book = openpyxl.load_workbook(shared / "records/samples/annex_a/Annex_A_2024_Jan.xlsx")
    book.save(tmp_path / "lists.xlsx")
    before = {code for _, _, code in marks(tmp_path / "lists.xlsx", "annex-a")}
    assert before <= CODES
    sheet = next(page for page in book if page.title.strip().casefold().endswith("6"))
    heads = {str(cell.value).strip(): cell.column for cell in sheet[1]}
    closing, reason = heads["CIN Closure Date"], heads["Reason for Closure"]
    sheet.cell(2, closing).value, sheet.cell(2, reason).value = datetime(2023, 12, 1), None  # noqa: DTZ001
    sheet.cell(3, closing).value, sheet.cell(3, reason).value = None, "RC1"
    book.save(tmp_path / "lists.xlsx")
    found = marks(tmp_path / "lists.xlsx", "annex-a")
    assert {("list_6", 1, "closed_without_reason"), ("list_6", 2, "reason_without_closure")} <= found


def a_list(tmp_path, number, head, *rows):
    tmp_path.joinpath(f"List {number}.csv").write_text("\n".join([",".join(head), *rows]) + "\n", encoding="utf-8")


def test_rules_between_the_lists(tmp_path, marks):
    """By hand, each rule broken once and kept once: referrals, assessments, enquiries, need, plans."""
    person = ["Child Unique ID", "Gender", "Ethnicity", "Date of Birth", "Age of Child (Years)"]
    who = {n: f"{n},a) Female,a) WBRI,01/01/2015,9" for n in (1, 2, 3, 4)}
    a_list(
        tmp_path,
        3,
        [*person, "Date of referral", "Referral Source", "Referral NFA?"],
        f"{who[1]},10/01/2024,1A,a) Yes",
        f"{who[2]},10/01/2024,1A,a) Yes",
        f"{who[3]},10/01/2024,1A,b) No",
    )
    a_list(
        tmp_path,
        4,
        [*person, "Continuous Assessment Start Date", "Continuous Assessment Date of Authorisation"],
        f"{who[3]},09/01/2024,01/02/2024",
        f"{who[1]},11/01/2024,01/02/2024",
    )
    a_list(
        tmp_path,
        5,
        [
            *person,
            "Strategy discussion initiating Section 47 Enquiry Start Date",
            "Was an Initial Child Protection Conference deemed unnecessary?",
            "Date of Initial Child Protection Conference",
            "Did the Initial Child Protection Conference Result in a Child Protection Plan",
        ],
        f"{who[1]},01/02/2024,a) Yes,10/02/2024,b) No",
        f"{who[2]},01/02/2024,b) No,,a) Yes",
        f"{who[3]},01/02/2024,b) No,10/02/2024,a) Yes",
        f"{who[4]},01/02/2024,b) No,10/02/2024,a) Yes",
    )
    a_list(
        tmp_path,
        6,
        [*person, "CIN Start Date", "Primary Need Code", "CIN Closure Date", "Reason for Closure", "Case Status"],
        f"{who[1]},10/01/2024,N1,,,e) Closed episode",
        f"{who[3]},10/01/2024,N1,01/03/2024,RC1,e) Closed episode",
    )
    a_list(
        tmp_path,
        7,
        [*person, "Child Protection Plan Start Date", "Child Protection Plan End Date"],
        f"{who[2]},10/02/2024,01/04/2024",
        f"{who[4]},10/02/2024,01/04/2024",
        f"{who[4]},01/03/2024,",
    )
    assert marks(tmp_path, "annex-a") == {
        ("list_3", 1, "no_action_yet_in_need"),
        ("list_4", 1, "assessment_before_referral"),
        ("list_5", 1, "conference_not_required_yet_held"),
        ("list_5", 2, "plan_decided_without_conference"),
        ("list_5", 3, "plan_decided_and_not_there"),
        ("list_6", 1, "closed_status_without_closure"),
        ("list_7", 3, "plans_overlap"),
    }


def ssd(tmp_path, name, *rows):
    tmp_path.joinpath(f"{name}.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")


def test_rules_of_the_safeguarding_dataset(tmp_path, marks):
    ssd(
        tmp_path,
        "ssd_cin_episodes",
        "cine_referral_id,cine_person_id,cine_referral_date,cine_referral_nfa,cine_close_reason,cine_close_date",
        "r1,p1,2025-01-10,Y,,2025-03-01",
        "r2,p2,2025-01-10,N,RC7,",
        "r3,p3,2025-01-10,N,RC7,2025-03-01",
    )
    ssd(
        tmp_path,
        "ssd_cin_assessments",
        "cina_assessment_id,cina_person_id,cina_referral_id,cina_assessment_start_date,cina_assessment_auth_date",
        "a1,p1,r1,2025-01-10,2025-02-01",
        "a2,p2,r2,2025-01-09,2025-02-01",
    )
    ssd(
        tmp_path,
        "ssd_cp_plans",
        "cppl_cp_plan_id,cppl_icpc_id,cppl_person_id,cppl_cp_plan_start_date,cppl_cp_plan_end_date",
        "c1,i1,p1,2025-02-01,2025-06-01",
        "c2,i2,p1,2025-05-01,",
    )
    ssd(
        tmp_path,
        "ssd_initial_cp_conference",
        "icpc_icpc_id,icpc_s47_enquiry_id,icpc_person_id,icpc_icpc_date",
        "i1,s1,p1,2025-02-01",
        "i2,s1,p1,2025-05-02",
    )
    ssd(
        tmp_path,
        "ssd_s47_enquiry",
        "s47e_s47_enquiry_id,s47e_referral_id,s47e_person_id,s47e_s47_start_date",
        "s1,r1,p1,2025-02-02",
    )
    assert marks(tmp_path, "ssd") == {
        ("ssd_cin_episodes", 1, "closed_without_reason"),
        ("ssd_cin_episodes", 1, "no_action_yet_assessed"),
        ("ssd_cin_episodes", 2, "reason_without_closure"),
        ("ssd_cin_assessments", 2, "assessment_before_referral"),
        ("ssd_cp_plans", 2, "plans_overlap"),
        ("ssd_cp_plans", 2, "plan_before_conference"),
        ("ssd_initial_cp_conference", 1, "conference_before_enquiry"),
    }


def test_plans_of_the_safeguarding_dataset(tmp_path, marks):
    """By hand: p1's second plan begins before the first ends; p2's runs beside a child protection plan; one review of
    each plan lies in it, one after it."""
    ssd(
        tmp_path,
        "ssd_cin_plans",
        "cinp_cin_plan_id,cinp_referral_id,cinp_person_id,cinp_cin_plan_start_date,cinp_cin_plan_end_date",
        "n1,r1,p1,2025-01-10,2025-03-01",
        "n2,r1,p1,2025-02-20,2025-05-01",
        "n3,r2,p2,2025-01-10,2025-03-01",
        "n4,r3,p3,2025-01-10,2025-02-01",
    )
    ssd(
        tmp_path,
        "ssd_cp_plans",
        "cppl_cp_plan_id,cppl_icpc_id,cppl_person_id,cppl_cp_plan_start_date,cppl_cp_plan_end_date",
        "c2,i2,p2,2025-02-15,2025-06-01",
        "c3,i3,p3,2025-02-01,2025-06-01",
    )
    ssd(
        tmp_path,
        "ssd_cp_reviews",
        "cppr_cp_review_id,cppr_person_id,cppr_cp_plan_id,cppr_cp_review_date",
        "v1,p2,c2,2025-05-01",
        "v2,p2,c2,2025-06-02",
        "v3,p3,c3,2025-02-01",
    )
    assert marks(tmp_path, "ssd") == {
        ("ssd_cin_plans", 2, "need_plans_overlap"),
        ("ssd_cin_plans", 3, "need_plan_during_protection"),
        ("ssd_cp_reviews", 2, "review_outside_plan"),
    }


def day(text):
    return date(*map(int, reversed(text.split("/")))) if text else None


@pytest.mark.shared
def test_counts_on_the_looked_after_sample(shared, read_return):
    """An independent count from the CSV alone: ends, reasons, overlaps, gaps and codes of 5,050 episodes."""
    folder = shared / "records/samples/ssda903"
    findings = read_return(folder, "ssda903", as_of=date(2200, 1, 1)).findings.to_pylist()
    counted = Counter(row["code"] for row in findings if row["table"] == "episodes" and row["code"] in CODES)
    aside = {row["record"] for row in findings if row["table"] == "episodes" and row["severity"] == "cannot be used"}
    wanted: Counter[str] = Counter()
    chains = defaultdict(list)
    with (folder / "episodes.csv").open(encoding="utf-8-sig", newline="") as file:
        for number, row in enumerate(csv.DictReader(file), start=1):
            if number in aside:
                continue
            start, end = day(row["DECOM"]), day(row["DEC"])
            wanted["ended_without_reason"] += bool(row["DEC"] and not row["REC"])
            wanted["reason_without_end"] += bool(row["REC"] and not row["DEC"])
            chains[row["CHILD"]].append((start, number, end, row["RNE"], row["REC"]))
    for chain in chains.values():
        chain.sort(key=lambda one: one[:2])
        ended = None
        for start, _, end, _, _ in chain:
            wanted["episodes_overlap"] += ended is not None and start < ended
            ended = max(end or date.max, ended or date.min)
        for (_, _, end, _, reason), (start, _, _, new, _) in pairwise(chain):
            wanted["gap_in_care"] += reason == "X1" and end is not None and start > end
            wanted["start_while_in_care"] += reason == "X1" and new == "S"
            wanted["change_after_care_ceased"] += bool(reason) and reason != "X1" and bool(new) and new != "S"
        wanted["care_goes_nowhere"] += chain[-1][4] == "X1"

    assert counted == +wanted
    assert sum(wanted.values()) > 1_000  # the sample breaks rules on purpose


def test_every_rule_stands_in_the_manual():
    rows = set(re.findall(r"^\| `(\w+)` \|", PAGE, flags=re.MULTILINE))
    assert rows >= CODES
