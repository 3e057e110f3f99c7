"""The forms say what the tabled facts of the formats say, year by year; a wrong description is refused."""

from __future__ import annotations

import csv
import json
import re

import pytest

from casetrail.errors import InquiryError
from casetrail.records.mapping import EVENT_IDS, EVENT_TEXTS, INVOLVEMENT_IDS, INVOLVEMENT_TEXTS
from casetrail.records.returns import form, form_names, form_years
from casetrail.records.returns.building import FormFault, built
from casetrail.schema.events import ROLES

EVERY = [(name, year) for name in form_names() for year in form_years(name)]


@pytest.mark.parametrize(("name", "year"), EVERY)
def test_every_form_is_whole(name, year):
    about = form(name, year)

    assert (about.name, about.year) == (name, year)
    assert about.carries
    assert about.cannot
    assert about.births is None or about.births[0] in about.tables
    made = [mapping for table in about.tables.values() for mapping in table.mappings]
    assert made
    for table in about.tables.values():
        for mapping in table.mappings:
            assert table.person in table.columns
            assert table.columns[mapping.start].dated
            known = {
                *EVENT_IDS,
                *EVENT_TEXTS,
                *INVOLVEMENT_IDS,
                *INVOLVEMENT_TEXTS,
                "at",
                "end",
                "from",
                "to",
                "recorded",
            }
            assert {*mapping.feeds, *mapping.constants} <= known
            if mapping.kind == "involvements":
                assert mapping.constants.get("role", ROLES[0]) in ROLES
            for ours, feed in mapping.feeds.items():
                told = [table.columns[column] for column in feed.columns]
                # Who somebody is never leaves as text: an identity goes only where it becomes a pseudonym.
                assert ours in ("person", "worker", "episode", "event_id", "household", "incident") or not any(
                    column.identity or column.privileged for column in told
                )
                if feed.words:
                    assert set(told[0].codes) >= set(feed.words) or not told[0].codes


def test_a_year_without_a_file_is_read_by_the_last_before_it():
    assert form("ssda903", 2021).year == 2019
    assert form("cin-census", 2024).year == 2022
    assert form("cin-census").year == form_years("cin-census")[-1]


@pytest.mark.parametrize(
    ("name", "year", "code"), [("nothing", None, "unknown_form"), ("ssda903", 2001, "form_too_early")]
)
def test_what_is_not_described_is_refused(name, year, code):
    with pytest.raises(InquiryError) as excinfo:
        form(name, year)
    assert excinfo.value.code == code


def described(**changes):
    columns = {"CHILD": {"kind": "id"}, "AT": {"kind": "date"}}
    table = {"person": "CHILD", "columns": columns, "events": [{"activity": "seen", "at": "AT"}]}
    base = {
        "name": "x",
        "title": "X",
        "year": 2020,
        "containers": ["csv"],
        "agency": "a",
        "person_scheme": "s",
        "tables": {"one": table | changes.pop("table", {})},
        "coverage": {"carries": ["a"], "cannot": ["b"]},
    }
    return base | changes


@pytest.mark.parametrize(
    "changes",
    [
        {"colour": "red"},
        {"containers": ["papyrus"]},
        {"table": {"colour": "red"}},
        {"table": {"person": "NOBODY"}},
        {"table": {"unique": [["NOTHING"]]}},
        {"table": {"keys": [{"columns": ["CHILD"], "table": "nowhere"}]}},
        {"table": {"inherit": {"CHILD": "nowhere"}}},
        {"table": {"events": [{"activity": "seen", "at": "NEVER"}]}},
        {"table": {"events": [{"activity": "seen", "at": "AT", "colour": "CHILD"}]}},
        {"table": {"events": [{"activity": "seen", "at": "AT", "outcome": {"column": "CHILD", "words": "none"}}]}},
        {"table": {"columns": {"CHILD": {"kind": "colour"}, "AT": {"kind": "date"}}}},
        {"table": {"columns": {"CHILD": {"codes": "none"}, "AT": {"kind": "date"}}}},
        {"table": {"before_birth": "never"}},
    ],
)
def test_a_wrong_description_is_refused(changes):
    assert built({2020: described()}, 2020).tables["one"].columns["AT"].kind == "date"
    with pytest.raises(FormFault):
        built({2020: described(**changes)}, 2020)


