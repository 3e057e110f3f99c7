"""Finding an authority by name or code."""

from __future__ import annotations

import pytest

from casetrail.errors import UnknownNameError
from casetrail.public import authorities, authority, england


def test_there_are_152_and_no_two_alike() -> None:
    found = authorities()
    assert len(found) == 152
    assert len({a.code for a in found}) == 152
    assert len({a.slug for a in found}) == 152
    assert england() not in found


def test_england_is_not_taken_for_the_isle_of_wight() -> None:
    # The Department printed 921 for both in its files of 2010 and 2011.
    assert authority(921).name == "Isle of Wight"
    assert england().code != 921


@pytest.mark.parametrize(
    ("asked", "name"),
    [
        ("Haringey", "Haringey"),
        (" haringey ", "Haringey"),
        ("London Borough of Haringey", "Haringey"),
        ("HARINGEY COUNCIL", "Haringey"),
        ("309", "Haringey"),
        (309, "Haringey"),
        ("Bristol", "Bristol, City of"),
        ("City of Bristol", "Bristol, City of"),
        ("City of London", "City of London"),
        ("Brighton & Hove", "Brighton and Hove"),
        ("stockton on tees", "Stockton-on-Tees"),
        ("Kent County Council", "Kent"),
        ("Derby", "Derby"),
    ],
)
def test_a_name_is_found_as_people_write_it(asked: str | int, name: str) -> None:
    assert name == authority(asked).name


def test_every_authority_is_found_by_its_name_and_code() -> None:
    for a in authorities():
        assert a == authority(a.name) == authority(a.code)


@pytest.mark.parametrize(
    ("asked", "near"),
    [
        ("Harringay", "Haringey"),
        ("Hull", "Kingston upon Hull, City of"),
        ("Cheshire", "Cheshire East"),
        ("England", None),
        ("", None),
        ("999", None),
        ("zzzz", None),
    ],
)
def test_an_unknown_name_gets_a_way_out(asked: str, near: str | None) -> None:
    with pytest.raises(UnknownNameError) as caught:
        authority(asked)
    assert caught.value.code == "unknown_authority"
    assert caught.value.todo
    assert near is None or near in caught.value.todo
