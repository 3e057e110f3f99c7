"""Whatever the bytes: an error of our own, or rows that add up with findings in their places."""

from __future__ import annotations

import re
from datetime import date

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from casetrail.errors import CasetrailError
from casetrail.figures import Origin
from casetrail.records import Keys, SourceSpec, read_source, recognised
from casetrail.records.returns.findings import MESSAGES, SEVERITIES

CENSUS = """<Message><Header><CollectionDetails><Year>2026</Year></CollectionDetails></Header><Children>
<Child><ChildIdentifiers><LAchildID>A1</LAchildID><PersonBirthDate>2015-05-05</PersonBirthDate></ChildIdentifiers>
<CINdetails><CINreferralDate>2025-01-06</CINreferralDate><ReferralSource>1B</ReferralSource>
<Assessments><AssessmentActualStartDate>2025-01-07</AssessmentActualStartDate></Assessments></CINdetails></Child>
<Child><ChildIdentifiers><LAchildID>A2</LAchildID></ChildIdentifiers><CINdetails/></Child></Children></Message>
"""
PARTS = [part for part in re.split(r"(?=<)|(?<=>)", CENSUS) if part]
PART = (
    st.sampled_from(PARTS)
    | st.text(max_size=6)
    | st.sampled_from(["&amp;", "&x;", "<!--", "]]>", "\0", "<a", "é", "1900-01-01"])
)
HEADER = b"CHILD,DECOM,RNE,LS,CIN,PLACE,PLACE_PROVIDER,DEC,REC,REASON_PLACE_CHANGE,HOME_POST,PL_POST,URN\n"


def check(path, name):
    spec = SourceSpec(name="s", path=path, origin=Origin.MADE_UP, columns={}, format=name)
    try:
        recognised(path)
        extract = read_source(spec, keys=Keys(b"k" * 32), as_of=date(2026, 3, 31))
    except CasetrailError as fault:
        assert fault.code
        return
    assert extract.rows_in == extract.rows_good + extract.rows_quarantined == sum(t.rows_in for t in extract.tables)
    assert extract.quarantine.num_rows == extract.rows_quarantined
    for row in extract.findings.to_pylist():
        assert row["severity"] in SEVERITIES
        assert row["code"] in MESSAGES
        assert row["record"] >= 1
    numbers = extract.events["row_no"].to_pylist() + extract.involvements["row_no"].to_pylist()
    assert sorted(numbers) == list(range(extract.next_row_no))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
@example(cuts=[], parts=[])
@given(
    cuts=st.lists(st.tuples(st.integers(0, len(PARTS)), st.integers(0, 3)), max_size=4),
    parts=st.lists(PART, max_size=4),
)
def test_census_cut_and_pasted(tmp_path, cuts, parts):
    pieces = list(PARTS)
    for at, (place, gone) in enumerate(cuts):
        pieces[place : place + gone] = parts[at : at + 1]
    path = tmp_path / "cin.xml"
    path.write_bytes("".join(pieces).encode("utf-8", "surrogatepass"))
    check(path, "cin-census")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=100)
@given(
    lines=st.lists(
        st.binary(max_size=60)
        | st.sampled_from([b"1,01/01/2020,S,C2,N1,U1,PR1,,,,,,", b'1,"01/01/2020', b",,,,,,,,,,,,"])
    )
)
def test_any_lines_below_a_header(tmp_path, lines):
    path = tmp_path / "episodes.csv"
    path.write_bytes(HEADER + b"\n".join(lines))
    check(path, "ssda903")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(raw=st.binary(max_size=300), name=st.sampled_from(["a.xml", "a.csv", "a.xlsx", "a.parquet", "a.xml.gz"]))
def test_any_bytes(tmp_path, raw, name):
    path = tmp_path / name
    path.write_bytes(raw)
    for format_ in ("cin-census", "ssda903"):
        check(path, format_)
