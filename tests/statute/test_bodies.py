"""Bodies and terms: days against named laws, successors that are there, old names understood on their day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from casetrail.statute import about, entries, in_place_of, named, spoken_of
from casetrail.statute.bodies import plain

ALL = list(entries().values())


def days(name):
    (found,) = named(name)
    return found.first, found.last


def test_every_entry_says_its_source_and_its_days():
    assert len(ALL) > 60
    for one in ALL:
        assert one.source
        assert one.kind in ("body", "term")
        assert one.nation in ("England", "England and Wales", "Wales", "Scotland")
        assert one.last is None or one.first <= one.last
        assert set(one.checked) <= ({"from"} if one.last is None else {"from", "to"})
        assert set(one.year_only) <= {"from", "to"}
        assert not set(one.checked) & set(one.year_only)
        if "from" in one.year_only:
            assert one.first.day == 1


def test_no_name_means_two_entries():
    # One body has one stretch of days: a name that came again would be another entry under the same name.
    seen = {}
    for one in ALL:
        for name in {plain(text) for text in (one.id, *one.also)}:
            assert name not in seen, f"{name}: {one.id} and {seen[name]}"
            seen[name] = one.id


def test_successors_are_there_and_leave_no_gap():
    for one in ALL:
        assert one.id not in one.after
        assert not one.after or one.last is not None
        for name in one.after:
            later = entries()[name]
            assert one.last is not None
            assert one.first < later.first <= one.last + timedelta(days=1), f"{one.id} -> {name}"
            assert later.last is None or later.last > one.last


def test_whatever_ended_has_something_in_its_place_today():
    for one in ALL:
        assert in_place_of(one, date(2026, 1, 1)), one.id


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        # SI 2006/90, regulation 1: in force on 1 April 2006.
        ("LSCB", date(2006, 4, 1), None),
        # SI 2022/634, regulation 58: established immediately before 1 July 2022.
        ("CCG", None, date(2022, 6, 30)),
        ("ICB", date(2022, 7, 1), None),
        # SI 2012/2892, article 2: Part 1 of the 2011 Act in force on 22 November 2012.
        ("police authority", None, date(2012, 11, 21)),
        ("PCC", date(2012, 11, 22), None),
        # SI 2011/3019, article 3: section 3 in force on 16 January 2012.
        ("MOPAC", date(2012, 1, 16), None),
        ("MPA", None, date(2012, 1, 15)),
        # SI 2009/462, article 1: in force on 1 April 2009.
        ("CSCI", None, date(2009, 3, 31)),
        ("Healthcare Commission", None, date(2009, 3, 31)),
        ("CQC", date(2009, 4, 1), None),
        # SI 2014/889, article 4(f): Schedule 2 in force on 22 April 2014.
        ("residence order", None, date(2014, 4, 21)),
        ("CAO", date(2014, 4, 22), None),
        # Working Together 2006: registers phased out by 1 April 2008.
        ("child protection register", None, date(2008, 3, 31)),
        ("child protection plan", date(2008, 4, 1), None),
    ],
)
def test_days_by_hand_against_named_laws(name, first, last):
    (one,) = named(name)
    if first is not None:
        assert one.first == first
        assert "from" in one.checked
    if last is not None:
        assert one.last == last
        assert "to" in one.checked


def test_what_stood_for_it_on_a_day():
    def then(name, day):
        return {one.id for one in in_place_of(named(name)[0], day)}

    assert then("ACPC", date(2024, 1, 1)) == {"safeguarding partners"}
    assert then("ACPC", date(2007, 8, 3)) == {"local safeguarding children board"}
    assert then("CQC", date(2008, 6, 1)) == {"commission for social care inspection", "healthcare commission"}
    assert then("core assessment", date(2008, 5, 1)) == {"core assessment"}
    assert then("core assessment", date(2016, 5, 1)) == {"single assessment"}
    assert then("PCT", date(2023, 1, 1)) == {"integrated care board"}
    assert then("legal aid agency", date(2007, 1, 1)) == {"legal services commission"}
    assert then("police and crime commissioner", date(1990, 1, 1)) == set()


def test_names_inside_longer_texts():
    assert [one.id for one in spoken_of("Core assessment completed")] == ["core assessment"]
    assert [one.id for one in spoken_of("initial child protection conference held")] == [
        "initial child protection conference"
    ]
    # A short form may be anything inside a text; as a whole it is understood.
    assert spoken_of("ca 17 closed") == ()
    assert [one.id for one in about("CA")] == ["core assessment"]
    assert [one.id for one in about("quality commission")] == ["care quality commission"]
    assert [one.first.year for one in about("Ofsted")] == [1992, 2007]  # the same word for two bodies: neither is taken
    assert named("Ofsted") == ()
    assert about("ministry of magic") == ()
    assert about(" ") == ()
    assert spoken_of("care order made") == ()
