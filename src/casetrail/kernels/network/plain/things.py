"""What the plain twin moves about: tokens, workers, pools, and a model as plain lists."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from casetrail.kernels.network import shape as s

Queues = list[list["Token"]]


def empty_queues() -> Queues:
    """One queue a priority."""
    return [[] for _ in range(s.PRIORITIES)]


def first_of(queues: Queues) -> Token | None:
    """The head of the smallest priority at which somebody waits."""
    return next((queue[0] for queue in queues if queue), None)


@dataclass(eq=False)
class Token:
    """A token of a person."""

    person: int
    node: int
    serial: int = 0
    cycle: int = 0
    kind: int = -1
    epoch: int = 0
    waits: bool = False  # at its node, for time or a slot; else it begins at its node when it is woken
    ownerless: bool = False
    prio: int = 0
    asked: int = 0
    started: int = 0
    root: int = 0
    hours: float = 0.0
    capped: bool = False
    reg: list[float] = field(default_factory=lambda: [0.0] * s.REGISTERS)
    workers: list[Worker] = field(default_factory=list)
    valid: object = field(default_factory=object)  # what pending events must hold to count
    queues: Queues | None = None  # the queues it stands in, at its priority
    chain: list[Token] | None = None  # the chain of those of its person who wait for a holder

    def void(self) -> None:
        """Let its pending events count no more."""
        self.valid = object()


@dataclass(eq=False)
class Worker:
    """A post and who is in it."""

    number: int
    pool: Pool
    cal: int
    slots: int
    here: bool
    open: bool
    lenient: float
    visits: int
    absences: int
    well: bool = True
    token: Token | None = None
    leaving: bool = False
    sickening: bool = False
    generation: int = 0
    persons: list[int] = field(default_factory=list)  # last taken first
    queues: Queues = field(default_factory=empty_queues)

    @property
    def ready(self) -> bool:
        return self.here and self.well and self.open and self.token is None

    @property
    def roomy(self) -> bool:
        return self.here and len(self.persons) < self.slots


@dataclass(eq=False)
class Pool:
    """A pool; `says` are its declared columns."""

    says: Any
    workers: list[Worker] = field(default_factory=list)
    idle: list[Worker] = field(default_factory=list)
    queues: Queues = field(default_factory=empty_queues)
    slot_queues: Queues = field(default_factory=empty_queues)
    turn: int = -1

    @property
    def waiting(self) -> int:
        own = sum(len(queue) for worker in self.workers for queue in worker.queues)
        return own + sum(len(queue) for queue in self.queues)

    @property
    def posted(self) -> int:
        return sum(worker.here for worker in self.workers)

    @property
    def slots(self) -> int:
        return sum(worker.slots for worker in self.workers if worker.here)

    @property
    def used(self) -> int:
        return sum(len(worker.persons) for worker in self.workers)


def plain_rows(table: s.Records) -> list[Any]:
    """A table's rows with Python's own numbers, columns by name."""
    names = table.dtype.names or ()
    return [SimpleNamespace(**dict(zip(names, row, strict=True))) for row in _lists(table)]


def _lists(table: s.Records) -> list[list[Any]]:
    columns = [table[name].tolist() for name in table.dtype.names or ()]
    return [list(row) for row in zip(*columns, strict=True)]


def plain_model(model: s.Model) -> Any:
    """The arrays of a model as lists, its tables as rows."""
    arrays: dict[str, Any] = model._asdict()
    return SimpleNamespace(
        **{name: plain_rows(array) if array.dtype.names else array.tolist() for name, array in arrays.items()}
    )
