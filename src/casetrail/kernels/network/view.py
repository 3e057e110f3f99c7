"""One small table of addresses stands for a model and a state inside the compiled loop.

Handing some forty arrays from function to function costs more than what the functions do (measured: 2.3 microseconds
an event against 0.3). `Addresses` writes down where each array lies; what is handed on is where that list lies, one
number. Each accessor below makes its array again, which the compiler turns into a load or two. Whoever uses the number
must hold the Addresses: `loop.run` does.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import carray, njit, types  # type: ignore[attr-defined]
from numba.extending import intrinsic

from casetrail.kernels.network.shape import DIST, NODE, POOL, ROW, TOKEN, WORKER, Model, State

View = int  # where the list of addresses lies
INT, LONG, FLOAT, WORD = np.dtype(np.int32), np.dtype(np.int64), np.dtype(np.float64), np.dtype(np.uint32)


class Addresses:
    """Address, rows and columns of each array, in the order of their fields. Raises ValueError if one has gaps."""

    def __init__(self, model: Model, state: State) -> None:
        places = []
        self.arrays = (*model, *state)
        for array in self.arrays:
            if not array.flags.c_contiguous:
                raise ValueError("arrays of a model and of a state must be contiguous")
            places += [array.ctypes.data, len(array), array.shape[1] if array.ndim > 1 else 1]
        self.places = np.array(places, dtype=np.int64)

    @property
    def view(self) -> View:
        """What the loop's functions take; of use only while this object is there."""
        return int(self.places.ctypes.data)


@intrinsic
def _at(typing_context: Any, address: Any) -> Any:  # noqa: ARG001  the shape Numba asks for
    """The address as a pointer."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:  # noqa: ARG001
        return builder.inttoptr(arguments[0], context.get_value_type(types.voidptr))

    return types.voidptr(types.int64), generate


@intrinsic
def _word(typing_context: Any, table: Any, number: Any) -> Any:  # noqa: ARG001  the shape Numba asks for
    """One number of the list of addresses, which does not change while the loop runs."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:  # noqa: ARG001
        place = builder.add(arguments[0], builder.mul(arguments[1], arguments[1].type(8)))
        load = builder.load(builder.inttoptr(place, arguments[0].type.as_pointer()))
        load.set_metadata("invariant.load", builder.module.add_metadata([]))
        return load

    return types.int64(types.int64, types.int64), generate


at: Any = _at
word: Any = _word


@njit(nogil=True, cache=True)
def node_of(m: View) -> Any:
    return carray(at(word(m, 0)), (word(m, 1),), NODE)


@njit(nogil=True, cache=True)
def expr_from_of(m: View) -> Any:
    return carray(at(word(m, 3)), (word(m, 4),), INT)


@njit(nogil=True, cache=True)
def expr_link_of(m: View) -> Any:
    return carray(at(word(m, 6)), (word(m, 7),), INT)


@njit(nogil=True, cache=True)
def term_coef_of(m: View) -> Any:
    return carray(at(word(m, 9)), (word(m, 10),), FLOAT)


@njit(nogil=True, cache=True)
def term_a_of(m: View) -> Any:
    return carray(at(word(m, 12)), (word(m, 13),), INT)


@njit(nogil=True, cache=True)
def term_b_of(m: View) -> Any:
    return carray(at(word(m, 15)), (word(m, 16),), INT)


@njit(nogil=True, cache=True)
def dist_of(m: View) -> Any:
    return carray(at(word(m, 18)), (word(m, 19),), DIST)


@njit(nogil=True, cache=True)
def table_of(m: View) -> Any:
    return carray(at(word(m, 21)), (word(m, 22),), FLOAT)


@njit(nogil=True, cache=True)
def edge_to_of(m: View) -> Any:
    return carray(at(word(m, 24)), (word(m, 25),), INT)


@njit(nogil=True, cache=True)
def edge_expr_of(m: View) -> Any:
    return carray(at(word(m, 27)), (word(m, 28),), INT)


@njit(nogil=True, cache=True)
def cal_from_of(m: View) -> Any:
    return carray(at(word(m, 30)), (word(m, 31),), INT)


@njit(nogil=True, cache=True)
def cal_open_of(m: View) -> Any:
    return carray(at(word(m, 33)), (word(m, 34),), LONG)


