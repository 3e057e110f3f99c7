"""How many in all: one number, a range, or none, with its reasons in words."""

from __future__ import annotations

from collections.abc import Iterable

from casetrail.demand.answers.given import Given, Said, answer, chance, percent, whole
from casetrail.demand.choosing import Kind, Reason, Verdict, always_said
from casetrail.demand.choosing.dependence import DRAWS
from casetrail.demand.choosing.evidence import Candidate
from casetrail.demand.loglinear.models import name
from casetrail.figures import Answer, Estimate, Range
from casetrail.stats.known_truth import scored

QUESTION = "demand.hidden"
METHOD = (
    "Log-linear multiple systems estimation (Bishop, Fienberg and Holland 1975): all hierarchical models up to the "
    "order that the assumption allows, each checked for whether it has an estimate at all (Fienberg and Rinaldo 2012), "
    "the one with the lowest BIC named. Interval: BCa bootstrap in which every replicate chooses its model anew "
    "(Silverman, Chan and Vincent 2024). One number is given only where supported models, the forward choice, the "
    "hills of the bootstrap and the families in which persons differ lie within a factor of 1.5, and where hidden "
    "lists come out right."
)
_GRAVEST = ("persons_differ", "catchability_varies", "lists_depend")
_WHY = {
    "near_best_differ": "models that fit about as well differ {ratio:.1f} times",
    "searches_differ": "searches from different starts end {ratio:.1f} times apart",
    "choices_differ": "the choice by BIC and the step-by-step choice differ {ratio:.1f} times",
    "modes_differ": "resampled lists gather round values {ratio:.1f} times apart",
    "families_differ": "persons differ in how easily they are found, and laws of how they differ give totals "
    "{ratio:.1f} times apart",
    "hidden_list_fails": "of {tested:.0f} lists hidden in turn, the known size of {failing:.0f} was missed "
    "(by {factor:.1f} times)",
    "no_interval": "too many resampled lists have no estimate ({share_failed})",
    "assumption_contradicted": "the lists contradict the assumption that they are independent ({p})",
    "catchability_varies": "all overlaps are too large together ({p}), the mark of persons who differ in how "
    "easily they are found",
    "persons_differ": "the test of persons who differ in how easily they are found says that they do (z {z:.1f})",
}
_WARN = {
    "lists_depend": "The lists depend on each other ({p}): a warned number is not a corrected one.",
    "catchability_varies": "All overlaps are too large together ({p}): persons differ in how easily they are "
    "found, and the number is probably too low.",
    "persons_differ": "The test of persons who differ finds that they do (z {z:.1f}): the number is probably too low.",
    "replicates_failed": "{share} of the resampled lists have no estimate, and are left out of the interval.",
    "end_beyond_replicates": "An end of the interval lies beyond the {replicates:.0f} resampled lists.",
    "left_out_failed": "There are persons without any one of whom the lists would have no estimate.",
    "models_not_all_tried": "Models are too many to try them all: {tried:.0f} were tried.",
    "not_tested": "Whether the lists are independent could not be tested.",
}


def headline_answer(of: Given, verdict: Verdict) -> Answer:
    """The verdict as an estimate, a range or a refusal, with what must stand beside it."""
    fixed = always_said(verdict.assumption)
    title = "How many in all, recorded or not"
    known_truth = scored("choosing.verdict", "demand")
    if verdict.refusal is not None:
        said = Said(
            id=QUESTION,
            title=title,
            sentence=f"These lists cannot say how many: {_lower(verdict.refusal.message)}",
            body=verdict.refusal,
            method=METHOD,
            caveats=fixed,
        )
        return answer(of, said)
    warnings = warned(verdict.warnings)
    body = _point(of, verdict, warnings) if verdict.kind is Kind.POINT else _range(of, verdict, warnings)
    said = Said(
        id=QUESTION,
        title=title,
        sentence=_sentence(of, verdict, warnings),
        body=body,
        method=METHOD,
        caveats=(*fixed, *warnings, *_between(verdict), known_truth),
    )
    return answer(of, said, assumption=verdict.assumption.value)


def warned(reasons: Iterable[Reason]) -> tuple[str, ...]:
    """Warnings in words, the gravest first."""
    ordered = sorted(reasons, key=lambda r: _GRAVEST.index(r.code) if r.code in _GRAVEST else len(_GRAVEST))
    return tuple(_WARN[r.code].format(**_worded(r)) for r in ordered)


