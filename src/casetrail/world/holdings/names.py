"""Names of people who do not exist, built of invented syllables; nicknames and shortened forms follow a rule.

Every name and every form of it holds one of the pairs of letters in `MARKS`, which names in use do not hold: a made-up
person can be told from a real one by the name alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

MARKS = ("jx", "kq", "qv", "qw", "vq", "vx", "xv", "zx")

_STARTS = (
    "b", "br", "d", "dr", "f", "g", "gr", "h", "j", "k", "kl",
    "l", "m", "n", "p", "r", "s", "st", "t", "tr", "w", "y",
)  # fmt: skip
_VOWELS = ("a", "e", "i", "o", "u", "ai", "ea", "ou", "y")
_ENDS = ("", "", "l", "m", "n", "nd", "r", "s", "sk", "t", "th")
_PET_ENDS = ("y", "o", "ie", "s")

Texts: TypeAlias = npt.NDArray[np.object_]
Numbers: TypeAlias = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class GivenNames:
    """Given names in the order of the alphabet within each sex: female first, then male, as many of each.

    `nickname` and `shortened` are the forms derived from each name; neither equals the name. `weights` are how
    frequent the names of one sex are, and add up to 1.
    """

    full: Texts
    nickname: Texts
    shortened: Texts
    weights: npt.NDArray[np.float64]

    @property
    def of_each_sex(self) -> int:
        return len(self.full) // 2


@dataclass(frozen=True, slots=True)
class Surnames:
    """Surnames, and how frequent they are (adds up to 1)."""

    full: Texts
    weights: npt.NDArray[np.float64]


def invent(count: int, *, syllables: tuple[int, int], rng: np.random.Generator) -> list[str]:
    """`count` different invented names of a number of syllables from `syllables`, capitalised."""
    made: dict[str, None] = {}
    while len(made) < count:
        wanted = count - len(made)
        draws = rng.random((wanted, 3, syllables[1] + 1)).tolist()
        lengths = rng.integers(syllables[0], syllables[1] + 1, wanted).tolist()
        for draw, length in zip(draws, lengths, strict=True):
            made.setdefault(_name(draw, length))
            if len(made) == count:
                break
    return list(made)


def _name(draw: list[list[float]], length: int) -> str:
    """The mark joins the first syllable to the second; a pair of letters begins no name."""
    starts, vowels, ends = draw
    parts = [_of(_STARTS, starts[0]), _of(_VOWELS, vowels[0]), _of(MARKS, starts[1]), _of(_VOWELS, vowels[1])]
    for place in range(2, length):
        parts += [_of(_STARTS, starts[place]), _of(_VOWELS, vowels[place])]
    return "".join((*parts, _of(_ENDS, ends[0]))).capitalize()


def _of(signs: tuple[str, ...], draw: float) -> str:
    return signs[int(draw * len(signs))]


def given_names(of_each_sex: int, *, skew: float, rng: np.random.Generator) -> GivenNames:
    """Given names for both sexes; no name belongs to both."""
    pool = invent(2 * of_each_sex, syllables=(2, 3), rng=rng)
    full = sorted(pool[:of_each_sex]) + sorted(pool[of_each_sex:])
    return GivenNames(
        np.array(full, dtype=np.object_),
        np.array([nickname(name) for name in full], dtype=np.object_),
        np.array([shortened(name) for name in full], dtype=np.object_),
        weights(of_each_sex, skew=skew, rng=rng),
    )


def surnames(count: int, *, skew: float, rng: np.random.Generator) -> Surnames:
    """Surnames of two or three syllables."""
    pool = np.array(invent(count, syllables=(2, 3), rng=rng), dtype=np.object_)
    return Surnames(pool, weights(count, skew=skew, rng=rng))


def weights(count: int, *, skew: float, rng: np.random.Generator) -> npt.NDArray[np.float64]:
    """How frequent each of `count` names is: the k-th most frequent has weight (k + 10)^-skew, in a drawn order."""
    raw = (np.arange(count) + 11.0) ** -skew
    shuffled: npt.NDArray[np.float64] = rng.permutation(raw / raw.sum())
    return shuffled


def nickname(name: str) -> str:
    """A pet form: the name up to its mark, at odd lengths without its first sound, with a pet ending."""
    stem = shortened(name)
    if len(name) % 2:
        stem = stem[next(place for place, sign in enumerate(stem) if place and sign in "aeiouy") :].capitalize()
    first = len(name) % len(_PET_ENDS)
    forms = (f"{stem}{end}" for end in (*_PET_ENDS[first:], *_PET_ENDS[:first]))
    return next(form for form in forms if form != name)


def shortened(name: str) -> str:
    """The name cut off behind its mark: always shorter than the name, and its beginning."""
    return name[: _mark(name) + 2]


def _mark(name: str) -> int:
    """Where the mark of a name begins."""
    lower = name.lower()
    return min(place for place in (lower.find(mark) for mark in MARKS) if place > 0)
