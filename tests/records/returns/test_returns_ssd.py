"""The Standard Safeguarding Dataset: a folder of tables that lean on each other, CSV or Parquet."""

from __future__ import annotations

import csv
from collections import defaultdict
from datetime import date, datetime

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from casetrail.records import recognised
from casetrail.records.returns import form


@pytest.fixture
def dataset(tmp_path, read_return):
    """Write tables (rows of cells by column; other columns blank) as CSV, or Parquet, and read the folder."""

    def reading(kind="csv", **tables):
        about = form("ssd")
        for name, rows in tables.items():
            table = about.tables[f"ssd_{name}"]
            columns = [column for column in table.columns if column not in table.borrow]
            assert all(set(row) <= set(columns) for row in rows)
            cells = {column: [row.get(column) for row in rows] for column in columns}
            path = tmp_path / f"ssd_{name}.{kind}"
            if kind == "parquet":
                pq.write_table(pa.table(cells), path)
                continue
            with path.open("w", newline="", encoding="utf-8") as file:
                writer = csv.writer(file)
                writer.writerow(columns)
                writer.writerows(zip(*cells.values(), strict=True))
        return read_return(tmp_path, "ssd")

    return reading


PERSONS = [{"pers_person_id": "1", "pers_dob": "2012-05-05"}, {"pers_person_id": "2", "pers_dob": "2014-05-05"}]


def test_events_and_involvements(dataset, keys, tmp_path):
    extract = dataset(
        person=PERSONS,
        cin_episodes=[
            {
                "cine_referral_id": "r1",
                "cine_person_id": "1",
                "cine_referral_date": "2025-01-06 00:00:00",
                "cine_referral_source_code": "1B",
                "cine_referral_nfa": "N",
                "cine_referral_team": "t1",
                "cine_close_date": "2025-06-01",
                "cine_close_reason": "RC7",
            }
        ],
        cp_visits=[
            {
                "cppv_cp_visit_id": "v1",
                "cppv_person_id": "1",
                "cppv_cp_visit_date": "2025-02-01",
                "cppv_cp_visit_seen": "Y",
            }
        ],
        involvements=[
            {
                "invo_involvements_id": "i1",
                "invo_person_id": "1",
                "invo_professional_id": "w1",
                "invo_professional_team": "t1",
                "invo_professional_role_id": role,
                "invo_involvement_start_date": "2025-01-07",
            }
            for role in ("Allocated Case Worker", "IRO", "Wizard")
        ],
    )

    assert recognised(tmp_path) == "ssd"
    rows = extract.events.to_pylist()
    assert [(row["activity"], row["outcome"], row["closing_code"]) for row in rows] == [
        ("referral received", "accepted", None),
        ("case closed", None, "services ceased for any other reason"),
        ("child protection visit", "child seen", None),
    ]
    assert rows[0]["team"] == "t1"
    assert rows[0]["reported_by_role"] == "individual: acquaintance, neighbour or child minder"
    assert rows[0]["precision"] == "day"
    spells = extract.involvements.to_pylist()
    assert [(row["role"], row["team"], row["worker"]) for row in spells] == [
        ("holder", "t1", keys.worker("w1")),
        ("reviewing officer", "t1", keys.worker("w1")),
    ]
    told = {(row["table"], row["record"], row["code"]) for row in extract.findings.to_pylist()}
    assert {("ssd_involvements", 3, "unknown_code"), ("ssd_involvements", 3, "event_not_made")} <= told


