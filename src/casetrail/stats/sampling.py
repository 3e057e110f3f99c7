"""A random sample from strata, without replacement, that a stranger can draw again and whose chances are known.

Sources: J. Neyman, "On the two different aspects of the representative method", Journal of the Royal Statistical
Society 97 (1934) 558-625; W. G. Cochran, "Sampling techniques" (3rd ed. 1977) ch. 5. A stratum of which more would be
taken than it has is taken whole (a certainty stratum), and the rest is divided among the others.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]
Division = Literal["proportional", "equal", "weights"]


@dataclass(frozen=True, slots=True)
class Draw:
    """What was drawn. `chosen` are rows of the frame, rising; `probability` and `stratum` have one entry for each.

    `strata` are the names, in order; `sizes` and `taken` how many each has and gave. `frame` is the hash of the frame:
    with it and the seed the same draw comes again, whatever order the rows of the frame are in.
    """

    chosen: Whole
    probability: Floats
    stratum: Whole
    strata: tuple[str, ...]
    sizes: Whole
    taken: Whole
    frame: str
    seed: int


def allocate(
    sizes: npt.ArrayLike,
    take: int,
    *,
    division: Division = "proportional",
    weights: npt.ArrayLike | None = None,
    least: int = 1,
) -> Whole:
    """How many to take from each stratum: whole numbers that add up to `take`, or to all there are.

    `division` proportional to size, equal, or to size times `weights` (Neyman's best with standard deviations as
    weights). Each stratum gives at least `least`, or all it has. Rounding is by largest remainder, ties by order.
    Raises: ValueError for an empty stratum, weights not above 0, or too small a `take` for the least of each.
    """
    n = np.asarray(sizes, dtype=np.int64)
    if n.ndim != 1 or n.size == 0 or bool(np.any(n <= 0)) or least < 0:
        raise ValueError("each stratum needs a size above 0")
    floor = np.minimum(n, least)
    if take < int(floor.sum()):
        raise ValueError("the sample is too small for the least of each stratum")
    pull = _pull(n, division, weights)
    taken = floor.astype(np.float64)
    if take >= int(n.sum()):
        return n
    # Whole strata and strata held at the least are settled first; what is left is divided again until nothing moves.
    free = np.ones(n.size, dtype=np.bool_)
    while True:
        room = take - float(taken[~free].sum())
        ideal = room * pull / pull[free].sum()
        over, under = free & (ideal >= n), free & (ideal < floor)
        if over.any():
            taken[over], free = n[over], free & ~over
        elif under.any():
            taken[under], free = floor[under], free & ~under
        else:
            break
        if not free.any():
            break
    if free.any():
        taken[free] = _rounded(ideal[free], round(take - float(taken[~free].sum())))
    return _mended(taken.astype(np.int64), n, take)


def _pull(n: Whole, division: Division, weights: npt.ArrayLike | None) -> Floats:
    if division == "equal":
        return np.ones(n.size)
    if division == "proportional":
        return n.astype(np.float64)
    w = np.asarray(1.0 if weights is None else weights, dtype=np.float64)
    if weights is None or w.shape != n.shape or bool(np.any(~(w > 0))):
        raise ValueError("each stratum needs a weight above 0")
    return np.asarray(n * w, dtype=np.float64)


def _rounded(ideal: Floats, total: int) -> Floats:
    """Whole numbers near `ideal` that add up to `total`."""
    down = np.floor(ideal + 1e-9)
    order = np.argsort(-(ideal - down), kind="stable")
    down[order[: max(0, total - int(down.sum()))]] += 1
    return np.asarray(down, dtype=np.float64)


def _mended(taken: Whole, n: Whole, take: int) -> Whole:
    """Strata held at their least can leave one too few or too many: the largest strata even it out."""
    for at in np.argsort(-n, kind="stable"):
        short = take - int(taken.sum())
        if short == 0:
            break
        taken[at] = min(max(int(taken[at]) + short, 1), int(n[at]))
    return taken


def frame_hash(keys: Sequence[str], strata: Sequence[str]) -> str:
    """sha256 of a frame, the same whatever the order of its rows.

    Raises: ValueError on different lengths or a key that comes twice.
    """
    if len(keys) != len(strata) or len(set(keys)) != len(keys):
        raise ValueError("a frame has one stratum for each key, and no key twice")
    rows = sorted(zip(strata, keys, strict=True))
    return hashlib.sha256("\n".join(json.dumps(row) for row in rows).encode("utf-8")).hexdigest()


def generator(seed: int, frame: str) -> np.random.Generator:
    """The generator that belongs to one seed and one frame."""
    return np.random.default_rng([seed, int(frame[:32], 16)])


def draw(keys: Sequence[str], strata: Sequence[str], take: Mapping[str, int], *, seed: int) -> Draw:
    """Draw from each stratum so many as `take` says; every file of a stratum has the same chance.

    Raises: ValueError as `frame_hash` does, for a stratum without an entry in `take`, or more than there are.
    """
    frame = frame_hash(keys, strata)
    rng = generator(seed, frame)
    names = tuple(sorted(set(strata)))
    members: dict[str, list[int]] = {name: [] for name in names}
    for row in sorted(range(len(keys)), key=keys.__getitem__):
        members[strata[row]].append(row)
    if any(not 0 <= take.get(name, -1) <= len(members[name]) for name in names):
        raise ValueError("each stratum needs a number to take, from 0 to its size")
    picked = [rng.choice(np.array(members[name]), size=take[name], replace=False) for name in names]
    sizes = np.array([len(members[name]) for name in names], dtype=np.int64)
    taken = np.array([take[name] for name in names], dtype=np.int64)
    of = np.repeat(np.arange(len(names)), taken)
    chosen = np.concatenate(picked).astype(np.int64) if picked else np.array([], dtype=np.int64)
    order = np.argsort(chosen, kind="stable")
    return Draw(
        chosen=chosen[order],
        probability=(taken / np.maximum(sizes, 1))[of][order],
        stratum=of[order].astype(np.int64),
        strata=names,
        sizes=sizes,
        taken=taken,
        frame=frame,
        seed=seed,
    )
