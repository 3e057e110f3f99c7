"""A made-up world beside the returns written from it, for tests."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow.parquet as pq

from casetrail.figures import Origin
from casetrail.inquiry.world_files import returns_asked
from casetrail.inquiry.world_returns import chronicle
from casetrail.inquiry.worldmaking import make_world
from casetrail.records import Extract, Keys, SourceSpec, read_source
from casetrail.records.writing import Chronicle
from casetrail.world import World, before, happened, read_faults, simulated, who_they_are

KEYS = Keys(bytes(range(32)))
_ZONE = ZoneInfo("Europe/London")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Returned:
    """The folder of a world with its returns, the world's last day, and what children's services did by person.

    `done` are the rows of the bundle and of the years before it as dicts, with `day` beside, in order of time;
    `number` is the number of a person in the sealed truth.
    """

    folder: Path
    world: World
    done: Mapping[int, Rows]
    held: Rows
    number: Mapping[int, str]
    person: Mapping[int, dict[str, Any]]
    looked_after: tuple[int, ...]
    began: date
    knows: Chronicle

    def code(self, person: int) -> str:
        """The pseudonym under which a person of a return comes back."""
        return KEYS.person("la-child-id", self.number[person])


def local_day(us: int) -> date:
    """The local day of an instant."""
    return (_EPOCH + timedelta(microseconds=us)).astimezone(_ZONE).date()


def returned(folder: Path, world: World, names: str = "all") -> Returned:
    """Make a world with its returns, and beside it what happened, from the bundle itself."""
    make_world(world, folder, returns=returns_asked(names))
    made = simulated(world)
    what, earlier = happened(made), before(made)
    done: dict[int, Rows] = defaultdict(list)
    for table in (earlier.event, what.event):
        for row in table.to_pylist():
            if row["agency"] in ("social care", "early help"):
                row["day"] = local_day(row["at_us"])
                done[row["person"]].append(row)
    for rows in done.values():
        rows.sort(key=lambda row: row["at_us"])
    held = [row for row in what.involvement.to_pylist() if row["agency"] == "social care"]
    people = pq.read_table(folder / "truth" / "people.parquet").to_pylist()
    who = who_they_are(what, faults=read_faults(), rng=np.random.default_rng([world.seed, 3]))
    return Returned(
        folder=folder,
        world=world,
        done=done,
        held=held,
        number={row["person"]: row["common_number"] for row in people},
        person={row["person"]: row for row in people},
        looked_after=earlier.looked_after,
        began=earlier.began,
        knows=chronicle(what, earlier, who),
    )


def read_back(path: Path, name: str, *, as_of: date, year: int | None = None) -> Extract:
    """A return as casetrail reads it."""
    spec = SourceSpec(
        name=path.stem,
        path=path,
        origin=Origin.MADE_UP,
        columns={},
        format=name,
        year=year,
        person_scheme="la-child-id",
    )
    return read_source(spec, keys=KEYS, as_of=as_of)


def day_of_us(us: int | None) -> date | None:
    """The local date that a midnight of day precision stands for."""
    return None if us is None else date(1970, 1, 1) + timedelta(microseconds=us)


def moved(knows: Chronicle, days: int) -> Chronicle:
    """The same, so many days later."""

    def later(one: Any, *names: str) -> Any:
        return replace(one, **{name: value + days for name in names if (value := getattr(one, name)) is not None})

    shift: Callable[..., Any] = later
    return Chronicle(
        persons=[shift(one, "born", "died") for one in knows.persons],
        happenings=[shift(one, "day", "end_day") for one in knows.happenings],
        holdings=[shift(one, "from_day", "to_day") for one in knows.holdings],
    )