@njit(nogil=True, cache=True)
def cal_close_of(m: View) -> Any:
    return carray(at(word(m, 36)), (word(m, 37),), LONG)


@njit(nogil=True, cache=True)
def cal_before_of(m: View) -> Any:
    return carray(at(word(m, 39)), (word(m, 40),), LONG)


@njit(nogil=True, cache=True)
def cal_worker_from_of(m: View) -> Any:
    return carray(at(word(m, 42)), (word(m, 43),), INT)


@njit(nogil=True, cache=True)
def cal_worker_of(m: View) -> Any:
    return carray(at(word(m, 45)), (word(m, 46),), INT)


@njit(nogil=True, cache=True)
def sched_at_of(m: View) -> Any:
    return carray(at(word(m, 48)), (word(m, 49),), LONG)


@njit(nogil=True, cache=True)
def sched_register_of(m: View) -> Any:
    return carray(at(word(m, 51)), (word(m, 52),), INT)


@njit(nogil=True, cache=True)
def sched_value_of(m: View) -> Any:
    return carray(at(word(m, 54)), (word(m, 55),), FLOAT)


@njit(nogil=True, cache=True)
def household_of(m: View) -> Any:
    return carray(at(word(m, 57)), (word(m, 58),), INT)


@njit(nogil=True, cache=True)
def member_from_of(m: View) -> Any:
    return carray(at(word(m, 60)), (word(m, 61),), INT)


@njit(nogil=True, cache=True)
def key_of(m: View) -> Any:
    return carray(at(word(m, 63)), (word(m, 64),), WORD)


@njit(nogil=True, cache=True)
def count_of(m: View) -> Any:
    return carray(at(word(m, 66)), (word(m, 67),), LONG)


@njit(nogil=True, cache=True)
def heap_of(m: View) -> Any:
    return carray(at(word(m, 69)), (word(m, 70), word(m, 71)), LONG)


@njit(nogil=True, cache=True)
def token_of(m: View) -> Any:
    return carray(at(word(m, 72)), (word(m, 73),), TOKEN)


@njit(nogil=True, cache=True)
def worker_of(m: View) -> Any:
    return carray(at(word(m, 75)), (word(m, 76),), WORKER)


@njit(nogil=True, cache=True)
def pool_of(m: View) -> Any:
    return carray(at(word(m, 78)), (word(m, 79),), POOL)


@njit(nogil=True, cache=True)
def queue_head_of(m: View) -> Any:
    return carray(at(word(m, 81)), (word(m, 82),), INT)


@njit(nogil=True, cache=True)
def queue_tail_of(m: View) -> Any:
    return carray(at(word(m, 84)), (word(m, 85),), INT)


@njit(nogil=True, cache=True)
def person_of(m: View) -> Any:
    return carray(at(word(m, 87)), (word(m, 88), word(m, 89)), FLOAT)


@njit(nogil=True, cache=True)
def house_of(m: View) -> Any:
    return carray(at(word(m, 90)), (word(m, 91), word(m, 92)), FLOAT)


@njit(nogil=True, cache=True)
def register_of(m: View) -> Any:
    return carray(at(word(m, 93)), (word(m, 94),), FLOAT)


@njit(nogil=True, cache=True)
def held_of(m: View) -> Any:
    return carray(at(word(m, 96)), (word(m, 97), word(m, 98)), INT)


@njit(nogil=True, cache=True)
def held_next_of(m: View) -> Any:
    return carray(at(word(m, 99)), (word(m, 100), word(m, 101)), INT)


@njit(nogil=True, cache=True)
def held_prev_of(m: View) -> Any:
    return carray(at(word(m, 102)), (word(m, 103), word(m, 104)), INT)


@njit(nogil=True, cache=True)
def ownerless_of(m: View) -> Any:
    return carray(at(word(m, 105)), (word(m, 106), word(m, 107)), INT)


@njit(nogil=True, cache=True)
def epoch_of(m: View) -> Any:
    return carray(at(word(m, 108)), (word(m, 109), word(m, 110)), INT)


@njit(nogil=True, cache=True)
def row_of(m: View) -> Any:
    return carray(at(word(m, 111)), (word(m, 112),), ROW)
