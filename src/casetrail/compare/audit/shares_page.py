"""The share of adequate files in each unit, weighted by the chance of each file to be drawn."""

from __future__ import annotations

import numpy as np

from casetrail.compare.audit.rated import Rated
from casetrail.compare.audit.words import (
    BODIES,
    NO_LEAGUE,
    NO_WORKER,
    NOT_A_SCORE,
    PAPER,
    SECTION,
    of_ratings,
    percent,
)
from casetrail.figures import Answer, Cell, Chart, Column, Refusal, Table
from casetrail.stats.sampling_shares import DesignShare, weighted_share

METHOD = (
    "Each file counts with its weight (one over its chance of being drawn); two ratings of one file count as their "
    "mean. Interval: Wilson's with Kish's effective size (1965), 95 %. It holds for chance in drawing files; it "
    "knows nothing of severe or lenient raters."
)
COLUMNS = (
    Column("unit", "Unit"),
    Column("files", "Files rated", "persons"),
    Column("share", "Adequate (%)", "number", 1),
    Column("low", "From", "number", 1),
    Column("high", "To", "number", 1),
)
NOT_SAID = Refusal(
    "adequate_not_said",
    "There are more than two grades, and nothing says from which one on a file is adequate.",
    ("--adequate GRADE",),
)


def shares_answer(rated: Rated) -> Answer:
    """One row per unit in the order of names; a refusal where nothing says which grades are adequate."""
    shares = None if rated.adequate is None else unit_shares(rated)
    return Answer(
        id="audit.ratings.shares",
        section=SECTION,
        title="How many files are adequate, unit by unit",
        sentence=NOT_SAID.message if shares is None else _sentence(shares),
        body=NOT_SAID if shares is None else _table(shares),
        method=METHOD,
        provenance=of_ratings(rated),
        chart=None if shares is None else _chart(shares),
        caveats=(NO_LEAGUE, BODIES, PAPER, NO_WORKER, NOT_A_SCORE),
    )


def unit_shares(rated: Rated) -> dict[str, tuple[int, DesignShare]]:
    """Files rated and share of adequate ones of each unit with a known rating, by name in order."""
    known = rated.scored.known()
    found: dict[str, tuple[int, DesignShare]] = {}
    for number in sorted(np.unique(known.unit).tolist(), key=rated.units.__getitem__):
        own = known.unit == number
        of = np.unique(known.file[own], return_inverse=True)[1]
        times = np.bincount(of)
        mean, weight = np.bincount(of, known.score[own]) / times, np.bincount(of, known.weight[own]) / times
        found[rated.units[number]] = (int(times.size), weighted_share(mean, weight))
    return found


def _sentence(shares: dict[str, tuple[int, DesignShare]]) -> str:
    values = [one.value for _, one in shares.values()]
    widths = [one.high - one.low for _, one in shares.values()]
    total = sum(count for count, _ in shares.values())
    return (
        f"{len(shares):,} {'unit' if len(shares) == 1 else 'units'}, {total:,} files: from {percent(min(values))} to "
        f"{percent(max(values))} adequate. The interval of a single unit is {100 * float(np.median(widths)):.0f} "
        "percentage points wide in the middle of them."
    )


def _table(shares: dict[str, tuple[int, DesignShare]]) -> Table:
    rows: list[tuple[Cell, ...]] = [
        (unit, count, 100 * one.value, 100 * one.low, 100 * one.high) for unit, (count, one) in shares.items()
    ]
    return Table(COLUMNS, tuple(rows))


def _chart(shares: dict[str, tuple[int, DesignShare]]) -> Chart | None:
    """A line with a point for each unit; none where there are so many that names could not be read."""
    if len(shares) > 60:
        return None
    y = {"field": "unit", "type": "nominal", "sort": None, "axis": {"title": None, "labelLimit": 220}}
    x = {"field": "low", "type": "quantitative", "axis": {"title": "Adequate (%)"}, "scale": {"domain": [0, 100]}}
    spec: dict[str, object] = {
        "height": {"step": 16},
        "encoding": {"y": y},
        "layer": [
            {"mark": {"type": "rule", "color": "limit"}, "encoding": {"x": x, "x2": {"field": "high"}}},
            {"mark": {"type": "point", "color": "accent", "size": 30}, "encoding": {"x": {**x, "field": "share"}}},
        ],
    }
    alt = (
        f"One line for each of {len(shares)} units in the order of names: its share of adequate files as a point, "
        "its interval as a line."
    )
    return Chart(spec, f"{alt} Most of the lines overlap." if _overlap(shares) else alt)


def _overlap(shares: dict[str, tuple[int, DesignShare]]) -> bool:
    """Whether more than half of all pairs of intervals overlap."""
    low, high = (np.array([getattr(one, end) for _, one in shares.values()]) for end in ("low", "high"))
    meet = (low[:, None] <= high[None, :]) & (low[None, :] <= high[:, None])
    return bool(meet.mean() > 0.5)
