"""The looked-after return as CSV files and as XML: recognised by its headings, the year by its codes."""

from __future__ import annotations

import pytest

from casetrail.errors import InputError, InquiryError
from casetrail.records import recognised

HEADER = "CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB\n"
EPISODES = "CHILD,DECOM,RNE,LS,CIN,PLACE,PLACE_PROVIDER,DEC,REC,REASON_PLACE_CHANGE,HOME_POST,PL_POST,URN\n"
SOCIAL = "CHILD,DOB,SW_ID,SW_DECOM,SW_DEC,SW_REASON\n"
MISSING = "CHILD,DOB,MISSING,MIS_START,MIS_END\n"


def episode(child="11", decom="01/04/2020", *, rne="S", dec="", rec="", place="U1"):
    return f"{child},{decom},{rne},C2,N1,{place},PR1,{dec},{rec},,,,\n"


@pytest.fixture
def folder(tmp_path, read_return):
    """Write the files of a return into a folder and read it."""

    def reading(files, **settings):
        place = tmp_path / "903"
        place.mkdir(exist_ok=True)
        for name, text in files.items():
            (place / name).write_bytes(text if isinstance(text, bytes) else text.encode())
        return read_return(place, "ssda903", **settings)

    return reading


CHILDREN = HEADER + "11,M,05/05/2015,WBRI,A123,,\n12,F,06/06/2016,WBRI,A124,,\n"


def test_events_spells_and_workers(folder, keys):
    extract = folder(
        {
            "header.csv": CHILDREN,
            "episodes.csv": EPISODES
            + episode(dec="01/06/2020", rec="X1")
            + episode(decom="01/06/2020", rne="P", dec="01/09/2020", rec="E4A"),
            "swepisodes.csv": SOCIAL + "11,05/05/2015,W7,01/04/2020,03/05/2020,FCONTA\n11,05/05/2015,W8,03/05/2020,,\n",
            "missing.csv": MISSING + "11,05/05/2015,M,01/05/2020,03/05/2020\n",
        }
    )

    seen = {(row["activity"], row["outcome"], row["closing_code"]) for row in extract.events.to_pylist()}
    assert seen == {
        ("started to be looked after", "U1", None),
        ("episode of care changed", "change of placement", None),
        ("ceased to be looked after", None, "returned home, as planned"),
        ("went missing from placement", "missing", None),
    }
    spells = extract.involvements.to_pylist()
    assert {row["role"] for row in spells} == {"holder"}
    assert len(spells) == 4
    assert {row["worker"] for row in spells if row["worker"]} == {keys.worker("W7"), keys.worker("W8")}
    assert [row["reason_end"] for row in spells if row["worker"]] == ["first contact or re-referral", None]
    assert {row["person"] for row in spells} == {keys.person("la-child-id", "11")}
    assert extract.form == "ssda903 2026"
    assert "Not there: table reviews" in " ".join(extract.notes)


@pytest.mark.parametrize(
    ("written", "year"),
    [("1 U1 E43", 2017), ("1 U1 E45", 2024), ("M K3 E45", 2026), ("M Z11 E45", 2026)],
)
def test_the_year_whose_codes_fit_best(folder, written, year):
    sex, place, rec = written.split()
    files = {
        "header.csv": HEADER + f"11,{sex},05/05/2015,WBRI,A123,,\n",
        "episodes.csv": EPISODES + episode(dec="01/06/2020", rec=rec, place=place),
    }
    extract = folder(files)

    assert extract.form == f"ssda903 {year}"  # of years that fit alike, the latest
    assert not [row for row in extract.findings.to_pylist() if row["code"] == "unknown_code"]
    assert folder(files, year=2017).form == "ssda903 2017"


def test_places_of_what_is_wrong(folder, told):
    extract = folder(
        {
            "header.csv": CHILDREN + "11,M,05/05/2015,WBRI,A999,,\n",
            "episodes.csv": EPISODES
            + episode("11", "1/4/2020")
            + episode("12", "31/04/2020")
            + episode("13", "01/04/2028")
            + episode("14", "2020-04-01")
            + episode("11", "01/04/2014", place="QQ"),
        }
    )

    found = told(extract)
    assert ("header", 4, "CHILD", "suspicious", "duplicate_key") in found
    assert ("episodes", 3, "DECOM", "cannot be used", "not_a_date") in found
    assert ("episodes", 4, "DECOM", "cannot be used", "after_as_of") in found
    assert ("episodes", 5, "DECOM", "note", "date_written_otherwise") in found
    assert ("episodes", 6, "DECOM", "suspicious", "before_birth") in found
    assert ("episodes", 6, "PLACE", "suspicious", "unknown_code") in found
    assert {line for table, line, *_, code in found if code == "orphan"} == {4, 5}
    assert extract.rows_quarantined == 2
    assert "QQ" not in repr(extract.events["outcome"].to_pylist())


