"""The plain twin of the event loop: slow, obvious, written from docs/network.md. Tests hold the two equal.

Objects and lists in place of arrays and threads of indices; one method for each paragraph of the specification.
"""

from __future__ import annotations

import heapq
import sys
from collections.abc import Callable

from casetrail.kernels.network import shape as s
from casetrail.kernels.network.plain.steps import Steps
from casetrail.kernels.network.plain.things import Token, Worker


class Plain(Steps):
    """A run of a state in which nothing has happened yet; `rows`, `person`, `register` … are its result."""

    def run(self, until: int, *, most: int = sys.maxsize) -> Plain:
        """Handle all events up to and at `until`, but no more than `most` in all.

        Raises RecursionError where a token goes round without waiting.
        """
        while self.heap and self.heap[0][0] <= until and self.events < most:
            self.now, _, kind, what, stamp = heapq.heappop(self.heap)
            self.events += 1
            if kind <= s.ESCALATE:
                if what.valid is stamp:
                    self.token_event(kind, what)
            elif kind == s.SHIFT:
                self.shift(what)
            elif kind == s.SCHEDULED:
                self.register[self.model.sched_register[what]] = self.model.sched_value[what]
            else:
                self.worker_event(kind, what, stamp)
        return self

    def token_event(self, kind: int, t: Token) -> None:
        do: dict[int, Callable[[Token], None]] = {
            s.WAKE: self.wake,
            s.SERVED: self.served,
            s.RENEGE: self.renege,
            s.ESCALATE: self.escalate,
        }
        do[kind](t)

    def served(self, t: Token) -> None:
        for w in t.workers:
            if w.pool.says.cost >= 0:
                self.register[w.pool.says.cost] += t.hours * w.pool.says.price
        stale = self.stale(t)
        if not stale:
            self.write(t)
        self._leave_node(t, self.node(t).next, stale=stale)

    def renege(self, t: Token) -> None:
        self.leave_queue(t)
        t.void()
        self._leave_node(t, self.node(t).other, stale=self.stale(t))

    def _leave_node(self, t: Token, to: int, *, stale: bool) -> None:
        self.let_go(t)
        if stale:
            self.end(t)
        elif self.go(t, to):
            self.advance(t)

    def worker_event(self, kind: int, w: Worker, generation: int) -> None:
        if kind == s.FILL:
            self.fill(w)
        elif kind == s.LEAVE:
            self.leave_when_free(w)
        elif not w.here or w.generation != generation:
            return
        elif kind == s.MONTH:
            self.month(w)
        elif kind == s.ABSENT and w.token:
            w.sickening = True
        elif kind == s.ABSENT:
            self.begin_absence(w)
        elif kind == s.BACK:
            w.well = True
            self.absence(w, w.pool.says.absent_every, s.ABSENT)
            if w.ready:
                self.offer(w)

    def fill(self, w: Worker) -> None:
        says = w.pool.says
        w.generation += 1
        w.here = w.well = True
        w.leaving = w.sickening = False
        w.lenient = self.leniency_of_new(w)
        if says.leave > 0:
            self.push(self.now + s.MONTH_US, s.MONTH, w, w.generation)
        self.absence(w, says.absent_every, s.ABSENT)
        if w.ready:
            self.offer(w)
        self.give_slots(w.pool)

    def shift(self, cal: int) -> None:
        m = self.model
        mine = range(m.cal_from[cal], m.cal_from[cal + 1])
        opening = next((i for i in mine if m.cal_open[i] == self.now), None)
        later = next((i for i in mine if m.cal_open[i] > self.now), None)
        if opening is not None:
            self.push(m.cal_close[opening], s.SHIFT, cal)
        elif later is not None:
            self.push(m.cal_open[later], s.SHIFT, cal)
        for number in m.cal_worker[m.cal_worker_from[cal] : m.cal_worker_from[cal + 1]]:
            w = self.workers[number]
            w.open = opening is not None
            if not w.open:
                self.not_idle(w)
            elif w.ready:
                self.offer(w)


def plain_run(model: s.Model, state: s.State, until: int) -> Plain:
    """Run a state in which nothing has happened yet up to `until`; the arrays given are not changed."""
    return Plain(model, state).run(until)
