"""How often persons are recorded may depend on what is known of them: a regression, and those hidden by kind."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from casetrail.demand.answers import charts
from casetrail.demand.answers.given import Given, Said, answer, whole
from casetrail.demand.repeats.covariates import Known, known
from casetrail.demand.repeats.described import Designed
from casetrail.demand.repeats.hidden import Hidden
from casetrail.demand.repeats.regression import Regression, group, poisson_regression, zelterman_regression
from casetrail.figures import Answer, Cell, Chart, Column, Estimate, Range, Refusal, Table
from casetrail.stats.intervals import normal_quantile

METHOD = (
    "Truncated Poisson regression (van der Heijden and others 2003): the log of the rate of being recorded is linear "
    "in what is known of persons, fitted to counts that have no zeros; each person recorded then stands for 1 / "
    "(chance of being recorded). Zelterman's regression (Boehning and van der Heijden 2009) does the same on those "
    "recorded once or twice alone."
)
ASSUMED = (
    "Assumed: persons of whom the same is known ({known}) are recorded at one rate, each record independent of the "
    "last, the same persons throughout. Where they still differ, more are hidden: the truncated Poisson number is a "
    "lower bound. Where a first record keeps people from a second (help, moving away, fear), it is too high."
)
_REACHABLE = "Whoever this source could never record is in no figure, whatever is known of those it did record."
_SCORES = (
    "Not scored on made-up worlds; checked against published figures (Dutch counts: 7,080 without and 7,319 with sex)."
)

# A difference of BIC that is strong evidence (A. E. Raftery, Sociological Methodology 25 (1995) 111-163).
MUCH = 6.0


def regression_answers(of: Given, design: Designed) -> Iterator[Answer]:
    """Totals and groups with and without what is known, and how the rate goes with it."""
    names = ", ".join(dict.fromkeys(name.split(":")[0] for name in design.known.names[1:]))
    found = poisson_regression(design.known)
    title = "With what is known of the persons"
    if isinstance(found, Refusal):
        sentence = f"A regression on {names} gives no answer: {found.message}"
        yield answer(of, Said(id="demand.regression", title=title, sentence=sentence, body=found, method=METHOD))
        return
    plain = poisson_regression(_without(design.known))
    yield _totals(of, design, (found, plain), (title, names))
    yield _rates(of, design, found)


def with_what_is_known(headline: Answer, of: Given, design: Designed) -> Answer:
    """The headline of repeat counts, told where what is known of persons says much of how often they are recorded.

    Its range then takes in the total of the regression; nothing is changed where that has no answer or gains little.
    """
    found, plain = poisson_regression(design.known), poisson_regression(_without(design.known))
    body = headline.body
    if isinstance(found, Refusal) or isinstance(plain, Refusal) or not isinstance(body, Range):
        return headline
    if plain.bic - found.bic <= MUCH:
        return headline
    h = found.hidden
    top = None if math.isnan(h.high) else h.high
    method = "truncated Poisson regression on what is known"
    one = Estimate(h.total, h.low, top, h.level, f"{of.noun} in all", method, n=h.n, sources=of.named)
    high = None if body.high is None or top is None else max(body.high, top)
    said = (
        f" What is known of the persons says much of how often they are recorded: with it, about "
        f"{whole(h.total, h.n)}; "
        "laws that take nothing of it do not fit, however close they come to the counts."
    )
    ranged = replace(body, candidates=(*body.candidates, one), low=min(body.low, h.low), high=high)
    return replace(headline, body=ranged, sentence=headline.sentence + said)


def _without(of: Known) -> Known:
    """The same persons with nothing known of them."""
    return known(["constant"], np.ones((of.times.size, 1)), of.times, of.persons)


def _totals(
    of: Given, design: Designed, fits: tuple[Regression, Regression | Refusal], words: tuple[str, str]
) -> Answer:
    found, plain = fits
    title, names = words
    rows: list[tuple[Cell, ...]] = [
        _row("all, truncated Poisson regression", found.hidden),
        _refusable("all, Zelterman's regression", zelterman_regression(design.known)),
        _refusable("all, nothing known of them", plain),
    ]
    margins = frozenset(range(len(rows)))
    for column, level, at in design.groups:
        rows.append(_row(f"{column}: {level}", group(found, design.known, at)))
    columns = (
        Column("who", "Persons"),
        Column("known", "Recorded", "persons"),
        Column("total", "In all", "number", 0),
        Column("low", "From", "number", 0),
        Column("high", "To", "number", 0),
        Column("rate", "Records a person", "number", 2),
    )
    said = Said(
        id="demand.regression",
        title=title,
        sentence=_sentence(of, found, plain, names),
        body=Table(columns, tuple(rows), margins),
        method=METHOD,
        chart=Chart(
            charts.intervals("who", "In all", log=True, step=20), "A point with a line for all and for each kind."
        )
        if len(rows) <= 60
        else None,
        caveats=(ASSUMED.format(known=names), _REACHABLE, *_better(found, plain, names), _SCORES),
    )
    return answer(of, said)


def _sentence(of: Given, found: Regression, plain: Regression | Refusal, names: str) -> str:
    h = found.hidden
    without = "" if isinstance(plain, Refusal) else f"; {whole(plain.hidden.total, h.n)} without knowing that"
    return (
        f"If persons alike in {names} are recorded at one rate, about {whole(h.total, h.n)} {of.noun} in all "
        f"({whole(h.low, h.n)} to {'no upper limit' if math.isnan(h.high) else whole(h.high)}, 95 %), of whom {h.n:,} "
        f"were recorded{without}. Where they still differ it is a lower bound."
    )


def _better(found: Regression, plain: Regression | Refusal, names: str) -> tuple[str, ...]:
    if isinstance(plain, Refusal):
        return ()
    gain = plain.bic - found.bic
    says = "say much of" if gain > MUCH else "say something of" if gain > 0 else "say little of"
    return (
        f"{names} {says} how often persons are recorded (BIC {abs(gain):.1f} {'below' if gain > 0 else 'above'} that "
        f"of nothing known; AIC {abs(plain.aic - found.aic):.1f} {'below' if plain.aic > found.aic else 'above'}).",
    )


def _row(label: str, h: Hidden) -> tuple[Cell, ...]:
    return (label, h.n, h.total, h.low, None if math.isnan(h.high) else h.high, None if math.isnan(h.rate) else h.rate)


def _refusable(label: str, found: Regression | Refusal) -> tuple[Cell, ...]:
    if isinstance(found, Refusal):
        return (f"{label}: refused, {found.reason.replace('_', ' ')}", None, None, None, None, None)
    return _row(label, found.hidden)


def _rates(of: Given, design: Designed, found: Regression) -> Answer:
    quantile = normal_quantile(found.hidden.level)
    rows: list[tuple[Cell, ...]] = []
    parts = zip(design.terms, found.coefficients[1:], found.errors[1:], strict=True)
    for (words, spread), beta, error in parts:
        ends = ((float(beta) + k * float(error)) / spread for k in (0.0, -quantile, quantile))
        ratio, low, high = (math.exp(min(end, 700.0)) for end in ends)
        sure = "" if low <= 1 <= high else "more often" if low > 1 else "less often"
        rows.append((words, ratio, low, high, sure))
    columns = (
        Column("term", "What is compared"),
        Column("ratio", "Times as often recorded", "number", 2),
        Column("low", "From", "number", 2),
        Column("high", "To", "number", 2),
        Column("said", "What it says"),
    )
    clear = sum(bool(row[4]) for row in rows)
    said = Said(
        id="demand.rates",
        title="How often persons are recorded, by what is known of them",
        sentence=f"{clear} of {len(rows)} comparisons show a difference in how often persons are recorded (95 %).",
        body=Table(columns, tuple(rows)),
        method=f"{METHOD} Ratios of rates with the others held, intervals normal on the log scale.",
        caveats=(
            "Who is recorded more often is not who has more happen to them: recording and happening are one here.",
        ),
    )
    return answer(of, said)
