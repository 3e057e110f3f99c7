"""Rows of a long table as panels: one for each measure, bodies by periods."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from casetrail.figures import SourceRef
from casetrail.public.panel import Floats, Measure, Panel, PanelKind, Unit, Whole, Why, empty
from casetrail.records.cells import Coded

Levels = npt.NDArray[np.int8]
Numbers = tuple[Floats, npt.NDArray[np.int8]]

# Rows that hold other rows together: England, its regions and London's halves, by name or by official code.
WHOLES = frozenset(
    {
        "england",
        "wales",
        "united kingdom",
        "great britain",
        "total",
        "all",
        "london",
        "inner london",
        "outer london",
        "north east",
        "north west",
        "yorkshire and the humber",
        "yorkshire and humber",
        "east midlands",
        "west midlands",
        "east of england",
        "east",
        "south east",
        "south west",
        "statistical neighbours",
    }
)
_OFFICIAL = re.compile(r"(E92|E12|E13|K0|W92)\d+|9[789]\d")
NATIONS = ("england", "wales", "united kingdom", "great britain", "total", "all")
PER: dict[PanelKind, float] = {"proportion": 100.0, "rate": 10_000.0}
UNITS: dict[PanelKind, str] = {"proportion": "%", "rate": "per 10,000", "ratio": "ratio", "count": "count", "bare": ""}
ENOUGH_TO_TELL = 40
MOSTLY = 0.9


@dataclass(frozen=True, slots=True)
class Shape:
    """What the user says of the figures: kind (None: told from the counts) and multiplier (None: the kind's usual)."""

    kind: PanelKind | None = None
    per: float | None = None


@dataclass(frozen=True, slots=True)
class _Among:
    """The bodies of the table: their row by code, and the code of the nation, if it has one."""

    units: tuple[Unit, ...]
    at: npt.NDArray[np.int64]
    nation: int | None


@dataclass(frozen=True, slots=True)
class Long:
    """Rows of a long table: names by code, figures with the reason where there is none."""

    unit: Coded
    name: Coded
    measure: Coded
    period: Coded
    numerator: Numbers
    denominator: Numbers
    value: Numbers

    def rows(self, keep: npt.NDArray[np.intp]) -> Long:
        """Some of the rows."""
        named = (Coded(c.values, c.codes[keep]) for c in (self.unit, self.name, self.measure, self.period))
        unit, name, measure, period = named
        numbers = ((v[keep], w[keep]) for v, w in (self.numerator, self.denominator, self.value))
        numerator, denominator, value = numbers
        return Long(unit, name, measure, period, numerator, denominator, value)


def panels_of(long: Long, shape: Shape, source: SourceRef) -> tuple[tuple[Panel, ...], int, tuple[str, ...]]:
    """One panel for each measure over the same bodies; how many rows were of wholes; and notes."""
    names = _names(long)
    whole = {u for u in range(len(long.unit.values)) if _is_whole(long.unit.values[u], names.get(u, ""))}
    units = [u for u in np.unique(long.unit.codes).tolist() if u not in whole]
    at = np.full(len(long.unit.values) + 1, -1, dtype=np.int64)
    at[units] = np.arange(len(units))
    listed = tuple(Unit(long.unit.values[u], names.get(u, long.unit.values[u])) for u in units)
    nation = next((u for u in sorted(whole) if names.get(u, "").casefold() in NATIONS), None)
    order = np.argsort(long.measure.codes, kind="stable")
    bounds = np.searchsorted(long.measure.codes[order], np.arange(len(long.measure.values) + 1))
    panels, notes = [], []
    for m in range(len(long.measure.values)):
        rows = order[bounds[m] : bounds[m + 1]]
        if rows.size:
            panels.append(_panel(long.rows(rows), _Among(listed, at, nation), shape, source))
    rounded = {p.measure.rounded_to for p in panels} - {1}
    if rounded:
        notes.append(f"Counts look rounded by the publisher to {' or '.join(str(r) for r in sorted(rounded))}.")
    is_whole = np.isin(long.unit.codes, sorted(whole))
    kinds = sorted({p.measure.kind for p in panels})
    if shape.kind is None and kinds != ["bare"]:
        notes.append(f"Figures were taken as: {', '.join(kinds)}. If that is wrong, say --kind.")
    if whole:
        notes.append("Rows of a nation or region are kept apart from the bodies: they hold them together.")
    return tuple(panels), int(is_whole.sum()), tuple(notes)


def _panel(long: Long, among: _Among, shape: Shape, source: SourceRef) -> Panel:
    """The rows of one measure."""
    title = long.measure.values[int(long.measure.codes[0])]
    periods = sorted((long.period.values[p] for p in np.unique(long.period.codes).tolist()), key=_in_time)
    where = {p: k for k, p in enumerate(periods)}
    column = np.array([where.get(v, -1) for v in long.period.values])[long.period.codes]
    kind = shape.kind or _kind(long)
    per = shape.per or PER.get(kind, 1.0)
    row = among.at[long.unit.codes]
    cells = row[row >= 0], column[row >= 0]
    (numerator, why), (denominator, _), (value, _) = (empty(among.units, periods) for _ in range(3))
    why_counts = why.copy()
    numerator[cells], top = (part[row >= 0] for part in long.numerator)
    denominator[cells], bottom = (part[row >= 0] for part in long.denominator)
    value[cells], why[cells] = (part[row >= 0] for part in long.value)
    why_counts[cells] = np.where(top != 0, top, bottom)
    value, why = _filled(value, why, _computed(numerator, denominator, per), why_counts)
    unit = UNITS.get(kind, "") if shape.per is None else f"per {per:,.0f}"
    measure = Measure(title, title, kind, unit, per, rounded_to=_rounding(long))
    whole = None if among.nation is None else _whole(long, among.nation, column, per)
    return Panel(
        measure,
        among.units,
        tuple(periods),
        numerator,
        denominator,
        value,
        why,
        source,
        why_counts=why_counts,
        whole=whole,
    )


def _filled(value: Floats, why: Levels, computed: Floats, why_counts: Levels) -> tuple[Floats, Levels]:
    """Values worked out from the counts where none is printed; no case at all has no share."""
    unsaid = why == int(Why.ABSENT)
    value = np.where(unsaid, computed, value)
    why = np.where(unsaid, np.where(np.isfinite(computed), 0, why_counts), why).astype(np.int8)
    why[(why == 0) & ~np.isfinite(value)] = int(Why.NOT_APPLICABLE)
    return value, why


def _computed(numerator: Floats, denominator: Floats, per: float) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(denominator > 0, per * numerator / denominator, np.nan)


def _kind(long: Long) -> PanelKind:
    """A share where no numerator exceeds its denominator, else a rate; a bare value where there are no counts."""
    x, n = long.numerator[0], long.denominator[0]
    known = np.isfinite(x) & np.isfinite(n)
    if not known.any():
        return "bare"
    if np.mod(n[known], 1).any():
        return "ratio"
    # A few rows with more than all are contradictions, which the gates tell of; many are another kind of figure.
    return "proportion" if float(np.mean(x[known] <= n[known])) >= MOSTLY else "rate"


def _rounding(long: Long) -> int:
    """What the publisher rounds counts to: 10 or 5 where every count is a multiple of it, else 1."""
    counts = np.concatenate([c[0][np.isfinite(c[0]) & (c[0] > 0)] for c in (long.numerator, long.denominator)])
    if counts.size < ENOUGH_TO_TELL:
        return 1
    return next((step for step in (10, 5) if not np.mod(counts, step).any()), 1)


def _whole(long: Long, nation: int, column: npt.NDArray[np.intp], per: float) -> Whole:
    mine = long.unit.codes == nation
    parts = [np.full(int(column.max()) + 1, np.nan) for _ in range(3)]
    for part, (values, _) in zip(parts, (long.numerator, long.denominator, long.value), strict=True):
        part[column[mine]] = values[mine]
    value = np.where(np.isfinite(parts[2]), parts[2], _computed(parts[0], parts[1], per))
    name = long.name.values[int(long.name.codes[mine][0])] if mine.any() else "all together"
    return Whole(name, parts[0], parts[1], value)


def _names(long: Long) -> dict[int, str]:
    """A name for each code of a body: the one that stands beside it last."""
    seen = long.name.codes >= 0
    pairs = dict(zip(long.unit.codes[seen].tolist(), long.name.codes[seen].tolist(), strict=True))
    return {u: long.name.values[n] for u, n in pairs.items()}


def _is_whole(code: str, name: str) -> bool:
    return name.casefold() in WHOLES or bool(_OFFICIAL.fullmatch(code))


def _in_time(period: str) -> tuple[int, str]:
    year = re.search(r"\d{4}", period)
    return (int(year.group()) if year else 0, period)
