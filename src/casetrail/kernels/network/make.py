"""Put a model and its first state together, column by column, from plain values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from casetrail.kernels.network import shape as s
from casetrail.kernels.network.draws import from_distribution, microseconds, uniform
from casetrail.kernels.network.events import pack
from casetrail.kernels.network.fold import running_sums, settled
from casetrail.kernels.network.room import new_events, new_rows, new_tokens
from casetrail.kernels.network.view import Addresses

NO_WORKER_EVENTS = -1
_DAY_US = 24 * s.HOUR_US
_NODE_NONE = ("next", "other", "pool", "dist", "scale", "cal", "prio_expr", "patience", "expr", "attr", "kind", "mark")
_POOL_NONE = ("holding", "realloc", "cost", "vacancy", "absent_every", "absent_for", "idle_head", "idle_tail")


@dataclass(frozen=True, slots=True)
class Post:
    """A post of a pool: its calendar (-1: always open), caseload slots, and when it is filled and given up."""

    cal: int = -1
    slots: int = 0
    lenient: float = 0.0
    from_us: int = 0
    until_us: int = s.NEVER


@dataclass
class Draft:
    """A model in the making; each method adds one thing and returns its number."""

    nodes: list[dict[str, Any]] = field(default_factory=list)
    pools: list[dict[str, Any]] = field(default_factory=list)
    posts: list[Post] = field(default_factory=list)
    post_pool: list[int] = field(default_factory=list)
    exprs: list[tuple[int, list[tuple[float, int, int]]]] = field(default_factory=list)
    dists: list[tuple[int, int, int, float, float]] = field(default_factory=list)
    table: list[float] = field(default_factory=list)
    edges: list[tuple[int, int]] = field(default_factory=list)
    calendars: list[list[tuple[int, int]]] = field(default_factory=list)
    schedule: list[tuple[int, int, float]] = field(default_factory=list)
    starts: list[tuple[int, int, int, int]] = field(default_factory=list)
    bulk_starts: list[tuple[s.Codes, s.Codes, s.Ints, s.Codes]] = field(default_factory=list)

    def calendar(self, shifts: Sequence[tuple[int, int]]) -> int:
        """Open times [from, to) in microseconds, in order; touching ones are joined. Raises ValueError."""
        joined: list[tuple[int, int]] = []
        for begin, end in shifts:
            if begin < 0 or end <= begin or (joined and begin < joined[-1][1]):
                raise ValueError("shifts of a calendar must be in order, apart, and not empty")
            if joined and begin == joined[-1][1]:
                joined[-1] = (joined[-1][0], end)
            else:
                joined.append((begin, end))
        self.calendars.append(joined)
        return len(self.calendars) - 1

    def dist(self, kind: int, a: float = 0.0, b: float = 0.0, quantiles: Sequence[float] = ()) -> int:
        """A distribution of hours; `quantiles` at equal steps from 0 to 1 for a TABLE. Raises ValueError."""
        if kind == s.TABLE and len(quantiles) < 2:
            raise ValueError("a table of quantiles needs two or more")
        self.dists.append((kind, len(self.table), len(quantiles), a, b))
        self.table.extend(quantiles)
        return len(self.dists) - 1

    def expr(self, *terms: tuple[float, int] | tuple[float, int, int], link: int = s.PLAIN) -> int:
        """A sum of coefficient x feature (x feature), bent by its link."""
        self.exprs.append((link, [(t[0], t[1], t[2] if len(t) == 3 else -1) for t in terms]))
        return len(self.exprs) - 1

    def pool(self, posts: Sequence[Post], **columns: Any) -> int:
        """A pool of workers; `columns` are those of shape.POOL."""
        number = len(self.pools)
        first = len(self.posts)
        self.posts.extend(posts)
        self.post_pool.extend([number] * len(posts))
        self.pools.append({"rate": 1.0, **columns, "first": first, "last": len(self.posts)})
        return number

    def node(self, op: int, **columns: Any) -> int:
        """A node; `columns` are those of shape.NODE; `edges` is a list of (node, expression)."""
        edges = columns.pop("edges", [])
        columns["edge_from"] = len(self.edges)
        self.edges.extend(edges)
        columns["edge_to"] = len(self.edges)
        self.nodes.append({"op": op, **columns})
        return len(self.nodes) - 1

    def change(self, node: int, **columns: Any) -> None:
        """Set columns of a node that is there already: a step back, or one not yet known before."""
        self.nodes[node].update(columns)

    def start(self, node: int, person: int, at_us: int = 0, kind: int = -1) -> None:
        """A first token of a person."""
        self.starts.append((node, person, at_us, kind))

    def start_many(self, node: s.Codes, person: s.Codes, at_us: s.Ints, kind: int) -> None:
        """First tokens of many persons at once; they come after those of `start`."""
        self.bulk_starts.append((node, person, at_us, np.full(len(node), kind, dtype=np.int32)))

    def finish(self, seed: int, people: People | None = None, *, registers: Sequence[float] | s.Floats = ()) -> Made:
        """The model and its state at time 0. Raises ValueError where an index names nothing."""
        people = people or People.nobody()
        model = _model(self, people, seed)
        state = _state(self, model, people, registers)
        _first_events(self, model, state)
        return Made(model, state)


@dataclass(frozen=True)
class People:
    """Who is there: household of each person (members are neighbours), attributes, and sizes."""

    household: s.Codes
    person: s.Floats
    house: s.Floats
    holdings: int = 1
    kinds: int = 1

    @classmethod
    def nobody(cls) -> People:
        """For networks whose customers come from sources and have no attributes."""
        return cls(np.zeros(0, np.int32), np.zeros((0, 1)), np.zeros((0, 1)))

    @classmethod
    def plain(cls, persons: int, *, attributes: int = 1, holdings: int = 1, kinds: int = 1) -> People:
        """Persons who live alone, all attributes 0."""
        alone = np.arange(persons, dtype=np.int32)
        return cls(alone, np.zeros((persons, attributes)), np.zeros((persons, 1)), holdings, kinds)


@dataclass(frozen=True)
class Made:
    """A model and the state it starts from."""

    model: s.Model
    state: s.State


def _rows(dtype: np.dtype[Any], rows: Sequence[dict[str, Any]], none: Sequence[str]) -> s.Records:
    made = np.zeros(len(rows), dtype=dtype)
    for name in none:
        made[name] = -1
    for i, row in enumerate(rows):
        for name, value in row.items():
            made[name][i] = value
    return made


def _stages(columns: dict[str, Any]) -> dict[str, Any]:
    pool = columns.get("pool", -1)
    given = [pool] if isinstance(pool, int) else list(pool)
    return {**columns, "pool": given + [-1] * (s.STAGES - len(given))}


def _cumulated(sizes: Sequence[int]) -> s.Codes:
    return np.concatenate([[0], np.cumsum(np.asarray(sizes, dtype=np.int64))]).astype(np.int32)


def _model(draft: Draft, people: People, seed: int) -> s.Model:
    exprs = [settled(link, those) for link, those in draft.exprs]
    terms = [term for _, those in exprs for term in those]
    nodes, sums = running_sums(draft.nodes, draft.edges, exprs)
    dists = [(kind, table + len(sums), *others) for kind, table, *others in draft.dists]
    shifts = [shift for calendar in draft.calendars for shift in calendar]
    by_calendar = [[w for w, p in enumerate(draft.posts) if p.cal == c] for c in range(len(draft.calendars))]
    before = [np.cumsum([0] + [b - a for a, b in calendar])[:-1] for calendar in draft.calendars]
    schedule = sorted(draft.schedule, key=lambda one: one[0])
    houses = int(people.household.max()) + 1 if len(people.household) else 0
    if len(people.household) and np.any(np.diff(people.household) < 0):
        raise ValueError("members of a household must be neighbours")
    return s.Model(
        node=_rows(s.NODE, [_stages(n) for n in nodes], _NODE_NONE),
        expr_from=_cumulated([len(those) for _, those in exprs]),
        expr_link=np.array([link for link, _ in exprs], dtype=np.int32),
        term_coef=np.array([t[0] for t in terms], dtype=np.float64),
        term_a=np.array([t[1] for t in terms], dtype=np.int32),
        term_b=np.array([t[2] for t in terms], dtype=np.int32),
        dist=np.array(dists, dtype=s.DIST),
        table=np.array([*sums, *draft.table], dtype=np.float64),
        edge_to=np.array([to for to, _ in draft.edges], dtype=np.int32),
        edge_expr=np.array([e for _, e in draft.edges], dtype=np.int32),
        cal_from=_cumulated([len(c) for c in draft.calendars]),
        cal_open=np.array([a for a, _ in shifts], dtype=np.int64),
        cal_close=np.array([b for _, b in shifts], dtype=np.int64),
        cal_before=np.concatenate([np.zeros(0, np.int64), *before]).astype(np.int64),
        cal_worker_from=_cumulated([len(those) for those in by_calendar]),
        cal_worker=np.array([w for those in by_calendar for w in those], dtype=np.int32),
        sched_at=np.array([at for at, _, _ in schedule], dtype=np.int64),
        sched_register=np.array([r for _, r, _ in schedule], dtype=np.int32),
        sched_value=np.array([v for _, _, v in schedule], dtype=np.float64),
        household=people.household.astype(np.int32),
        member_from=np.searchsorted(people.household, np.arange(houses + 1)).astype(np.int32),
        key=np.array([seed & 0xFFFFFFFF, (seed >> 32) & 0xFFFFFFFF], dtype=np.uint32),
    )


def _workers(draft: Draft) -> s.Records:
    worker = np.zeros(len(draft.posts), dtype=s.WORKER)
    for name in ("next", "prev", "held", "token"):
        worker[name] = -1
    worker["pool"] = draft.post_pool
    worker["well"] = 1
    for w, post in enumerate(draft.posts):
        shifts = draft.calendars[post.cal] if post.cal >= 0 else [(0, s.NEVER)]
        worker["cal"][w], worker["slots"][w], worker["lenient"][w] = post.cal, post.slots, post.lenient
        worker["here"][w] = post.from_us <= 0
        worker["open"][w] = any(a <= 0 < b for a, b in shifts)
    return worker


def _state(draft: Draft, model: s.Model, people: People, registers: Sequence[float] | s.Floats) -> s.State:
    persons, starts = len(people.household), len(draft.starts) + sum(len(b[0]) for b in draft.bulk_starts)
    pool = _rows(s.POOL, draft.pools, _POOL_NONE)
    pool["turn"] = pool["last"] - 1
    worker = _workers(draft)
    for p in range(len(pool)):
        here = worker[(worker["pool"] == p) & (worker["here"] == 1)]
        pool["posted"][p], pool["slots"][p] = len(here), here["slots"].sum()
    queues = s.PRIORITIES * (2 * len(pool) + len(worker))
    holders = (persons, people.holdings)
    made = new_tokens(model, worker)
    tokens = starts + made
    heap = starts + 4 * len(worker) + len(model.sched_at) + len(draft.calendars) + new_events(tokens, worker, made)
    state = s.State(
        count=np.zeros(s.COUNTS, dtype=np.int64),
        heap=np.zeros((heap, 3), dtype=np.int64),
        token=np.zeros(tokens, dtype=s.TOKEN),
        worker=worker,
        pool=pool,
        queue_head=np.full(queues, -1, dtype=np.int32),
        queue_tail=np.full(queues, -1, dtype=np.int32),
        person=np.array(people.person, dtype=np.float64),
        house=np.array(people.house, dtype=np.float64),
        register=np.array(registers if len(registers) else [0.0], dtype=np.float64),
        held=np.full(holders, -1, dtype=np.int32),
        held_next=np.full(holders, -1, dtype=np.int32),
        held_prev=np.full(holders, -1, dtype=np.int32),
        ownerless=np.full(holders, -1, dtype=np.int32),
        epoch=np.zeros((persons, people.kinds), dtype=np.int32),
        row=np.zeros(1024 + new_rows(worker), dtype=s.ROW),
    )
    state.token["next"] = np.arange(1, len(state.token) + 1)
    state.token["next"][-1] = -1
    state.count[s.NEXT_PERSON] = persons
    _list_idle(state)
    return state


def _list_idle(state: s.State) -> None:
    for w in range(len(state.worker)):
        worker = state.worker[w]
        if not (worker["here"] and worker["open"]):
            continue
        pool = state.pool[worker["pool"]]
        worker["listed"], worker["prev"] = 1, pool["idle_tail"]
        if pool["idle_tail"] >= 0:
            state.worker["next"][pool["idle_tail"]] = w
        else:
            pool["idle_head"] = w
        pool["idle_tail"] = w


def _starts(draft: Draft) -> tuple[s.Codes, s.Codes, s.Ints, s.Codes]:
    """Node, person, time and kind of all first tokens."""
    single = np.array(draft.starts, dtype=np.int64).reshape(-1, 4)
    parts = [(single[:, 0], single[:, 1], single[:, 2], single[:, 3]), *draft.bulk_starts]
    node, person, at, kind = (np.concatenate([part[i] for part in parts]) for i in range(4))
    return node.astype(np.int32), person.astype(np.int32), at.astype(np.int64), kind.astype(np.int32)


def _first_events(draft: Draft, model: s.Model, state: s.State) -> None:
    events: list[tuple[int, int]] = [(at, pack(s.SCHEDULED, i, 0)) for i, at in enumerate(model.sched_at.tolist())]
    for c, shifts in enumerate(draft.calendars):
        later = [at for shift in shifts for at in shift if at > 0]
        events += [(later[0], pack(s.SHIFT, c, 0))] if later else []
    addresses = Addresses(model, state)
    for w, post in enumerate(draft.posts):
        events += _worker_events(Made(model, state), addresses, w, post)
    node, person, at, kind = _starts(draft)
    token = state.token[: len(node)]
    token["person"], token["node"], token["kind"], token["state"] = person, node, kind, s.MOVING
    token["worker"], token["queue"], token["next"], token["prev"] = -1, -1, -1, -1
    state.count[s.FREE_TOKEN] = state.count[s.BORN] = len(node)
    whens = np.concatenate([np.array([e[0] for e in events], dtype=np.int64), at])
    whats = np.concatenate([np.array([e[1] for e in events], dtype=np.int64), np.arange(len(node)) << 4 | s.WAKE])
    there = whens < s.NEVER
    whens, whats = whens[there], whats[there]
    order = np.argsort(whens, kind="stable")
    state.heap[: len(order)] = np.stack([whens[order], order, whats[order]], axis=1)
    state.count[s.HEAP_SIZE] = state.count[s.SEQ] = len(order)


def _worker_events(made: Made, addresses: Addresses, w: int, post: Post) -> list[tuple[int, int]]:
    model, state = made.model, made.state
    pool, worker = state.pool[state.worker["pool"][w]], state.worker[w]
    events = []
    if not worker["here"]:
        # The post is filled as if its first holder had left: the one who comes is generation 1.
        events.append((post.from_us, pack(s.FILL, w, 0)))
    else:
        if pool["leave"] > 0:
            events.append((_DAY_US * (w % 30 + 1), pack(s.MONTH, w, 0)))
        if pool["absent_every"] >= 0:
            u = uniform(model.key, s.WORKER_KEY + w, 0, s.ABSENCE, 0)
            worker["absences"] = 1
            hours = from_distribution(addresses.view, pool["absent_every"], u)
            events.append((microseconds(hours), pack(s.ABSENT, w, 0)))
    if post.until_us < s.NEVER:
        events.append((post.until_us, pack(s.LEAVE, w, 0)))
    return events
