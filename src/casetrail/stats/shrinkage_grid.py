"""A density of two parameters on a grid that finds its own place: it grows until no mass stands at its edge.

No Markov chain: the two parameters that all units share are drawn from the cells of the grid by their mass, evenly
placed within the cell, as in A. Gelman and others, "Bayesian Data Analysis" (3rd ed. 2013) 76-77 and 110-113. Where
units hardly spread, their common level is known well, where they spread far it is not: so each column, one value of v,
has a range of u of its own. Columns lie evenly in the root of v, since few units leave a long tail of wide spreads.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from casetrail.errors import IntegrityError

Floats = npt.NDArray[np.float64]
# Log density up to a constant at u (cells, columns) and v (1, columns): shape (cells, columns).
LogDensity = Callable[[Floats, Floats], Floats]

COARSE = 10
NEGLIGIBLE = 1e-4
# Trimming ends first: where it and growing would take turns for ever, the grid is left wide.
TRIMS, TURNS = 40, 160
MARGIN = 0.1


@dataclass(frozen=True, slots=True)
class Grid:
    """Where the grid lies: ends of v in its root, ends of u for each column, and the furthest that either may reach."""

    root: Floats
    u: Floats
    u_ends: tuple[float, float]
    v_ends: tuple[float, float]

    def columns(self, cells: int) -> Floats:
        """Roots of v in the middle of so many columns, shape (1, cells)."""
        return _middles(self.root[:, None], cells).T

    def at(self, cells: int) -> Grid:
        """The same place with so many columns: their ranges of u lie between those of their neighbours."""
        have, want = self.columns(self.u.shape[1])[0], self.columns(cells)[0]
        return replace(self, u=np.array([np.interp(want, have, ends) for ends in self.u]))


def grid(u: tuple[float, float], v: tuple[float, float], *, u_ends: tuple[float, float], v_most: float) -> Grid:
    """A first place: one range of u for all columns; v starts at 0 at the least."""
    v_ends = (0.0, float(np.sqrt(v_most)))
    root = np.clip(np.sqrt(np.maximum(v, 0.0)), *v_ends)
    return Grid(root, np.repeat(np.clip(np.array(u), *u_ends)[:, None], COARSE, axis=1), u_ends, v_ends)


def drawn(
    density: LogDensity, start: Grid, *, cells: int, draws: int, rng: np.random.Generator
) -> tuple[Floats, Floats]:
    """So many draws of u and v, each of shape (draws,), from a grid of `cells` by `cells`.

    Raises: IntegrityError when no place is found where the mass stays inside.
    """
    place = settled(density, start).at(cells)
    inside, column = _masses(density, place, cells)
    mass = (inside * column).T.ravel()
    # One even comb instead of independent draws: no luck in how often a cell is taken.
    comb = (np.arange(draws) + rng.random()) / draws
    taken = np.minimum(np.searchsorted(np.cumsum(mass), comb, side="right"), mass.size - 1)
    at_v, at_u = divmod(taken, cells)
    low, high = place.u[:, at_v]
    root = place.root[0] + (place.root[1] - place.root[0]) * (at_v + rng.random(draws)) / cells
    return low + (high - low) * (at_u + rng.random(draws)) / cells, root**2


def settled(density: LogDensity, start: Grid) -> Grid:
    """The place in which nearly all mass lies, neither at its edges nor in a few of its cells."""
    place = start
    for turn in range(TURNS):
        inside, column = _masses(density, place, COARSE)
        u = _fitted(place.u, inside, place.u_ends, trim=turn < TRIMS)
        if np.array_equal(u, place.u):
            root = _fitted(place.root[:, None], column[:, None], place.v_ends, trim=turn < TRIMS)[:, 0]
            if np.array_equal(root, place.root):
                return replace(place, u=_wider(u, place.u_ends))
            have = place.columns(COARSE)[0]
            place = replace(place, root=root)
            u = np.array([np.interp(place.columns(COARSE)[0], have, ends) for ends in u])
        place = replace(place, u=u)
    raise IntegrityError("No grid holds the mass of the density: it has no end.")


def _fitted(axis: Floats, mass: Floats, ends: tuple[float, float], *, trim: bool) -> Floats:
    """New ends (2, lines) of each line of cells, from the mass (cells, lines) on it, which sums to 1.

    Twice as wide towards an edge with mass; else without the cells at the edge, all but one, that have none.
    """
    low, high = axis
    width, cells = high - low, mass.shape[0]
    held = mass > NEGLIGIBLE
    first, last = held.argmax(axis=0), cells - 1 - held[::-1].argmax(axis=0)
    down, up = (first == 0) & (low > ends[0]), (last == cells - 1) & (high < ends[1])
    few = (last - first < cells // 2) & ~down & ~up & trim
    new_low = np.where(down, np.maximum(low - width, ends[0]), low + few * width * np.maximum(first - 1, 0) / cells)
    new_high = np.where(
        up, np.minimum(high + width, ends[1]), high - few * width * np.maximum(cells - 2 - last, 0) / cells
    )
    return np.array([new_low, new_high])


def _masses(density: LogDensity, place: Grid, cells: int) -> tuple[Floats, Floats]:
    """Mass of the cells within each column (cells, columns), and of each column (columns,); both sum to 1."""
    root = place.columns(cells)
    # Even in its root, v has a density that grows with the root.
    log = density(_middles(place.u, cells), root**2) + np.log(root)
    top = log.max(axis=0)
    inside = np.exp(log - top)
    total = inside.sum(axis=0)
    column = np.log(total * (place.u[1] - place.u[0])) + top
    column = np.exp(column - column.max())
    return inside / total, np.asarray(column / column.sum(), dtype=np.float64)


def _middles(ends: Floats, cells: int) -> Floats:
    """Middles of so many cells between the ends (2, lines): shape (cells, lines)."""
    places = (np.arange(cells, dtype=np.float64)[:, None] + 0.5) / cells
    return np.asarray(ends[0] + (ends[1] - ends[0]) * places, dtype=np.float64)


def _wider(u: Floats, ends: tuple[float, float]) -> Floats:
    """A margin for columns between those that were looked at."""
    room = MARGIN * (u[1] - u[0])
    return np.asarray(np.clip(np.array([u[0] - room, u[1] + room]), *ends), dtype=np.float64)
