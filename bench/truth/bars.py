"""What each score must reach, and why. A bar fails only when the 99 % interval of the score lies wholly outside."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Bar:
    """From `low` to `high`; no bar (printed only) when both are None."""

    says: str
    low: float | None
    high: float | None
    reason: str


_LIMIT = "limits that call themselves {} promise to leave out at most {} of those that are blameless"
_HOLM = "Holm's correction promises at most 5 % of asked authorities with even one wrong claim"
_SET = "the set of positions promises to hold the true one, all ties included, in at least 95 % of cases"

BARS = {
    "flagged_95": Bar("blameless authorities outside the 95 % limits", 0.0, 0.05, _LIMIT.format("95 %", "5 %")),
    "flagged_998": Bar("blameless authorities outside the 99.8 % limits", 0.0, 0.002, _LIMIT.format("99.8 %", "0.2 %")),
    "flagged_95_largest": Bar(
        "the same among the largest tenth, 95 % limits", 0.0, 0.05, "the promise is made to the large as well"
    ),
    "flagged_95_smallest": Bar(
        "the same among the smallest tenth, 95 % limits", 0.0, 0.05, "the promise is made to the small as well"
    ),
    "found_95": Bar(
        "true outliers found below the 95 % limits",
        0.8,
        1.0,
        "no promise of the method: the usual convention for power, 80 % (J. Cohen, 1988)",
    ),
    "found_998": Bar("true outliers found below the 99.8 % limits", None, None, "printed only: these limits ask more"),
    "told_wrong": Bar(
        "asked authorities with a wrong claim about lasting levels", 0.0, 0.05, f"{_HOLM}; ordinary spread is no level"
    ),
    "told_wrong_year": Bar(
        "asked authorities with a wrong claim about the shares of this year", 0.0, 0.05, f"{_HOLM}; only this year"
    ),
    "covers": Bar("sets that hold the true position of the lasting level", 0.95, 1.0, _SET),
    "covers_year": Bar("sets that hold the true position of the share of this year", 0.95, 1.0, _SET),
    "told_found": Bar("true outliers surely below at least half of the others", None, None, "printed only: no promise"),
    "answered": Bar("runs in which a test was possible", 0.9, 1.0, "the rule for every method: 9 of 10 must answer"),
}

_LIMITS = (
    "flagged_95",
    "flagged_998",
    "flagged_95_largest",
    "flagged_95_smallest",
    "found_95",
    "found_998",
    "answered",
)
METHODS = {
    "funnel.plain": ("flagged_95", "flagged_998"),
    "funnel.adjusted": _LIMITS,
    "ordinary.limits": _LIMITS,
    "apart.positions": ("told_wrong", "told_wrong_year", "covers", "covers_year", "told_found"),
}

SAYS = {
    "funnel.plain": "plain limits: the naive method, known to fail where authorities differ in ordinary ways",
    "funnel.adjusted": "limits adjusted by the winsorised overdispersion factor phi",
    "ordinary.limits": "limits that allow for a variance between authorities, estimated so that a few cannot move it",
    "apart.positions": "told apart from others (Holm at 5 %) and the set of possible positions, for the one asked",
}


def verdict(bar: Bar, low: float, high: float) -> str:
    """`passes`, `fails`, or `printed` where there is no bar; low and high are the 99 % interval."""
    if bar.low is None or bar.high is None:
        return "printed"
    return "fails" if high < bar.low or low > bar.high else "passes"
