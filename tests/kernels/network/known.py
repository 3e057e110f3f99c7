"""Networks with known answers, made for the kernel: what to build, what to look at, what must come out."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from casetrail.kernels.network import shape as s
from casetrail.kernels.network.loop import rows_of, run
from casetrail.kernels.network.make import Draft, Made, Post

from . import theory
from .batches import batch_means

HOUR = s.HOUR_US
END_OF_TIME = s.NEVER - 1
MOMENTS = {
    s.CONSTANT: theory.constant,
    s.EXPONENTIAL: theory.exponential,
    s.LOGNORMAL: theory.lognormal,
    s.UNIFORM_BETWEEN: theory.between,
    s.WEIBULL: theory.weibull,
}
Rows = npt.NDArray[Any]
Seen = tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]


@dataclass(frozen=True, slots=True)
class Cell:
    """One number that is known: how to see it in the rows, as time of arrival and value of each customer."""

    name: str
    expected: float
    see: Callable[[Rows], Seen]


@dataclass(frozen=True, slots=True)
class Known:
    """A network with Poisson arrivals at `rate` per hour in all; `until` says when the last customers come."""

    name: str
    rate: float
    make: Callable[[int, int], Made]
    cells: tuple[Cell, ...]
    sources: int = 1

    def until(self, customers: int) -> int:
        """When about so many customers have come."""
        return int(customers / self.rate * HOUR)

    def seed(self, number: int) -> int:
        """A seed of its own for each run of each network: equal seeds would give them the same arrivals."""
        return int.from_bytes(hashlib.sha256(f"{self.name} {number}".encode()).digest()[:8], "little")

    def simulate(self, customers: int, number: int) -> s.State:
        """Let about so many customers come, and all of them go."""
        made = self.make(self.until(customers), self.seed(number))
        return run(made.model, made.state, END_OF_TIME)

    def means(self, state: s.State, customers: int) -> list[npt.NDArray[np.float64]]:
        """Batch means of each cell."""
        rows = rows_of(state)
        return [batch_means(*cell.see(rows), self.until(customers)) for cell in self.cells]


def source(draft: Draft, rate: float, to: int, until: int) -> int:
    """Poisson arrivals that end at a time; the first customer comes at 0."""
    hours = draft.dist(s.EXPONENTIAL, 1 / rate)
    node = draft.node(s.SOURCE, dist=hours, other=to, cal=draft.calendar([(0, until)]))
    draft.start(node, 0)
    return node


def waits(node: int) -> Callable[[Rows], Seen]:
    """Hours in the queue of a node."""

    def see(rows: Rows) -> Seen:
        at = rows[rows["node"] == node]
        return at["asked"], (at["started"] - at["asked"]) / HOUR

    return see


def waited(node: int) -> Callable[[Rows], Seen]:
    """1 for those who had to wait at a node."""

    def see(rows: Rows) -> Seen:
        at = rows[rows["node"] == node]
        return at["asked"], (at["started"] > at["asked"]).astype(np.float64)

    return see


def both(node: int, expected: theory.Waiting, of: str) -> tuple[Cell, Cell]:
    """Mean wait and share who wait."""
    return (
        Cell(f"{of}mean wait", expected.mean, waits(node)),
        Cell(f"{of}share who wait", expected.share, waited(node)),
    )


def single(  # noqa: PLR0917  a row of known_all.py
    name: str, rate: float, dist: tuple[Any, ...], servers: int, expected: theory.Waiting
) -> Known:
    """One station, any service: `dist` as Draft.dist takes it."""

    def make(until: int, seed: int) -> Made:
        draft = Draft()
        pool = draft.pool([Post()] * servers)
        draft.node(s.WORK, pool=pool, dist=draft.dist(*dist), record=1)
        source(draft, rate, 0, until)
        return draft.finish(seed)

    return Known(name, rate, make, both(0, expected, ""))


JACKSON_OUTSIDE = (3.0, 0.0, 1.0, 0.0, 0.0)
JACKSON_ROUTING = np.array(
    [
        [0.0, 0.5, 0.3, 0.0, 0.0],
        [0.1, 0.0, 0.0, 0.6, 0.0],
        [0.0, 0.2, 0.1, 0.0, 0.5],
        [0.0, 0.0, 0.0, 0.0, 0.7],
        [0.2, 0.0, 0.0, 0.0, 0.0],
    ]
)
JACKSON_SERVICE = (2.4, 1.1, 3.4, 0.5, 4.0)
JACKSON_SERVERS = (2, 3, 1, 4, 1)


def jackson_draft(until: int, *, record: int = 1) -> Draft:
    """Stations are nodes 0 to 4; from each a BRANCH leads on."""
    draft = Draft()
    for mu, c in zip(JACKSON_SERVICE, JACKSON_SERVERS, strict=True):
        hours = draft.dist(s.EXPONENTIAL, 1 / mu)
        draft.node(s.WORK, pool=draft.pool([Post()] * c), dist=hours, record=record, next=5 + len(draft.nodes))
    for chances in JACKSON_ROUTING:
        edges = [(to, draft.expr((float(p), s.ONE * s.FEATURE))) for to, p in enumerate(chances) if p > 0]
        edges.append((-1, draft.expr((1 - float(chances.sum()), s.ONE * s.FEATURE))))
        draft.node(s.BRANCH, edges=edges)
    for to, rate in enumerate(JACKSON_OUTSIDE):
        if rate > 0:
            source(draft, rate, to, until)
    return draft


def _per_person(rows: Rows, node: int | None) -> Seen:
    """Visits of each person to a node; without a node, the hours from the first coming to the last leaving."""
    persons = int(rows["person"].max()) + 1
    first, last = np.zeros(persons, np.int64), np.zeros(persons, np.int64)
    # Rows are in order of their end, and of an index given twice the last value stays.
    first[rows["person"][::-1]] = rows["asked"][::-1]
    last[rows["person"]] = rows["ended"]
    if node is None:
        return first, (last - first) / HOUR
    return first, np.bincount(rows["person"][rows["node"] == node], minlength=persons).astype(np.float64)


def visits(node: int | None) -> Callable[[Rows], Seen]:
    """Visits per customer to a node, or without a node hours in the network."""
    return lambda rows: _per_person(rows, node)


def jackson() -> Known:
    """Five stations with feedback, one to four servers."""
    stations = theory.jackson(JACKSON_OUTSIDE, JACKSON_ROUTING, JACKSON_SERVICE, JACKSON_SERVERS)
    cells = [Cell("hours in the network", theory.jackson_stay(stations, JACKSON_SERVICE), visits(None))]
    for node, station in enumerate(stations):
        cells.append(Cell(f"station {node}: visits", station.visits, visits(node)))
        cells += both(node, station.waiting, f"station {node}: ")
    make = lambda until, seed: jackson_draft(until).finish(seed)  # noqa: E731
    return Known("jackson", sum(JACKSON_OUTSIDE), make, tuple(cells), sources=2)


def _impatient(rows: Rows, value: str) -> Seen:
    """Node 1 is the work, node 2 is where those who left pass, with the years they waited as mark."""
    left = rows["node"] == 2
    years = np.where(left, rows["mark"], 0.0)
    wait = np.where(left, years * (s.YEAR_US / HOUR), (rows["started"] - rows["asked"]) / HOUR)
    came = np.where(left, rows["ended"] - (wait * HOUR).astype(np.int64), rows["asked"])
    of = {"mean": wait, "leaving": left.astype(np.float64), "waiting": (wait > 0).astype(np.float64)}
    return came, of[value]


def erlang_a(rate: float, servers: int, leaving: float) -> Known:
    """M/M/c+M with service rate 1."""

    def make(until: int, seed: int) -> Made:
        draft = Draft()
        years, remembered = s.YEARS * s.FEATURE, s.REGISTER * s.FEATURE
        draft.node(s.SET, attr=remembered, mode=s.PUT, expr=draft.expr((1.0, years)), next=1)
        patience, hours = draft.dist(s.EXPONENTIAL, 1 / leaving), draft.dist(s.EXPONENTIAL, 1.0)
        pool = draft.pool([Post()] * servers)
        draft.node(s.WORK, pool=pool, dist=hours, patience=patience, record=1, other=2)
        draft.node(s.PASS, record=1, mark=draft.expr((1.0, years), (-1.0, remembered)))
        source(draft, rate, 0, until)
        return draft.finish(seed)

    expected = theory.erlang_a(rate, 1.0, servers, leaving)
    names = {"mean": "mean time in the queue", "leaving": "share who leave", "waiting": "share not served at once"}
    cells = (
        Cell(says, getattr(expected, name), lambda rows, name=name: _impatient(rows, name))
        for name, says in names.items()
    )
    return Known(f"M/M/{servers}+M", rate, make, tuple(cells))


def priorities(name: str, rates: tuple[float, ...], dists: list[tuple[Any, ...]], servers: int) -> Known:
    """Three classes, each with a source and a node of its own, one pool; first class first."""

    def make(until: int, seed: int) -> Made:
        draft = Draft()
        pool = draft.pool([Post()] * servers)
        for prio, dist in enumerate(dists):
            draft.node(s.WORK, pool=pool, dist=draft.dist(*dist), prio=prio, record=1)
        for to, rate in enumerate(rates):
            source(draft, rate, to, until)
        return draft.finish(seed)

    if servers == 1:
        expected = theory.cobham(rates, [MOMENTS[kind](*rest) for kind, *rest in dists])
    else:
        expected = theory.cobham_servers(rates, dists[0][1], servers)
    cells = [cell for node, of in enumerate(expected) for cell in both(node, of, f"class {node}: ")]
    return Known(name, sum(rates), make, tuple(cells), sources=len(rates))


def crowd(name: str, rate: float, dist: tuple[Any, ...]) -> Known:
    """M/G/inf: a DELAY serves everybody at once. Seen every hour: the number present, and its square gap."""
    mean = theory.crowd(rate, MOMENTS[dist[0]](*dist[1:]))

    def make(until: int, seed: int) -> Made:
        draft = Draft()
        draft.node(s.DELAY, dist=draft.dist(*dist), record=1)
        source(draft, rate, 0, until)
        return draft.finish(seed)

    def present(rows: Rows) -> Seen:
        grid = np.arange(0, rows["asked"].max(), HOUR)
        came = np.searchsorted(np.sort(rows["asked"]), grid, side="right")
        return grid, (came - np.searchsorted(np.sort(rows["ended"]), grid, side="right")).astype(np.float64)

    def square(rows: Rows) -> Seen:
        grid, number = present(rows)
        return grid, (number - mean) ** 2

    cells = (Cell("mean number present", mean, present), Cell("its variance", mean, square))
    return Known(name, rate, make, cells)
