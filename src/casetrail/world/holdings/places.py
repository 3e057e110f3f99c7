"""Homes that do not exist: towns, streets and postcodes of a shape that no postcode has.

A dwelling is one whole number: the number of its street times `DOORS`, plus the house number less one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from casetrail.world.holdings.clock import Chars, digits, fixed_text
from casetrail.world.holdings.names import Numbers, Texts, invent

DOORS = 200
_DOORS_PER_POSTCODE = 20
_KINDS = ("Road", "Street", "Lane", "Close", "Avenue", "Way")
_LETTERS = np.frombuffer(b"ABDEFGHJLNPQRSTUWXYZ", dtype=np.uint8)
# Two digits, a letter, a space, two letters, a digit.
_POSTCODES = 100 * 20 * 20 * 20 * 10
NO_FIXED_ABODE = "No fixed abode"


@dataclass(frozen=True, slots=True)
class Places:
    """Towns and streets; `town` is the town of each street, `doors` how many dwellings each street has.

    `refuges` and `hospitals` are street numbers, kept apart from `streets_lived_in`: addresses that families share.
    """

    towns: Texts
    streets: Texts
    town: Numbers
    doors: int
    streets_lived_in: int
    refuges: Numbers
    hospitals: Numbers
    step: int


def make_places(dwellings: int, *, towns: int, doors: int, hubs: int, rng: np.random.Generator) -> Places:
    """Streets enough for a number of dwellings, and as many refuges and hospitals as `hubs` says."""
    doors = min(doors, DOORS)
    lived_in = max(1, -(-dwellings // doors))
    names = invent(lived_in + 2 * hubs + towns, syllables=(2, 3), rng=rng)
    kinds = rng.integers(0, len(_KINDS), lived_in).tolist()
    streets = [f"{name} {_KINDS[kind]}" for name, kind in zip(names[:lived_in], kinds, strict=True)]
    hub_names = names[lived_in : lived_in + 2 * hubs]
    streets += [f"{name} House" for name in hub_names[:hubs]] + [f"{name} Hospital" for name in hub_names[hubs:]]
    of_hubs = np.arange(lived_in, lived_in + 2 * hubs)
    return Places(
        np.array(names[lived_in + 2 * hubs :], dtype=np.object_),
        np.array(streets, dtype=np.object_),
        rng.integers(0, towns, len(streets)),
        doors,
        lived_in,
        of_hubs[:hubs],
        of_hubs[hubs:],
        # Odd and no multiple of 5: it shares no factor with _POSTCODES, so that no two blocks get one postcode.
        int(rng.integers(0, 1_000_000)) * 10 + 3,
    )


def some_dwellings(places: Places, count: int, *, rng: np.random.Generator) -> Numbers:
    """Dwellings drawn at random; two households may share one."""
    streets = rng.integers(0, places.streets_lived_in, count)
    dwellings: Numbers = streets * DOORS + rng.integers(0, places.doors, count)
    return dwellings


def address_text(places: Places, dwelling: Numbers) -> pa.Array:
    """House number and street; of a refuge or hospital its name."""
    street = pa.array(places.streets, pa.string()).take(pa.array(dwelling // DOORS))
    door = pa.array(dwelling % DOORS + 1).cast(pa.string())
    hub = pa.array(dwelling // DOORS >= places.streets_lived_in)
    return pc.if_else(hub, street, pc.binary_join_element_wise(door, street, " "))


def town_text(places: Places, dwelling: Numbers) -> pa.Array:
    """The town of each dwelling."""
    return pa.array(places.towns, pa.string()).take(pa.array(places.town[dwelling // DOORS]))


def postcode_text(places: Places, dwelling: Numbers) -> pa.Array:
    """The postcode of each dwelling: digits first, which no postcode in use has; 20 doors share one."""
    block = dwelling // DOORS * (DOORS // _DOORS_PER_POSTCODE) + dwelling % DOORS // _DOORS_PER_POSTCODE
    rest = block * places.step % _POSTCODES
    chars: Chars = np.full((len(dwelling), 7), ord(" "), dtype=np.uint8)
    rest, last = np.divmod(rest, 10)
    chars[:, 6] = last + ord("0")
    for place in (5, 4, 2):
        rest, letter = np.divmod(rest, 20)
        chars[:, place] = _LETTERS[letter]
    chars[:, :2] = digits(rest, 2)
    return fixed_text(chars)