def reasons(verdict: Verdict) -> tuple[str, ...]:
    """Why there is no one number, in words."""
    return tuple(_WHY[r.code].format(**_worded(r)) for r in verdict.why)


def _worded(reason: Reason) -> dict[str, object]:
    """Its numbers; chances and shares as they are read."""
    read: dict[str, object] = {}
    redraws = DRAWS if reason.code in ("lists_depend", "assumption_contradicted") else None
    for key, value in reason.numbers:
        read[key] = chance(value, redraws) if key == "p" else percent(value) if key.startswith("share") else value
    return read


def _sentence(of: Given, verdict: Verdict, warnings: tuple[str, ...]) -> str:
    assumed = verdict.assumption.sentence.removeprefix("Assumed: ")
    if verdict.open_above:
        return (
            f"At least about {whole(verdict.low, verdict.n)} {of.noun} in all by every model and law that was tried, "
            f"of whom {verdict.n:,} are on a list. How many more cannot be known from these lists (what was estimated "
            f"reaches {whole(verdict.high)}), because {'; '.join(reasons(verdict))}. Assumed: {assumed}"
        )
    if verdict.kind is Kind.RANGE:
        return (
            f"No one number: between {whole(verdict.low, verdict.n)} and {whole(verdict.high)} {of.noun} in all, of "
            f"whom {verdict.n:,} are on a list, because {'; '.join(reasons(verdict))}."
        )
    first = (
        f"About {whole(verdict.total, verdict.n)} {of.noun} in all ({whole(verdict.low, verdict.n)} to "
        f"{whole(verdict.high)}, {percent(verdict.level)}), of whom {verdict.n:,} are on a list and "
        f"{whole(verdict.hidden)} on none"
    )
    beware = f" Beware: {warnings[0]}" if warnings else ""
    return f"{first}, if {assumed}{beware}"


def _point(of: Given, verdict: Verdict, warnings: tuple[str, ...]) -> Estimate:
    return _estimate(of, verdict, "best model by BIC " + name(verdict.model), warnings)


def _estimate(of: Given, verdict: Verdict, method: str, warnings: tuple[str, ...]) -> Estimate:
    drawn = None if verdict.evidence is None else verdict.evidence.bootstrap
    return Estimate(
        value=verdict.total,
        low=None if drawn is None else drawn.low,
        high=None if drawn is None else drawn.high,
        level=verdict.level,
        unit=f"{of.noun} in all",
        method=method,
        assumptions=(verdict.assumption.sentence,),
        n=verdict.n,
        sources=of.named,
        warnings=warnings,
    )


def _range(of: Given, verdict: Verdict, warnings: tuple[str, ...]) -> Range:
    first = _estimate(of, verdict, "best model by BIC " + name(verdict.model), warnings)
    others = tuple(
        Estimate(
            value=c.total,
            low=None,
            high=None,
            level=None,
            unit=f"{of.noun} in all",
            method=candidate_words(c),
            assumptions=(verdict.assumption.sentence,),
            n=verdict.n,
            sources=of.named,
        )
        for c in _different(verdict)
    )
    top = None if verdict.open_above else verdict.high
    return Range((first, *others), verdict.low, top, "; ".join(reasons(verdict)))


def _different(verdict: Verdict) -> list[Candidate]:
    """Candidates that say something else than the best model, each number once."""
    kept: list[Candidate] = []
    for candidate in verdict.candidates:
        if all(abs(candidate.total - known) > 0.5 for known in (verdict.total, *(c.total for c in kept))):
            kept.append(candidate)
    return kept


def candidate_words(candidate: Candidate) -> str:
    """Where a candidate comes from, in words."""
    if candidate.source == "mode":
        return f"a hill of the resampled lists, with {percent(float(candidate.name))} of them"
    words = {
        "near_best": "a supported model near the best, ",
        "downhill": "the end of a downhill search, ",
        "stepwise": "the step-by-step choice, ",
        "family": "persons differ, ",
    }
    return words[candidate.source] + candidate.name


def _between(verdict: Verdict) -> tuple[str, ...]:
    if verdict.kind is not Kind.RANGE:
        return ()
    if verdict.open_above:
        return (
            "The lower end is no interval: it is the lowest of all estimates, the ends of their intervals, and the "
            "lower end of Chao's bound, which rests on lists that do not depend on each other. Where persons differ in "
            "how easily they are found, lists cannot tell how many are hardly ever found.",
        )
    return (
        "A range over defensible estimates is no interval: it promises no share of right answers, and where persons "
        "differ in how easily they are found the truth may lie above its upper end.",
    )


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]