def test_a_review_is_of_the_child_of_its_care_episode(dataset, keys):
    extract = dataset(
        person=PERSONS,
        cla_episodes=[
            {"clae_cla_episode_id": "e1", "clae_person_id": "2", "clae_cla_id": "c1"},
            {"clae_cla_episode_id": "e2", "clae_person_id": "2", "clae_cla_id": "c1"},
            {"clae_cla_episode_id": "e3", "clae_person_id": "1", "clae_cla_id": "c3"},
            {"clae_cla_episode_id": "e4", "clae_person_id": "2", "clae_cla_id": "c3"},
        ],
        cla_reviews=[
            {"clar_cla_review_id": "a", "clar_cla_id": "c1", "clar_cla_review_date": "2025-03-03"},
            {"clar_cla_review_id": "b", "clar_cla_id": "c2", "clar_cla_review_date": "2025-03-03"},
            {"clar_cla_review_id": "c", "clar_cla_id": "c3", "clar_cla_review_date": "2025-03-03"},
        ],
    )

    assert extract.events["person"].to_pylist() == [keys.person("la-child-id", "2")]
    told = {(row["record"], row["severity"], row["code"]) for row in extract.findings.to_pylist()}
    # No care episode of that number; and one whose number leads to two children.
    assert {(2, "cannot be used", "missing_required"), (3, "cannot be used", "missing_required")} <= told
    assert (2, "suspicious", "orphan") in told


def test_keys_orders_births_and_privileged_columns(dataset):
    extract = dataset(
        person=PERSONS,
        cp_plans=[
            {
                "cppl_cp_plan_id": "p1",
                "cppl_person_id": "3",
                "cppl_cp_plan_start_date": "2025-03-03",
                "cppl_cp_plan_end_date": "2025-03-01",
            },
            {"cppl_cp_plan_id": "p1", "cppl_person_id": "2", "cppl_cp_plan_start_date": "2013-03-03"},
        ],
        pre_proceedings=[
            {"prep_table_id": "x", "prep_person_id": "1", "prep_legal_gateway_outcome": "advice of counsel: secret"}
        ],
    )

    told = {(row["table"], row["record"], row["code"]) for row in extract.findings.to_pylist()}
    plans = {(record, code) for table, record, code in told if table == "ssd_cp_plans"}
    assert {(1, "orphan"), (1, "dates_out_of_order"), (2, "duplicate_key"), (2, "before_birth")} <= plans
    notes = " ".join(extract.notes)
    assert "ssd_pre_proceedings: legally privileged and never read: column prep_legal_gateway_outcome." in notes
    assert "ssd_cp_plans: the table 'ssd_initial_cp_conference' is not there" in notes
    assert "secret" not in repr(extract)


def test_parquet_with_native_types(dataset):
    extract = dataset(
        "parquet",
        person=[{"pers_person_id": 7, "pers_dob": date(2012, 5, 5)}],
        contacts=[
            {
                "cont_contact_id": "k",
                "cont_person_id": 7,
                "cont_contact_date": datetime.fromisoformat("2025-04-01T00:00"),
                "cont_contact_source_code": "6",
            }
        ],
    )

    assert extract.events["reported_by_role"].to_pylist() == ["police"]
    assert not [row for row in extract.findings.to_pylist() if row["severity"] == "cannot be used"]


def test_dates_with_the_day_first_must_be_declared(dataset, tmp_path, read_return):
    contacts = [{"cont_contact_id": "k", "cont_person_id": "1", "cont_contact_date": "01/04/2025"}]
    assert {row["code"] for row in dataset(person=PERSONS, contacts=contacts).findings.to_pylist()} == {
        "ambiguous_date"
    }
    declared = read_return(tmp_path, "ssd", date_format="%d/%m/%Y")
    assert declared.events.num_rows == 1


@pytest.mark.shared
def test_tables_columns_types_and_keys(shared):
    """Against spec/ssd_columns.csv: 48 tables, every column, dates as dates, primary keys."""
    about = form("ssd")
    wanted, keys = defaultdict(list), defaultdict(list)
    with (shared / "records" / "spec" / "ssd_columns.csv").open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            wanted[row["table"]].append(row["column"])
            column = about.tables[row["table"]].columns[row["column"]]
            admin = row["table"] in ("ssd_version_log", "ssd_api_data_staging")
            assert (column.kind == "date") == (row["type"].lower() == "datetime" and not admin)
            if row["primary_key"] == "Y":
                keys[row["table"]].append(row["column"])
    assert len(wanted) == 48
    for name, columns in wanted.items():
        table = about.tables[name]
        assert [column for column in table.columns if column not in table.borrow] == columns
        assert [list(names) for names in table.unique] == ([keys[name]] if keys[name] else [])
