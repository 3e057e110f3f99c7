"""Who lives in the made-up authority: households, ages, neighbourhoods, latent need."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

from casetrail.kernels.network.make import People
from casetrail.world.describe.process import System

OF_AGE = 18.0
BEFORE_BIRTH = 0.4
LEAST_GAP = 0.75
PLACED_NEED = 1.5
NEVER_SEEN = -99.0  # attendance and attainment of a child whom no term has met at school age
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int32]


@dataclass(frozen=True)
class Inhabitants:
    """Everybody who lives there at some time; years count from the start of the world."""

    people: People
    enters: Floats
    leaves: Floats
    female: npt.NDArray[np.bool_]
    neighbourhood: Ints
    twin: npt.NDArray[np.bool_]
    placed: Ints
    column: Mapping[str, int]

    def __len__(self) -> int:
        return len(self.enters)


def inhabitants(
    system: System, values: Mapping[str, Any], *, children: int, years: float, deprived: float, rng: np.random.Generator
) -> Inhabitants:
    """Draw the people of one authority: about `children` of them live there at any time.

    A child belongs to the world from some months before birth to the eighteenth birthday; births keep the number level.
    `deprived` shifts the need of the whole authority, in standard deviations.
    """
    total = round(children * (OF_AGE + years) / OF_AGE)
    household = _households(total, values["people.household_sizes"], rng)
    homes = int(household[-1]) + 1 if total else 0
    born, twin = _births(household, years, values["people.twins"], rng)
    where, level, need = _need(household, homes, values, rng)
    need = deprived + need
    adult = rng.random(homes)[household] < values["people.adults"]
    need = np.where(adult, values["people.adults_need"] + 0.3 * need, need)
    hidden = rng.random(homes)[household] < values["people.mixture_share"]
    column = {name: i for i, name in enumerate(system.attributes["person"])}
    person = np.zeros((total, len(column)))
    start = np.maximum(0.0, born - BEFORE_BIRTH)
    given = {
        "need": need,
        "home": need,
        "born": born,
        "last": np.where(adult, 0.0, start),
        "termed": start - rng.random(total),
        "attendance": np.full(total, NEVER_SEEN),
        "attainment": np.full(total, NEVER_SEEN),
        "trust": np.where(hidden, values["people.mixture_trust"], 0.0),
        "spoken": (rng.random(total) < values["people.speaks"]).astype(float),
        "deprived": level[household],
        "shared": rng.standard_normal(total),
        "adult": adult.astype(float),
    }
    for name, values_of in given.items():
        person[:, column[name]] = values_of
    female = rng.random(total) < 0.49
    youngest, oldest = values["people.adults_ages"]
    person[adult, column["born"]] = -rng.uniform(youngest, oldest, total)[adult]
    return Inhabitants(
        People(
            household=household,
            person=person,
            house=np.zeros((homes, len(system.attributes["household"]))),
            holdings=len(system.attributes["holding"]),
            kinds=len(system.attributes["kind"]),
        ),
        enters=np.where(adult, 0.0, start),
        leaves=np.where(adult, np.inf, born + OF_AGE),
        female=female,
        neighbourhood=where[household].astype(np.int32),
        twin=twin,
        placed=_placed(need, np.flatnonzero((born < 0.0) & ~adult), round(children * values["people.placed"]), rng),
        column=column,
    )


def _need(
    household: Ints, homes: int, values: Mapping[str, Any], rng: np.random.Generator
) -> tuple[npt.NDArray[np.int64], Floats, Floats]:
    """The neighbourhood of each household and how deprived it is, and each person's need; its variance is 1 in all."""
    neighbourhoods = int(values["people.neighbourhoods"])
    # Normal scores in random order: how deprived the whole authority is shall not hang on size or seed.
    level = rng.permutation(ndtri((np.arange(neighbourhoods) + 0.5) / neighbourhoods))
    where = rng.integers(0, neighbourhoods, homes)
    share, spread = values["people.household_share"], values["people.deprived_sd"]
    inner = np.sqrt(max(0.0, 1.0 - spread**2))
    shared, own = rng.standard_normal(homes)[household], rng.standard_normal(len(household))
    need = spread * level[where][household] + inner * (np.sqrt(share) * shared + np.sqrt(1.0 - share) * own)
    return where, level[where], need


def _placed(need: Floats, those: npt.NDArray[np.intp], count: int, rng: np.random.Generator) -> Ints:
    """Children looked after when the run starts: the greater the need, the likelier (`need` in standard deviations)."""
    drawn = PLACED_NEED * need[those] + rng.gumbel(size=len(those))
    return np.sort(those[np.argsort(-drawn)[:count]]).astype(np.int32)


def _households(total: int, sizes: list[float], rng: np.random.Generator) -> Ints:
    drawn = rng.choice(np.arange(1, len(sizes) + 1), size=total, p=np.asarray(sizes) / np.sum(sizes))
    return np.repeat(np.arange(total), drawn)[:total].astype(np.int32)


def _births(
    household: Ints, years: float, twins: float, rng: np.random.Generator
) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """Birth in years from the start, and who is a twin; other siblings are nine months apart at least.

    Time is a circle here: who would be born after the last day is born at the beginning. So births come evenly, and the
    number of children keeps its level.
    """
    total, length = len(household), OF_AGE + years
    since = rng.uniform(0.0, length, total)
    elder = np.flatnonzero(household[1:] == household[:-1]) + 1
    gaps = LEAST_GAP + rng.gamma(5.0, 0.5, len(elder))
    maternities = twins / (1.0 + twins) * total / max(1, len(elder))
    pair = rng.random(len(elder)) < maternities
    twin = np.zeros(total, dtype=np.bool_)
    for i, gap, twins_here in zip(elder.tolist(), gaps.tolist(), pair.tolist(), strict=True):
        since[i] = since[i - 1] + (0.0 if twins_here else gap)
        twin[i] |= twins_here
        twin[i - 1] |= twins_here
    return np.mod(since, length) - OF_AGE, twin
