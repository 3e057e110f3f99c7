"""The census in XML: every cell with its line, nothing dropped in silence, nothing hostile let in."""

from __future__ import annotations

import gzip

import pytest

from casetrail.errors import InputError
from casetrail.records import recognised

HEAD = (
    "<Message>\n<Header><CollectionDetails><Collection>CIN</Collection><Year>{year}</Year>"
    "<ReferenceDate>2026-03-31</ReferenceDate></CollectionDetails><Source><LEA>999</LEA></Source></Header>\n<Children>\n"
)
TAIL = "</Children>\n</Message>\n"
CHILD = """<Child>
<ChildIdentifiers><LAchildID>{child}</LAchildID><PersonBirthDate>{born}</PersonBirthDate><Sex>F</Sex></ChildIdentifiers>
<ChildCharacteristics><Ethnicity>WBRI</Ethnicity></ChildCharacteristics>
<CINdetails>
<CINreferralDate>2025-01-06</CINreferralDate>
<ReferralSource>{source}</ReferralSource>
<PrimaryNeedCode>N1</PrimaryNeedCode>
{more}
<ReferralNFA>{nfa}</ReferralNFA>
</CINdetails>
</Child>
"""


def child(number="A1", *, born="2015-05-05", source="1B", more="", nfa="0"):
    return CHILD.format(child=number, born=born, source=source, more=more, nfa=nfa)


@pytest.fixture
def census(tmp_path, read_return):
    """Write children into a census file and read it."""

    def reading(*children, year="2026", raw=None, name="cin.xml", **settings):
        path = tmp_path / name
        text = HEAD.format(year=year) + "".join(children) + TAIL if raw is None else raw
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return read_return(path, "cin-census", **settings)

    return reading


PLAN = (
    "<ChildProtectionPlans><CPPstartDate>2025-02-01</CPPstartDate><InitialCategoryOfAbuse>NEG</InitialCategoryOfAbuse>"
    "<LatestCategoryOfAbuse>EMO</LatestCategoryOfAbuse><NumberOfPreviousCPP>0</NumberOfPreviousCPP>"
    "<Reviews><CPPreviewDate>2025-04-01</CPPreviewDate><CPPreviewDate>2025-09-01</CPPreviewDate></Reviews>"
    "</ChildProtectionPlans>"
)


def test_events_and_custody(census, keys):
    closed = "<CINclosureDate>2025-10-01</CINclosureDate><ReasonForClosure>RC8</ReasonForClosure>"
    extract = census(child(more=closed + PLAN), first_row_no=7)

    rows = extract.events.to_pylist()
    seen = [(row["activity"], row["outcome"], row["severity"], row["closing_code"]) for row in rows]
    assert seen == [
        ("referral received", "accepted", None, None),
        ("case closed", None, None, "no further action after assessment"),
        ("child protection plan began", None, "neglect", None),
        ("child protection plan reviewed", None, None, None),
        ("child protection plan reviewed", None, None, None),
    ]
    assert {row["person"] for row in rows} == {keys.person("la-child-id", "A1")}
    assert len({row["episode"] for row in rows}) == 1
    assert rows[0]["reported_by_role"] == "individual: acquaintance, neighbour or child minder"
    assert rows[0]["agency"] == "children's social care"
    assert rows[0]["source_place"] == "cin.xml, CINdetails, record 1, line 8"
    (held,) = extract.involvements.to_pylist()
    assert (held["role"], held["worker"], held["reason_end"]) == ("holder", None, "no further action after assessment")
    assert sorted([*(row["row_no"] for row in rows), held["row_no"]]) == list(range(7, 13))
    assert extract.next_row_no == 13
    assert extract.form == "cin-census 2026"


def test_no_further_action_holds_nothing(census):
    extract = census(child(nfa="true"))

    assert extract.involvements.num_rows == 0
    assert extract.events["outcome"].to_pylist() == ["no further action"]


def test_order_of_elements_and_namespaces_do_not_matter(census):
    one = child(more=PLAN)
    identifiers = one[one.index("<ChildIdentifiers>") : one.index("<ChildCharacteristics>")]
    moved = one.replace(identifiers, "").replace("</Child>", identifiers + "</Child>")
    plain, other = census(one), census(moved)
    spaced = census(raw=(HEAD.format(year="2026") + one + TAIL).replace("<Message>", '<Message xmlns="urn:census">'))

    for found in (other, spaced):
        assert found.events.drop(["source_place"]).equals(plain.events.drop(["source_place"]))


def test_each_cell_is_told_by_its_own_line(census, told):
    more = "<CINclosureDate>2029-01-01</CINclosureDate>\n<ReasonForClosure>RCX</ReasonForClosure>"
    children = (child(), child("A2", source="1 b", more=more), child("A3", born="2030-02-30"))
    found = told(census(*children))

    text = HEAD.format(year="2026") + "".join(children)
    for table, column, value, code in (
        ("CINdetails", "CINclosureDate", "2029-01-01", "after_as_of"),
        ("CINdetails", "ReasonForClosure", "RCX", "unknown_code"),
        ("CINdetails", "ReferralSource", "1 b", "unknown_code"),
        ("ChildIdentifiers", "PersonBirthDate", "2030-02-30", "not_a_date"),
    ):
        line = text[: text.index(f">{value}<")].count("\n") + 1
        assert (table, line, column, "suspicious", code) in found


