"""Records of legal advice are set aside by mark or by word, counted and placed, and nothing of them is kept."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casetrail.figures import Origin
from casetrail.records import Extract, Keys, SourceSpec, read_source
from casetrail.records.privilege import PRIVILEGED_WORDS, pattern_of

Read = Callable[..., Extract]
CANARY = "Zq7canary"


@pytest.mark.parametrize(
    "text",
    [
        "Legal planning meeting",
        "LEGAL-PLANNING",
        "legal  gateway / panel",
        "Advice of counsel",
        "counsel's opinion",
        "Counsel’s opinion",
        "conference with counsel, 2 pm",
        "solicitor's advice",
        "solicitor’s advice taken",
        "LEGALLY PRIVILEGED - do not copy",
    ],
)
def test_words_of_legal_advice_are_met(text: str) -> None:
    pattern = pattern_of(PRIVILEGED_WORDS)
    assert pattern is not None
    assert pattern.search(text.replace("’", "'"))


@pytest.mark.parametrize(
    "text",
    [
        "counselling",
        "school counsellor",
        "council",
        "legal status changed",
        "other legal agency",
        "paralegal planning",
        "solicitor appointed for the child",
        "legal proceedings issued",
        "",
    ],
)
def test_other_words_are_not(text: str) -> None:
    pattern = pattern_of(PRIVILEGED_WORDS)
    assert pattern is not None
    assert not pattern.search(text)


def test_no_words_find_nothing() -> None:
    assert pattern_of(()) is None
    assert pattern_of((" ",)) is None


@given(st.text(max_size=20))
def test_any_declared_word_finds_itself(word: str) -> None:
    pattern = pattern_of((word,))
    plain = word.strip()
    if pattern is not None and plain and plain[0].isalnum() and plain[-1].isalnum():
        assert pattern.search(f"see {word}, page 2")


def test_rows_with_the_words_are_set_aside_and_nothing_of_them_is_kept(
    read: Read, faults: Callable[..., object]
) -> None:
    content = (
        "who,what,when,outcome,surname\n"
        "7,visit,2010-01-01,seen,Ahn\n"
        f"{CANARY},legal planning meeting,2010-01-02,{CANARY},{CANARY}\n"
        f"{CANARY},meeting,2010-01-03,{CANARY}: counsel's view,{CANARY}\n"
        "8,counselling,2010-01-04,,Bale\n"
    )
    columns = {"person": ("who",), "activity": ("what",), "at": ("when",), "outcome": ("outcome",)}
    found = read(
        content,
        columns=columns,
        identity={"family_name": ("surname",)},
        keep_identities=True,
        privileged_words=PRIVILEGED_WORDS,
    )
    assert faults(found) == [(2, 3, "what", "legally_privileged"), (3, 4, "outcome", "legally_privileged")]
    assert (found.rows_in, found.rows_good, found.rows_quarantined) == (4, 2, 2)
    for table in (found.events, found.facts, found.quarantine, found.identities):
        assert CANARY not in str(table.to_pylist())
    assert set(found.identities["value"].to_pylist()) == {"7", "8", "Ahn", "Bale"}
    assert not any(CANARY in note for note in found.notes)


def test_without_words_such_a_row_is_read(read: Read) -> None:
    assert read("who,what,when\n7,legal planning meeting,2010-01-02\n").rows_good == 1


def test_dates_of_a_privileged_row_become_no_fact(read: Read) -> None:
    content = "who,what,when,due\n7,counsel's advice,2010-01-02,2010-02-02\n"
    found = read(content, dates={"due": "due"}, privileged_words=("counsel",))
    assert found.facts.num_rows == 0


def _ssd(folder: Path, keys: Keys, **settings: object) -> Extract:
    folder.mkdir()
    (folder / "ssd_person.csv").write_text(
        f"pers_person_id,pers_forename,pers_surname,pers_dob\n7,A,B,2012-05-05\n{CANARY},A,B,2012-05-05\n",
        encoding="utf-8",
    )
    (folder / "ssd_contacts.csv").write_text(
        "cont_contact_id,cont_person_id,cont_contact_date,cont_contact_outcome_json\n"
        "1,7,2021-01-02,advice given\n"
        f"2,{CANARY},2021-01-03,{CANARY} legal advice of the council's own\n",
        encoding="utf-8",
    )
    (folder / "ssd_pre_proceedings.csv").write_text(
        "prep_table_id,prep_person_id,prep_pre_pro_decision_date,prep_legal_gateway_outcome,prep_pre_pro_outcome\n"
        f"1,7,2021-03-02,{CANARY},agreed\n"
        f"2,7,2021-03-03,,{CANARY}: conference with counsel\n",
        encoding="utf-8",
    )
    spec = SourceSpec(
        name="ssd", path=folder, origin=Origin.REAL, columns={}, format="ssd", keep_identities=True, **settings
    )
    return read_source(spec, keys=keys, as_of=date(2022, 1, 1))


def test_rows_of_a_return_with_the_words_are_set_aside_whole(tmp_path: Path, keys: Keys) -> None:
    found = _ssd(tmp_path / "ssd", keys, privileged_words=PRIVILEGED_WORDS)
    aside = [
        (r["file"], r["record"], r["column"]) for r in found.quarantine.to_pylist() if r["code"] == "legally_privileged"
    ]
    assert sorted(aside) == [
        ("ssd_contacts.csv", 2, "cont_contact_outcome_json"),
        ("ssd_pre_proceedings.csv", 2, "prep_pre_pro_outcome"),
    ]
    for table in (found.events, found.involvements, found.quarantine, found.findings):
        assert CANARY not in str(table.to_pylist())
    assert found.rows_in == found.rows_good + found.rows_quarantined
    assert (
        len(found.events.filter([a == "steps before proceedings began" for a in found.events["activity"].to_pylist()]))
        == 1
    )


def test_a_privileged_column_is_never_read_with_or_without_words(tmp_path: Path, keys: Keys) -> None:
    found = _ssd(tmp_path / "ssd", keys)
    assert not any("prep_legal_gateway_outcome" in column for column in found.columns_found)
    assert any("legally privileged and never read: column prep_legal_gateway_outcome" in note for note in found.notes)
    assert not any(one.column == "prep_legal_gateway_outcome" for one in found.held)


FORM = """
name = "own"
title = "Own"
year = 2024
containers = ["csv"]
agency = "court"
person_scheme = "case"
[tables.hearings]
person = "child"
required = true
[tables.hearings.columns]
child = { kind = "id", required = true, identity = true }
held = { kind = "date" }
privileged = { marks_privileged = true }
[[tables.hearings.events]]
activity = "hearing held"
at = "held"
[coverage]
carries = []
cannot = []
"""


def test_a_form_can_name_a_column_of_marks(tmp_path: Path, keys: Keys) -> None:
    (tmp_path / "own.toml").write_text(FORM, encoding="utf-8")
    (tmp_path / "hearings.csv").write_text(
        "child,held,privileged\n1,2021-01-01,no\n2,2021-01-02,yes\n3,2021-01-03,\n4,2021-01-04,?\n", encoding="utf-8"
    )
    spec = SourceSpec(
        name="court",
        path=tmp_path / "hearings.csv",
        origin=Origin.MADE_UP,
        columns={},
        form_file=tmp_path / "own.toml",
    )
    found = read_source(spec, keys=keys, as_of=date(2022, 1, 1))
    assert [(r["record"], r["code"]) for r in found.quarantine.to_pylist()] == [
        (2, "legally_privileged"),
        (4, "legally_privileged"),
    ]
    assert found.events.num_rows == 2


def test_of_a_broken_line_that_speaks_of_legal_advice_no_text_is_kept(read: Read) -> None:
    content = (
        f"who,what,when\n7,visit,2010-01-01\n8,visit,2010-01-02,one too many\n9,{CANARY},counsel's advice,{CANARY}\n"
    )
    found = read(content, privileged_words=PRIVILEGED_WORDS)
    kept = {row["record"]: row for row in found.originals.to_pylist()}
    assert (kept[2]["shut"], kept[2]["raw"]) == (False, "8,visit,2010-01-02,one too many")
    assert (kept[3]["shut"], kept[3]["raw"]) == (True, None)
    assert CANARY not in str(found.originals.to_pylist())


def test_of_a_privileged_row_with_another_fault_no_cell_is_kept(tmp_path: Path, keys: Keys) -> None:
    (tmp_path / "own.toml").write_text(FORM, encoding="utf-8")
    (tmp_path / "hearings.csv").write_text(f"child,held,privileged\n,{CANARY},yes\n,{CANARY},no\n", encoding="utf-8")
    spec = SourceSpec(
        name="court", path=tmp_path / "hearings.csv", origin=Origin.MADE_UP, columns={}, form_file=tmp_path / "own.toml"
    )
    found = read_source(spec, keys=keys, as_of=date(2022, 1, 1))
    first, second = found.originals.to_pylist()
    assert (first["shut"], second["shut"]) == (True, False)
    assert CANARY not in str(first)
    assert CANARY in str(second)
