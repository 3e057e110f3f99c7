"""Classes of persons: what the latent class model says, or that its chains did not agree."""

from __future__ import annotations

from casetrail.demand.answers import charts
from casetrail.demand.answers.given import Given, Said, answer, percent, whole
from casetrail.demand.latent.result import Classes
from casetrail.figures import Answer, Cell, Chart, Column, Refusal, Table
from casetrail.stats.known_truth import scored

METHOD = (
    "Latent class model (Manrique-Vallier, Biometrics 72, 2016): persons are of several kinds, lists independent "
    "within a kind. Several chains; where they disagree, ladders of temperatures. Answered only with R-hat of at most "
    "1.01 and 400 effective draws in bulk and tail (Vehtari and others 2021); no limit is set to the number."
)
_OTHER = {
    "chances_towards_0_and_1": "chances towards 0 and 1 beforehand",
    "half_the_classes": "half as many classes",
    "more_classes_expected": "more classes expected",
}
_WARN = {
    "several_modes": "The probability lies in several heaps: one number would hide that.",
    "prior_matters": "Another prior moves the answer by more than 1.5 times.",
    "other_prior_not_settled": "A run under another prior did not settle.",
    "long_tail": "More than 21 persons for each one seen have a probability worth naming: the upper limit is soft.",
    "three_lists": "With three lists kinds of persons can hardly be told apart: the prior says much of this.",
    "all_classes_used": "All classes were used: more might be needed.",
    "ladder_needed": "Plain chains disagreed; ladders of temperatures were needed.",
    "fit_not_settled": "The chains agree on the number but not on how well the model fits.",
}


def classes_answer(of: Given, found: Classes | Refusal) -> Answer:
    """The posterior under the usual prior and others, each chain's median, and the modes."""
    title = "Persons of several kinds"
    if isinstance(found, Refusal):
        sentence = f"The model of several kinds of persons gives no answer: {found.message}"
        return answer(of, Said(id="demand.classes", title=title, sentence=sentence, body=found, method=METHOD))
    rows: list[tuple[Cell, ...]] = [("all chains", found.said.median, found.said.low, found.said.high, None)]
    rows += [(f"chain {i + 1}", median, None, None, None) for i, median in enumerate(found.chain_medians)]
    if len(found.modes) > 1:
        rows += [(f"heap near {whole(m.total)}", m.total, None, None, m.probability) for m in found.modes]
    for beside in found.others:
        label, said = _OTHER[beside.what], beside.said
        if isinstance(said, Refusal):
            rows.append((f"{label}: did not settle", None, None, None, None))
        else:
            rows.append((label, said.median, said.low, said.high, None))
    columns = (
        Column("what", "What"),
        Column("total", "In all: middle", "number", 0),
        Column("low", "2.5 %", "number", 0),
        Column("high", "97.5 %", "number", 0),
        Column("probability", "Probability", "share", 3),
    )
    shown = Said(
        id="demand.classes",
        title=title,
        sentence=_sentence(of, found),
        body=Table(columns, tuple(rows)),
        method=METHOD,
        chart=Chart(
            charts.intervals("what", "In all", log=True),
            "A point for all chains with its line, one for each chain, and points with lines for other priors.",
        ),
        caveats=(*_run(found), *(_WARN[w] for w in found.warnings), scored("latent.classes", "demand")),
    )
    return answer(of, shown)


def _sentence(of: Given, found: Classes) -> str:
    said = found.said
    first = (
        f"If persons are of several kinds: {whole(said.low)} to {whole(said.high)} {of.noun} in all with 95 % "
        f"probability, the middle at {whole(said.median)}"
    )
    if "several_modes" not in found.warnings:
        return f"{first}."
    where = ", ".join(f"near {whole(m.total)} ({percent(m.probability)})" for m in found.modes)
    return f"{first}; but in heaps {where}, so the middle is no answer."


def _run(found: Classes) -> tuple[str, ...]:
    a, s = found.agreement, found.sampling
    return (
        f"{s.chains} {'ladders' if s.sampler == 'ladder' else 'chains'} of {s.draws:,} steps after {s.warm_up:,} for "
        f"warming up; R-hat {a.rhat:.4f}, effective draws {a.bulk:,.0f} in bulk and {a.tail:,.0f} in the tails.",
    )
