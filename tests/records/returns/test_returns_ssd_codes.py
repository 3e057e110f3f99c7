"""The code sets of the Standard Safeguarding Dataset, against the guidance and the statutory returns' own lists."""

from __future__ import annotations

import csv
import json
import re
from collections import defaultdict

import pytest

from casetrail.errors import InquiryError
from casetrail.records.returns import form, library

# Which column of the looked-after return a column of the dataset repeats (both specifications name the thing).
LOOKED_AFTER = {
    "clea_care_leaver_in_touch": "IN_TOUCH",
    "clea_care_leaver_activity": "ACTIV",
    "clae_cla_episode_start_reason": "RNE",
    "clae_cla_episode_ceased_reason": "REC",
    "clap_cla_placement_type": "PLACE",
    "clap_cla_placement_provider": "PLACE_PROVIDER",
    "clap_cla_placement_change_reason": "REASON_PLACE_CHANGE",
    "lapp_previous_permanence_option": "PREV_PERM",
    "clar_cla_review_participation": "REVIEW_CODE",
    "cppr_cp_review_participation": "REVIEW_CODE",
    "lega_legal_status": "LS",
    "miss_missing_episode_type": "MISSING",
    "perm_decision_reversed_reason": "REASON_PLACED_CEASED",
    "perm_adopter_sex": "SEX_ADOPTR",
    "perm_adopter_legal_status": "LS_ADOPTR",
    "csdq_sdq_reason": "SDQ_REASON",
}
CENSUS = {
    "pers_ethnicity": "Ethnicity",
    "pers_upn_unknown": "UPNunknown",
    "disa_disability_code": "Disability",
    "cine_cin_primary_need_code": "PrimaryNeedCode",
    "cine_close_reason": "ReasonForClosure",
    "cppl_cp_plan_initial_category": "InitialCategoryOfAbuse",
}
# Columns whose guidance names codes and leaves places free to add some, or breaks off before the list ends.
OPEN = {"pers_gender", "send_upn_unknown", "prep_proc_short_notice_reason", "prep_legal_gateway_outcome"}


def rows(shared, name):
    with (shared / "records" / "spec" / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def columns():
    return {name: column for table in form("ssd").tables.values() for name, column in table.columns.items()}


@pytest.mark.shared
def test_sets_of_the_looked_after_return(shared):
    """Of every year from 2017 on: a code may be a new one, or one that has gone since."""
    wanted = defaultdict(set)
    for row in rows(shared, "ssda903_columns_codes.csv"):
        said = row["codes_or_change"]
        if row["file"] != "(change)":
            wanted[row["column"]] |= set(said.split(";"))
        elif row["column"].endswith(".category"):
            wanted[row["column"].split(".")[2]] |= set(re.findall(r'"code": "(\w+)"', said))
    known = columns()
    for ours, theirs in LOOKED_AFTER.items():
        assert set(known[ours].codes) == wanted[theirs] - {""}, ours
    accommodation = {code.rstrip("12") for code in wanted["ACCOM"]}
    assert set(known["clea_care_leaver_accommodation"].codes) == accommodation


@pytest.mark.shared
def test_sets_of_the_census(shared):
    wanted = defaultdict(set)
    for row in rows(shared, "cin_census_elements.csv"):
        wanted[row["path"].rsplit("/", 1)[1]] |= set(row["codes_or_pattern"].split(";"))
    known = columns()
    for ours, theirs in CENSUS.items():
        assert set(known[ours].codes) == wanted[theirs], ours


@pytest.mark.shared
def test_every_code_that_the_guidance_names_is_known(shared):
    """Words such as "RD1 - ", "1 – " or "Y/N" in the guidance; of some columns it breaks off after 300 signs."""
    known, named = columns(), 0
    for row in rows(shared, "ssd_columns.csv"):
        column, said = known[row["column"]], row["guidance"]
        if row["column"] in OPEN or row["column"].endswith("_json") or "date" in row["type"].lower():
            continue
        codes = set(re.findall(r"(?:^|[ :-])([A-Z]{1,3}\d{0,2}|[A-Z]{4,6}|\d{1,2}) [-–] (?!\d)", said))
        if re.search(r"\bY/N\b", said):
            codes |= {"Y", "N"}
        codes -= {"CIN", "LA"}
        if codes:
            named += 1
            spelt = set(column.codes) | {text for others in column.codes.values() for text in others}
            assert codes <= spelt, (row["column"], codes - spelt)
    assert named > 30


@pytest.mark.shared
def test_how_many_columns_have_a_set(shared):
    """75 of 359; it was 20 before the guidance was gone through."""
    known = columns()
    spec = [row["column"] for row in rows(shared, "ssd_columns.csv")]
    assert len(spec) == 359
    assert sum(bool(known[name].codes) for name in spec) == 75
    assert not [name for name in spec if known[name].codes and known[name].kind != "code"]


def test_a_set_that_no_format_has_is_said():
    with pytest.raises(InquiryError) as told:
        library._codes_of("ssda903", "colour")
    assert told.value.code == "form_wrong"


def test_what_is_told_of_codes(tmp_path, read_return):
    """Old and new codes, a label, the digit of the return, and words that are none."""
    about = form("ssd").tables["ssd_cla_placement"]
    names = [name for name in about.columns if name not in about.borrow]
    cells = ["H5", "Z11", "u1: with relatives", "K9", "kanarienvogel"]
    with (tmp_path / "ssd_cla_placement.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, names)
        writer.writeheader()
        for at, cell in enumerate(cells):
            row = {"clap_cla_placement_id": at, "clap_person_id": "1", "clap_cla_placement_start_date": "2024-05-05"}
            writer.writerow(row | {"clap_cla_placement_type": cell})
    extract = read_return(tmp_path, "ssd")

    told = [
        (row["record"], row["code"])
        for row in extract.findings.to_pylist()
        if row["column"] == "clap_cla_placement_type"
    ]
    assert sorted(told) == [(3, "code_spelt_otherwise"), (4, "unknown_code"), (5, "unknown_code")]
    assert [row["outcome"] for row in extract.events.to_pylist()] == ["H5", "Z11", "U1", None, None]
    assert "kanarienvogel" not in json.dumps([extract.findings.to_pylist(), extract.notes], default=str)