def test_headings_decide_and_not_names(folder):
    extract = folder(
        {
            "a.csv": CHILDREN,
            "b.csv": EPISODES.lower().replace(",", " ,") + episode(),
            "c.csv": "x,y\n1,2\n",
            "d.txt.bak": "?",
        }
    )

    assert {table.table: table.file for table in extract.tables} == {"header": "a.csv", "episodes": "b.csv"}
    notes = " ".join(extract.notes)
    assert "c.csv: its columns are those of no table of 'ssda903'; not read." in notes
    assert "d.txt.bak: a file that 'ssda903' does not come in; not read." in notes


def test_columns_that_the_form_does_not_know_are_said(folder):
    wide = "".join(
        line + end for line, end in zip(CHILDREN.splitlines(), (",STAR,07700900123\n", ",a,b\n", ",c,d\n"), strict=True)
    )
    extract = folder({"header.csv": wide, "episodes.csv": EPISODES.replace(",URN", "") + episode()[:-2] + "\n"})

    notes = " ".join(extract.notes)
    assert "header: not known to the form and not read: column 'STAR', number 9." in notes
    assert "episodes: not in the file: column URN." in notes


def test_one_table_twice_is_refused(folder):
    with pytest.raises(InputError) as excinfo:
        folder({"a.csv": CHILDREN, "b.csv": CHILDREN})
    assert excinfo.value.code == "table_twice"


def test_nothing_of_the_return(folder, tmp_path, read_return):
    with pytest.raises(InputError) as excinfo:
        folder({"a.csv": "x,y\n1,2\n"})
    assert excinfo.value.code == "no_table"
    assert recognised(tmp_path / "903") is None
    (tmp_path / "none").mkdir()
    with pytest.raises(InputError) as excinfo:
        read_return(tmp_path / "none", "ssda903")
    assert excinfo.value.code == "empty_folder"
    with pytest.raises(InquiryError):
        read_return(tmp_path / "903", "ssda903", year=1999)


def test_broken_lines_of_a_file_add_up(folder):
    extract = folder(
        {"header.csv": CHILDREN + '13,"F,06/06/2016\n' + "short,row\n", "episodes.csv": EPISODES + episode()}
    )

    assert [(row["file"], row["record"], row["line"], row["code"]) for row in extract.quarantine.to_pylist()] == [
        ("header.csv", 3, 4, "unclosed_quote"),
        ("header.csv", 4, 5, "wrong_cell_count"),
    ]
    assert extract.rows_in == 5


XML = """<SSDA903>
<CHILD>
<HEADER><CHILDID>11</CHILDID><SEX>1</SEX><DOB>05/05/2005</DOB><ETHNIC>WBRI</ETHNIC><UPN>A1</UPN><UASC>1</UASC>
<DUC>05/05/2023</DUC><IN_TOUCH>YES</IN_TOUCH><ACTIV>F2</ACTIV><ACCOM>B1</ACCOM>
<AREVIEW><REVIEW>01/05/2020</REVIEW><REVIEW_CODE>PN1</REVIEW_CODE></AREVIEW>
<AREVIEW><REVIEW>01/11/2020</REVIEW><REVIEW_CODE>PN1</REVIEW_CODE></AREVIEW>
<AMISSING><MISSING>M</MISSING><MIS_START>02/05/2020</MIS_START><MIS_END>03/05/2020</MIS_END></AMISSING>
<OC2><SDQ_SCORE>7</SDQ_SCORE><CONVICTED>0</CONVICTED></OC2>
<PERMANENCE><PREV_PERM>Z1</PREV_PERM></PERMANENCE>
<AD_PLACED><DATE_PLACED>01/06/2020</DATE_PLACED></AD_PLACED>
</HEADER>
<EPISODE><DECOM>01/04/2020</DECOM><RNE>S</RNE><LS>C2</LS><CIN>N1</CIN><PL>U1</PL></EPISODE>
<EPISODE><DECOM>01/06/2020</DECOM><RNE>P</RNE><LS>C2</LS><CIN>N1</CIN><PL>A3</PL></EPISODE>
</CHILD>
<CHILD>
<HEADER><CHILDID>12</CHILDID><SEX>2</SEX><DOB>06/06/2016</DOB><ETHNIC>WBRI</ETHNIC><UPN>A2</UPN></HEADER>
<EPISODE><DECOM>01/04/2020</DECOM><RNE>S</RNE><LS>C2</LS><CIN>N1</CIN><PL>U1</PL></EPISODE>
</CHILD>
</SSDA903>
"""


