"""By kind of person or place: each alone, their sum, all as one, and drawn towards each other."""

from __future__ import annotations

from casetrail.demand.answers import charts
from casetrail.demand.answers.given import Given, Said, answer, whole
from casetrail.demand.strata.alone import Alone
from casetrail.demand.strata.members import Member
from casetrail.demand.strata.side_by_side import Stratified
from casetrail.figures import Answer, Cell, Chart, Column, Refusal, Table
from casetrail.stats.known_truth import scored

METHOD = (
    "One stated log-linear model in every stratum. Partial pooling: normal differences between strata in how easily "
    "lists find persons, their size from the marginal likelihood. Mixing kinds of persons makes lists look dependent "
    "(Sekar and Deming 1949), so that all as one can be far off."
)
_WARN = {
    "sum_of_part": "The sum is of those strata alone that have an estimate of their own.",
    "totals_differ": "All as one says something else than the strata: kinds of persons are mixed; do not use it.",
    "empty_strata": "In some strata nobody is on any list: nothing is said of them.",
    "wide_spread": "How far strata differ is hardly known.",
    "few_strata": "There are few strata: how they differ is hardly known.",
}
_MEMBER = {"borrowed": "borrowed from the others", "unlike_others": "unlike the others"}
_MODEL = "Figures depend on the model, here {model}: another could give very different ones (demand.models)."
_KINDS = (
    "A small stratum of another kind gets a figure like the others', and strata of two kinds make the total lean low "
    "(docs/demand.md)."
)


def strata_answer(of: Given, found: Stratified, model: str) -> Answer:
    """Four totals and every stratum, alone and pooled."""
    rows: list[tuple[Cell, ...]] = [*_totals(found)]
    rows += _strata(found)
    columns = (
        Column("stratum", "Stratum"),
        Column("known", "On a list", "persons"),
        Column("total", "In all", "number", 0),
        Column("low", "From", "number", 0),
        Column("high", "To", "number", 0),
        Column("alone", "By itself", "number", 0),
        Column("said", "What to know"),
    )
    pooled = found.pooled
    warnings = [*found.warnings, *(() if isinstance(pooled, Refusal) else pooled.warnings)]
    said = Said(
        id="demand.strata",
        title="By kind of person or place",
        sentence=_sentence(of, found),
        body=Table(columns, tuple(rows), frozenset(range(len(rows) - len(found.strata.labels)))),
        method=METHOD,
        chart=Chart(
            charts.intervals("stratum", "In all", log=True, step=20),
            "A point with a line for each way of adding up and each stratum that has a figure.",
        )
        if len(rows) <= 60
        else None,
        caveats=(
            *(_WARN.get(w, w.replace("_", " ")) for w in dict.fromkeys(warnings)),
            _MODEL.format(model=model),
            _KINDS,
            scored("strata.pooled", "demand"),
        ),
    )
    return answer(of, said, model=model)


def _totals(found: Stratified) -> list[tuple[Cell, ...]]:
    rows: list[tuple[Cell, ...]] = []
    known = int(found.strata.known.sum())
    pooled, together, summed = found.pooled, found.together, found.summed
    if isinstance(pooled, Refusal):
        rows.append(("all, strata drawn together", known, None, None, None, None, pooled.message))
    else:
        ends = pooled.hidden
        numbers = known + ends.middle, known + ends.low, known + ends.high
        rows.append(("all, strata drawn together", known, *numbers, None, ""))
    if summed is not None:
        part = int(sum(a.known for a in found.each if isinstance(a, Alone)))
        said = f"without {', '.join(summed.missing)}" if summed.missing else ""
        rows.append(
            ("sum of each alone", part, part + summed.hidden, part + summed.low, part + summed.high, None, said)
        )
    if isinstance(together, Refusal):
        rows.append(("all as one", known, None, None, None, None, together.message))
    else:
        one = known + together.hidden, known + together.low, known + together.high
        rows.append(("all as one", known, *one, None, "strata ignored"))
    return rows


def _strata(found: Stratified) -> list[tuple[Cell, ...]]:
    members = () if isinstance(found.pooled, Refusal) else found.pooled.members
    by_label = {m.label: m for m in members}
    rows: list[tuple[Cell, ...]] = []
    for label, known, alone in zip(found.strata.labels, found.strata.known, found.each, strict=True):
        own = None if isinstance(alone, Refusal) else alone.known + alone.hidden
        member = by_label.get(label)
        if isinstance(member, Member):
            numbers = member.known + member.hidden, member.known + member.low, member.known + member.high
            said = ", ".join(_MEMBER.get(w, w.replace("_", " ")) for w in member.warnings)
            rows.append((label, int(known), *numbers, own, said))
        else:
            why = "" if member is None else f"refused: {member.refusal.reason.replace('_', ' ')}"
            rows.append((label, int(known), None, None, None, own, why))
    return rows


def _sentence(of: Given, found: Stratified) -> str:
    pooled, known = found.pooled, int(found.strata.known.sum())
    if isinstance(pooled, Refusal):
        return f"The strata cannot be drawn together: {pooled.message}"
    ends = pooled.hidden
    refused = sum(not isinstance(m, Member) for m in pooled.members)
    rest = f" {refused} of them get no figure of their own." if refused else ""
    return (
        f"{len(found.strata.labels)} strata drawn towards each other: about {whole(known + ends.middle, known)} "
        f"{of.noun} in all ({whole(known + ends.low, known)} to {whole(known + ends.high)}), of whom {known:,} are on "
        f"a list.{rest}"
    )
