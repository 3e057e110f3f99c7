"""Who everybody truly is over time: names, homes, and the days on which they changed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from casetrail.schema.events import MICROSECONDS_PER_DAY
from casetrail.world.holdings.clock import Flags, Micros
from casetrail.world.holdings.happened import Happened
from casetrail.world.holdings.names import GivenNames, Numbers, Surnames, given_names, surnames
from casetrail.world.holdings.numbers import common_numbers
from casetrail.world.holdings.parameters import IdentityRates
from casetrail.world.holdings.places import Places, make_places, some_dwellings

_SECOND = 1_000_000
_BEFORE_ALL = 2**31
_SPAN = 2**33
_DAYS = 2**20
ALWAYS = np.iinfo(np.int64).min
NONE = -1


@dataclass(frozen=True, slots=True)
class Spells:
    """Values that hold from an instant on, sorted by owner and time; the first of each owner holds from `ALWAYS`."""

    owner: Numbers
    from_us: Micros
    values: tuple[Numbers, ...]
    keys: Numbers

    def at(self, owner: Numbers, us: Micros) -> Numbers:
        """The row that holds for each owner at an instant, to the second."""
        where: Numbers = np.searchsorted(self.keys, _keys(owner, us), side="right") - 1
        return where


def _keys(owner: Numbers, us: Micros) -> Numbers:
    seconds = np.clip(us // _SECOND + _BEFORE_ALL, 0, _SPAN - 1)
    return owner.astype(np.int64) * _SPAN + seconds


def spells(owner: Numbers, from_us: Micros, *, values: tuple[Numbers, ...]) -> Spells:
    """Sort spells by owner and time."""
    keys = _keys(owner, from_us)
    order = np.argsort(keys, kind="stable")
    return Spells(owner[order], from_us[order], tuple(value[order] for value in values), keys[order])


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Everybody, by their row in `Happened.person` in rising order of number.

    `home`: row of the household. `given`: given name. `surname`: spells of two numbers, the name and the second part
    of a double-barrelled one (or NONE), per person. `dwelling`: spells of one number per household. `mother`: the two
    parts of the household's surname, under which a child is expected.
    """

    person: Numbers
    household: Numbers
    home: Numbers
    born_us: Micros
    born_day: Numbers
    female: Flags
    given: Numbers
    surname: Spells
    dwelling: Spells
    mother: tuple[Numbers, Numbers]
    common_number: pa.Array
    given_names: GivenNames
    surnames: Surnames
    places: Places

    def row_of(self, person: Numbers) -> Numbers:
        """The row of each person, all of whom must be known."""
        if len(self.person) and self.person[-1] < 8 * len(self.person):
            rows = np.zeros(int(self.person[-1]) + 1, dtype=np.int64)
            rows[self.person] = np.arange(len(self.person))
            return rows[person]
        return np.searchsorted(self.person, person)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Making:
    """What the draws of identities rest on; `home` is the row of each person's household, of `households`."""

    happened: Happened
    rates: IdentityRates
    rng: np.random.Generator
    home: Numbers
    households: int
    born_day: Numbers
    female: Flags


def make_identity(happened: Happened, rates: IdentityRates, *, rng: np.random.Generator) -> Identity:
    """Give everybody in a bundle a name, a home and a common number."""
    table = happened.person.sort_by("person")
    person = table.column("person").to_numpy().astype(np.int64)
    household, home = np.unique(table.column("household").to_numpy().astype(np.int64), return_inverse=True)
    born_day = table.column("born").combine_chunks().cast(pa.int32()).to_numpy().astype(np.int64)
    female = pc.equal(table.column("sex").combine_chunks().cast(pa.string()), "female").to_numpy(zero_copy_only=False)
    making = _Making(
        happened=happened, rates=rates, rng=rng, home=home, households=len(household), born_day=born_day, female=female
    )
    given_pool = given_names(int(rates.given_names), skew=rates.name_skew, rng=rng)
    surname_pool = surnames(int(rates.surnames), skew=rates.name_skew, rng=rng)
    mother = _household_names(making, surname_pool)
    places = make_places(
        3 * len(household),
        towns=int(rates.towns),
        doors=int(rates.dwellings_per_street),
        hubs=int(rates.hubs),
        rng=rng,
    )
    return Identity(
        person=person,
        household=household,
        home=home,
        born_us=born_day * MICROSECONDS_PER_DAY,
        born_day=born_day,
        female=female,
        given=_given(making, given_pool),
        surname=_surnames(making, mother, pool=surname_pool),
        dwelling=_dwellings(making, places),
        mother=mother,
        common_number=common_numbers(len(person), rng=rng),
        given_names=given_pool,
        surnames=surname_pool,
        places=places,
    )


