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
PLACED_NEED = 1.5
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
    neighbourhoods = int(values["people.neighbourhoods"])
    # Normal scores in random order: how deprived the whole authority is shall not hang on size or seed.
    level = rng.permutation(ndtri((np.arange(neighbourhoods) + 0.5) / neighbourhoods))
    where = rng.integers(0, neighbourhoods, homes)
    share, spread = values["people.household_share"], values["people.deprived_sd"]
    inner = np.sqrt(max(0.0, 1.0 - spread**2))
    need = deprived + spread * level[where][household]
    need = need + inner * (
        np.sqrt(share) * rng.standard_normal(homes)[household] + np.sqrt(1.0 - share) * rng.standard_normal(total)
    )
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
        "trust": np.where(hidden, values["people.mixture_trust"], 0.0),
        "spoken": (rng.random(total) < values["people.speaks"]).astype(float),
        "deprived": level[where][household],
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
    """Birth in years from the start; siblings are some years apart, twins not at all."""
    total = len(household)
    born = rng.uniform(-OF_AGE, years, total)
    twin = np.zeros(total, dtype=np.bool_)
    same = np.flatnonzero(household[1:] == household[:-1]) + 1
    gaps = rng.gamma(6.0, 0.55, len(same))
    is_twin = (
        rng.random(len(same)) < twins * 3.0
    )  # a share of births; only a third of births have an elder sibling here
    for i, gap, twins_here in zip(same.tolist(), gaps.tolist(), is_twin.tolist(), strict=True):
        later = born[i - 1] + (0.0 if twins_here else gap)
        born[i] = later if later < years else born[i - 1] - (later - born[i - 1])
        twin[i] |= twins_here
        twin[i - 1] |= twins_here
    return np.clip(born, -OF_AGE + 1e-3, years), twin
