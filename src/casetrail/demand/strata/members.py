"""What is said of each stratum after pooling, and whether it rests on evidence of its own.

Own evidence: from the information of a stratum's own counts follows the standard error that the log of its hidden
number would have, had it nothing but them. Against it stands log 2, a doubling, as the difference that should not go
unseen: own share = (log 2)^2 / ((log 2)^2 + error^2). Under a half (or with no estimate of its own) the stratum is
warned of as `borrowed`; under a fifth (error over 1.39: own limits 15-fold apart either way) it is refused, since its
figure would be that of the others. The share does not depend on how alike strata turn out: were they all equal,
borrowing would be right, but a stratum without evidence of its own could not show otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from casetrail.demand.refusals import refuse
from casetrail.demand.strata.alone import alone
from casetrail.demand.strata.design import Design, Strata
from casetrail.demand.strata.likelihood import log_hidden_slope
from casetrail.demand.strata.mode import Mode
from casetrail.figures import Refusal

Floats = npt.NDArray[np.float64]
NOTICED = float(np.log(2.0))
WARNED, REFUSED = 0.5, 0.2


@dataclass(frozen=True, slots=True)
class Member:
    """One stratum after pooling: hidden persons (median of the draws), ends, and `own_share` (see above).

    `surprise`: how often a stratum drawn like the others would have an overlap as far out, doubled for two sides.
    Warnings: `borrowed`, `unlike_others`.
    """

    label: str
    known: int
    hidden: float
    low: float
    high: float
    own_share: float
    surprise: float
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RefusedMember:
    """A stratum without a figure of its own; `own_share` is None where nobody is known."""

    label: str
    known: int
    refusal: Refusal
    own_share: float | None


@dataclass(frozen=True, slots=True)
class Said:
    """By stratum with anybody known, shape (strata,) each: point and ends, own share, surprise."""

    hidden: Floats
    low: Floats
    high: Floats
    own_share: Floats
    surprise: Floats


def members(of: Strata, design: Design, said: Said) -> tuple[Member | RefusedMember, ...]:
    """One for each stratum of `of`, in order."""
    met = iter(range(said.hidden.size))
    return tuple(
        _member(of, design, i, (said, next(met))) if of.known[i] else RefusedMember(label, 0, refuse("nobody"), None)
        for i, label in enumerate(of.labels)
    )


def own_share(design: Design, at: Mode) -> Floats:
    """Own share of evidence of each stratum (see above), between 0 and 1, shape (strata,)."""
    slope = log_hidden_slope(design, at.theta)
    values, vectors = np.linalg.eigh(at.curve)
    along = np.einsum("sij,si->sj", vectors, slope)
    # A direction of which the counts say nothing has an error without end, not one that may be left out.
    with np.errstate(divide="ignore", invalid="ignore"):
        parts = np.where(np.abs(along) < 1e-12, 0.0, along**2 / np.maximum(values, 0.0))
    return np.asarray(NOTICED**2 / (NOTICED**2 + parts.sum(axis=1)), dtype=np.float64)


def _member(of: Strata, design: Design, i: int, place: tuple[Said, int]) -> Member | RefusedMember:
    said, a = place
    label, known, share, surprise = of.labels[i], int(of.known[i]), float(said.own_share[a]), float(said.surprise[a])
    if share < REFUSED:
        return RefusedMember(label, known, _all_borrowed(share), share)
    borrowed = share < WARNED or isinstance(alone(of.one(i), design), Refusal)
    # Bonferroni: one in twenty that any stratum of many is called unlike the others when none is.
    codes = {"borrowed": borrowed, "unlike_others": surprise * said.surprise.size < 0.05}
    ends = (float(said.hidden[a]), float(said.low[a]), float(said.high[a]))
    return Member(label, known, *ends, share, surprise, tuple(code for code, on in codes.items() if on))


def _all_borrowed(share: float) -> Refusal:
    return Refusal(
        "all_borrowed",
        "Nearly all that is known of the hidden number here is borrowed from other strata "
        f"(own share {share:.2f}, where {REFUSED} is the least).",
        ("a longer period", "joining this stratum to one like it"),
    )
