"""What the records of a made-up authority say, beside what is true. Only here does a figure meet the sealed truth."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow.compute as pc

from casetrail.figures import Answer, Column, Origin, Provenance, SourceRef, Table
from casetrail.world.holdings.truth import Truth, read_truth

QUESTION = "world.truth"
WAIT = "trail.wait.referral.case-allocated"
_DAY_US = 86_400_000_000


@dataclass(frozen=True, slots=True)
class _Beside:
    measure: str
    records: float | None
    truth: float | None
    unit: str
    why: str


def beside_truth(found: Iterable[Answer], folder: Path) -> Answer:
    """Trail measures beside the truth in `folder`. Raises InputError, IntegrityError where there is no truth."""
    by_id = {answer.id: answer for answer in found}
    truth = read_truth(folder)
    rows = tuple((b.measure, b.records, b.truth, b.unit, b.why) for b in _rows(by_id, truth))
    columns = (
        Column("measure", "Measure"),
        Column("records", "From the records", "number", 2),
        Column("truth", "Truth", "number", 2),
        Column("unit", "Unit"),
        Column("why", "Why they differ"),
    )
    return Answer(
        id=QUESTION,
        section="Beside the truth",
        title="What the records say, and what is true",
        sentence=_sentence(truth.told.num_rows, truth.hidden.num_rows),
        body=Table(columns, rows),
        method="The trail's own figures beside the sealed truth of the simulation. Nothing on this page was fitted.",
        caveats=("How many it happened to is estimated, and set beside the truth, by `casetrail demand`.",),
        provenance=Provenance(
            QUESTION,
            Origin.MADE_UP,
            (SourceRef("sealed truth", "", Origin.MADE_UP, note=f"scenario {truth.scenario}"),),
            seed=truth.seed,
            parents=tuple(i for i in ("trail.overview", WAIT) if i in by_id),
        ),
    )


def _sentence(told: int, hidden: int) -> str:
    if not told + hidden:
        return "In this made-up authority there was no incident."
    return (
        f"In this made-up authority {hidden / (told + hidden):.0%} of the incidents were told to nobody: no measure on "
        "records alone can see them."
    )


def _cell(answer: Answer | None, column: str) -> float | None:
    """The first row's figure; None where the question was not asked or nobody can say."""
    if answer is None or not isinstance(answer.body, Table) or not answer.body.rows:
        return None
    cell = answer.body.rows[0][[c.name for c in answer.body.columns].index(column)]
    return float(cell) if isinstance(cell, int | float) else None


def _rows(by_id: dict[str, Answer], truth: Truth) -> list[_Beside]:
    overview = by_id.get("trail.overview")
    in_events = np.unique(truth.events.column("person").to_numpy())
    harmed = np.union1d(truth.told.column("person").to_numpy(), truth.hidden.column("person").to_numpy())
    days = _days_to_allocation(truth)
    return [
        _Beside(
            "persons an agency did something about",
            _cell(overview, "persons"),
            float(len(in_events)),
            "persons",
            "A person all of whose rows were lost is in no file.",
        ),
        _Beside(
            "persons to whom something happened",
            _cell(overview, "persons"),
            float(len(harmed)),
            "persons",
            "What is told to nobody leaves no row; and records speak of more than incidents.",
        ),
        _Beside(
            "things done about them",
            _cell(overview, "events"),
            float(truth.events.num_rows),
            "events",
            "Rows are lost, late, and written twice.",
        ),
        _Beside(
            "incidents",
            None,
            float(truth.told.num_rows + truth.hidden.num_rows),
            "incidents",
            "Cannot be known from these records alone: what was told to nobody left no row.",
        ),
        _Beside(
            "wait from referral to allocated worker, mean",
            _cell(by_id.get(WAIT), "mean_days"),
            float(days.mean()) if len(days) else None,
            "days",
            "The trail takes the first referral of a child and the next allocation; rows of either may be lost. "
            "Who waits still at the end is in neither.",
        ),
    ]


def _days_to_allocation(truth: Truth) -> npt.NDArray[np.float64]:
    """How long those waited who were given a worker."""
    waits = truth.waits.filter((pc.field("node") == "allocation") & pc.field("started_us").is_valid())
    asked, started = (waits.column(name).to_numpy().astype(np.float64) for name in ("asked_us", "started_us"))
    days: npt.NDArray[np.float64] = (started - asked) / _DAY_US
    return days
