"""The plain twin: tokens begin, wait, and end; rows are written; workers leave and fall ill."""

from __future__ import annotations

import math
from typing import Any

from casetrail.kernels.network import shape as s
from casetrail.kernels.network.plain.draws import mix, normal_quantile
from casetrail.kernels.network.plain.things import Queues, Token, Worker, first_of
from casetrail.kernels.network.plain.values import Values


class Waiting(Values):
    """Queues and chains, and the workers' side of leaving them."""

    def stale(self, t: Token) -> bool:
        return t.kind >= 0 and bool(self.epoch[t.person][t.kind] != t.epoch)

    def end(self, t: Token) -> None:
        t.void()
        self.tokens.remove(t)
        self.ended += 1

    def make(self, person: int, node: int, serial: int) -> Token:
        t = Token(person, node, serial)
        self.tokens.append(t)
        self.born += 1
        self.wake_up(t)
        return t

    def write(self, t: Token, *, taken: Worker | None = None) -> None:
        node: Any = self.node(t)
        if not node.record:
            return
        names = [w.number + w.generation * 2**20 for w in ([taken] if taken else t.workers)]
        mark = self.value(t, node.mark) if node.mark >= 0 else 0.0
        who = tuple(names + [-1] * (s.STAGES - len(names)))
        self.rows.append((t.asked, t.started, self.now, t.root, t.person, t.node, t.serial, who, mark))

    def join(self, t: Token, queues: Queues) -> None:
        queues[t.prio].append(t)
        t.queues = queues

    def leave_queue(self, t: Token) -> None:
        if t.queues is not None:
            t.queues[t.prio].remove(t)
            t.queues = None
        if t.chain is not None:
            t.chain.remove(t)
            t.chain = None

    def wait_for_owner(self, t: Token, holding: int) -> None:
        t.chain = self.ownerless[t.person][holding]
        t.chain.insert(0, t)

    def not_idle(self, w: Worker) -> None:
        if w in w.pool.idle:
            w.pool.idle.remove(w)

    def leave(self, w: Worker) -> None:
        self.not_idle(w)
        w.here = w.leaving = False
        if w.pool.says.holding >= 0:
            self._leave_cases(w, w.pool.says.holding)
        if w.pool.says.vacancy >= 0:
            u = self.worker_draw(w, s.FILLING, w.generation)
            self.push(self.hours_from_now(w.pool.says.vacancy, u), s.FILL, w)

    def _leave_cases(self, w: Worker, holding: int) -> None:
        while (t := first_of(w.queues)) is not None:
            self.leave_queue(t)
            if self.stale(t):
                self.end(t)
            else:
                self.wait_for_owner(t, holding)
        while w.persons:
            person = w.persons.pop(0)
            self.held[person][holding] = None
            realloc = w.pool.says.realloc
            if realloc >= 0:
                self.make(person, realloc, mix(0, realloc, w.generation * 65536 + w.number))

    def leave_when_free(self, w: Worker) -> None:
        if w.here and w.token:
            w.leaving = True
        elif w.here:
            self.leave(w)

    def begin_absence(self, w: Worker) -> None:
        self.not_idle(w)
        w.well = w.sickening = False
        self.absence(w, w.pool.says.absent_for, s.BACK)

    def leniency_of_new(self, w: Worker) -> float:
        spread = w.pool.says.lenient_sd
        return float(spread * normal_quantile(self.worker_draw(w, s.LENIENCY, w.generation))) if spread > 0 else 0.0

    def absence(self, w: Worker, dist: int, kind: int) -> None:
        """Plan the end of an absence, or the next one."""
        if dist >= 0:
            u = self.worker_draw(w, s.ABSENCE, w.absences)
            w.absences += 1
            self.push(self.hours_from_now(dist, u), kind, w, w.generation)

    def month(self, w: Worker) -> None:
        if w.leaving:
            return
        says = w.pool.says
        load = len(w.persons) / w.slots if w.slots else w.pool.waiting / max(1, w.pool.posted)
        pressed = math.exp(min(50.0, max(-50.0, says.leave_load * (load - 1.0))))
        leaves = 1.0 - math.exp(-says.leave * pressed * 30.0 / 365.25)
        u = self.worker_draw(w, s.LEAVING, w.visits)
        w.visits += 1
        if u < leaves:
            self.leave_when_free(w)
        else:
            self.push(self.now + s.MONTH_US, s.MONTH, w, w.generation)