def test_xml_gives_the_tables_that_the_csv_files_have(tmp_path, read_return, keys):
    path = tmp_path / "903.xml"
    path.write_text(XML, encoding="utf-8")
    extract = read_return(path, "ssda903")

    assert recognised(path) == "ssda903"
    assert {table.table: table.rows_in for table in extract.tables} == {
        "header": 2, "episodes": 3, "reviews": 2, "uasc": 1, "oc2": 1, "oc3": 1, "placed_adoption": 1, "prev_perm": 1,
        "missing": 1,
    }  # fmt: skip
    assert not [row for row in extract.findings.to_pylist() if row["severity"] == "cannot be used"]
    persons = [keys.person("la-child-id", number) for number in ("11", "12")]
    starts = [row["person"] for row in extract.events.to_pylist() if row["activity"] == "started to be looked after"]
    assert starts == persons
    assert {row["outcome"] for row in extract.events.to_pylist() if row["outcome"] and row["outcome"] < "V"} >= {
        "U1",
        "PN1",
    }
    place = next(row["source_place"] for row in extract.events.to_pylist() if row["activity"].startswith("looked"))
    assert place == "903.xml, reviews, record 1, line 5"


def test_xml_cells_that_nothing_takes_are_noted(tmp_path, read_return):
    path = tmp_path / "903.xml"
    path.write_text(XML.replace("<UPN>A2</UPN>", "<UPN>A2</UPN><MOOD>glad</MOOD>"), encoding="utf-8")
    notes = " ".join(read_return(path, "ssda903").notes)
    assert "The element 'MOOD' is not known to 'ssda903': not read, 1 time, first on line 16." in notes


def test_rounded_identifiers_of_a_return(folder, told):
    extract = folder(
        {
            "header.csv": HEADER + "1.23457E+17,M,05/05/2015,WBRI,1.2E+12,,\n12,F,06/06/2016,WBRI,1.2E+12,,\n",
            "episodes.csv": EPISODES + episode("1.23457E+17") + episode("12"),
        }
    )

    found = {row for row in told(extract) if row[-1] == "id_precision_lost"}
    assert found == {
        ("header", 2, "CHILD", "cannot be used", "id_precision_lost"),
        ("header", 2, "UPN", "suspicious", "id_precision_lost"),
        ("header", 3, "UPN", "suspicious", "id_precision_lost"),
        ("episodes", 2, "CHILD", "cannot be used", "id_precision_lost"),
    }
    assert extract.events.num_rows == 1


@pytest.mark.parametrize("year", [2017, 2019, 2022, 2024, 2025, 2026])
@pytest.mark.parametrize("declared", [(), ("%d/%m/%Y", "%Y-%m-%d"), ("%Y-%m-%d", "%d/%m/%Y"), ("%d/%m/%Y",)])
def test_iso_days_beside_days_first(folder, told, year, declared):
    more = {"date_format": declared[0], "more_date_formats": declared[1:]} if declared else {}
    extract = folder(
        {"header.csv": CHILDREN, "episodes.csv": EPISODES + episode(decom="2020-04-03") + episode("12", "03/04/2020")},
        year=year,
        **more,
    )

    dated = [row[:4] for row in told(extract) if row[-1] == "date_written_otherwise"]
    assert dated == [("episodes", 2, "DECOM", "note")]
    assert len(set(extract.events["at_us"].to_pylist())) == 1  # 3 April, both


def test_birth_in_the_rows_alone(folder, told):
    extract = folder(
        {
            "missing.csv": MISSING + "11,05/05/2015,M,01/05/2014,03/05/2020\n12,,M,01/05/2014,\n",
            "swepisodes.csv": SOCIAL + "11,06/05/2015,W7,01/04/2020,,\n12,05/05/2015,W7,01/04/2015,,\n",
        }
    )

    found = sorted(row for row in told(extract) if row[-1] in {"before_birth", "birth_dates_differ"})
    differing = [row[:3] for row in found if row[-1] == "birth_dates_differ"]
    assert len(differing) == 1 and differing[0][2] == "DOB"
    assert [row[:4] for row in found if row[-1] == "before_birth"] == [
        ("missing", 2, "MIS_START", "suspicious"),
        ("missing", 3, "MIS_START", "suspicious"),  # born 5 May 2015 by the other table
        ("social_worker", 3, "SW_DECOM", "suspicious"),
    ]
