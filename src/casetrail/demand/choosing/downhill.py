"""Downhill search: from one model to the best of its neighbours, until no neighbour is better.

B. W. Silverman, L. Chan and K. Vincent, Statistics and Computing 34 (2024) 44. A neighbour has one term more, all of
whose smaller terms are in already, or one term less, which no larger term rests on; lists on their own stay. The search
can end in a model that is best among its neighbours and not best of all, and where it ends depends on where it began:
so it is begun at the bottom, at the top and at any model that is given, and all ends are shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

import numpy as np
import numpy.typing as npt

from casetrail.demand.choosing.one_model import refused
from casetrail.demand.lists import Counts
from casetrail.demand.loglinear.fits import Fits, Status, fit
from casetrail.demand.loglinear.models import Model
from casetrail.figures import Refusal

Floats = npt.NDArray[np.float64]
Criterion = Literal["bic", "aic"]


@dataclass(frozen=True, slots=True)
class Seen:
    """A model, its estimate and its value of the criterion."""

    model: Model
    hidden: float
    total: float
    criterion: float


@dataclass(frozen=True, slots=True)
class Downhill:
    """`best` of all ends; one `path` for each start, from the first model with an estimate to the last one.

    `tried`: every model that was fitted on the way.
    """

    best: Seen
    paths: tuple[tuple[Seen, ...], ...]
    tried: tuple[Model, ...]

    @property
    def ends(self) -> tuple[Seen, ...]:
        """Where each start ended."""
        return tuple(path[-1] for path in self.paths)


def downhill(
    counts: Counts, *, order: int, starts: Sequence[Model] | None = None, criterion: Criterion = "bic"
) -> Downhill | Refusal:
    """Search among hierarchical models whose terms have at most `order` lists.

    `starts`: by default the lists on their own, and all terms. Refuses with the reason of the last start when no start
    leads to a model with an estimate.
    """
    k = counts.size.bit_length() - 1
    bottom = tuple(1 << j for j in range(k))
    known: dict[Model, Seen | Status] = {}
    paths: list[tuple[Seen, ...]] = []
    status = Status.NOT_IDENTIFIABLE
    for start in starts if starts is not None else (bottom, top(k, order)):
        path = _follow(counts, start, order, (known, criterion))
        if path:
            paths.append(path)
        else:
            found = known[start]
            status = found if isinstance(found, Status) else status
    if not paths:
        return refused(status, "no start of the search has a fit")
    best = min((path[-1] for path in paths), key=lambda s: s.criterion)
    return Downhill(best, tuple(paths), tuple(known))


def top(k: int, order: int) -> Model:
    """The model with every term of at most `order` lists."""
    return tuple(sorted(sum(1 << j for j in c) for size in range(1, order + 1) for c in combinations(range(k), size)))


def neighbours(model: Model, k: int, order: int) -> list[Model]:
    """Hierarchical models with one term more or one term less."""
    held = set(model)
    out = [
        tuple(sorted(held - {t})) for t in model if t.bit_count() > 1 and not any(t != u and t & u == t for u in held)
    ]
    for t in top(k, order):
        if t not in held and all(t & ~(1 << j) in held for j in range(k) if t >> j & 1):
            out.append(tuple(sorted(held | {t})))
    return out


def _follow(
    counts: Counts, start: Model, order: int, book: tuple[dict[Model, Seen | Status], Criterion]
) -> tuple[Seen, ...]:
    known, criterion = book
    k = counts.size.bit_length() - 1
    _look(counts, [start], known, criterion)
    here, path = start, []
    while True:
        now = known[here]
        if isinstance(now, Seen):
            path.append(now)
        around = neighbours(here, k, order)
        _look(counts, around, known, criterion)
        found = [s for m in around if isinstance(s := known[m], Seen)]
        best = min(found, key=lambda s: (s.criterion, s.model), default=None)
        if best is not None and (not isinstance(now, Seen) or best.criterion < now.criterion):
            here = best.model
        elif best is None and not isinstance(now, Seen) and (less := [m for m in around if len(m) < len(here)]):
            # Nothing near has an estimate: the smallest overlap's term is the likeliest reason.
            here = min(less, key=lambda m: _shared(counts, set(here) - set(m)))
        else:
            return tuple(path)


def _shared(counts: Counts, gone: set[int]) -> int:
    (term,) = gone
    return int(counts[(np.arange(counts.size) & term) == term].sum())


def _look(counts: Counts, models: Sequence[Model], known: dict[Model, Seen | Status], criterion: Criterion) -> None:
    new = [m for m in models if m not in known]
    if not new:
        return
    fits: Fits = fit(counts, new)
    n = int(counts.sum())
    values = fits.bic(n) if criterion == "bic" else fits.aic()
    for i, model in enumerate(new):
        status = Status(int(fits.status[i]))
        hidden = float(fits.hidden[i])
        known[model] = Seen(model, hidden, n + hidden, float(values[i])) if status is Status.FINE else status
