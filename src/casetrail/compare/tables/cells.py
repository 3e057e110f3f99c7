"""What stands in the cell of a published table: a number, or one of the publishers' many signs for none."""

from __future__ import annotations

import re
from math import isfinite

from casetrail.public.panel import Why
from casetrail.records.cells import ERROR, LOSSY, NATIVE

# Government Statistical Service signs and those of the Department's older tables. `x` and `-` have meant both
# "withheld" and "not available", and a table does not say which.
SIGNS = {
    "c": Why.WITHHELD,
    "*": Why.WITHHELD,
    "~": Why.WITHHELD,
    "suppressed": Why.WITHHELD,
    "x": Why.WITHHELD_OR_MISSING,
    "-": Why.WITHHELD_OR_MISSING,
    "–": Why.WITHHELD_OR_MISSING,
    "low": Why.WITHHELD_OR_MISSING,
    "..": Why.NOT_AVAILABLE,
    "...": Why.NOT_AVAILABLE,
    ":": Why.NOT_AVAILABLE,
    "n/a": Why.NOT_AVAILABLE,
    "na": Why.NOT_AVAILABLE,
    "nan": Why.NOT_AVAILABLE,
    "null": Why.NOT_AVAILABLE,
    "none": Why.NOT_AVAILABLE,
    "z": Why.NOT_APPLICABLE,
    ".": Why.NOT_APPLICABLE,
    "u": Why.UNRELIABLE,
}
_NUMBER = re.compile(r"[+-]?(\d+(,\d{3})*|\d*)(\.\d+)?([eE][+-]?\d+)?")


def read_cell(text: str) -> tuple[float, Why]:
    """A number and PUBLISHED, or nan and why. Thousands separators, a % or £ sign and blanks around do not matter.

    A count below a limit (`<5`, `1 to 5`) is withheld: it is not that number.
    """
    if text.startswith(ERROR):
        return float("nan"), Why.UNREADABLE
    plain = text.lstrip(NATIVE + LOSSY).strip()
    if plain.casefold() in SIGNS:
        return float("nan"), SIGNS[plain.casefold()]
    if plain.startswith(("<", ">")):
        return float("nan"), Why.WITHHELD
    bare = plain.strip("£% \u00a0")
    if bare and any(c.isdigit() for c in bare) and _NUMBER.fullmatch(bare):
        number = float(bare.replace(",", ""))
        return (number, Why.PUBLISHED) if isfinite(number) else (float("nan"), Why.UNREADABLE)
    return float("nan"), Why.UNREADABLE
