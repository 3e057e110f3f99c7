"""The plain twin: caseload slots asked for, given, given back."""

from __future__ import annotations

from casetrail.kernels.network import shape as s
from casetrail.kernels.network.plain.stations import Stations
from casetrail.kernels.network.plain.things import Pool, Token, Worker, first_of


def choose(t: Token, pool: Pool) -> Worker | None:
    """The worker with room whom the pool's rule names."""
    roomy = [w for w in pool.workers if w.roomy]
    if not roomy:
        return None
    if pool.says.rule == s.ROTA:
        size = len(pool.workers)
        return min(roomy, key=lambda w: (pool.workers.index(w) - pool.turn - 1) % size)
    if pool.says.rule == s.CHOSEN:
        sign = -1.0 if t.reg[0] > 0.0 else 1.0
        return min(roomy, key=lambda w: (sign * w.lenient, w.number))
    # Compared as fractions: used / slots in floating point could tie where the fractions do not.
    best = roomy[0]
    for w in roomy[1:]:
        if len(w.persons) * best.slots < len(best.persons) * w.slots:
            best = w
    return best


class Slots(Stations):
    """Who holds whom."""

    def take(self, t: Token) -> bool:
        """True when the token may go on at once."""
        pool = self.pool(t)
        if self.held[t.person][pool.says.holding]:
            return True
        self.arrive(t)
        w = choose(t, pool)
        if w:
            self.take_slot(t, w)
            return True
        self.join(t, pool.slot_queues)
        self.begin_to_wait(t)
        return False

    def take_slot(self, t: Token, w: Worker) -> None:
        t.void()
        t.started = self.now
        self.hold(t.person, w)
        self.write(t, taken=w)

    def hold(self, person: int, w: Worker) -> None:
        holding = w.pool.says.holding
        self.held[person][holding] = w
        w.persons.insert(0, person)
        w.pool.turn = w.pool.workers.index(w)
        chain = self.ownerless[person][holding]
        while chain:
            t = chain[0]
            self.leave_queue(t)
            if self.stale(t):
                self.end(t)
            else:
                self.ask(t)

    def give_slots(self, pool: Pool) -> None:
        """Serve the slot queue; who needs a slot and finds no room ends it."""
        while (t := first_of(pool.slot_queues)) is not None:
            if self.stale(t):
                self.leave_queue(t)
                self.end(t)
                continue
            held, w = self.held[t.person][pool.says.holding], choose(t, pool)
            if not held and not w:
                return
            self.leave_queue(t)
            t.waits = True
            if w and not held:
                self.take_slot(t, w)
            else:
                t.void()
            self.wake_up(t)

    def free(self, t: Token) -> bool:
        """False when there was nothing to give back."""
        pool = self.pool(t)
        w = self.held[t.person][pool.says.holding]
        if w is None:
            return False
        w.persons.remove(t.person)
        self.held[t.person][pool.says.holding] = None
        if w.here:
            self.give_slots(pool)
        return True
