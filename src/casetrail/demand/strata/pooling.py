"""Hidden persons of each stratum from its own counts and from what the others teach: partial pooling.

Each stratum has coefficients of its own for how often a list finds a person and for how lists depend; they are taken to
come from one distribution (within a group, where groups are given), whose middle and width the data determine. A small
stratum is drawn in, a large one hardly. Sources: C. Hammond, P. A. Smith and P. G. M. van der Heijden, "Dual system
estimation using mixed effects loglinear models", arXiv:2505.01359 (2025); B. A. Coull and A. Agresti, "The use of
mixed logit models to reflect heterogeneity in capture-recapture studies", Biometrics 55 (1999) 294-301. It assumes
that no stratum is of another kind than the rest: one that is, and small, gets a figure like theirs; and where strata
are of two kinds, the total leans to the kind that is easier to find, unless the kinds are given as groups.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from casetrail.demand.strata.alone import alone
from casetrail.demand.strata.conflict import surprises
from casetrail.demand.strata.design import Design, Strata
from casetrail.demand.strata.likelihood import hidden_per_known
from casetrail.demand.strata.members import Member, RefusedMember, Said, members, own_share
from casetrail.demand.strata.mode import Data
from casetrail.demand.strata.spread import Draws, draw, within_cells
from casetrail.figures import Refusal

Floats = npt.NDArray[np.float64]
FEWEST, FEW = 3, 5
EDGE = 0.05
DRAWS = 4_000


@dataclass(frozen=True, slots=True)
class Ends:
    """Median of draws, and ends that leave as much on either side."""

    middle: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Pooled:
    """`members` in the order of the strata; `known` and `hidden` persons of all of them.

    `refused_part`: share of `hidden` in strata that are refused a figure of their own; it stands in the total as the
    others say. `unmet`: strata with nobody known, in no figure here. `by_list`, `by_term`: standard deviations of log
    odds between strata; `together`: probability that strata are harder or easier for all lists at once, not for one
    list at a time (even beforehand). `left_out`: persons with the pattern that was not used, where there is one.
    `draws` (draws,): of the hidden total, whole persons. Warnings: `borrowed`, `unlike_others`, `empty_strata`,
    `wide_spread` (the spread runs off the grid), `few_strata` (fewer than 5: the prior of the spread counts).
    """

    members: tuple[Member | RefusedMember, ...]
    known: int
    hidden: Ends
    level: float
    refused_part: float
    unmet: tuple[str, ...]
    by_list: Ends
    by_term: Ends | None
    together: float
    left_out: Ends | None
    draws: Floats
    warnings: tuple[str, ...]


def pooled(
    of: Strata, design: Design, *, seed: int, groups: Sequence[str] | None = None, level: float = 0.95
) -> Pooled | Refusal:
    """Partial pooling under the model of `design`; `groups` (one name per stratum, such as a region) have middles of
    their own.

    Fast enough for hundreds of small areas. Raises: ValueError when `groups` are not as many as strata, or for a level
    outside 0 to 1.
    """
    if (groups is not None and len(groups) != len(of.labels)) or not 0 < level < 1:
        raise ValueError("one group for each stratum, and a level between 0 and 1")
    used = _used(of, design)
    data = _data(used, design, groups)
    why = _why_not(used, data)
    if why is not None:
        return why
    rng = np.random.default_rng(seed)
    return _told(used, data, draw(data, rng, draws=DRAWS), (level, rng))


def hidden_draws(known: Floats, per_known: Floats, rng: np.random.Generator) -> Floats:
    """Whole hidden persons, shape (draws, strata): given who is known and the odds, negative binomial."""
    return np.asarray(rng.poisson(rng.standard_gamma(known, size=per_known.shape) * per_known), dtype=np.float64)


def _used(of: Strata, design: Design) -> Strata:
    """Without the persons of a pattern that the design leaves out."""
    unused = np.setdiff1d(np.arange(of.counts.shape[1]), design.cells)
    counts = of.counts.copy()
    counts[:, unused] = 0
    return Strata(of.labels, of.names, counts)


def _data(of: Strata, design: Design, groups: Sequence[str] | None) -> Data:
    met = np.flatnonzero(of.known > 0)
    names = ["" if groups is None else groups[int(i)] for i in met]
    place = {name: g for g, name in enumerate(sorted(set(names)))}
    group = np.array([place[name] for name in names], dtype=np.int64)
    return Data(design, of.counts[met][:, design.cells].astype(np.float64), group, len(place))


def _why_not(of: Strata, data: Data) -> Refusal | None:
    """Too few strata, or a group whose counts, all together, have no estimate."""
    strata = data.counts.shape[0]
    if strata < FEWEST:
        return Refusal(
            "too_few_strata",
            f"How strata differ cannot be learnt from so few ({strata} with anybody known, where {FEWEST} are needed).",
            ("strata of a finer kind", "the estimates of each stratum alone"),
        )
    rows = of.counts[of.known > 0]
    for g in range(data.groups):
        found = alone(Strata(("",), of.names, rows[data.group == g]).together, data.of)
        if isinstance(found, Refusal):
            return found
    return None


def _told(of: Strata, data: Data, found: Draws, how: tuple[float, np.random.Generator]) -> Pooled:
    level, rng = how
    design, known = data.of, data.counts.sum(axis=1)
    per_known = hidden_per_known(design, found.theta)
    hidden = hidden_draws(known, per_known, rng)
    tails = [0.5, (1 - level) / 2, (1 + level) / 2]
    middle, low, high = np.quantile(hidden, tails, axis=0)
    odd = surprises(data, found, rng)
    each = members(of, design, Said(middle, low, high, own_share(design, found.likeliest), odd))
    refused = np.array([isinstance(m, RefusedMember) for m in each if m.known])
    spreads = within_cells(found.spreads[:, 0], rng), within_cells(np.nan_to_num(found.spreads[:, 1], nan=1.0), rng)
    return Pooled(
        members=each,
        known=int(known.sum()),
        hidden=_ends(hidden.sum(axis=1), tails),
        level=level,
        refused_part=float(middle[refused].sum() / max(middle.sum(), 1.0)),
        unmet=tuple(m.label for m in each if not m.known),
        by_list=_ends(spreads[0], tails),
        by_term=_ends(spreads[1], tails) if len(design.terms) > design.mains else None,
        together=float((found.spreads[:, 2] > 0).mean()),
        left_out=_left_out(data, found, per_known, (tails, rng)),
        draws=hidden.sum(axis=1),
        warnings=_warnings(each, found.at_edge),
    )


def _left_out(data: Data, found: Draws, per_known: Floats, how: tuple[list[float], np.random.Generator]) -> Ends | None:
    """Persons in all strata with the pattern that was not used."""
    if data.of.left_out is None:
        return None
    tails, rng = how
    rate = per_known * np.exp(found.theta @ data.of.left_out)
    return _ends(hidden_draws(data.counts.sum(axis=1), rate, rng).sum(axis=1), tails)


def _ends(draws: Floats, tails: list[float]) -> Ends:
    return Ends(*(float(x) for x in np.quantile(draws, tails)))


def _warnings(each: tuple[Member | RefusedMember, ...], at_edge: float) -> tuple[str, ...]:
    said = {code for m in each if isinstance(m, Member) for code in m.warnings}
    refused = any(isinstance(m, RefusedMember) and m.known for m in each)
    codes = {
        "borrowed": refused or "borrowed" in said,
        "unlike_others": "unlike_others" in said,
        "empty_strata": any(not m.known for m in each),
        "wide_spread": at_edge > EDGE,
        "few_strata": sum(m.known > 0 for m in each) < FEW,
    }
    return tuple(code for code, on in codes.items() if on)
