"""An indicator beside an audit, from a file."""

from __future__ import annotations

import numpy as np

from casetrail.compare.audit import Indicators
from casetrail.inquiry.audit_reading import numbered, told
from casetrail.inquiry.audit_sheets import Sheet, SheetAsked, number
from casetrail.stats.audit_model import indicator_levels
from casetrail.stats.audit_ratings import Floats

INDICATOR_COLUMNS = ("unit", "numerator", "denominator", "period")


def read_indicator(asked: SheetAsked, *, lower_is_better: bool) -> Indicators:
    """An indicator by unit; with several periods, their mean and the differences from period to period.

    Raises: InputError; no message holds a value of the file.
    """
    sheet = Sheet(asked, INDICATOR_COLUMNS, ("unit", "numerator", "denominator"))
    units, periods = sheet.texts("unit"), sheet.texts("period")
    top, bottom = ([number(text) for text in sheet.texts(name)] for name in ("numerator", "denominator"))
    seen: set[tuple[str | None, str | None]] = set()
    for row in sheet.rows:
        if units[row] is None:
            sheet.mark(row, "no_unit")
        elif not bottom[row] or top[row] is None:
            sheet.mark(row, "no_denominator")
        elif not 0 <= (top[row] or 0.0) <= (bottom[row] or 0.0):
            sheet.mark(row, "bad_count")
        elif (units[row], periods[row]) in seen:
            sheet.mark(row, "unit_again")
        seen.add((units[row], periods[row]))
    sheet.refuse_nothing()
    rows = sheet.rows
    names, of = numbered([units[row] for row in rows])
    x, n = (np.array([side[row] for row in rows], dtype=np.float64) for side in (top, bottom))
    level, variance, noise = _over_periods(of, x, n)
    return Indicators(
        units=tuple(str(name) for name in names),
        share=np.bincount(of, x) / np.bincount(of, n),
        level=level,
        variance=variance,
        noise=noise,
        periods=len({periods[row] for row in rows}),
        lower_is_better=lower_is_better,
        source=sheet.source,
        rows_in=sheet.rows_in,
        set_aside=sheet.set_aside(),
        read=told(asked, lower_is_better=lower_is_better),
    )


def _over_periods(of: np.typing.NDArray[np.int64], x: Floats, n: Floats) -> tuple[Floats, Floats, float | None]:
    """Mean level of each unit, its error variance, and the variance from period to period beyond chance."""
    one = indicator_levels(x, n)
    times = np.bincount(of).astype(np.float64)
    mean = np.bincount(of, one.level) / times
    spare = int(np.sum(times - 1))
    noise = None
    if spare:
        seen = float(np.sum((one.level - mean[of]) ** 2)) / spare
        by_chance = float(np.sum(one.variance * (1 - 1 / times[of]))) / spare
        noise = max(0.0, seen - by_chance)
    variance = np.bincount(of, one.variance + (noise or 0.0)) / times**2
    return mean, variance, noise
