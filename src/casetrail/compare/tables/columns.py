"""Which column of a table is the body, which the period, which the counts? Found by name, or said by the user."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, fields

from casetrail.errors import InputError

# Names as publishers write them, most certain first; compared without case, blanks and signs.
NAMES: dict[str, tuple[str, ...]] = {
    "unit": (
        "unit",
        "code",
        "lanumber",
        "oldlacode",
        "lacode",
        "newlacode",
        "areacode",
        "organisationcode",
        "provider",
        "authority",
        "laname",
        "localauthority",
        "area",
        "areaname",
        "organisation",
        "body",
        "force",
    ),
    "name": (
        "unitname",
        "laname",
        "laandregions",
        "localauthority",
        "areaname",
        "organisationname",
        "authority",
        "name",
    ),
    "measure": ("measure", "shortdesc", "indicator", "indicatorname", "category", "metric", "dataitem"),
    "period": ("period", "timeperiod", "years", "year", "timeperiodname", "financialyear", "quarter", "month"),
    "numerator": ("numerator", "num", "count", "observed", "events", "cases"),
    "denominator": ("denominator", "denom", "den", "population", "expected", "total", "n"),
    "value": ("value", "values", "rate", "percent", "percentage", "indicatorvalue"),
}


@dataclass(frozen=True, slots=True)
class Columns:
    """The name of the column for each part; empty where the table has none. A body and a figure are needed."""

    unit: str
    name: str = ""
    measure: str = ""
    period: str = ""
    numerator: str = ""
    denominator: str = ""
    value: str = ""

    @property
    def used(self) -> tuple[str, ...]:
        """Every column named, once."""
        return tuple(dict.fromkeys(c for c in (getattr(self, f.name) for f in fields(self)) if c))


def found_columns(names: Sequence[str], file: str, **said: str) -> Columns:
    """Columns by their usual names; `said` are those the user named, which win.

    Raises: InputError when the user names a column that is not there, no column of bodies is found, or neither counts
    nor a value.
    """
    missing = [c for c in said.values() if c and c not in names]
    if missing:
        raise InputError(
            f"There is no column called '{missing[0]}'.",
            where=file,
            todo=f"The columns are: {', '.join(names)}.",
            code="no_column",
        )
    chosen = {part: column for part, column in said.items() if column}
    plain = {_plain(name): name for name in reversed(names)}
    for part, usual in NAMES.items():
        if part not in chosen:
            free = [plain[u] for u in usual if u in plain and plain[u] not in chosen.values()]
            if free:
                chosen[part] = free[0]
    return _checked(chosen, names, file)


def _checked(chosen: dict[str, str], names: Sequence[str], file: str) -> Columns:
    counts = {"numerator", "denominator"} & chosen.keys()
    if "unit" not in chosen or (len(counts) < 2 and "value" not in chosen):
        what = "the bodies" if "unit" not in chosen else "the counts (numerator and denominator) or the value"
        raise InputError(
            f"Which column holds {what} cannot be told from the names.",
            where=file,
            todo=f"Name it with --column, such as --column unit=NAME. The columns are: {', '.join(names)}.",
            code="no_column",
        )
    if len(counts) == 1 and "value" in chosen:
        # A count without its other half is no test; the value stands.
        chosen = {part: column for part, column in chosen.items() if part not in counts}
    return Columns(**chosen)


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.casefold())
