"""Run by test_bounds.py in a process of its own with NUMBA_BOUNDSCHECK=1: many models, every index checked.

Numba's check alone lets -1 pass, since it means "the last one"; here -1 means "none" everywhere, so that following it
is the very mistake to look for. Indices from the end are therefore switched off before anything is compiled.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from typing import Any

from numba import njit
from numba.core import types
from numba.np import arrayobj


def _as_it_is(  # noqa: PLR0917  as Numba calls it
    context: Any, builder: Any, index_type: Any, index: Any, size: Any
) -> Any:
    return context.cast(builder, index, index_type, types.intp if index_type.signed else types.uintp)


arrayobj.fix_integer_index = _as_it_is

# The kernel must not be imported before.
from casetrail.kernels.network import shape as s  # noqa: E402
from casetrail.kernels.network.make import Draft, Made, People, Post  # noqa: E402
from casetrail.kernels.network.view import (  # noqa: E402
    Addresses,
    View,
    count_of,
    heap_of,
    held_of,
    node_of,
    row_of,
    token_of,
    worker_of,
)
from kernels.network.varied import digests  # noqa: E402


@njit
def _token(m: View, i: int) -> int:
    return token_of(m)[i].person


@njit
def _token_put(m: View, i: int) -> int:
    token_of(m)[i].person = 0
    return 0


@njit
def _count(m: View, i: int) -> int:
    return count_of(m)[i]


@njit
def _heap_line(m: View, i: int) -> int:
    return heap_of(m)[i, 0]


@njit
def _heap_column(m: View, i: int) -> int:
    return heap_of(m)[0, i]


@njit
def _held(m: View, i: int) -> int:
    return held_of(m)[i, 0]


@njit
def _stage(m: View, i: int) -> int:
    return token_of(m)[0].worker[i]


@njit
def _stage_put(m: View, i: int) -> int:
    token_of(m)[0].worker[i] = -1
    return 0


@njit
def _node_stage(m: View, i: int) -> int:
    return node_of(m)[0].pool[i]


@njit
def _worker(m: View, i: int) -> int:
    return worker_of(m)[i].pool


@njit
def _row(m: View, i: int) -> int:
    return row_of(m)[i].node


def _small() -> Made:
    draft = Draft()
    draft.node(s.WORK, pool=draft.pool([Post()] * 2), dist=draft.dist(s.CONSTANT, 1.0))
    draft.start(0, 0)
    return draft.finish(1, People.plain(5))


def unchecked() -> Iterator[str]:
    """Deliberately wrong indices that were let through, and right ones that were not."""
    made = _small()
    addresses, state = Addresses(made.model, made.state), made.state
    m = addresses.view
    sizes: dict[Callable[[View, int], int], int] = {
        _token: len(state.token),
        _token_put: len(state.token),
        _count: len(state.count),
        _heap_line: len(state.heap),
        _heap_column: 3,
        _held: 5,
        _stage: s.STAGES,
        _stage_put: s.STAGES,
        _node_stage: s.STAGES,
        _worker: 2,
        _row: len(state.row),
    }
    for look, size in sizes.items():
        look(m, 0)
        look(m, size - 1)
        for wrong in (-size - 1, -1, size, size + 10):
            try:
                look(m, wrong)
            except IndexError:
                continue
            yield f"{look.__name__} {wrong} of {size}"


if __name__ == "__main__":
    sys.stdout.write(json.dumps({"unchecked": [*unchecked()], "digests": digests()}) + "\n")
