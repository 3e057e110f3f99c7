"""What children's services of a made-up authority know, as the plain values that returns are written from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa

from casetrail.records.writing import Chronicle, Happening, Holding, Person
from casetrail.world import Before
from casetrail.world.holdings.clock import day_begins, day_ends, instant_text, local_days
from casetrail.world.holdings.happened import Happened

AUTHORITY = "social care"
NEAR = ("early help",)
LOOKED_AFTER_ALREADY = "looked after already"
TURNED_EIGHTEEN = "turned eighteen"
_EPOCH = date(1970, 1, 1).toordinal()

# Of one instant: what was so at the beginning, what was done, and a birthday last.
_FIRST, _DONE, _LAST = range(3)
_Timed = tuple[int, int, Happening]


def chronicle(what: Happened, before: Before, who: pa.Table, *, agency: str = AUTHORITY) -> Chronicle:
    """What an agency of a made-up authority knows, without any fault of recording.

    `who` is as `who_they_are` gives it. To what children's services and early help did, two things are added that no
    agency wrote down: that a child turned eighteen, and that a child was looked after already when the run began, dated
    on its first day.
    """
    place = {number: at for at, number in enumerate(who["person"].to_pylist())}
    timed = [one for table in (before.event, what.event) for one in _done(table, place, agency)]
    if agency != AUTHORITY:
        timed.sort(key=lambda one: one[:2])
        return Chronicle(persons=_persons(what, who), happenings=[one for _, _, one in timed], holdings=[])
    began = (day_begins(before.began), _day(before.began))
    timed += [
        (began[0], _FIRST, Happening(person=place[number], day=began[1], activity=LOOKED_AFTER_ALREADY))
        for number in before.looked_after
    ]
    timed += _birthdays(what, place)
    timed.sort(key=lambda one: one[:2])
    return Chronicle(
        persons=_persons(what, who),
        happenings=[happening for _, _, happening in timed],
        holdings=list(_holdings(what, place)),
    )


def _day(when: date) -> int:
    return when.toordinal() - _EPOCH


def _done(table: pa.Table, place: Mapping[int, int], mine: str) -> Iterator[_Timed]:
    """The rows of an agency, and of those near children's services, whose activities have the agency in front."""
    agencies = np.array(_texts(table, "agency"))
    table = table.filter(pa.array(np.isin(agencies, [mine, *(NEAR if mine == AUTHORITY else ())])))
    us = table["at_us"].to_numpy().astype(np.int64)
    columns = [_texts(table, name) for name in ("agency", "activity", "outcome", "reported_by_role", "closing_code")]
    threads = [_texts(table, name) for name in ("team", "worker", "passed_to")] + [_threads(table, mine)]
    workers = zip(*threads, _times(table, "at_us", mine), _times(table, "end_us", mine), strict=True)
    days = zip(us.tolist(), table["person"].to_pylist(), local_days(us).tolist(), _days(table, "end_us"), strict=True)
    for (at, person, day, end), said, more in zip(days, zip(*columns, strict=True), workers, strict=True):
        team, worker, passed_to, thread, time, end_time = more
        agency, activity, outcome, role, closing_code = said
        happening = Happening(
            person=place[person],
            day=day,
            activity=activity if agency == mine else f"{agency}/{activity}",
            end_day=end,
            outcome=outcome,
            role=role,
            closing_code=closing_code,
            team=team,
            worker=worker,
            passed_to=passed_to,
            thread=thread,
            time=time,
            end_time=end_time,
        )
        yield at, _DONE, happening


def _texts(table: pa.Table, name: str) -> list[str]:
    return (
        [text or "" for text in table[name].cast(pa.string()).to_pylist()]
        if name in table.column_names
        else [""] * table.num_rows
    )


def _days(table: pa.Table, name: str) -> list[int | None]:
    """Local days of a column of instants; None where there is none."""
    if name not in table.column_names:
        return [None] * table.num_rows
    known = table[name].is_valid().to_numpy(zero_copy_only=False)
    days = local_days(table[name].fill_null(0).to_numpy().astype(np.int64))
    return [day if there else None for day, there in zip(days.tolist(), known.tolist(), strict=True)]


def _threads(table: pa.Table, mine: str) -> list[str]:
    """What belongs together, by the number of the episode; returns of days do without."""
    if mine == AUTHORITY or "episode" not in table.column_names:
        return [""] * table.num_rows
    return ["" if number is None else f"{number:08d}" for number in table["episode"].to_pylist()]


def _times(table: pa.Table, name: str, mine: str) -> list[str]:
    """Local times with their offset, to the second; returns of days do without."""
    if mine == AUTHORITY or name not in table.column_names:
        return [""] * table.num_rows
    known = table[name].is_valid().to_numpy(zero_copy_only=False)
    texts = instant_text(table[name].fill_null(0).to_numpy().astype(np.int64), known)
    return [text or "" for text in texts.to_pylist()]


def _birthdays(what: Happened, place: Mapping[int, int]) -> list[_Timed]:
    if "left" not in what.person.column_names:
        return []
    rows: list[dict[str, Any]] = what.person.select(["person", "left"]).to_pylist()
    return [
        (
            day_ends(row["left"]),
            _LAST,
            Happening(
                person=place[row["person"]],
                day=_day(row["left"]),
                activity=TURNED_EIGHTEEN,
                closing_code=TURNED_EIGHTEEN,
            ),
        )
        for row in rows
        if row["left"] is not None and row["left"] <= what.ended
    ]


def _persons(what: Happened, who: pa.Table) -> list[Person]:
    known = {row["person"]: row for row in what.person.to_pylist()}
    made = []
    for named in who.to_pylist():
        row = known[named["person"]]
        died = row.get("died")
        made.append(
            Person(
                key=named["common_number"],
                born=_day(row["born"]),
                died=None if died is None else _day(died),
                sex=row["sex"],
                given_name=named["given_name"],
                surname=named["surname"],
                postcode=named["postcode"] or "",
                family=f"F{row['household']:06d}",
            )
        )
    return made


def _holdings(what: Happened, place: Mapping[int, int]) -> Iterator[Holding]:
    table = what.involvement
    table = table.filter(pa.array(np.array(_texts(table, "agency")) == AUTHORITY))
    begun, ended = _days(table, "from_us"), _days(table, "to_us")
    texts = [_texts(table, name) for name in ("role", "team", "worker", "reason_end")]
    for person, begin, end, role, team, worker, reason in zip(
        table["person"].to_pylist(), begun, ended, *texts, strict=True
    ):
        yield Holding(
            person=place[person],
            role=role,
            from_day=begin or 0,
            to_day=end,
            team=team,
            worker=worker,
            reason_end=reason,
        )
