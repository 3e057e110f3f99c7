"""How many persons were recorded once, twice, three times and so on in one source. Nothing of a person is in it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from casetrail.demand.refusals import refuse
from casetrail.figures import Refusal

Counts = npt.NDArray[np.int64]

# With fewer persons recorded twice or more, the relative error of the number hidden is above 1 / sqrt(10), a third,
# even where every assumption holds.
FEWEST_REPEATED = 10
# The largest cell times the largest times must stay a whole number of 64 bits.
MOST_TIMES, MOST_PERSONS = 1_000_000, 1_000_000_000_000


@dataclass(frozen=True, slots=True)
class Repeats:
    """`persons[i]` persons were recorded exactly `times[i]` times; both of shape (m,), whole, times rising from 1.

    Persons recorded no time at all are what is asked for: there is no entry for them.
    """

    times: Counts
    persons: Counts

    def __post_init__(self) -> None:
        if self.times.dtype != np.int64 or self.persons.dtype != np.int64 or self.times.shape != self.persons.shape:
            raise ValueError("times and persons must be whole numbers, one number of persons for each number of times")
        if self.times.ndim != 1 or bool((self.times < 1).any()) or bool((np.diff(self.times) <= 0).any()):
            raise ValueError("times must rise, and start at 1 or above")
        if bool((self.persons < 0).any()):
            raise ValueError("a number of persons is below 0")

    @property
    def n(self) -> int:
        """Persons recorded at least once."""
        return int(self.persons.sum())

    @property
    def records(self) -> int:
        """Records of all persons together."""
        return int(self.times @ self.persons)

    @property
    def most(self) -> int:
        """The largest number of times that anybody was recorded; 0 where nobody was."""
        return int(self.times[self.persons > 0].max(initial=0))

    @property
    def repeated(self) -> int:
        """Persons recorded more than once."""
        return int(self.persons[self.times > 1].sum())

    def exactly(self, times: int) -> int:
        """Persons recorded exactly so many times."""
        return int(self.persons[self.times == times].sum())

    def capped(self, at: int) -> Repeats:
        """The same persons, whoever was recorded more than `at` times being counted as recorded `at` times.

        Raises: ValueError when `at` is below 1.
        """
        if at < 1:
            raise ValueError("a cap below 1 would leave nobody recorded")
        times, where = np.unique(np.minimum(self.times, at), return_inverse=True)
        return Repeats(times, np.bincount(where, weights=self.persons, minlength=times.size).astype(np.int64))

    def percentile(self, share: float) -> int:
        """The smallest number of times that at least this share of persons does not exceed. Needs somebody recorded.

        Raises: ValueError when the share is not above 0 and at most 1, or nobody is recorded.
        """
        if not 0 < share <= 1 or self.n == 0:
            raise ValueError("a percentile needs a share above 0 and at most 1, and somebody recorded")
        enough = np.cumsum(self.persons) >= share * self.n * (1 - 1e-12)
        return int(self.times[np.argmax(enough)])


def repeats(pairs: Iterable[tuple[object, object]]) -> Repeats:
    """Repeats from pairs of (times recorded, persons), in any order; numbers of times that are not named have nobody.

    Raises: ValueError for a number that is not whole, for times below 1 or named twice, for persons below 0, and for
    numbers too large to be counts of records.
    """
    found: dict[int, int] = {}
    for given in pairs:
        times, persons = _whole(given[0]), _whole(given[1])
        if times < 1:
            raise ValueError("persons recorded less than once cannot be counted: they are what is asked for")
        if persons < 0:
            raise ValueError("a number of persons is below 0")
        if times > MOST_TIMES or persons > MOST_PERSONS:
            raise ValueError("a number is too large to be a count of records or persons")
        if times in found:
            raise ValueError("a number of times is named twice")
        found[times] = persons
    order = sorted(found)
    return Repeats(np.array(order, dtype=np.int64), np.array([found[t] for t in order], dtype=np.int64))


def _whole(given: object) -> int:
    if isinstance(given, bool) or not isinstance(given, int | np.integer):
        raise ValueError("times and persons are whole numbers")
    return int(given)


def from_each(times: npt.ArrayLike) -> Repeats:
    """Repeats from the times of each person, shape (persons,), whole numbers; 0 is left out: nobody saw those persons.

    Raises: ValueError for numbers that are not whole or are below 0.
    """
    given = np.asarray(times)
    if given.size and not np.issubdtype(given.dtype, np.integer):
        raise ValueError("times are whole numbers")
    if given.size and int(given.min()) < 0:
        raise ValueError("times are 0 or above")
    at, persons = np.unique(given[given > 0], return_counts=True)
    return Repeats(at.astype(np.int64), persons.astype(np.int64))


def why_not(of: Repeats) -> Refusal | None:
    """The refusal that stands in the way of any estimate, or None: `nobody`, `no_repeats`, `too_few_repeats`.

    The rule for the last: fewer than 10 persons recorded twice or more.
    """
    if of.n == 0:
        return refuse("nobody")
    if of.repeated == 0:
        return refuse("no_repeats", f"{of.n:,} recorded once each")
    if of.repeated < FEWEST_REPEATED:
        return refuse("too_few_repeats", f"{of.repeated} where {FEWEST_REPEATED} are needed")
    return None
