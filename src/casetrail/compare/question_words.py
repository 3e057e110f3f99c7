"""How a question on a figure is put: plain words, no reproach, and what else may explain it."""

from __future__ import annotations

from collections.abc import Mapping

from casetrail.figures import Cell
from casetrail.public.panel import Measure
from casetrail.public.shipped import shipped_measures

# Each continues "Why ..." with the figure as it is printed.
ASKED: Mapping[str, str] = {
    "initial-assessments-7-days": "were {v} of initial assessments finished within 7 working days",
    "initial-assessments-10-days": "were {v} of initial assessments finished within 10 working days",
    "core-assessments-35-days": "were {v} of core assessments finished within 35 working days",
    "assessments-45-days": "were {v} of assessments finished within 45 working days",
    "conferences-15-days": "were {v} of initial child protection conferences held within 15 working days",
    "plan-reviews-in-time": "were {v} of child protection plans reviewed in time",
    "second-plans": "were {v} of the child protection plans that began in the year not the first for the child",
    "long-plans": "had {v} of child protection plans at 31 March lasted two years or more",
    "children-referred-again": "were {v} of children referred more than once",
    "re-referrals-12-months": "did {v} of referrals follow an earlier one within 12 months",
    "no-further-action": "did {v} of referrals end in no further action",
    "not-in-need": "were {v} of referrals assessed and found not in need",
    "children-in-need-rate": "were {v} recorded as in need at 31 March",
    "plans-rate": "did {v} have a child protection plan at 31 March",
}
GOOD = "What did it rest on, can others learn from it, and is it recorded rightly?"
BAD = "What was done about it, and what was measured afterwards?"
NEITHER = "Is it recorded rightly? What was done, and what was measured afterwards?"


def question_text(row: Mapping[str, Cell], period: str) -> str:
    """The question on one row of the summary."""
    measure = {m.title: m for m in shipped_measures()}.get(str(row["indicator"]))
    unit = str(row["unit"])
    own = _printed(row["value"], unit)
    clause = (
        ASKED[measure.id].format(v=own)
        if measure is not None and measure.id in ASKED
        else f"was the figure '{row['indicator']}' {own}"
    )
    beside = [f"the middle one of all bodies had {_printed(row['median'], unit)}"]
    if row.get("england") is not None:
        beside.append(f"all together {_printed(row['england'], unit)}")
    higher = str(row["adjusted_verdict"]).startswith("above")
    side = (
        f"That is {'higher' if higher else 'lower'} than limits adjusted for ordinary differences between bodies allow."
    )
    return " ".join(
        (f"Why {clause} in {period}, when {' and '.join(beside)}?", side, *_but(row), _asked(measure, higher=higher))
    )


def _but(row: Mapping[str, Cell]) -> tuple[str, ...]:
    """What weakens the sign, said to the body that is asked."""
    said = []
    if str(row.get("ordinary_verdict")).startswith("within"):
        said.append("Limits that keep their promise at every size leave it inside: it may be nothing unusual.")
    if str(row.get("gate")) == "fit with caution":
        reason = str(row["gate_reason"])
        said.append(f"The figure is to be read with caution: {reason}.")
    return tuple(said)


def _asked(measure: Measure | None, *, higher: bool) -> str:
    worse = measure.higher_is_worse if measure is not None else None
    if worse is None:
        return NEITHER
    return BAD if higher == worse else GOOD


def _printed(value: Cell, unit: str) -> str:
    text = f"{value:,.1f}" if isinstance(value, int | float) else "an unknown share"
    return f"{text} %" if unit == "%" else f"{text} {unit}".strip()
