"""As known on the day: what was recorded later is not used, and is shown apart."""

from __future__ import annotations

from pathlib import Path

import pytest

from acceptance.command import answers, by, casetrail, only, rows
from acceptance.small import GOOD, inquiry, source

COLUMNS = {"person": "child", "activity": "what", "at": "when", "recorded": "known"}
CALLS = """\
child,what,when,known
C-1,call received,2007-01-08,2007-01-08
C-1,injury seen,2007-01-10,2007-06-29
C-1,visit,2007-02-01,2007-02-01
C-1,visit,2007-09-01,2007-09-01
"""


@pytest.fixture
def calls(tmp_path: Path) -> Path:
    (tmp_path / "calls.csv").write_text(CALLS, encoding="utf-8")
    return inquiry(tmp_path, source("calls", "calls.csv", columns=COLUMNS, settings='person_scheme = "child"'))


@pytest.mark.parametrize(
    ("day", "events"),
    [("2007-01-07", None), ("2007-01-08", 1), ("2007-02-01", 2), ("2007-06-28", 2), ("2007-06-29", 3)],
)
def test_an_event_recorded_later_is_not_used(calls: Path, day: str, events: int | None) -> None:
    overview = answers(casetrail("follow", calls, "--known-on", day, "--json"))["trail.overview"]
    assert (only(overview)["events"] or None) == events


def test_all_of_it_is_used_without_a_day(calls: Path) -> None:
    assert only(answers(casetrail("follow", calls, "--json"))["trail.overview"])["events"] == 4


def test_what_was_learnt_later_is_shown_apart(calls: Path) -> None:
    said = casetrail("show", "C-1", "--scheme", "child", "--inquiry", calls, "--known-on", "2007-03-01", "--json")
    found = {name.rsplit(".", 1)[1]: answer for name, answer in answers(said).items()}
    assert [row["activity"] for row in rows(found["events"])] == ["call received", "visit"]
    later = by(found["learnt_later"], "activity")
    assert later["injury seen"]["happened"] == "2007-01-10"
    assert later["injury seen"]["known"].startswith("2007-06-29")
    assert later["visit"]["happened"] == "2007-09-01"
    assert "nothing above uses them" in found["learnt_later"]["sentence"]


def test_the_day_is_kept_with_the_figure(calls: Path) -> None:
    found = answers(casetrail("follow", calls, "--known-on", "2007-03-01", "--json"))
    for answer in found.values():
        if answer["id"].startswith("trail."):
            assert answer["provenance"]["parameters"]["known_on"] == "2007-03-01", answer["id"]


def test_a_day_after_as_of_is_refused(calls: Path) -> None:
    said = casetrail("follow", calls, "--known-on", "2008-01-01")
    assert said.code == 3
    assert "after the inquiry's as_of" in said.err
    assert "2007-12-31" in said.err


def test_a_day_that_is_none_is_wrong_usage(calls: Path) -> None:
    said = casetrail("follow", calls, "--known-on", "31/12/2007")
    assert said.code == 2
    assert "2007-12-31" in said.err


def test_a_source_without_recording_times_says_so(tmp_path: Path) -> None:
    (tmp_path / "calls.csv").write_text(GOOD, encoding="utf-8")
    file = inquiry(tmp_path, source("calls", "calls.csv"))
    said = casetrail("run", file, "--known-on", "2007-01-31", "--json")
    told = " ".join(caveat for answer in answers(said).values() for caveat in answer["caveats"])
    assert "record" in told