def rows_of(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.shared
@pytest.mark.parametrize("year", range(2017, 2027))
def test_census_elements_occurrence_and_codes(shared, year):
    """Against spec/cin_census_elements.csv: every leaf of the schemas of that year, with need and codes."""
    about = form("cin-census", year)
    leaves = {
        name: column
        for table in about.tables.values()
        if table.in_year
        for name, column in table.columns.items()
        if column.in_year and not column.inherited and (name != "DateOfInitialCPC" or table.name == "CINdetails")
    }
    groups = {*about.groups, *about.units, *about.roots}
    elements = {table.tree.element for table in about.tables.values() if table.tree}
    wanted = set()
    for row in rows_of(shared / "records" / "spec" / "cin_census_elements.csv"):
        if not int(row["first_year_in_schemas"]) <= year <= int(row["last_year_in_schemas"]):
            continue
        name = row["path"].rpartition("/")[2]
        if row["type"] == "group":
            assert name in groups | elements, row["path"]
            continue
        wanted.add(name)
        column = leaves[name]
        codes = row["codes_or_pattern"]
        if row["type"] == "date":
            assert column.kind == "date"
        if codes and not codes.startswith("pattern:") and name not in ("Collection", "SourceLevel"):
            assert list(column.codes) == codes.split(";"), name
        if row["min"] == "1" and name != "LEA":
            assert column.required or column.expected, name
    extra = {"PreProceedingsandFGDM"} if year >= 2026 else set()
    tables = [about.tables[name] for name in extra]
    assert {name for name in leaves if name not in wanted} <= {name for table in tables for name in table.columns}


@pytest.mark.shared
def test_columns_of_the_looked_after_return(shared):
    """Against spec/ssda903_files.json: the columns of each of the twelve files."""
    files = json.loads((shared / "records" / "spec" / "ssda903_files.json").read_text(encoding="utf-8"))
    names = {
        "Header": "header", "Episodes": "episodes", "Reviews": "reviews", "UASC": "uasc", "OC2": "oc2", "OC3": "oc3",
        "AD1": "ad1", "PlacedAdoption": "placed_adoption", "PrevPerm": "prev_perm", "Missing": "missing",
        "SWEpisodes": "social_worker", "DoLo": "dolo",
    }  # fmt: skip
    about = form("ssda903", 2026)
    assert set(about.tables) == set(names.values())
    for file, table in names.items():
        columns = [name for name, column in about.tables[table].columns.items() if not column.xml_only]
        assert sorted(columns) == sorted(files[file]), file


@pytest.mark.shared
def test_codes_of_the_looked_after_return_year_by_year(shared):
    """Against spec/ssda903_columns_codes.csv: codes and blanks of 2017, and each later change."""
    for row in rows_of(shared / "records" / "spec" / "ssda903_columns_codes.csv"):
        year, codes = int(row["from_year"]), row["codes_or_change"]
        if row["file"] != "(change)":
            column = form("ssda903", year).tables[row["file"]].columns[row["column"]]
            if codes:
                assert list(column.codes) == codes.split(";")
            if row["can_be_blank"] == "False":
                assert column.required or column.expected or column.name == "DOB"
        elif ".category" in row["column"]:
            _, table, name, _ = row["column"].split(".")
            wanted = re.findall(r'"code": "(\w+)"', codes)
            assert list(form("ssda903", year).tables[table].columns[name].codes) == wanted
            assert list(form("ssda903", year - 1).tables[table].columns[name].codes) != wanted
