"""The models beside the best, the steps of the forward choice, and what resampled lists say."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from casetrail.demand.answers import charts
from casetrail.demand.answers.given import Given, Said, answer, chance, percent, whole
from casetrail.demand.choosing import Evidence, Verdict
from casetrail.demand.choosing.stepwise import Stepwise
from casetrail.demand.loglinear.models import name
from casetrail.figures import Answer, Cell, Chart, Column, Table

SHOWN = 40
BINS = 24
_TOTAL = Column("total", "In all", "number", 0)


def model_answers(of: Given, verdict: Verdict) -> Iterator[Answer]:
    """Near-best models, the trajectory of the forward choice, and the bootstrap; none for a refusal."""
    found = verdict.evidence
    if found is None:
        return
    yield _near(of, found)
    if isinstance(found.steps, Stepwise) and any(s.pair for s in found.steps.steps):
        yield _steps(of, found.steps)
    if found.modes is not None:
        yield _drawn(of, found)


def _near(of: Given, found: Evidence) -> Answer:
    models = found.near.models
    rows: list[tuple[Cell, ...]] = [
        (name(m.model), m.total, m.above, m.weight, "yes" if m.supported else "a simpler one is better")
        for m in models[:SHOWN]
    ]
    columns = (
        Column("model", "Model"),
        _TOTAL,
        Column("worse", "BIC above the best", "number", 1),
        Column("weight", "Weight", "share", 3),
        Column("supported", "Supported"),
    )
    totals = [m.total for m in models]
    numbers = ", ".join(f"{j + 1} {listed}" for j, listed in enumerate(of.lists.names))
    said = Said(
        id="demand.models",
        title="What models say that fit nearly as well",
        sentence=(
            f"{_within(of, totals, found.near.tried)} {found.near.without:,} models have no estimate on these lists."
        ),
        body=Table(columns, tuple(rows)),
        method=(
            "Models by their generators, lists numbered in their order: [12,3] has the pair of lists 1 and 2, and list "
            "3 on its own. Weight: exp(-BIC / 2), as a share of those shown here. Supported: no simpler model inside "
            "it has a lower BIC."
        ),
        chart=Chart(
            charts.spread("In all", "BIC above the best", log=_wide(totals)),
            f"Points for {min(len(models), SHOWN)} models: what each says against how much worse it fits than the "
            f"best. They run from {whole(min(totals))} to {whole(max(totals))}.",
        ),
        caveats=(f"Lists: {numbers}.",),
    )
    return answer(of, said)


def _steps(of: Given, steps: Stepwise) -> Answer:
    rows: list[tuple[Cell, ...]] = [("none", None, None, s.total) for s in steps.steps if not s.pair]
    added = [s for s in steps.steps if s.pair]
    rows += [(of.lists.where(s.pair), s.shared, None if s.p is None else chance(s.p), s.total) for s in added]
    columns = (
        Column("step", "Pair of lists added"),
        Column("shared", "Persons on both", "persons"),
        Column("p", "p when added"),
        _TOTAL,
    )
    totals = [float(row[3]) for row in rows if isinstance(row[3], float)]
    said = Said(
        id="demand.steps",
        title="How the number moves as pairs of lists are let depend on each other",
        sentence=(
            f"The step-by-step choice adds {len(added) or 'no'} {'pair' if len(added) == 1 else 'pairs'}; the "
            f"number moves between {whole(min(totals))} and {whole(max(totals))}, and ends at {whole(steps.total)} "
            f"({whole(steps.low)} to {whole(steps.high)}, 95 %, the model taken as given)."
        ),
        body=Table(columns, tuple(rows)),
        method=(
            "Forward choice (Chan, Silverman and Vincent, Journal of the American Statistical Association 116, 2021): "
            "the pair with the smallest p is added as long as it is below 0.02 and the model has an estimate. A number "
            "that keeps moving is not to be trusted (Binette and Steorts 2022)."
        ),
        chart=Chart(
            charts.steps("In all", log=_wide(totals)),
            f"A line of the estimate after each pair is added, from {whole(totals[0])} to {whole(totals[-1])}.",
        ),
    )
    return answer(of, said)


def _drawn(of: Given, found: Evidence) -> Answer:
    held = found.bootstrap.held
    low, high = np.quantile(held, [0.005, 0.995])
    edges = np.geomspace(max(low, found.n), max(high, found.n + 1), BINS + 1)
    counts, _ = np.histogram(np.clip(held, edges[0], edges[-1]), edges)
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (f"{whole(a)} to {whole(b)}", int(c)) for a, b, c in zip(edges[:-1], edges[1:], counts, strict=True)
    )
    hills = () if found.modes is None else found.modes.modes
    where = ", ".join(f"{whole(m.at)} ({percent(m.share)})" for m in hills)
    several = f"They gather round {len(hills)} values: {where}." if len(hills) > 1 else "They gather round one value."
    said = Said(
        id="demand.resampled",
        title="What resampled lists say",
        sentence=f"{held.size:,} resampled lists, each with a model of its own choice. {several}",
        body=Table((Column("bin", "In all"), Column("lists", "Resampled lists", "count")), rows),
        method=(
            "The persons on the lists drawn with replacement, the model chosen anew each time. Hills: as many as "
            "Silverman's (1981) test of the smallest bandwidth with so many hills does not reject, on the log scale."
        ),
        chart=Chart(
            charts.bars("bin", "In all", "lists", "Resampled lists"),
            f"Bars of what resampled lists say. {several} The outermost half per cent stands in the end bars.",
        ),
        caveats=(f"{found.bootstrap.failed} of {found.bootstrap.totals.size} had no estimate.",)
        if found.bootstrap.failed
        else (),
    )
    return answer(of, said)


def _within(of: Given, totals: list[float], tried: int) -> str:
    if len(totals) == 1:
        return (
            f"No other of {tried:,} models is within a BIC of 6 of the best, which says {whole(totals[0])} {of.noun}."
        )
    return (
        f"{len(totals)} of {tried:,} models are within a BIC of 6 of the best; they say from {whole(min(totals))} to "
        f"{whole(max(totals))} {of.noun} in all."
    )


def _wide(totals: list[float]) -> bool:
    return max(totals) > 4 * min(totals)
