"""All signs of a panel together, and the verdict on each figure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from casetrail.compare.quality.flow import FLOWS, balancing, clearing
from casetrail.compare.quality.marks import contradictions, few, gaps, marked
from casetrail.compare.quality.series import jumped, odd_denominator, rebased, reorganised
from casetrail.compare.quality.sign import Fitness, Levels, Sign, levels_of
from casetrail.public.panel import Panel, Why
from casetrail.stats.gates import heaping

HEAPED = 1e-5


@dataclass(frozen=True, slots=True)
class Quality:
    """The verdict on every figure of one panel, and the reasons."""

    panel: Panel
    signs: tuple[Sign, ...]

    @property
    def levels(self) -> Levels:
        """Fitness by unit and period; a cell without a value is not judged (0)."""
        worst = np.max(np.stack([s.levels for s in self.signs]), axis=0)
        return np.where(np.isfinite(self.panel.value), worst, 0).astype(np.int8)

    @property
    def seen_in_data(self) -> npt.NDArray[np.bool_]:
        """Where the figures themselves, not a publisher's mark or a small number, raised a sign."""
        raised = np.any(np.stack([s.levels > 0 for s in self.signs if s.from_data]), axis=0)
        return np.asarray(raised & np.isfinite(self.panel.value))

    def fitness(self, unit: int, period: int) -> Fitness:
        return Fitness(int(self.levels[unit, period]))

    def reasons(self, unit: int, period: int, at_least: Fitness = Fitness.CAUTION) -> tuple[str, ...]:
        """Every reason that weighs at least so much, heaviest first."""
        found = [s for s in self.signs if s.levels[unit, period] >= at_least]
        return tuple(s.words(unit, period) for s in sorted(found, key=lambda s: -int(s.levels[unit, period])))

    def gates(self, unit: int, period: int) -> tuple[str, ...]:
        """Names of the gates that raised a sign."""
        return tuple(s.gate for s in self.signs if s.levels[unit, period] > 0)


def assess(panel: Panel, *, started: Panel | None = None, ended: Panel | None = None) -> Quality:
    """The signs of one panel; with the flows that fill and empty it, whether open cases are open."""
    signs = [
        marked(panel),
        contradictions(panel),
        few(panel),
        gaps(panel),
        jumped(panel),
        rebased(panel),
        odd_denominator(panel),
        reorganised(panel),
    ]
    if ended is not None:
        signs.append(clearing(panel, ended, started)[0])
    if ended is not None and started is not None:
        signs.append(balancing(panel, started, ended))
    return Quality(panel, tuple(signs))


def assess_all(panels: Sequence[Panel], flows: Mapping[str, tuple[str, str]] | None = None) -> dict[str, Quality]:
    """Every panel of one table by measure, with digits judged over all of them.

    `flows` names for a stock the measures that start and that end its cases; without it the shipped ones are used.
    """
    known = {p.measure.id: p for p in panels}
    pairs = {k: v for k, v in (FLOWS if flows is None else flows).items() if k in known}
    found = {}
    for name, panel in known.items():
        started, ended = (known.get(f) for f in pairs.get(name, ("", "")))
        found[name] = assess(panel, started=started, ended=ended)
    return _heaped(found, panels)


def _heaped(found: dict[str, Quality], panels: Sequence[Panel]) -> dict[str, Quality]:
    """Bodies whose counts end in 0 or 5 too often to be counts; looked for where all panels have the same bodies."""
    if len({p.units for p in panels}) != 1:
        return found
    counted = [p.numerator for p in panels if p.measure.rounded_to == 1]
    counted += [p.denominator for p in panels if p.measure.rounded_to == 1 and p.measure.kind == "proportion"]
    if not counted:
        return found
    share, p = heaping(counted)
    rows = np.flatnonzero(p < HEAPED)

    def words(i: int, _: int) -> str:
        return f"{share[i]:.0%} of its counts end in 0 or 5, where a fifth would: they look rounded or estimated"

    whole = {}
    for name, quality in found.items():
        levels = levels_of(quality.panel)
        levels[rows, :] = Fitness.CAUTION
        judged = np.broadcast_to(np.isfinite(p)[:, None], levels.shape)
        sign = Sign("digits", levels, judged, words)
        whole[name] = replace(quality, signs=(*quality.signs, sign))
    return whole


def fit_only(quality: Quality, *, but: int | None = None) -> Panel:
    """The panel with every figure unknown that is not fit to compare, except those of one unit."""
    panel, unfit = quality.panel, quality.levels == Fitness.NOT_FIT
    if but is not None:
        unfit[but] = False
    value, numerator, denominator = (
        np.where(unfit, np.nan, part) for part in (panel.value, panel.numerator, panel.denominator)
    )
    why = np.where(unfit, int(Why.NOT_FIT), panel.why).astype(np.int8)
    counts = None if panel.why_counts is None else np.where(unfit, int(Why.NOT_FIT), panel.why_counts).astype(np.int8)
    return replace(panel, value=value, numerator=numerator, denominator=denominator, why=why, why_counts=counts)
