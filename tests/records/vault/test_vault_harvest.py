"""What of who a person is comes out of a source for the vault: each thing once, with its place, from good rows only."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from casetrail.figures import Origin
from casetrail.records import Extract, Keys, SourceSpec, read_source

Read = Callable[..., Extract]
IDENTITY = {
    "family_name": ("surname",),
    "given_names": ("first", "middle"),
    "birth_date": ("dob",),
    "postcode": ("post",),
    "identifier": ("nhs",),
}
HEAD = "who,what,when,surname,first,middle,dob,post,nhs\n"


def entries(extract: Extract) -> list[tuple[str, str, str, int]]:
    return sorted((r["field"], r["label"], r["value"], r["record"]) for r in extract.identities.to_pylist())


def test_each_thing_once_and_from_good_rows_only(read: Read, keys: Keys) -> None:
    content = HEAD + (
        "7,visit,2010-01-01,Ahn,Zoë,,2001-02-03,N1 1AA,943\n"
        "7,call,2010-01-02,Ahn,Zoë,Mia,2001-02-03,N2 2BB,943\n"
        "8,call,no date,Bale,Ann,,2001-02-03,N3,944\n"
        ",call,2010-01-02,Cole,Ann,,2001-02-03,N4,945\n"
    )
    found = read(content, identity=IDENTITY, keep_identities=True)
    assert entries(found) == [
        ("birth_date", "dob", "2001-02-03", 1),
        ("family_name", "surname", "Ahn", 1),
        ("given_names", "first", "Zoë", 1),
        ("given_names", "middle", "Mia", 2),
        ("identifier", "nhs", "943", 1),
        ("identifier", "who", "7", 1),
        ("postcode", "post", "N1 1AA", 1),
        ("postcode", "post", "N2 2BB", 2),
    ]
    assert set(found.identities["person"].to_pylist()) == {keys.person("case", "7")}
    assert set(found.events["person"].to_pylist()) == {keys.person("case", "7")}
    held = {one.column: (one.filled, one.identity, one.feeds) for one in found.held}
    assert held["middle"] == (1, "given_names", ())
    assert held["who"] == (2, "identifier", ("person",))
    assert held["what"] == (2, "", ("activity",))
    assert (
        "Of who persons are, the identity vault keeps: family name, given names, birth date, postcode, identifier."
        in found.notes
    )


def test_without_a_vault_nothing_is_kept_and_this_is_said(read: Read) -> None:
    found = read(HEAD + "7,visit,2010-01-01,Ahn,Zoë,,2001-02-03,N1,943\n", identity=IDENTITY)
    assert found.identities.num_rows == 0
    assert any("not kept" in note and "family name" in note for note in found.notes)
    assert {one.identity for one in found.held} == {*IDENTITY, ""}
    assert not any("not kept" in note for note in read("who,what,when\n7,visit,2010-01-01\n").notes)


def test_a_birth_date_goes_by_the_day_part_of_the_declared_format(read: Read) -> None:
    content = "who,what,when,dob\n7,visit,01/02/2010 10:30,03/02/2001\n8,visit,01/02/2010 10:30,30/02/2001\n"
    settings = {"identity": {"birth_date": ("dob",)}, "keep_identities": True, "date_format": "%d/%m/%Y %H:%M"}
    found = read(content, **settings)
    assert [e for e in entries(found) if e[0] == "birth_date"] == [("birth_date", "dob", "2001-02-03", 1)]
    assert (
        "1 cell in 'dob' cannot be read as birth_date (first in record 2) and went into no vault; the records are kept."
        in found.notes
    )
    assert found.rows_good == 2


def test_a_privileged_row_gives_no_identity(read: Read) -> None:
    content = "who,what,when,surname,lp\n7,visit,2010-01-01,Ahn,no\n8,visit,2010-01-01,Bale,yes\n"
    columns = {"person": ("who",), "activity": ("what",), "at": ("when",), "privileged": ("lp",)}
    found = read(content, columns=columns, identity={"family_name": ("surname",)}, keep_identities=True)
    assert [e[2] for e in entries(found)] == ["Ahn", "7"]


TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters='",\ufdd0\ufdd1\ufdd2'), max_size=8)


@given(st.lists(st.tuples(st.sampled_from("789"), TEXT), min_size=1, max_size=12))
def test_any_names_are_the_distinct_pairs_of_the_file(
    tmp_path_factory: pytest.TempPathFactory, keys: Keys, rows: list[tuple[str, str]]
) -> None:
    path = tmp_path_factory.mktemp("x") / "a.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["who", "what", "when", "name"], *([w, "v", "2010-01-01", n] for w, n in rows)])
    found = read_source(
        SourceSpec(
            name="a",
            path=path,
            origin=Origin.MADE_UP,
            columns={"person": ("who",), "activity": ("what",), "at": ("when",)},
            identity={"family_name": ("name",)},
            keep_identities=True,
            encoding="utf-8",
        ),
        keys=keys,
        as_of=date(2010, 12, 31),
    )
    got = {(r["person"], r["value"]) for r in found.identities.to_pylist() if r["field"] == "family_name"}
    from unicodedata import normalize

    wanted = {(keys.person("case", who), normalize("NFC", name).strip()) for who, name in rows if name.strip()}
    assert {pair for pair in wanted if pair[1]} == got


def _return(path: Path, name: str, keys: Keys, year: int | None = None) -> Extract:
    spec = SourceSpec(
        name="r", path=path, origin=Origin.MADE_UP, columns={}, format=name, year=year, keep_identities=True
    )
    return read_source(spec, keys=keys, as_of=date(2035, 12, 31))


@pytest.mark.shared
def test_the_census_gives_numbers_and_birth_dates_as_lxml_counts_them(shared: Path, keys: Keys) -> None:
    folder = shared / "records" / "samples"
    (path,) = (
        sorted(folder.rglob("*fake_CIN*.xml"))[:1]
        or sorted(p for p in folder.rglob("*.xml") if b"ChildIdentifiers" in p.read_bytes())[:1]
    )
    found = _return(path, "cin-census", keys)
    wanted: set[tuple[str, str, str]] = set()
    for child in etree.parse(path).iter("{*}Child"):
        told = {element.tag.rpartition("}")[2]: (element.text or "").strip() for element in child.iter("{*}*")}
        who = told.get("LAchildID", "")
        for label in ("LAchildID", "UPN", "FormerUPN", "PersonBirthDate"):
            if who and told.get(label):
                wanted.add((keys.person("la-child-id", who), label, told[label]))
    got = {(r["person"], r["label"], r["value"]) for r in found.identities.to_pylist()}
    got = {one for one in got if one[1] in ("LAchildID", "UPN", "FormerUPN", "PersonBirthDate")}
    aside = found.rows_quarantined
    assert wanted
    assert got <= wanted
    assert len(wanted - got) <= 4 * aside


@pytest.mark.parametrize("rows", [1, 3])
def test_a_looked_after_return(tmp_path: Path, keys: Keys, rows: int) -> None:
    header = "CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB\n" + "".join(
        f"{n},M,05/05/2012,WBRI,A{n},,01/01/2030\n" for n in range(rows)
    )
    (tmp_path / "header.csv").write_text(header, encoding="utf-8")
    episodes = (
        "CHILD,DECOM,RNE,LS,CIN,PLACE,PLACE_PROVIDER,DEC,REC,REASON_PLACE_CHANGE,HOME_POST,PL_POST,URN\n"
        "0,01/04/2021,S,C2,N1,U1,PR1,,,,AB1 2CD,EF3 4GH,\n"
    )
    (tmp_path / "episodes.csv").write_text(episodes, encoding="utf-8")
    found = _return(tmp_path, "ssda903", keys)
    got = entries(found)
    # A mother's child is somebody else: that birth date is kept of nobody.
    assert {e[1] for e in got} == {"CHILD", "DOB", "UPN", "HOME_POST", "PL_POST"}
    assert [e for e in got if e[1] == "DOB"] == [("birth_date", "DOB", "2012-05-05", n + 1) for n in range(rows)]
    assert [e[2] for e in got if e[0] == "postcode"] == ["AB1 2CD", "EF3 4GH"]
    held = {(one.table, one.column): one.identity for one in found.held}
    assert held["header", "MC_DOB"] == "hidden"
    assert held["header", "SEX"] == ""
