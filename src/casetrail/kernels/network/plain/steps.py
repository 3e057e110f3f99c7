"""The plain twin: from node to node until a token has to wait."""

from __future__ import annotations

import math

from casetrail.kernels.network import shape as s
from casetrail.kernels.network.plain.draws import microseconds
from casetrail.kernels.network.plain.slots import Slots
from casetrail.kernels.network.plain.things import Token

MOST_STEPS = 1_000


class Steps(Slots):
    """What nodes do."""

    def go(self, t: Token, to: int) -> bool:
        """False when that was the end."""
        if to < 0:
            self.end(t)
            return False
        t.cycle += to <= t.node
        t.node = to
        return True

    def wait(self, t: Token, need: int, cal: int) -> None:
        t.waits = True
        t.asked = t.started = self.now
        self.push(self.after_open(cal, self.now, need), s.WAKE, t, t.valid)

    def wake(self, t: Token) -> None:
        node = self.node(t)
        if self.stale(t):
            self.let_go(t)
            self.end(t)
            return
        if not t.waits:
            self.advance(t)
            return
        t.waits = False
        to = node.next
        if node.op == s.SOURCE:
            to = t.node
        elif node.op == s.RACE and t.capped:
            to = node.other
        elif node.op in (s.DELAY, s.RACE):
            self.write(t)
        if self.go(t, to):
            self.advance(t)

    def advance(self, t: Token) -> None:
        for _ in range(MOST_STEPS):
            to = self.step(t)
            if to is None or not self.go(t, to):
                return
        raise RecursionError("a token goes round without waiting")

    def step(self, t: Token) -> int | None:
        """The node to go to now; None when the token waits, -1 when it ends."""
        node = self.node(t)
        if node.op == s.END:
            return -1
        if node.op == s.WORK:
            self.arrive(t)
            self.ask(t)
            if t.queues is not None or t.chain is not None:
                self.begin_to_wait(t)
        elif node.op in (s.DELAY, s.SOURCE):
            if node.op == s.SOURCE:
                self.make(self.next_person, node.other, 0)
                self.next_person += 1
            self.wait(t, microseconds(self.amount(t)), node.cal)
        elif node.op == s.RACE:
            self.race(t)
        elif node.op != s.TAKE:
            return self.instant(t)
        elif self.take(t):
            return int(node.next)
        return None

    def race(self, t: Token) -> None:
        rate = self.value(t, self.node(t).expr)
        wait = microseconds(-math.log(self.draw(t, s.AMOUNT)) / rate * 8766.0) if rate > 0 else s.NEVER
        cap = microseconds(self.amount(t, s.CHOICE))
        t.capped = wait > cap
        self.wait(t, min(wait, cap), -1)

    def instant(self, t: Token) -> int:
        node = self.node(t)
        op, then, other = node.op, int(node.next), int(node.other)
        if op == s.CHANCE:
            return then if self.draw(t, s.CHOICE) < self.value(t, node.expr) else other
        if op == s.TEST:
            return then if self.value(t, node.expr) > 0.0 else other
        if op == s.BRANCH:
            return self.branch(t)
        if op == s.SPAWN:
            self.spawn(t)
        elif op != s.FREE or self.free(t):
            self.change(t)
            t.asked = t.started = self.now
            self.write(t)
        return then

    def change(self, t: Token) -> None:
        """What SET, CANCEL and ORIGIN do."""
        node = self.node(t)
        if node.op == s.SET:
            self.set(t)
        elif node.op == s.CANCEL:
            self.epoch[t.person][node.kind] += 1
            if t.kind == node.kind:
                t.epoch = self.epoch[t.person][t.kind]
        elif node.op == s.ORIGIN:
            t.root = t.person * 2**32 + self.serial_of_next(t)

    def branch(self, t: Token) -> int:
        node, m = self.node(t), self.model
        edges = range(node.edge_from, node.edge_to)
        weights = [max(0.0, self.value(t, m.edge_expr[i])) for i in edges]
        total = 0.0
        for weight in weights:
            total += weight
        if not total > 0.0:
            return int(node.other)
        wanted, running = self.draw(t, s.CHOICE) * total, 0.0
        for i, weight in zip(edges, weights, strict=True):
            running += weight
            if running > wanted:
                return int(m.edge_to[i])
        return int(m.edge_to[edges[-1]])

    def spawn(self, t: Token) -> None:
        node = self.node(t)
        members = [t.person]
        if node.mode == s.OTHERS:
            home = self.model.household[t.person]
            members = [p for p, h in enumerate(self.model.household) if h == home and p != t.person]
        for member in members:
            child = self.make(member, node.other, self.serial_of_next(t))
            child.reg, child.root, child.kind = list(t.reg), t.root, node.kind
            child.epoch = self.epoch[member][child.kind] if child.kind >= 0 else 0

    def set(self, t: Token) -> None:
        node = self.node(t)
        kind, i = divmod(node.attr, s.FEATURE)
        home = self.model.household[t.person] if self.model.household else 0
        places = {s.PERSON: self.person[t.person : t.person + 1], s.HOUSEHOLD: self.house[home : home + 1],
                  s.GLOBAL: [self.register], s.REGISTER: [t.reg]}  # fmt: skip
        old, new = places[kind][0][i], self.value(t, node.expr)
        given = {s.PUT: new, s.ADD: old + new, s.MULTIPLY: old * new, s.LARGER: max(old, new), s.SMALLER: min(old, new)}
        places[kind][0][i] = given[node.mode]
