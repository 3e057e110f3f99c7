"""The networks of network_models.py once more, as one writes them in SimPy and in Ciw. Never imported by casetrail."""

from __future__ import annotations

import random
from collections.abc import Generator
from math import log
from typing import Any

import numpy as np

from network_models import DONE, GAVE_UP, HOLD, INTAKE, VISIT, Cases, Queues, Stations, Table

Steps = Generator[Any, Any, None]


class SimPyCases:
    """`Cases` in SimPy: one process a case; rows are written to a list, as its manual does."""

    def __init__(self, about: Cases, seed: int) -> None:
        import simpy

        self.about, self.env, self.random = about, simpy.Environment(), random.Random(seed)
        self.desk = simpy.PriorityResource(self.env, about.desk)
        self.slots = simpy.PriorityResource(self.env, about.carers * about.slots)
        self.carers = [simpy.PriorityResource(self.env, 1) for _ in range(about.carers)]
        self.used = [0] * about.carers
        self.rows: list[tuple[int, int, float, float, float, int]] = []
        self.median = log(about.visit)
        self.env.process(self.source())

    def run(self, hours: float) -> None:
        """Until so many hours have passed."""
        self.env.run(until=hours)

    def table(self) -> Table:
        """As network_models.cases_table."""
        return np.array(self.rows)[:, :5]

    def source(self) -> Steps:
        """The first case comes at once, as from the loop's source."""
        about, draw, env = self.about, self.random, self.env
        first, second = about.classes[0], about.classes[0] + about.classes[1]
        person = 0
        while True:
            u = draw.random()
            env.process(self.case(person, 0 if u < first else 1 if u < second else 2))
            person += 1
            yield env.timeout(draw.expovariate(about.arrivals))

    def case(self, person: int, prio: int) -> Steps:
        """Desk, slot, visits; the row of each thing done."""
        about, draw, env, rows = self.about, self.random, self.env, self.rows
        asked = env.now
        with self.desk.request(priority=prio) as turn:
            patience = env.timeout(draw.expovariate(1 / about.patience))
            yield turn | patience
            if not turn.triggered:
                rows.append((GAVE_UP, person, env.now, env.now, env.now, -1))
                return
            started = env.now
            yield env.timeout(draw.expovariate(1 / about.intake))
        rows.append((INTAKE, person, asked, started, env.now, -1))
        asked = env.now
        with self.slots.request(priority=prio) as slot:
            yield slot
            carer = min(range(about.carers), key=self.used.__getitem__)
            self.used[carer] += 1
            rows.append((HOLD, person, asked, env.now, env.now, carer))
            yield from self.visits(person, prio, carer)
            self.used[carer] -= 1
        rows.append((DONE, person, env.now, env.now, env.now, carer))

    def visits(self, person: int, prio: int, carer: int) -> Steps:
        """Visits by the one who holds the case, with pauses, until there is no further one."""
        about, draw, env, worker = self.about, self.random, self.env, self.carers[carer]
        while True:
            asked = env.now
            with worker.request(priority=prio) as turn:
                yield turn
                started = env.now
                yield env.timeout(draw.lognormvariate(self.median, about.visit_sigma))
            self.rows.append((VISIT, person, asked, started, env.now, carer))
            if draw.random() >= about.again:
                return
            yield env.timeout(draw.expovariate(1 / about.pause))


class CiwQueues:
    """`Queues` in Ciw."""

    def __init__(self, about: Queues, seed: int) -> None:
        import ciw

        names = [f"Class {one}" for one in range(3)]
        exponential = ciw.dists.Exponential
        network = ciw.create_network(
            arrival_distributions={n: [exponential(a), None] for n, a in zip(names, about.arrivals, strict=True)},
            service_distributions={n: [exponential(1 / about.service), exponential(1 / about.check)] for n in names},
            number_of_servers=[about.first, about.second],
            priority_classes={name: one for one, name in enumerate(names)},
            routing={n: [[0.0, 1.0], [about.again, 0.0]] for n in names},
            reneging_time_distributions={n: [exponential(1 / about.patience), None] for n in names},
        )
        ciw.seed(seed)
        self.simulation = ciw.Simulation(network)

    def run(self, hours: float) -> None:
        """Until so many hours have passed."""
        self.simulation.simulate_until_max_time(hours)

    def found(self) -> dict[str, float]:
        """As Queues.found."""
        rows = self.simulation.get_all_records()
        served = [(row.node, row.waiting_time) for row in rows if row.record_type == "service"]
        first = [wait for node, wait in served if node == 1]
        left = sum(row.record_type == "renege" for row in rows)
        return {
            "first": float(np.mean(first)),
            "second": float(np.mean([wait for node, wait in served if node == 2])),
            "left": left / (left + len(first)),
        }


class CiwStations:
    """`Stations` in Ciw."""

    def __init__(self, about: Stations, seed: int) -> None:
        import ciw

        names, many = [f"Class {one}" for one in range(3)], len(about.servers)
        exponential, none = ciw.dists.Exponential, [None] * (many - 1)
        onward = [[about.onward if j == i + 1 else 0.0 for j in range(many)] for i in range(many - 1)]
        network = ciw.create_network(
            arrival_distributions={n: [exponential(about.arrivals / 3), *none] for n in names},
            service_distributions={n: [exponential(1 / hours) for hours in about.hours] for n in names},
            number_of_servers=list(about.servers),
            priority_classes={name: one for one, name in enumerate(names)},
            routing={n: [*onward, [about.back, *[0.0] * (many - 1)]] for n in names},
            reneging_time_distributions={n: [exponential(1 / about.patience), *none] for n in names},
        )
        ciw.seed(seed)
        self.simulation, self.many = ciw.Simulation(network), many

    def run(self, hours: float) -> None:
        """Until so many hours have passed."""
        self.simulation.simulate_until_max_time(hours)

    def found(self) -> dict[str, float]:
        """As Stations.found."""
        rows = self.simulation.get_all_records()
        waits: list[list[float]] = [[] for _ in range(self.many)]
        for row in rows:
            if row.record_type == "service":
                waits[row.node - 1].append(row.waiting_time)
        left = sum(row.record_type == "renege" for row in rows)
        return {
            **{f"wait {i}": float(np.mean(those)) for i, those in enumerate(waits)},
            **{f"visits {i}": float(len(those)) for i, those in enumerate(waits)},
            "left": left / (left + len(waits[0])),
        }
