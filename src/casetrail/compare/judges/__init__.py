"""Judge the judges: grades of inspections beside published figures, reversals, and changes of director."""

from __future__ import annotations

from collections.abc import Sequence

from casetrail.compare.judges.after import after_answer, not_years_answer
from casetrail.compare.judges.national import national_answer
from casetrail.compare.judges.overview import grades_answer, overview_answer, parts_answer
from casetrail.compare.judges.rested import rested_answer
from casetrail.compare.judges.reversal import reversal_answer
from casetrail.compare.judges.series import Series, are_years, series_of, shipped_series
from casetrail.compare.judges.tables import (
    Held,
    Judgement,
    JudgementTable,
    TenureTable,
    read_judgements,
    read_tenures,
)
from casetrail.compare.judges.tenure import tenure_answer
from casetrail.compare.judges.words import PERMUTATIONS
from casetrail.compare.judges.years import beside_series, years_answer
from casetrail.compare.quality import Quality, assess_all
from casetrail.errors import UnknownNameError
from casetrail.figures import Answer
from casetrail.public.inspections import what_is_missing
from casetrail.public.panel import Panel
from casetrail.public.shipped import shipped_panels

__all__ = [
    "MEASURES",
    "Held",
    "Judgement",
    "JudgementTable",
    "TenureTable",
    "inspection_answers",
    "national_answer",
    "read_judgements",
    "read_tenures",
    "rested_answer",
    "reversal_answer",
    "tenure_answer",
]

# Shipped figures that reach the years about the inspections of 2022 to 2026.
MEASURES = (
    "re-referrals-12-months",
    "second-plans",
    "long-plans",
    "plan-reviews-in-time",
    "conferences-15-days",
    "assessments-45-days",
    "no-further-action",
    "children-in-need-rate",
    "plans-rate",
)


def inspection_answers(
    measures: Sequence[str] | None = None,
    panels: Sequence[Panel] | None = None,
    *,
    judgements: JudgementTable | None = None,
    seed: int = 0,
    permutations: int = PERMUTATIONS,
) -> tuple[Answer, ...]:
    """Grades beside figures: what goes with a grade before and after, each part apart, and what nobody can know.

    `panels`: by default those that ship, of which `measures` names some; `judgements`: a user's table, each of its
    frameworks answered apart, else the latest judgements that ship. A panel whose periods are not years is refused.
    Raises: UnknownNameError for a measure that is not there.
    """
    asked = _asked(measures, panels)
    able = [q for q in asked if are_years(q.panel)]
    all_parts = [shipped_series()] if judgements is None else _by_framework(series_of(judgements))
    found = [not_years_answer(q.panel) for q in asked if not are_years(q.panel)]
    for parts in all_parts if able else []:
        found += _framework(able, parts, seed, permutations)
    if judgements is None:
        found.append(national_answer())
    return (*found, rested_answer(judgements), reversal_answer(judgements, seed=seed))


def _framework(qualities: Sequence[Quality], parts: dict[str, Series], seed: int, permutations: int) -> list[Answer]:
    """Everything on one framework: a summary, the grades, each figure, and the parts that are not the whole."""
    overall = parts.get("overall") or next(iter(parts.values()))
    looks = len(qualities)
    beside = [beside_series(q, overall, looks=looks, seed=seed, permutations=permutations) for q in qualities]
    others = {name: series for name, series in parts.items() if series is not overall}
    return [
        overview_answer(beside),
        grades_answer(parts, what_is_missing() if overall.latest_only else ()),
        *(answer for b in beside for answer in (years_answer(b), after_answer(b))),
        *([parts_answer(qualities, others, seed=seed, permutations=permutations)] if others else []),
    ]


def _by_framework(series: Sequence[Series]) -> list[dict[str, Series]]:
    names = dict.fromkeys(s.framework for s in series)
    return [{s.judgement: s for s in series if s.framework == name} for name in names]


def _asked(measures: Sequence[str] | None, panels: Sequence[Panel] | None) -> list[Quality]:
    """The panels asked for, each judged by its gates."""
    held = shipped_panels() if panels is None else panels
    wanted = measures if measures is not None else MEASURES if panels is None else [p.measure.id for p in panels]
    judged = assess_all(held)
    for name in wanted:
        if name not in judged:
            raise UnknownNameError(
                "There is no measure of that name.", where="panels", todo=f"Measures: {', '.join(judged)}."
            )
    return [judged[name] for name in wanted]
