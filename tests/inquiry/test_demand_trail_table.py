"""The [demand] table of an inquiry file, and each way to get it wrong."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from casetrail.demand.from_trail.wanted import Counting, ListOf, Wanted
from casetrail.errors import InquiryError
from casetrail.inquiry import Inquiry, parse
from casetrail.inquiry.model import DemandAsked

HEAD = '[inquiry]\ntitle = "One"\nas_of = 2007-12-31\n'
SOURCE = (
    '[[source]]\nname = "police"\nfile = "police.csv"\norigin = "made-up"\n[source.columns]\nperson = "child"\n'
    'activity = "entry"\nat = "day"\n'
)
GOOD = """\
[demand]
from = 2007-01-01
to = 2007-06-30
words = ["injury"]
outcomes = "charged"
severity_from = 2
many = "leave-out"
passed_within_days = 90
[demand.lists]
police = "police"
health = ["hospital", "health visitors"]
[[demand.list]]
name = "school"
agencies = "school"
activities = ["concern logged"]
sources = ["safeguarding log"]
"""


def parsed(folder: Path, text: str) -> Inquiry:
    file = folder / "one.toml"
    file.write_text(HEAD + text + SOURCE, encoding="utf-8")
    return parse(file, today=date(2026, 1, 1))


def test_the_good_one(tmp_path: Path) -> None:
    assert parsed(tmp_path, GOOD).demand == DemandAsked(
        wanted=Wanted(
            lists={
                "police": ListOf(agencies=("police",)),
                "health": ListOf(agencies=("hospital", "health visitors")),
                "school": ListOf(agencies=("school",), activities=("concern logged",), sources=("safeguarding log",)),
            },
            counting=Counting(words=("injury",), outcomes=("charged",), severity_from=2.0),
            many="leave-out",
            passed_within_days=90,
        ),
        since=date(2007, 1, 1),
        until=date(2007, 6, 30),
    )


def test_without_a_table_every_agency_is_a_list(tmp_path: Path) -> None:
    assert parsed(tmp_path, "").demand == DemandAsked()


@pytest.mark.parametrize(
    ("there", "instead", "code"),
    [
        ("many = ", "repeats = 1\nmany = ", "wrong_type"),
        ("words", "word", "unknown_setting"),
        ("to = 2007-06-30", "to = 2006-06-30", "InquiryError"),
        ("from = 2007-01-01", 'from = "2007-01-01"', "wrong_type"),
        ("severity_from = 2", 'severity_from = "2"', "wrong_type"),
        ("severity_from = 2", "severity_from = nan", "wrong_type"),
        ("severity_from = 2", "severity_from = true", "wrong_type"),
        ('many = "leave-out"', 'many = "drop"', "wrong_choice"),
        ("passed_within_days = 90", "passed_within_days = -1", "wrong_type"),
        ('police = "police"', "police = []", "missing"),
        ('police = "police"', "police = 3", "wrong_type"),
        ('name = "school"', 'name = "police"', "same_name"),
        ('name = "school"', 'name = " "', "same_name"),
        ('name = "school"', 'title = "school"', "unknown_setting"),
    ],
)
def test_each_mistake_has_its_place(tmp_path: Path, there: str, instead: str, code: str) -> None:
    with pytest.raises(InquiryError) as caught:
        parsed(tmp_path, GOOD.replace(there, instead))
    assert caught.value.code == code
    assert "demand" in caught.value.where
