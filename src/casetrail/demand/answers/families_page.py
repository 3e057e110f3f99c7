"""Families in which persons differ: the same lists under several laws of how."""

from __future__ import annotations

from casetrail.demand.answers import charts
from casetrail.demand.answers.given import Given, Said, answer, chance, whole
from casetrail.demand.heterogeneity.families import Families
from casetrail.demand.heterogeneity.fit import Family
from casetrail.figures import Answer, Cell, Chart, Column, Refusal, Table
from casetrail.stats.known_truth import scored

METHOD = (
    "Closed-population families (Baillargeon and Rivest, Journal of Statistical Software 19(5), 2007): M0 all alike, "
    "Mt lists differ, Mh persons differ, Mth both; laws of how persons differ: Chao's lower bound, Poisson, Darroch "
    "(normal), gamma. Laws that fit alike can say very different numbers (Link 2003)."
)
_WARN = {
    "families_differ": "The families that are in question differ by more than 1.5 times: none of them is the answer.",
    "persons_differ": "The test finds that persons differ in how easily they are found: Mt is then too low.",
    "law_without_estimate": "A law of how persons differ has no estimate on these lists.",
    "below_the_bound": "The model of equal persons is below the lower limit of Chao's bound.",
}
_PAIRS = "These families cannot see two lists that pass persons to each other; the models of pairs can (demand.models)."


def families_answer(of: Given, found: Families | Refusal) -> Answer:
    """Every family, a bound said to be one, and those in question marked."""
    title = "If persons differ in how easily they are found"
    if isinstance(found, Refusal):
        sentence = f"The families cannot be fitted: {found.message}"
        return answer(of, Said(id="demand.families", title=title, sentence=sentence, body=found, method=METHOD))
    near = {f.name for f in found.near}
    columns = (
        Column("family", "Family"),
        Column("total", "In all", "number", 0),
        Column("low", "From", "number", 0),
        Column("high", "To", "number", 0),
        Column("bic", "BIC", "number", 1),
        Column("said", "What it is"),
    )
    rows = tuple(_row(name, one, name in near) for name, one in found.each)
    said = Said(
        id="demand.families",
        title=title,
        sentence=_sentence(of, found),
        body=Table(columns, rows),
        method=METHOD,
        chart=Chart(
            charts.intervals("family", "In all", log=True),
            "A point with a line for each family that has an estimate.",
        ),
        caveats=(*(_WARN[w] for w in found.warnings), _PAIRS, scored("heterogeneity.families", "demand")),
    )
    return answer(of, said)


def _row(name: str, one: Family | Refusal, near: bool) -> tuple[Cell, ...]:
    if isinstance(one, Refusal):
        return (name, None, None, None, None, f"refused: {one.reason.replace('_', ' ')}")
    kind = "lower bound" if one.lower_bound else "in question" if near else ""
    if "opposite_spread" in one.warnings:
        kind = "bends the wrong way: no law of persons"
    return (name, one.total, one.low, one.high, one.bic, kind)


def _sentence(of: Given, found: Families) -> str:
    if not found.near:
        return "No family in which persons differ, and none in which they do not, has an estimate on these lists."
    totals = [f.total for f in found.near]
    tested = found.varies
    p = "" if isinstance(tested, Refusal) else f" ({chance(tested.score_p)})"
    seen = "differ" if "persons_differ" in found.warnings else "are not shown to differ"
    if len(totals) == 1:
        return f"Persons {seen}{p}; the family in question, {found.near[0].name}, says {whole(totals[0])} {of.noun}."
    return (
        f"Persons {seen}{p}; {len(totals)} families are in question, and say from {whole(min(totals))} to "
        f"{whole(max(totals))} {of.noun} in all."
    )