def test_the_three_severities_and_what_becomes_of_the_row(census, told):
    no_date = child("A2").replace("<CINreferralDate>2025-01-06</CINreferralDate>", "<CINreferralDate/>")
    unborn = child("A3", born="2025-03-03")
    extract = census(child(), no_date, unborn, child("A4", nfa="false"))

    assert extract.rows_in == extract.rows_good + extract.rows_quarantined
    by_table = {table.table: (table.rows_in, table.rows_good, table.rows_quarantined) for table in extract.tables}
    assert by_table["CINdetails"] == (4, 3, 1)
    assert extract.quarantine.select(["sheet", "record", "column", "code"]).to_pylist() == [
        {"sheet": "CINdetails", "record": 2, "column": "CINreferralDate", "code": "missing_required"}
    ]
    found = {(severity, code) for _, _, _, severity, code in told(extract)}
    assert found == {("cannot be used", "missing_required"), ("note", "before_birth"), ("note", "code_spelt_otherwise")}


def test_rows_beside_each_other(census, told):
    twice = PLAN + PLAN.replace("EMO", "MUL")
    early = "<CINclosureDate>2025-01-05</CINclosureDate>"
    found = told(census(child(more=twice), child("A1"), child("A2", more=early)))

    without_lines = {(table, *rest) for table, _, *rest in found}
    assert ("ChildProtectionPlans", "LAchildID, CPPstartDate", "suspicious", "duplicate_key") in without_lines
    assert ("ChildIdentifiers", None, "cannot be used", "duplicate_row") in without_lines
    assert ("CINdetails", "CINclosureDate", "suspicious", "dates_out_of_order") in without_lines
    # The row is kept, with both its dates; a spell that ends before it begins is not made of it.
    assert ("CINdetails", "CINreferralDate", "suspicious", "event_not_made") in without_lines


def test_what_is_not_known_is_noted(census):
    strange = "<Horoscope><Sign>lion</Sign></Horoscope>\n<Horoscope/>stray"
    extract = census(
        child(more=strange), "<Visitor>x</Visitor>", child("A2", more="<CINreferralDate>2025-02-02</CINreferralDate>")
    )

    notes = " ".join(extract.notes)
    assert "The element 'Horoscope' is not known to 'cin-census': not read, 2 times, first on line 11." in notes
    assert "The element 'Visitor' is not known" in notes
    assert "Text between elements, where none belongs: not read, 1 time, first on line 12." in notes
    assert "The element 'CINreferralDate' stood twice in one place: the first was kept, 1 time" in notes
    assert "lion" not in notes


def test_elements_of_other_years_are_read_and_told(census):
    extract = census(
        child(more="<CINPlanDates><CINPlanStartDate>2025-02-01</CINPlanStartDate></CINPlanDates>"), year="2018"
    )

    assert "child in need plan began" in extract.events["activity"].to_pylist()
    notes = " ".join(extract.notes)
    assert "The table CINPlanDates is of the forms of 2022 to 2026; read all the same." in notes
    assert "column Sex is of the forms of 2025 to 2026; read all the same." in notes
    assert extract.form == "cin-census 2017"


def test_which_year(census, tmp_path, read_return):
    from_file = census(child(), year="2018")
    assert (from_file.form, from_file.notes[0]) == (
        "cin-census 2017",
        "Read by the form of 2017: the return says that it is of 2018.",
    )
    assert read_return(tmp_path / "cin.xml", "cin-census", year=2025).form == "cin-census 2025"
    assert census(child(), year="1066").form == "cin-census 2026"  # no year that could be: the codes decide


def test_packed(census, tmp_path):
    raw = gzip.compress((HEAD.format(year="2026") + child() + TAIL).encode())
    assert census(raw=raw, name="cin.xml.gz").rows_in == 4
    assert recognised(tmp_path / "cin.xml.gz") == "cin-census"


BOMB = '<!DOCTYPE m [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]><Message>&b;</Message>'


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (BOMB, "xml_doctype"),
        ('<!DOCTYPE m SYSTEM "file:///etc/passwd"><Message/>', "xml_doctype"),
        (("<!--" + "x" * 70_000 + "-->" + BOMB), "xml_doctype"),
        (BOMB.encode("utf-16"), "xml_doctype"),
        ((HEAD.format(year="2026") + child())[:-30], "broken_xml"),
        ("<Message><Children><Child>&ha;</Child></Children></Message>", "broken_xml"),
        ("<Message>" + "<Children>" * 5_000, "broken_xml"),
        ("<Letter><Children/></Letter>", "not_this_return"),
        ("", "empty_file"),
        (b"\x1f\x8b\x08\x00junk", "truncated_gzip"),
    ],
)
def test_hostile_and_broken_files_are_refused(census, raw, code):
    with pytest.raises(InputError) as excinfo:
        census(raw=raw)
    assert excinfo.value.code == code


def test_absurd_sizes_are_refused(census, monkeypatch):
    monkeypatch.setattr("casetrail.records.returns.tree._MOST_BYTES", 100)
    with pytest.raises(InputError) as excinfo:
        census(child())
    assert excinfo.value.code == "too_large"
    monkeypatch.undo()
    monkeypatch.setattr("casetrail.records.files._BOMB_BYTES", 1 << 16)
    with pytest.raises(InputError) as excinfo:
        census(raw=gzip.compress(b"<Message>" + b"<a/>" * 12_000_000))
    assert excinfo.value.code == "packing_bomb"


def test_no_children(census):
    extract = census()

    assert {table.table: table.rows_in for table in extract.tables} == {"Header": 1, "ChildIdentifiers": 0}
    assert extract.events.num_rows == 0
