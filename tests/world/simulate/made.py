"""Worlds of the tests, made once each, with their tables in a database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt

from casetrail.world.holdings import Happened
from casetrail.world.simulate.world import Simulated, World, happened, simulated


@dataclass(frozen=True)
class Made:
    """A world, what happened in it, and a connection on the tables."""

    run: Simulated
    happened: Happened
    sql: duckdb.DuckDBPyConnection

    def all(self, query: str) -> list[tuple[Any, ...]]:
        return self.sql.sql(query).fetchall()

    def one(self, query: str) -> float:
        return float(self.all(query)[0][0])

    def column(self, query: str) -> npt.NDArray[np.float64]:
        return np.array([row[0] for row in self.all(query)], dtype=np.float64)


@cache
def _made(scenario: str, changes: tuple[tuple[str, Any], ...], **shape: Any) -> Made:
    run = simulated(World(scenario=scenario, changes=dict(changes), **shape))
    what = happened(run)
    sql = duckdb.connect()
    for name in ("event", "involvement", "person", "hidden", "waits"):
        sql.register(name, getattr(what, name))
    return Made(run, what, sql)


def made(
    scenario: str, *, children: int = 6_000, years: float = 3.0, authorities: int = 1, seed: int = 7, **changes: Any
) -> Made:
    """A world of a scenario; changes of parameters with `__` for the dots."""
    told = tuple(sorted((name.replace("__", "."), value) for name, value in changes.items()))
    return _made(scenario, told, children=children, years=years, authorities=authorities, seed=seed)


def slope(x: Sequence[float] | npt.NDArray[np.float64], y: Sequence[float] | npt.NDArray[np.float64]) -> float:
    """Least squares."""
    return float(np.polyfit(np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64), 1)[0])
