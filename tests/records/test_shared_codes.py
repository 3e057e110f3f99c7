"""Who told and how it ended mean the same in every format: one table each, held against the forms and the facts."""

from __future__ import annotations

import csv
import re
import tomllib
from importlib import resources

import pytest

from casetrail.records.codes import (
    SHARED_WORDS,
    closing,
    closing_kinds,
    closings,
    speaker,
    speaker_kinds,
    speakers,
)
from casetrail.records.codes.shipped import CLOSING, WHO_TOLD, entries, folded
from casetrail.records.returns import form, form_names, form_years

STATUTORY = ("annex-a", "cin-census", "ssd", "ssda903")
EVERY = [(name, year) for name in form_names() for year in form_years(name)]


@pytest.mark.parametrize("name", [WHO_TOLD, CLOSING])
def test_no_word_means_two_things(name):
    said = "role" if name == WHO_TOLD else "words"
    seen = {}
    for entry in entries(name):
        for text in {folded(word) for word in (entry[said], *entry.get("codes", ()), *entry.get("also", ()))}:
            assert text not in seen, f"'{text}' of {entry[said]} and {seen[text]}"
            seen[text] = entry[said]


def coded(ours):
    """Columns with codes that feed one of ours in any form, and the words they get."""
    for name, year in EVERY:
        for table in form(name, year).tables.values():
            for mapping in table.mappings:
                feed = mapping.feeds.get(ours)
                if feed is not None and table.columns[feed.columns[0]].codes:
                    yield f"{name} {year} {table.name}", table.columns[feed.columns[0]], feed


def test_every_source_code_of_every_form_is_a_role():
    """The census has 22 codes, in every year; the same code is the same role in every format."""
    found = list(coded("reported_by_role"))
    assert {place.split()[0] for place, _, _ in found} >= {"annex-a", "cin-census", "ssd"}
    for place, column, feed in found:
        for code in column.codes:
            words = feed.words.get(code, code)  # a form of local extracts writes words of its own
            role = speaker(words)
            assert role is not None, f"{place}: {words}"
            if place.split()[0] in STATUTORY:
                assert (role.role, speaker(code)) == (words, role)
    census = {code for _, column, _ in found for code in column.codes if code[0].isdigit()}
    assert len(census) == 22


def test_every_closing_code_of_every_form_is_an_ending():
    found = [*coded("closing_code"), *coded("reason_end")]
    assert {place.split()[0] for place, _, _ in found} >= {"annex-a", "cin-census", "ssd", "ssda903"}
    endings = 0
    for place, column, feed in found:
        if {"SW_REASON", "invo_worker_change_reason"} & set(feed.columns):  # no ending of the case
            continue
        for code in column.codes:
            words = feed.words.get(code, code)
            assert closing(words) is not None, f"{place}: {words}"
            if place.split()[0] in STATUTORY:
                assert closing(code) == closing(words)
        if feed.otherwise:
            assert closing(feed.otherwise).turned_away is None
        endings += 1
    assert endings > 10


def test_individuals_alone_are_lay():
    """Codes 1A to 1D of the census are individuals; who is anonymous or not known may be lay or not."""
    lay = {code for role in speakers() if role.speaks == "lay" for code in role.codes}
    assert lay == {"1A", "1B", "1C", "1D", "Individual"}
    assert {role.kind for role in speakers() if role.speaks == "not known"} == {"anonymous", "unknown"}
    assert {role.kind for role in speakers()} == set(speaker_kinds())
    assert speaker("a clairvoyant") is None


def test_who_is_turned_away():
    away = {"no further action", "NFA", "advice", "information and advice", "area search no trace", "RC8"}
    assert all(closing(text).turned_away for text in away)
    assert not any(closing(text).turned_away for text in ("RC9", "step down", "RC1", "E4A", "accepted", "X1", "E3"))
    assert {end.kind for end in closings()} == set(closing_kinds())
    assert closing("something else") is None


def test_words_of_the_made_up_authority_are_known():
    """Against the made-up authority's own description of its roles and closing codes."""
    folder = resources.files("casetrail.world") / "system"
    roles = tomllib.loads((folder / "attributes.toml").read_text(encoding="utf-8"))["role"]
    assert len(roles) > 8
    assert not [role for role in roles if speaker(role) is None]
    text = "".join(file.read_text(encoding="utf-8") for file in folder.iterdir() if file.name.endswith(".toml"))
    codes = set(re.findall(r'closing_code = "([^"]+)"', text))
    assert len(codes) > 5
    assert not [code for code in codes if closing(code) is None]


@pytest.mark.shared
def test_spellings_lie_under_the_kind_that_the_tabled_facts_say(shared):
    """Against spec/annex_a_codes.csv: but for the few where the cell itself names another source."""
    labels = {
        "individual": "individual", "schools": "school", "education services": "education", "housing": "housing",
        "health services": "health", "la services": "local authority", "police": "police", "other": "other body",
        "other legal agency": "other legal agency", "anonymous": "anonymous", "unknown": "unknown",
    }  # fmt: skip
    column = form("annex-a").tables["list_3"].columns["Referral Source"]
    held = {text: code for code, spellings in column.codes.items() for text in spellings}
    moved, seen = set(), 0
    with (shared / "records" / "spec" / "annex_a_codes.csv").open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            if row["column"] != "Referral Source":
                continue
            kind = labels[row["code"].partition(") ")[2].strip().casefold()]
            for text in row["also_written_as"].split(" | "):
                if text in held:
                    seen += 1
                    if speaker(held[text]).kind != kind:
                        moved.add(text)
    assert seen > 80
    assert moved == {
        "(CS) Anonymous",
        "(CS) Education - Schools",
        "COMMUNITY MENTAL HEALTH TEAM.",
        "CYP - SCHOOLS",
        "Pathway/Leaving Care",
    }


def test_the_words_of_a_form_are_those_of_the_table():
    words = dict(SHARED_WORDS[WHO_TOLD])
    assert words["1B"] == "individual: acquaintance, neighbour or child minder"
    assert SHARED_WORDS[CLOSING]["E4A"] == "returned home, as planned"
