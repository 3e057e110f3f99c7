"""What an audit is made of: the frame it is drawn from, the ratings that came back, the indicator beside them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from casetrail.figures import Origin, RelationRun, SourceRef
from casetrail.stats.audit_ratings import Floats, Ratings


@dataclass(frozen=True, slots=True)
class Frame:
    """All files that could be drawn: pseudonym, body and period of each, in any order.

    `left_out` says in words which persons are not in it, and how many. `parameters` is how it was made.
    """

    keys: tuple[str, ...]
    bodies: tuple[str, ...]
    periods: tuple[str, ...]
    sources: tuple[SourceRef, ...]
    origin: Origin
    left_out: tuple[str, ...] = ()
    parameters: tuple[tuple[str, object], ...] = ()
    relations: tuple[RelationRun, ...] = ()


@dataclass(frozen=True, slots=True)
class Aside:
    """Rows set aside for one reason: words, how many, and where the first of them stand."""

    why: str
    rows: int
    places: str


@dataclass(frozen=True, slots=True)
class Rated:
    """Ratings as read. Scores of `ratings` are numbers of `grades`, worst first; `units` names their units.

    `adequate` is the number of the lowest grade that is adequate, None where that was not said. Raters are numbers that
    hold for this run. `read` is how the file was read, for asking again.
    """

    ratings: Ratings
    units: tuple[str, ...]
    grades: tuple[str, ...]
    adequate: int | None
    source: SourceRef
    rows_in: int
    set_aside: tuple[Aside, ...] = ()
    read: Mapping[str, object] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def scored(self) -> Ratings:
        """Scores as 1 for adequate and 0 for not; as numbers of grades where no grade was named as adequate."""
        if self.adequate is None:
            return self.ratings
        one = self.ratings
        score: Floats = np.where(np.isfinite(one.score), one.score >= self.adequate, np.nan).astype(np.float64)
        return Ratings(one.unit, one.file, one.rater, score, one.weight)


@dataclass(frozen=True, slots=True)
class Indicators:
    """An indicator of units: level on the scale of even variance and its error variance, and the share as printed.

    `periods` is how many periods stand behind each unit; `noise` the variance from period to period beyond chance, None
    where there is but one period.
    """

    units: tuple[str, ...]
    share: Floats
    level: Floats
    variance: Floats
    noise: float | None
    periods: int
    lower_is_better: bool
    source: SourceRef
    rows_in: int
    set_aside: tuple[Aside, ...] = ()
    read: Mapping[str, object] = field(default_factory=dict)
