"""The plain twin: asking for workers stage by stage, service, release, offers."""

from __future__ import annotations

import math

from casetrail.kernels.network import shape as s
from casetrail.kernels.network.plain.draws import microseconds
from casetrail.kernels.network.plain.things import Token, Worker, first_of
from casetrail.kernels.network.plain.waiting import Waiting


class Stations(Waiting):
    """Work."""

    def arrive(self, t: Token) -> None:
        node = self.node(t)
        t.asked, t.prio = self.now, node.prio
        if node.prio_expr >= 0:
            t.prio = math.floor(min(7.0, max(0.0, self.value(t, node.prio_expr))))

    def begin_to_wait(self, t: Token) -> None:
        node = self.node(t)
        if node.patience >= 0:
            self.push(self.hours_from_now(node.patience, self.draw(t, s.PATIENCE)), s.RENEGE, t, t.valid)
        if node.escalate > 0:
            self.push(self.now + node.escalate, s.ESCALATE, t, t.valid)

    def ask(self, t: Token) -> None:
        """Ask for the workers not yet there, in order; serve when all are."""
        node = self.node(t)
        for stage in range(len(t.workers), s.STAGES):
            if node.pool[stage] < 0:
                break
            pool = self.pools[node.pool[stage]]
            queues, worker = pool.queues, pool.idle[0] if pool.idle else None
            if stage == 0 and node.own:
                holder = self.held[t.person][pool.says.holding]
                if holder is None:
                    self.wait_for_owner(t, pool.says.holding)
                    return
                queues, worker = holder.queues, holder if holder.ready else None
            if worker is None:
                self.join(t, queues)
                return
            self.not_idle(worker)
            self.give(t, worker)
        self.serve(t)

    def give(self, t: Token, w: Worker) -> None:
        t.workers.append(w)
        w.token = t

    def serve(self, t: Token) -> None:
        t.void()
        t.started, t.hours = self.now, self.amount(t)
        need = microseconds(t.hours * t.workers[0].pool.says.rate)
        cal = -1 if self.node(t).cal == s.ONE_GO else t.workers[0].cal
        self.push(self.after_open(cal, self.now, need), s.SERVED, t, t.valid)

    def let_go(self, t: Token) -> None:
        """Release the workers of a token, each before the next."""
        workers, t.workers = t.workers, []
        for w in workers:
            w.token = None
            if w.leaving:
                self.leave(w)
            elif w.sickening:
                self.begin_absence(w)
            elif w.ready:
                self.offer(w)

    def offer(self, w: Worker) -> None:
        """A ready worker looks for work, in its own queue and its pool's."""
        while True:
            own, ours = first_of(w.queues), first_of(w.pool.queues)
            found = own or ours
            if own and ours and (ours.prio, ours.asked) < (own.prio, own.asked):
                found = ours
            if found is None:
                w.pool.idle.append(w)
                return
            self.leave_queue(found)
            if not self.stale(found):
                self.give(found, w)
                self.ask(found)
                return
            if found.workers:
                found.void()
                self.wake_up(found)
            else:
                self.end(found)

    def escalate(self, t: Token) -> None:
        up, queues = self.node(t).prio_up, t.queues
        if up >= t.prio:
            return
        if queues is None:
            t.prio = up
            return
        self.leave_queue(t)
        t.prio = up
        self.join(t, queues)
