"""The networks that the event loop shares with SimPy and with Ciw: their figures, and how the loop is given them.

`Cases` has all of the named subset: a desk with priorities and impatience, caseload slots, visits by the worker who
holds the case, feedback. `Queues` is what Ciw can say of it: two stations, three classes, impatience, feedback.
`Stations` is the same with as many stations and servers as a made-up authority of 60,000 children has.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import Any

import numpy as np
import numpy.typing as npt

from casetrail.kernels.network import shape as s
from casetrail.kernels.network.loop import rows_of, run
from casetrail.kernels.network.make import Draft, Made, People, Post

HOUR = s.HOUR_US
ONE = s.ONE * s.FEATURE
CLASS = s.REGISTER * s.FEATURE
# Nodes that write rows.
INTAKE, HOLD, VISIT, DONE, GAVE_UP = range(5)
FIRST, SECOND, LEFT = range(3)


@dataclass(frozen=True, slots=True)
class Cases:
    """Hours and rates per hour; shares of three classes, first class first."""

    arrivals: float = 4.0
    classes: tuple[float, float, float] = (0.2, 0.3, 0.5)
    desk: int = 5
    intake: float = 1.1
    patience: float = 4.0
    carers: int = 12
    slots: int = 10
    visit: float = 0.5
    visit_sigma: float = 0.6
    again: float = 0.75
    pause: float = 8.0

    def made(self, hours: float, seed: int, *, record: int = 1) -> Made:
        """The network for the event loop; persons come from a source until the run stops."""
        draft = Draft()
        desk = draft.pool([Post()] * self.desk)
        carers = draft.pool([Post(slots=self.slots)] * self.carers, holding=0)
        intake, patience = draft.dist(s.EXPONENTIAL, self.intake), draft.dist(s.EXPONENTIAL, self.patience)
        visit, pause = draft.dist(s.LOGNORMAL, self.visit, self.visit_sigma), draft.dist(s.EXPONENTIAL, self.pause)
        mine = draft.expr((1.0, CLASS))
        draft.node(s.WORK, pool=desk, dist=intake, patience=patience, prio_expr=mine, other=GAVE_UP, next=HOLD,
                   record=record)  # fmt: skip
        draft.node(s.TAKE, pool=carers, prio_expr=mine, next=VISIT, record=record)
        draft.node(s.WORK, pool=carers, own=1, dist=visit, prio_expr=mine, next=5, record=record)
        draft.node(s.FREE, pool=carers, record=record)
        draft.node(s.PASS, record=record, mark=draft.expr((1.0, CLASS)) if record else -1)
        draft.node(s.CHANCE, expr=draft.expr((self.again, ONE)), next=6, other=DONE)
        draft.node(s.DELAY, dist=pause, next=VISIT)
        _source(draft, self.arrivals, _classes(draft, self.classes, INTAKE))
        mean = hours * self.arrivals
        made = draft.finish(seed, People.plain(int(mean + 10 * sqrt(mean) + 10)))
        # The source brings the persons of the state, who have a place to be held in, instead of further ones.
        made.state.count[s.NEXT_PERSON] = 0
        return made

    def found(self, hours: float, seed: int) -> dict[str, float]:
        """What one run says: mean waits, shares, visits."""
        made = self.made(hours, seed)
        return means_of(cases_table(rows_of(run(made.model, made.state, int(hours * HOUR)))))


@dataclass(frozen=True, slots=True)
class Queues:
    """Rates per hour of three classes at the first station; from the second, `again` go back."""

    arrivals: tuple[float, float, float] = (0.6, 0.9, 1.5)
    first: int = 5
    second: int = 4
    service: float = 1.1
    check: float = 0.8
    patience: float = 4.0
    again: float = 0.3

    def made(self, seed: int, *, record: int = 1) -> Made:
        """The network for the event loop."""
        draft = Draft()
        pools = [draft.pool([Post()] * count) for count in (self.first, self.second)]
        service, check, patience = (draft.dist(s.EXPONENTIAL, a) for a in (self.service, self.check, self.patience))
        mine = draft.expr((1.0, CLASS))
        draft.node(s.WORK, pool=pools[0], dist=service, patience=patience, prio_expr=mine, other=LEFT, next=SECOND,
                   record=record)  # fmt: skip
        draft.node(s.WORK, pool=pools[1], dist=check, prio_expr=mine, next=3, record=record)
        draft.node(s.PASS, record=record)
        draft.node(s.CHANCE, expr=draft.expr((self.again, ONE)), next=FIRST, other=-1)
        total = sum(self.arrivals)
        _source(draft, total, _classes(draft, tuple(rate / total for rate in self.arrivals), FIRST))
        return draft.finish(seed)

    def found(self, hours: float, seed: int) -> dict[str, float]:
        """What one run says: mean waits at both stations, share who left among those who came to the first."""
        made = self.made(seed)
        rows = rows_of(run(made.model, made.state, int(hours * HOUR)))
        wait = (rows["started"] - rows["asked"]) / HOUR
        left, first = np.sum(rows["node"] == LEFT), np.sum(rows["node"] == FIRST)
        return {
            "first": float(wait[rows["node"] == FIRST].mean()),
            "second": float(wait[rows["node"] == SECOND].mean()),
            "left": float(left / (left + first)),
        }


@dataclass(frozen=True, slots=True)
class Stations:
    """Servers and mean hours of each station; `onward` go to the next, `back` from the last to the first.

    As many servers as a made-up authority of 60,000 children has posts: call handlers, response, screeners, assessment,
    safeguarding, chairs, parents' service, managers. Three classes come equally often; the first station's wait is left
    after `patience`.
    """

    servers: tuple[int, ...] = (15, 30, 15, 42, 95, 7, 8, 19)
    hours: tuple[float, ...] = (0.3, 0.9, 0.6, 2.4, 8.0, 0.8, 1.2, 3.8)
    arrivals: float = 40.0
    patience: float = 1.0
    onward: float = 0.7
    back: float = 0.3

    def made(self, seed: int, *, record: int = 1) -> Made:
        """The network for the event loop: node 2i is station i, node 2i + 1 decides where to next."""
        draft, many = Draft(), len(self.servers)
        pools = [draft.pool([Post()] * count) for count in self.servers]
        dists = [draft.dist(s.EXPONENTIAL, hours) for hours in self.hours]
        patience, mine = draft.dist(s.EXPONENTIAL, self.patience), draft.expr((1.0, CLASS))
        onward, back = (draft.expr((share, ONE)) for share in (self.onward, self.back))
        for i in range(many):
            last = i == many - 1
            draft.node(s.WORK, pool=pools[i], dist=dists[i], prio_expr=mine, next=2 * i + 1, record=record,
                       patience=patience if i == 0 else -1, other=2 * many if i == 0 else -1)  # fmt: skip
            draft.node(s.CHANCE, expr=back if last else onward, next=0 if last else 2 * i + 2, other=-1)
        draft.node(s.PASS, record=record)
        _source(draft, self.arrivals, _classes(draft, (1 / 3, 1 / 3, 1 / 3), 0))
        return draft.finish(seed)

    def found(self, hours: float, seed: int) -> dict[str, float]:
        """What one run says: visits and mean wait at each station, share who left the first."""
        made = self.made(seed)
        rows = rows_of(run(made.model, made.state, int(hours * HOUR)))
        wait, many = (rows["started"] - rows["asked"]) / HOUR, len(self.servers)
        at = [rows["node"] == 2 * i for i in range(many)]
        left = np.sum(rows["node"] == 2 * many)
        return {
            **{f"wait {i}": float(wait[those].mean()) for i, those in enumerate(at)},
            **{f"visits {i}": float(those.sum()) for i, those in enumerate(at)},
            "left": float(left / (left + at[0].sum())),
        }


def _source(draft: Draft, rate: float, to: int) -> None:
    node = draft.node(s.SOURCE, dist=draft.dist(s.EXPONENTIAL, 1 / rate), other=to)
    draft.start(node, 0)


def _classes(draft: Draft, shares: tuple[float, ...], to: int) -> int:
    """Nodes that give a token its class and send it on."""
    nodes = [
        draft.node(s.SET, attr=CLASS, mode=s.PUT, expr=draft.expr((float(one), ONE)), next=to)
        for one in range(len(shares))
    ]
    return draft.node(s.BRANCH, edges=[(n, draft.expr((p, ONE))) for n, p in zip(nodes, shares, strict=True)])


Table = npt.NDArray[Any]


def cases_table(rows: Table) -> Table:
    """Station, person, and hours asked, started and ended, in the order in which things ended."""
    columns = (rows["node"], rows["person"], *(rows[name] / HOUR for name in ("asked", "started", "ended")))
    return np.stack([np.asarray(column, dtype=np.float64) for column in columns], axis=1)


def means_of(table: Table) -> dict[str, float]:
    """Figures of one run of `Cases`, whoever made it."""
    at = {station: table[table[:, 0] == station] for station in range(5)}
    waits = {station: rows[:, 3] - rows[:, 2] for station, rows in at.items()}
    took = {station: rows[:, 4] - rows[:, 3] for station, rows in at.items()}
    done = len(at[DONE])
    return {
        "wait at the desk": float(waits[INTAKE].mean()),
        "spread of waits at the desk": float(waits[INTAKE].std()),
        "share at once at the desk": float(np.mean(waits[INTAKE] == 0)),
        "share who gave up": len(at[GAVE_UP]) / (len(at[GAVE_UP]) + len(at[INTAKE])),
        "wait for a slot": float(waits[HOLD].mean()),
        "wait for the own worker": float(waits[VISIT].mean()),
        "spread of waits for the own worker": float(waits[VISIT].std()),
        "hours of a visit": float(took[VISIT].mean()),
        "visits in all": float(len(at[VISIT])),
        "cases done": float(done),
    }
