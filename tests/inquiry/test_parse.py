"""A mistake in the inquiry file is named with its place and the way out."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from casetrail.errors import InquiryError
from casetrail.figures import Origin
from casetrail.inquiry import Inquiry, parse

TODAY = date(2026, 1, 1)
GOOD = """\
[inquiry]
title = "One"
as_of = 2007-12-31

[trail]
repeat_window_days = 90
[[trail.wait]]
start = "asked"
finish = "given"
[[trail.span]]
start = "opened"
finish = "closed"
[[trail.asked]]
role = "neighbour"
activity = "neighbour asked"

[[compare]]
authority = "Haringey"
year = "2009-10"

[[source]]
name = "police"
file = "police.csv"
origin = "made-up"
covers_from = 2007-01-01
covers_to = 2007-12-31
[source.columns]
person = "child"
activity = "entry"
at = ["day", "time"]
"""


def parsed(folder: Path, text: str) -> Inquiry:
    file = folder / "one.toml"
    file.write_text(text, encoding="utf-8")
    return parse(file, today=TODAY)


def test_the_good_one(tmp_path: Path) -> None:
    found = parsed(tmp_path, GOOD)
    assert found.title == "One"
    assert found.as_of == date(2007, 12, 31)
    assert found.zone == "Europe/London"
    assert found.open_ends == "last_event"
    assert found.sources[0].path == tmp_path / "police.csv"
    assert found.sources[0].origin is Origin.MADE_UP
    assert found.sources[0].columns == {"person": ("child",), "activity": ("entry",), "at": ("day", "time")}
    assert found.wanted.waits == (("asked", "given"),)
    assert found.wanted.spans == (("opened", "closed", None),)
    assert found.wanted.asked == (("neighbour", "neighbour asked"),)
    assert (found.work, found.out) == (tmp_path / "one.casetrail", tmp_path / "one-pack")
    assert not found.is_personal


def test_a_byte_order_mark_of_notepad(tmp_path: Path) -> None:
    assert parsed(tmp_path, "\ufeff" + GOOD).title == "One"


# What is written in place of what; the code; words that the message must hold.
MISTAKES = [
    ("title =", "titel =", "unknown_setting", "'titel' Did you mean 'title'? [inquiry]"),
    ("[trail]", "[trial]", "unknown_setting", "'trial' Did you mean 'trail'? one.toml"),
    ("repeat_window_days", "repeat_days", "unknown_setting", "'repeat_days' 'repeat_window_days' [trail]"),
    ('covers_from', "cover_from", "unknown_setting", "'cover_from' 'covers_from' [[source]] number 1"),
    ('role = "neighbour"', 'rôle = "neighbour"', None, "TOML"),
    ('role = "neighbour"', 'roles = "neighbour"', "unknown_setting", "'roles' 'role' number 1"),
    ("authority", "authorities", "unknown_setting", "'authorities' 'authority' [[compare]] number 1"),
    ('title = "One"\n', "", "missing", "'title' text in quotes [inquiry]"),
    ("as_of = 2007-12-31\n", "", "missing", "'as_of' 2007-12-31"),
    ('name = "police"\n', "", "missing", "'name' [[source]] number 1"),
    ('origin = "made-up"\n', "", "missing", "'origin'"),
    ('finish = "given"\n', "", "missing", "'finish'"),
    ('year = "2009-10"\n', "", "missing", "'year'"),
    ('title = "One"', "title = 1", "wrong_type", "'title' text in quotes"),
    ("as_of = 2007-12-31", 'as_of = "2007-12-31"', "wrong_type", "'as_of' without quotes"),
    ("repeat_window_days = 90", "repeat_window_days = true", "wrong_type", "whole number"),
    ("repeat_window_days = 90", "repeat_window_days = 1.5", "wrong_type", "whole number"),
    ("repeat_window_days = 90", "repeat_window_days = 0", None, "from 1 to 36525"),
    ('at = ["day", "time"]', "at = [1]", "wrong_type", "'at' list of texts"),
    ("[[source]]", "[source]", "wrong_type", "'source' [[source]]"),
    ("[[compare]]", "[compare]", "wrong_type", "'compare' [[compare]]"),
    ("[inquiry]", "[[inquiry]]", "wrong_type", "'inquiry' [inquiry]"),
    ("[source.columns]", 'delimiter = 3\n[source.columns]', "wrong_type", "'delimiter'"),
    ("[source.columns]", 'unknown_dates = ["1900"]\n[source.columns]', None, "list of dates"),
    ("[source.columns]", '[source.activity_rank]\nvisit = "first"\n[source.columns]', "wrong_type", "whole number"),
    ('origin = "made-up"', 'origin = "madeup"', "wrong_choice", "'origin' public-pseudonymous"),
    ("as_of =", 'nation = "england"\nas_of =', "wrong_choice", "'nation' england-and-wales"),
    ("as_of =", 'open_ends = "never"\nas_of =', "wrong_choice", "'open_ends' last_event, as_of"),
    ("[source.columns]", 'precision = "hour"\n[source.columns]', "wrong_choice", "'precision' day, minute"),
    ("[source.columns]", 'kind = "event"\n[source.columns]', "wrong_choice", "'kind' involvements"),
    ("[source.columns]", 'format = "xls"\n[source.columns]', "wrong_choice", "'format' xlsx"),
    ("as_of =", 'zone = "Europe/Londn"\nas_of =', None, "time zone Europe/London [inquiry]"),
    ("as_of =", 'zone = "../etc/passwd"\nas_of =', None, "time zone"),
    ("[source.columns]", 'zone = "GB-Wales"\n[source.columns]', None, "time zone [[source]] number 1"),
    ("covers_to = 2007-12-31", "covers_to = 2006-12-31", None, "covers_from after covers_to 'police'"),
    ("as_of = 2007-12-31", "as_of = 2007-02-31", None, "TOML"),
]  # fmt: skip


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_named(tmp_path: Path, mistake: tuple[str, str, str | None, str]) -> None:
    old, new, code, words = mistake
    assert old in GOOD
    with pytest.raises(InquiryError) as caught:
        parsed(tmp_path, GOOD.replace(old, new, 1))
    said = str(caught.value)
    assert code in (None, caught.value.code)
    assert caught.value.where
    assert caught.value.todo
    for word in words.split():
        assert word in said, said


def test_no_source(tmp_path: Path) -> None:
    with pytest.raises(InquiryError, match=r"casetrail init"):
        parsed(tmp_path, GOOD[: GOOD.index("[[source]]")])
