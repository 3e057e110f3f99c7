"""All methods on the same lists, side by side: does the finding survive the alternatives?"""

from __future__ import annotations

from casetrail.demand.answers import charts
from casetrail.demand.answers.given import Given, Said, answer, whole
from casetrail.demand.choosing import Verdict
from casetrail.demand.choosing.stepwise import Stepwise
from casetrail.demand.decomposable.result import Averaged
from casetrail.demand.heterogeneity.families import Families
from casetrail.demand.heterogeneity.fit import Family
from casetrail.demand.latent.result import Classes
from casetrail.figures import Answer, Cell, Chart, Column, Refusal, Table

Row = tuple[Cell, ...]


def side_by_side_answer(
    of: Given,
    verdict: Verdict,
    families: Families | Refusal,
    *,
    averaged: Averaged | Refusal | None,
    classes: Classes | Refusal | None,
) -> Answer:
    """One row for each method: what it says, or why it says nothing. None: it was not asked."""
    rows = [*_models(verdict), _averaged(averaged), _classes(classes), *_families(families)]
    totals = [float(row[1]) for row in rows if isinstance(row[1], int | float)]
    columns = (
        Column("method", "Method"),
        Column("total", "In all", "number", 0),
        Column("low", "From", "number", 0),
        Column("high", "To", "number", 0),
        Column("said", "What it assumes, or why it says nothing"),
    )
    said = Said(
        id="demand.methods",
        title="Every method side by side",
        sentence=_sentence(of, totals, len(rows)),
        body=Table(columns, tuple(rows)),
        method="Each method under its own assumption, none of which the lists can confirm. Details on their own pages.",
        chart=Chart(
            charts.intervals("method", "In all", log=True), "A point with a line for each method that has an answer."
        ),
    )
    return answer(of, said)


def _sentence(of: Given, totals: list[float], rows: int) -> str:
    if not totals:
        return "No method has an answer on these lists."
    apart = max(totals) / min(totals)
    far = f"they lie {apart:.1f} times apart" if apart > 1.5 else "they lie within a factor of 1.5"
    return (
        f"{len(totals)} of {rows} methods answer, from {whole(min(totals))} to {whole(max(totals))} {of.noun} in all: "
        f"{far}."
    )


def _models(verdict: Verdict) -> list[Row]:
    found = verdict.evidence
    if found is None:
        why = "" if verdict.refusal is None else verdict.refusal.message
        return [("log-linear, best by BIC", None, None, None, why)]
    drawn = found.bootstrap
    first: Row = ("log-linear, best by BIC", verdict.total, drawn.low, drawn.high, verdict.assumption.value)
    if isinstance(found.steps, Stepwise):
        s = found.steps
        return [first, ("log-linear, step by step", s.total, s.low, s.high, "two-way; the model taken as given")]
    return [first]


_NOT_ASKED = "not asked (--quick)"


def _averaged(found: Averaged | Refusal | None) -> Row:
    if found is None:
        return ("averaged over graphs", None, None, None, _NOT_ASKED)
    if isinstance(found, Refusal):
        return ("averaged over graphs", None, None, None, found.message)
    said = found.said
    return ("averaged over graphs", said.median, said.low, said.high, "some pair is independent, given the others")


def _classes(found: Classes | Refusal | None) -> Row:
    if found is None:
        return ("several kinds of persons", None, None, None, _NOT_ASKED)
    if isinstance(found, Refusal):
        return ("several kinds of persons", None, None, None, found.message)
    said = found.said
    return ("several kinds of persons", said.median, said.low, said.high, "lists independent within each kind")


def _families(found: Families | Refusal) -> list[Row]:
    if isinstance(found, Refusal):
        return [("persons equal, or differ by a law", None, None, None, found.message)]
    rows: list[Row] = []
    for name, words in (("Mt", "persons alike"), ("Mth Chao", "lower bound, persons differ")):
        one = found.of(name)
        if isinstance(one, Family):
            rows.append((f"{name}: {words}", one.total, one.low, one.high, "no two lists depend on each other"))
    return rows