def _household_names(making: _Making, pool: Surnames) -> tuple[Numbers, Numbers]:
    count, rng = making.households, making.rng
    name = rng.choice(len(pool.full), count, p=pool.weights)
    second = np.where(rng.random(count) < making.rates.double_barrelled, rng.integers(0, len(pool.full), count), NONE)
    return name, np.where(second == name, NONE, second)


def _given(making: _Making, pool: GivenNames) -> Numbers:
    """Given names; in one household no two are the same, and some twins' names begin alike."""
    home, size = making.home, pool.of_each_sex
    base = np.where(making.female, 0, size)
    given = base + making.rng.choice(size, len(home), p=pool.weights)
    elder, twin = _twins(making)
    alike = twin & (making.rng.random(len(home)) < making.rates.twins_alike)
    given = np.where(alike, base + (given[elder] - base + 1) % size, given)
    # Steps through the alphabet end as soon as a household has fewer members of a sex than there are names.
    for _ in range(size):
        first = np.unique(home * (2 * size) + given, return_index=True)[1]
        if len(first) == len(given):
            break
        again = np.ones(len(given), dtype=np.bool_)
        again[first] = False
        given = np.where(again, base + (given - base + 1) % size, given)
    return given


def _twins(making: _Making) -> tuple[Numbers, Flags]:
    """Of each person the one before in the household's order of birth, and whether they are twins of one sex."""
    home, born, female = making.home, making.born_day, making.female
    order = np.lexsort((female, born, home))
    elder = np.empty(len(order), dtype=np.int64)
    elder[order] = np.roll(order, 1)
    twin: Flags = (home == home[elder]) & (born == born[elder]) & (female == female[elder])
    if len(order):
        twin[order[0]] = False
    return elder, twin


def _surnames(making: _Making, mother: tuple[Numbers, Numbers], *, pool: Surnames) -> Spells:
    """Spells of surnames per person: siblings mostly share one, twins always; a household's change takes most along."""
    home, rates, rng = making.home, making.rates, making.rng
    people = np.arange(len(home))
    other = rng.integers(0, len(pool.full), making.households)
    # Of children born on one day all differ from their household, or none.
    litter, which = np.unique(home * _DAYS + making.born_day % _DAYS, return_inverse=True)
    differs = (rng.random(len(litter)) < rates.sibling_differs)[which]
    name = np.where(differs, other[home], mother[0][home])
    second = np.where(differs, NONE, mother[1][home])
    changes, changed_us = _drawn_times(making, rates.name_changes_per_year)
    new = rng.choice(len(pool.full), len(changes), p=pool.weights)
    doubled = rng.random(len(changes)) < rates.name_change_doubles
    member, change = _members(making, changes)
    joins = rng.random(len(member)) < rates.name_change_shared
    member, change = member[joins], change[joins]
    hung_on = doubled[change] & (new[change] != name[member])
    return spells(
        np.concatenate([people, member]),
        np.concatenate([np.full(len(people), ALWAYS), changed_us[change]]),
        values=(
            np.concatenate([name, np.where(hung_on, name[member], new[change])]),
            np.concatenate([second, np.where(hung_on, new[change], NONE)]),
        ),
    )


def _members(making: _Making, of_household: Numbers) -> tuple[Numbers, Numbers]:
    """Each person of the household of each change: rows of persons and rows of changes."""
    order = np.argsort(making.home, kind="stable")
    starts = np.searchsorted(making.home[order], np.arange(making.households + 1))
    counts = (starts[1:] - starts[:-1])[of_household]
    change = np.repeat(np.arange(len(of_household)), counts)
    within = np.arange(len(change)) - np.repeat(np.cumsum(counts) - counts, counts)
    return order[starts[of_household][change] + within], change


def _dwellings(making: _Making, places: Places) -> Spells:
    movers, moved_us = _drawn_times(making, making.rates.moves_per_year)
    return spells(
        np.concatenate([np.arange(making.households), movers]),
        np.concatenate([np.full(making.households, ALWAYS), moved_us]),
        values=(some_dwellings(places, making.households + len(movers), rng=making.rng),),
    )


def _drawn_times(making: _Making, per_year: float) -> tuple[Numbers, Micros]:
    """Households, and instants of events that come to each at a constant rate during the world."""
    world, rng = making.happened, making.rng
    years = ((world.ended - world.started).days + 1) / 365.25
    owner = np.repeat(np.arange(making.households), rng.poisson(per_year * years, making.households))
    return owner, rng.integers(world.begin_us, world.end_us + 1, len(owner))
