"""The plain twin: its clock and events, its luck, the values of expressions, open hours."""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable
from typing import Any

from casetrail.kernels.network import shape as s
from casetrail.kernels.network.plain.draws import microseconds, mix, normal_quantile, quantile, uniform
from casetrail.kernels.network.plain.things import Pool, Token, Worker, plain_model, plain_rows


class Values:
    """What there is in a run, and what it is worth at the moment."""

    def __init__(self, model: s.Model, state: s.State) -> None:
        self.model = plain_model(model)
        self.now, self.seq = 0, int(state.count[s.SEQ])
        self.events = self.ended = 0
        self.next_person = int(state.count[s.NEXT_PERSON])
        self.person, self.house = state.person.tolist(), state.house.tolist()
        self.register = state.register.tolist()
        self.held: list[list[Worker | None]] = [[None] * state.held.shape[1] for _ in range(len(state.held))]
        self.ownerless: list[list[list[Token]]] = [[[] for _ in row] for row in self.held]
        self.epoch = state.epoch.tolist()
        self.rows: list[tuple[Any, ...]] = []
        self.heap: list[tuple[int, int, int, Any, Any]] = []
        self.pools = [Pool(says) for says in plain_rows(state.pool)]
        self.workers = [self._worker(i, w) for i, w in enumerate(plain_rows(state.worker))]
        self.born = int(state.count[s.BORN])
        begun = plain_rows(state.token[: self.born])
        self.tokens = [Token(t.person, t.node, kind=t.kind) for t in begun]
        for at, seq, what in state.heap[: state.count[s.HEAP_SIZE]].tolist():
            self._first_event(at, seq, what)

    def _worker(self, number: int, w: Any) -> Worker:
        pool = self.pools[w.pool]
        here, opened = bool(w.here), bool(w.open)
        worker = Worker(number, pool, w.cal, w.slots, here, opened, w.lenient, w.visits, w.absences)
        pool.workers.append(worker)
        pool.turn = len(pool.workers) - 1
        if worker.ready:
            pool.idle.append(worker)
        return worker

    def _first_event(self, at: int, seq: int, what: int) -> None:
        kind, index, stamp = what & 15, (what >> 4) & 0xFFFFFFFF, what >> 36
        if kind <= s.ESCALATE:
            heapq.heappush(self.heap, (at, seq, kind, self.tokens[index], self.tokens[index].valid))
        elif kind in (s.SHIFT, s.SCHEDULED):
            heapq.heappush(self.heap, (at, seq, kind, index, None))
        else:
            heapq.heappush(self.heap, (at, seq, kind, self.workers[index], stamp))

    def push(self, at: int, kind: int, what: Any, stamp: Any = None) -> None:
        if at < s.NEVER:
            heapq.heappush(self.heap, (at, self.seq, kind, what, stamp))
            self.seq += 1

    def wake_up(self, t: Token) -> None:
        """Wake a token as soon as what happens now is done."""
        self.push(self.now, s.WAKE, t, t.valid)

    def node(self, t: Token) -> Any:
        return self.model.node[t.node]

    def pool(self, t: Token) -> Pool:
        """The first pool of the node at which a token is."""
        return self.pools[self.node(t).pool[0]]

    def draw(self, t: Token, purpose: int) -> float:
        return uniform(self.model.key, t.person, t.serial, t.node * s.PURPOSES + purpose, t.cycle)

    def worker_draw(self, w: Worker, what: int, visit: int) -> float:
        return uniform(self.model.key, s.WORKER_KEY + w.number, 0, what, visit)

    def feature(self, t: Token, which: int) -> float:
        kind, i = divmod(which, s.FEATURE)
        see: dict[int, Callable[[], float]] = {
            s.ONE: lambda: 1.0,
            s.PERSON: lambda: self.person[t.person][i],
            s.HOUSEHOLD: lambda: self.house[self.model.household[t.person]][i],
            s.GLOBAL: lambda: self.register[i],
            s.REGISTER: lambda: t.reg[i],
            s.OWN_WORKER: lambda: self._leniency(t, i),
            s.QUEUE: lambda: self.pools[i].waiting / max(1, self.pools[i].posted),
            s.SLOTS: lambda: self.pools[i].used / max(1, self.pools[i].slots),
            s.YEARS: lambda: self.now / s.YEAR_US,
            s.NORMAL: lambda: normal_quantile(self.draw(t, s.NOISE + i)),
            s.UNIFORM: lambda: self.draw(t, s.NOISE + i),
        }
        return see[kind]()

    def _leniency(self, t: Token, pool: int) -> float:
        holder = self.held[t.person][self.pools[pool].says.holding]
        return holder.lenient if holder else 0.0

    def value(self, t: Token, e: int) -> float:
        m, total = self.model, 0.0
        for i in range(m.expr_from[e], m.expr_from[e + 1]):
            term = m.term_coef[i] * self.feature(t, m.term_a[i])
            total += term * self.feature(t, m.term_b[i]) if m.term_b[i] >= 0 else term
        link, clipped = m.expr_link[e], min(50.0, max(-50.0, total))
        if link == s.EXP:
            return math.exp(clipped)
        if link == s.LOGISTIC:
            return 1.0 / (1.0 + math.exp(-clipped))
        return max(0.0, total) if link == s.POSITIVE else total

    def amount(self, t: Token, purpose: int = s.AMOUNT) -> float:
        node = self.node(t)
        hours = quantile(self.model, node.dist, self.draw(t, purpose))
        return hours * self.value(t, node.scale) if node.scale >= 0 else hours

    def after_open(self, cal: int, start: int, need: int) -> int:
        """When `need` open microseconds of a calendar have passed since `start`: shift by shift."""
        if need >= s.NEVER:
            return s.NEVER
        if cal < 0:
            return start + need
        m = self.model
        for i in range(m.cal_from[cal], m.cal_from[cal + 1]):
            begin, end = max(start, m.cal_open[i]), m.cal_close[i]
            if end <= start:
                continue
            if need <= end - begin:
                return int(begin + need)
            need -= end - begin
        return s.NEVER

    def serial_of_next(self, t: Token) -> int:
        return mix(t.serial, t.node, t.cycle)

    def hours_from_now(self, dist: int, u: float) -> int:
        return self.now + microseconds(quantile(self.model, dist, u))
