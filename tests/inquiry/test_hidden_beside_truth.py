"""An estimate beside the sealed truth: the truth counted again from its files, and each kind of result."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow.parquet as pq
import pytest

from casetrail.demand.lists import Lists
from casetrail.demand.refusals import refuse
from casetrail.errors import InputError
from casetrail.figures import Answer, Estimate, Origin, Range, Refusal, Table
from casetrail.inquiry.hidden_beside_truth import HIDDEN, TOTAL, hidden_beside_truth
from casetrail.inquiry.worldmaking import make_world
from casetrail.publish.drawing import draw
from casetrail.world import World

DAYS = (dt.date(2019, 6, 1), dt.date(2020, 5, 31))
LISTS = Lists(("police", "school"), np.array([0, 40, 30, 20]))
ESTIMATE = Estimate(400.0, 300.0, 500.0, 0.95, "persons", "two lists")


@pytest.fixture(scope="module")
def truth(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("world") / "fair"
    make_world(World(scenario="fair", children=1_500, years=2.0, seed=7), place)
    return place / "truth"


def _by_hand(truth: Path) -> tuple[set[int], set[int], int, int]:
    """Persons told and not told about, and incidents of each, one row after the other."""
    persons: list[set[int]] = []
    incidents = []
    for name in ("told", "hidden"):
        rows = pq.read_table(truth / f"{name}.parquet").to_pylist()
        london = ZoneInfo("Europe/London")
        kept = [r for r in rows if DAYS[0] <= dt.datetime.fromtimestamp(r["at_us"] / 1e6, london).date() <= DAYS[1]]
        persons.append({r["person"] for r in kept})
        incidents.append(len(kept))
    return persons[0], persons[1], incidents[0], incidents[1]


def _rows(answer: Answer) -> dict[str, tuple[object, ...]]:
    assert isinstance(answer.body, Table)
    return {str(row[0]): row[1:5] for row in answer.body.rows}


def test_the_truth_is_that_of_the_files(truth: Path) -> None:
    told, hidden, incidents_told, incidents_hidden = _by_hand(truth)
    answer = hidden_beside_truth(truth, LISTS, ESTIMATE, days=DAYS)
    rows = _rows(answer)
    assert rows[TOTAL] == (400.0, 300.0, 500.0, len(told | hidden))
    assert rows[HIDDEN] == (310.0, 210.0, 410.0, len(hidden - told))
    assert rows["persons on a list, or told about"] == (90.0, None, None, len(told))
    assert rows["incidents told to somebody"][3] == incidents_told
    assert rows["incidents told to nobody"][3] == incidents_hidden
    assert answer.origin is Origin.MADE_UP
    assert f"{len(told | hidden):,} persons" in answer.sentence
    assert "400 (300 to 500)" in answer.sentence


def test_an_estimate_of_the_hidden_alone(truth: Path) -> None:
    rows = _rows(hidden_beside_truth(truth, LISTS, ESTIMATE, days=DAYS, of="hidden"))
    assert rows[TOTAL][:3] == (490.0, 390.0, 590.0)
    assert rows[HIDDEN][:3] == (400.0, 300.0, 500.0)


@pytest.mark.parametrize(("low", "high", "said"), [(1.0, 9e5, "inside"), (1.0, 2.0, "above"), (8e5, 9e5, "below")])
def test_a_range_has_no_one_number(truth: Path, low: float, high: float, said: str) -> None:
    answer = hidden_beside_truth(truth, LISTS, Range((ESTIMATE,), low, high, "Models differ."), days=DAYS)
    assert _rows(answer)[TOTAL][:3] == (None, low, high)
    assert f"{said} what was estimated" in answer.sentence


def test_a_refusal_stands_beside_the_truth_as_one(truth: Path) -> None:
    refused = refuse("no_overlap")
    assert isinstance(refused, Refusal)
    answer = hidden_beside_truth(truth, LISTS, refused, days=DAYS)
    assert _rows(answer)[TOTAL][:3] == (None, None, None)
    assert "No number was given" in answer.sentence
    assert answer.chart is None


def test_the_chart_is_drawn(truth: Path) -> None:
    drawing = draw(hidden_beside_truth(truth, LISTS, ESTIMATE, days=DAYS), "x")
    assert drawing is not None
    assert drawing.svg.count("<path") >= 6
    assert drawing.left_out == 0


def test_where_there_is_no_truth(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="not the truth"):
        hidden_beside_truth(tmp_path, LISTS, ESTIMATE, days=DAYS)
