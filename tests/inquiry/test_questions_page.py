"""Which questions an inquiry's records can answer: by hand on small sets of sources."""

from __future__ import annotations

from casetrail.figures import Origin, SourceRef, Table
from casetrail.inquiry.questions_page import _facts, _questions, questions_answer
from casetrail.inquiry.reading import RecordsRead, SourceRead
from casetrail.schema.events import EVENT, INVOLVEMENT


def source(name, *mapped, agency="", form="", made_by="", judged=""):
    ref = SourceRef(name, "0" * 64, Origin.MADE_UP, made_by, judged)
    return SourceRead(ref, 1, 1, 0, (), mapped, form, agency=agency)


def answered(tmp_path, *sources):
    found = questions_answer(RecordsRead(tmp_path, "key", sources))
    assert isinstance(found.body, Table)
    return {int(str(row[0]).split(".")[0]): row[1:] for row in found.body.rows}, found


def test_eleven_questions_and_every_fact_is_there():
    assert [question.no for question in _questions()] == list(range(1, 12))
    spoken = {name for question in _questions() for name in (*question.needs, *question.better)}
    assert spoken == set(_facts())
    columns = {column for fact in _facts().values() for column in fact.columns}
    times = {name.removesuffix("_us") for name in (*EVENT.names, *INVOLVEMENT.names)}
    assert columns <= times


def test_a_census_alone(tmp_path):
    # A census has who told, how it ended and custody of the authority; no second agency, worker or day of recording.
    census = source("census", "role", "outcome", "closing_code", "reported_by_role", "episode", agency="care", form="x")
    rows, found = answered(tmp_path, census)

    assert {no: row[0] for no, row in rows.items()} == {
        1: "in part", 2: "in part", 3: "no", 4: "in part", 5: "no", 6: "in part", 7: "no", 8: "no", 9: "in part",
        10: "yes", 11: "in part",
    }  # fmt: skip
    assert rows[3][1].startswith("records of two agencies or more")
    assert "police" in rows[3][2]
    assert "1 fully, 6 in part, and 4 not at all" in found.sentence


def test_what_a_second_and_third_agency_add(tmp_path):
    census = source("census", "outcome", agency="care", form="x", made_by="council", judged="council")
    police = source("log", "severity", "incident", agency="police", made_by="police", judged="council")
    two, _ = answered(tmp_path, census, police)
    three, _ = answered(tmp_path, census, police, source("ward", agency="health", made_by="trust", judged="council"))

    assert (two[3][0], three[3][0]) == ("in part", "yes")
    assert two[5][0] == "in part"
    assert two[7][0] == "yes"
    assert three[11][0] == "yes"


def test_two_sources_of_one_agency_are_one(tmp_path):
    rows, _ = answered(tmp_path, source("a", agency="Police"), source("b", agency="police"))
    assert rows[3][0] == "no"


def test_the_end_of_a_state_is_no_length_of_work(tmp_path):
    own = source("a", "role", "outcome", "end")
    assert answered(tmp_path, own)[0][8][0] == "in part"
    assert answered(tmp_path, source("a", "role", "outcome", "end", form="ssda903"))[0][8][0] == "no"
