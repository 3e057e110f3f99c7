"""How many it happened to, as estimated, beside how many it truly happened to: for made-up authorities alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from casetrail.demand.answers.given import percent, whole
from casetrail.demand.lists import Lists
from casetrail.figures import (
    Answer,
    Cell,
    Chart,
    Column,
    Estimate,
    Origin,
    Provenance,
    Range,
    Refusal,
    SourceRef,
    Table,
)
from casetrail.inquiry.reading import end_of_day_us
from casetrail.inquiry.same_population import OnLists
from casetrail.world.holdings.truth import Truth, read_truth

QUESTION = "world.hidden"
Of = Literal["total", "hidden"]
Ints = npt.NDArray[np.int64]
COLUMNS = (
    Column("measure", "Measure"),
    Column("records", "From the records", "number", 0),
    Column("low", "At least", "number", 0),
    Column("high", "At most", "number", 0),
    Column("truth", "Truth", "number", 0),
    Column("why", "What to know"),
)
TOTAL, HIDDEN = "persons to whom something happened", "of these, persons whom nobody was told about"


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """What is true of a period: persons and incidents. A person is told of when any of the incidents was."""

    persons: int
    persons_told: int
    incidents: int
    incidents_told: int
    mistaken: int

    @property
    def persons_hidden(self) -> int:
        """Persons to whom something happened, none of which was told to anybody."""
        return self.persons - self.persons_told

    @property
    def incidents_hidden(self) -> int:
        return self.incidents - self.incidents_told


def happened_in(truth: Truth, since: date, until: date) -> Happened:
    """What happened from the first to the last day, both included, by the clock in England."""
    told, hidden, mistaken = (_within(table, since, until) for table in (truth.told, truth.hidden, truth.mistaken))
    persons_told = np.unique(_persons(told))
    return Happened(
        persons=int(np.union1d(persons_told, _persons(hidden)).size),
        persons_told=int(persons_told.size),
        incidents=told.num_rows + hidden.num_rows,
        incidents_told=told.num_rows,
        mistaken=mistaken.num_rows,
    )


def _within(table: pa.Table, since: date, until: date) -> pa.Table:
    start = end_of_day_us(since - timedelta(days=1), "Europe/London") + 1
    return table.filter((pc.field("at_us") >= start) & (pc.field("at_us") <= end_of_day_us(until, "Europe/London")))


def _persons(table: pa.Table) -> Ints:
    return np.asarray(table.column("person").to_numpy().astype(np.int64))


def hidden_beside_truth(
    folder: Path,
    lists: Lists,
    found: Estimate | Range | Refusal,
    *,
    days: tuple[date, date],
    of: Of = "total",
    on: OnLists | None = None,
) -> Answer:
    """An estimate on lists of a made-up authority beside the sealed truth in `folder`.

    `found` is of all persons (`total`) or of those on no list (`hidden`); the other is made from it by adding or taking
    off those on a list. `days`: first and last day counted. `on`: how many of those on a list it truly happened to;
    where they are too few, lists and truth are of different populations and are not held against each other. Raises
    InputError, IntegrityError where there is no truth.
    """
    truth = read_truth(folder)
    true = happened_in(truth, *days)
    rows = (*_rows(lists, found, true, of), *_on(on))
    source = SourceRef("sealed truth", "", Origin.MADE_UP, note=f"scenario {truth.scenario}")
    return Answer(
        id=QUESTION,
        section="Beside the truth",
        title="How many it happened to: the estimate, and what is true",
        sentence=_sentence(rows[0], true, on),
        body=Table(COLUMNS, rows),
        method="The estimate on the lists beside the sealed truth of the simulation, which no method saw. The truth "
        "counts each person once to whom something happened from the first to the last day; hidden are those of whom "
        "not one incident was told to anybody.",
        chart=_chart(rows[:2], true) if not isinstance(found, Refusal) else None,
        caveats=_caveats(lists, true, on),
        provenance=Provenance(
            QUESTION,
            Origin.MADE_UP,
            (source,),
            parameters=(("from", days[0].isoformat()), ("lists", list(lists.names)), ("to", days[1].isoformat())),
            seed=truth.seed,
        ),
    )


def _rows(lists: Lists, found: Estimate | Range | Refusal, true: Happened, of: Of) -> tuple[tuple[Cell, ...], ...]:
    value, low, high = _numbers(found)
    off = lists.n if of == "total" else 0
    on = 0 if of == "total" else lists.n
    why = f"Refused: {found.message}" if isinstance(found, Refusal) else ""
    if isinstance(found, Range):
        why = f"No one number: {found.why_no_point}"
    return (
        (TOTAL, *_moved((value, low, high), on), float(true.persons), why),
        (
            HIDDEN,
            *_moved((value, low, high), -off),
            float(true.persons_hidden),
            "The estimate is of those on no list; a list also has persons to whom nothing happened in these days.",
        ),
        (
            "persons on a list, or told about",
            float(lists.n),
            None,
            None,
            float(true.persons_told),
            "Not the same: agencies also have records that are about no incident of these days.",
        ),
        (
            "incidents told to somebody",
            None,
            None,
            None,
            float(true.incidents_told),
            "Lists are of persons: they say nothing of how often.",
        ),
        ("incidents told to nobody", None, None, None, float(true.incidents_hidden), "The same."),
    )


def _on(on: OnLists | None) -> tuple[tuple[Cell, ...], ...]:
    if on is None:
        return ()
    why = "The others are on a list by mistake, or of ordinary work: an estimate from lists counts their like as well."
    return (("of those on a list, persons to whom something happened", None, None, None, float(on.happened), why),)


def _numbers(found: Estimate | Range | Refusal) -> tuple[float | None, float | None, float | None]:
    """A value with its interval; a range has no value; a refusal has nothing."""
    if isinstance(found, Estimate):
        return found.value, found.low, found.high
    return (None, found.low, found.high) if isinstance(found, Range) else (None, None, None)


def _moved(numbers: Sequence[float | None], by: float) -> tuple[float | None, ...]:
    """Numbers of one kind made those of the other; none is below 0."""
    return tuple(None if number is None else max(number + by, 0.0) for number in numbers)


def _sentence(row: tuple[Cell, ...], true: Happened, on: OnLists | None) -> str:
    if not true.persons:
        return "In this made-up authority nothing happened to anybody in these days."
    truly = (
        f"something truly happened to {true.persons:,} persons, and of {true.persons_hidden:,} of them "
        f"({percent(true.persons_hidden / true.persons)}) nobody was told"
    )
    _, value, low, high = row[:4]
    if on is not None and not on.same:
        return (
            f"Not to be compared: to {percent(on.others)} of the persons on these lists nothing happened in these "
            f"days, so that they are of another population; in this made-up authority {truly}. Count harm alone: a "
            "list with its activities ([[demand.list]])."
        )
    if isinstance(low, float) and isinstance(high, float):
        where = "inside" if low <= true.persons <= high else "below" if true.persons < low else "above"
        ends = f"{whole(low)} to {whole(high)}"
        said = f"{whole(value)} ({ends})" if isinstance(value, float) else ends
        return f"The records lead to {said} persons; in this made-up authority {truly}: {where} what was estimated."
    if isinstance(low, float) and value is None:
        where = "above" if true.persons >= low else "below"
        return (
            f"The records lead to at least {whole(low)} persons; in this made-up authority {truly}: {where} that end."
        )
    if isinstance(value, float):
        return f"The records lead to {whole(value)} persons; in this made-up authority {truly}."
    return f"No number was given; in this made-up authority {truly}."


def _caveats(lists: Lists, true: Happened, on: OnLists | None) -> tuple[str, ...]:
    wrongly = (
        f"{true.mistaken:,} allegations of these days were mistaken: a list may have persons to whom nothing happened.",
    )
    named = f"The lists counted ({', '.join(lists.names)}) have whoever had a record that counts"
    if on is None:
        whom = "with records of ordinary work among them, they are of another population than those to whom it happened"
    else:
        whom = f"of {on.persons:,} true persons in their files, to {on.happened:,} something happened in these days"
    return (
        f"{named}; {whom}.",
        *(wrongly if true.mistaken else ()),
    )


def _chart(rows: Sequence[tuple[Cell, ...]], true: Happened) -> Chart:
    """What was estimated as a bar from least to most and a point; what is true as a cross."""
    y = {"field": "measure", "type": "nominal", "sort": None, "axis": {"title": None, "labelLimit": 300}}
    x = {"type": "quantitative", "axis": {"title": "Persons"}, "scale": {"zero": True}}
    spec: dict[str, object] = {
        "height": {"step": 44},
        "transform": [{"filter": f"datum.measure == '{TOTAL}' || datum.measure == '{HIDDEN}'"}],
        "encoding": {"y": y},
        "layer": [
            {
                "mark": {"type": "bar", "color": "limit", "height": 14},
                "encoding": {"x": {**x, "field": "low"}, "x2": {"field": "high"}},
            },
            {
                "mark": {"type": "point", "color": "series1", "filled": True, "size": 80},
                "encoding": {"x": {**x, "field": "records"}},
            },
            {
                "mark": {"type": "point", "color": "accent", "shape": "cross", "filled": True, "size": 110},
                "encoding": {"x": {**x, "field": "truth"}},
            },
        ],
    }
    ends = [f"{row[0]}: {_said(row[2])} to {_said(row[3])}" for row in rows]
    return Chart(
        spec,
        f"Two bars from the least to the most that was estimated, with a cross at the truth. {'; '.join(ends)}. Truth: "
        f"{true.persons:,} and {true.persons_hidden:,}.",
    )


def _said(cell: Cell) -> str:
    return f"{cell:,.0f}" if isinstance(cell, float) else "not known"
