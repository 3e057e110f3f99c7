"""One small table of addresses stands for a model and a state inside the compiled loop.

Handing some forty arrays from function to function costs more than what the functions do (measured: 2.3 microseconds
an event against 0.3). `view` writes down where each array lies; each accessor below makes the array again, which the
compiler turns into one load. Whoever holds a view must hold the arrays: `loop.run` does.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import carray, njit, types  # type: ignore[attr-defined]
from numba.extending import intrinsic

from casetrail.kernels.network.shape import DIST, NODE, POOL, ROW, TOKEN, WORKER, Ints, Model, State

View = Ints
INT, LONG, FLOAT, WORD = np.dtype(np.int32), np.dtype(np.int64), np.dtype(np.float64), np.dtype(np.uint32)


def view(model: Model, state: State) -> View:
    """Address, rows and columns of each array, in the order of their fields. Raises ValueError if one has gaps."""
    places = []
    for array in (*model, *state):
        if not array.flags.c_contiguous:
            raise ValueError("arrays of a model and of a state must be contiguous")
        places += [array.ctypes.data, len(array), array.shape[1] if array.ndim > 1 else 1]
    return np.array(places, dtype=np.int64)


@intrinsic
def _at(typing_context: Any, address: Any) -> Any:  # noqa: ARG001  the shape Numba asks for
    """The address as a pointer."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:  # noqa: ARG001
        return builder.inttoptr(arguments[0], context.get_value_type(types.voidptr))

    return types.voidptr(types.int64), generate


at: Any = _at


@njit(nogil=True, cache=True)
def node_of(m: View) -> Any:
    return carray(at(m[0]), (m[1],), NODE)


@njit(nogil=True, cache=True)
def expr_from_of(m: View) -> Any:
    return carray(at(m[3]), (m[4],), INT)


@njit(nogil=True, cache=True)
def expr_link_of(m: View) -> Any:
    return carray(at(m[6]), (m[7],), INT)


@njit(nogil=True, cache=True)
def term_coef_of(m: View) -> Any:
    return carray(at(m[9]), (m[10],), FLOAT)


@njit(nogil=True, cache=True)
def term_a_of(m: View) -> Any:
    return carray(at(m[12]), (m[13],), INT)


@njit(nogil=True, cache=True)
def term_b_of(m: View) -> Any:
    return carray(at(m[15]), (m[16],), INT)


@njit(nogil=True, cache=True)
def dist_of(m: View) -> Any:
    return carray(at(m[18]), (m[19],), DIST)


@njit(nogil=True, cache=True)
def table_of(m: View) -> Any:
    return carray(at(m[21]), (m[22],), FLOAT)


@njit(nogil=True, cache=True)
def edge_to_of(m: View) -> Any:
    return carray(at(m[24]), (m[25],), INT)


@njit(nogil=True, cache=True)
def edge_expr_of(m: View) -> Any:
    return carray(at(m[27]), (m[28],), INT)


@njit(nogil=True, cache=True)
def cal_from_of(m: View) -> Any:
    return carray(at(m[30]), (m[31],), INT)


@njit(nogil=True, cache=True)
def cal_open_of(m: View) -> Any:
    return carray(at(m[33]), (m[34],), LONG)


@njit(nogil=True, cache=True)
def cal_close_of(m: View) -> Any:
    return carray(at(m[36]), (m[37],), LONG)


@njit(nogil=True, cache=True)
def cal_before_of(m: View) -> Any:
    return carray(at(m[39]), (m[40],), LONG)


@njit(nogil=True, cache=True)
def cal_worker_from_of(m: View) -> Any:
    return carray(at(m[42]), (m[43],), INT)


@njit(nogil=True, cache=True)
def cal_worker_of(m: View) -> Any:
    return carray(at(m[45]), (m[46],), INT)


@njit(nogil=True, cache=True)
def sched_at_of(m: View) -> Any:
    return carray(at(m[48]), (m[49],), LONG)


@njit(nogil=True, cache=True)
def sched_register_of(m: View) -> Any:
    return carray(at(m[51]), (m[52],), INT)


@njit(nogil=True, cache=True)
def sched_value_of(m: View) -> Any:
    return carray(at(m[54]), (m[55],), FLOAT)


@njit(nogil=True, cache=True)
def household_of(m: View) -> Any:
    return carray(at(m[57]), (m[58],), INT)


@njit(nogil=True, cache=True)
def member_from_of(m: View) -> Any:
    return carray(at(m[60]), (m[61],), INT)


@njit(nogil=True, cache=True)
def key_of(m: View) -> Any:
    return carray(at(m[63]), (m[64],), WORD)


@njit(nogil=True, cache=True)
def count_of(m: View) -> Any:
    return carray(at(m[66]), (m[67],), LONG)


@njit(nogil=True, cache=True)
def heap_of(m: View) -> Any:
    return carray(at(m[69]), (m[70], m[71]), LONG)


@njit(nogil=True, cache=True)
def token_of(m: View) -> Any:
    return carray(at(m[72]), (m[73],), TOKEN)


@njit(nogil=True, cache=True)
def worker_of(m: View) -> Any:
    return carray(at(m[75]), (m[76],), WORKER)


@njit(nogil=True, cache=True)
def pool_of(m: View) -> Any:
    return carray(at(m[78]), (m[79],), POOL)


@njit(nogil=True, cache=True)
def queue_head_of(m: View) -> Any:
    return carray(at(m[81]), (m[82],), INT)


@njit(nogil=True, cache=True)
def queue_tail_of(m: View) -> Any:
    return carray(at(m[84]), (m[85],), INT)


@njit(nogil=True, cache=True)
def person_of(m: View) -> Any:
    return carray(at(m[87]), (m[88], m[89]), FLOAT)


@njit(nogil=True, cache=True)
def house_of(m: View) -> Any:
    return carray(at(m[90]), (m[91], m[92]), FLOAT)


@njit(nogil=True, cache=True)
def register_of(m: View) -> Any:
    return carray(at(m[93]), (m[94],), FLOAT)


@njit(nogil=True, cache=True)
def held_of(m: View) -> Any:
    return carray(at(m[96]), (m[97], m[98]), INT)


@njit(nogil=True, cache=True)
def held_next_of(m: View) -> Any:
    return carray(at(m[99]), (m[100], m[101]), INT)


@njit(nogil=True, cache=True)
def held_prev_of(m: View) -> Any:
    return carray(at(m[102]), (m[103], m[104]), INT)


@njit(nogil=True, cache=True)
def ownerless_of(m: View) -> Any:
    return carray(at(m[105]), (m[106], m[107]), INT)


@njit(nogil=True, cache=True)
def epoch_of(m: View) -> Any:
    return carray(at(m[108]), (m[109], m[110]), INT)


@njit(nogil=True, cache=True)
def row_of(m: View) -> Any:
    return carray(at(m[111]), (m[112],), ROW)
