"""Inquiry files for the public event logs of ../shared/data/trails, and one run of each."""

from __future__ import annotations

import functools
import tempfile
from dataclasses import dataclass
from pathlib import Path

import pytest

from .command import Answer, Said, answers, casetrail

TRAILS = Path(__file__).parents[2].parent / "shared" / "data" / "trails"

_HEAD = """\
[inquiry]
title = "{name}"
as_of = 2020-12-31
zone = "Europe/Amsterdam"
{trail}
[[source]]
name = "{name}"
file = "{file}"
origin = "public-pseudonymous"
{source}
"""

_XES_HOLDERS = """
[source.columns]
agency = "organization involved"
team = "org:group"
worker = "org:resource"
activity = "concept:name"
state = ["concept:name", "lifecycle:transition"]
"""

# Name of a log: its file, what stands under [trail], what stands under [[source]].
LOGS: dict[str, tuple[str, str, str]] = {
    "receipt": (
        "receipt.xes.gz",
        '[[trail.span]]\nstart = "startdate"\nfinish = "enddate"\nlimit = "deadline"',
        '[source.columns]\nteam = "org:group"\nworker = "org:resource"\n'
        '[source.dates]\nstartdate = "case:startdate"\nenddate = "case:enddate"\ndeadline = "case:deadline"',
    ),
    "incidents": ("bpic2013_incidents.xes.gz", "", _XES_HOLDERS),
    "closed problems": (
        "bpic2013_closed_problems.xes.gz",
        "",
        '[source.columns]\nagency = "organization involved"\nworker = "org:resource"',
    ),
    "bpic2012": ("bpic2012.xes.gz", "", '[source.columns]\nworker = "org:resource"'),
    "bpic2015": (
        "bpic2015_municipality1.csv.gz",
        "",
        '[source.columns]\nperson = "case:concept:name"\nactivity = "concept:name"\n'
        'at = "time:timestamp"\nworker = "org:resource"',
    ),
    "fines": (
        "traffic_fines_10000.csv.gz",
        "",
        '[source.columns]\nperson = "case_id"\nactivity = "activity"\nat = "timestamp"\nworker = "resource"',
    ),
    "sepsis": (
        "sepsis.csv.gz",
        "",
        'delimiter = ";"\ndate_format = "%Y/%m/%d %H:%M:%S.%f"\n'
        '[source.columns]\nperson = "Case ID"\nactivity = "Activity"\nat = "Complete Timestamp"\nteam = "org:group"',
    ),
}


@dataclass(frozen=True)
class Log:
    """What `read`, `run` and `follow` said of one log; `followed` has all rows, `ran` is what may leave."""

    read: Said
    ran: dict[str, Answer]
    followed: dict[str, Answer]


@functools.cache
def log(name: str) -> Log:
    """Read, run and follow a public log once. Skips the test when the reference data is not there."""
    if not TRAILS.is_dir():
        pytest.skip("the reference data is not beside the checkout (../shared/data/trails)")
    file, trail, source = LOGS[name]
    with tempfile.TemporaryDirectory() as folder:
        inquiry = Path(folder) / "inquiry.toml"
        text = _HEAD.format(name=name, trail=trail, source=source, file=(TRAILS / file).as_posix())
        inquiry.write_text(text, encoding="utf-8")
        ran = casetrail("run", inquiry, "--json")
        followed = casetrail("follow", inquiry, "--all-rows", "--json")
        return Log(casetrail("read", inquiry, "--json"), answers(ran), answers(followed))
