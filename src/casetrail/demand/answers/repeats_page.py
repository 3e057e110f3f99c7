"""One source: how often it recorded persons, and what that says of those it never recorded."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from casetrail.demand.answers import charts
from casetrail.demand.answers.given import Given, Said, answer, whole
from casetrail.demand.repeats.hidden import Hidden
from casetrail.demand.repeats.verdict import Said as Repeated
from casetrail.figures import Answer, Cell, Chart, Column, Estimate, Range, Refusal, Table
from casetrail.stats.known_truth import scored

OPEN = "no upper limit can be given"
METHOD = (
    "Chao (1987) and Zelterman (1988), Turing (Good 1953), zero-truncated Poisson, geometric and gamma laws, and the "
    "same with extra ones (Godwin and Boehning 2017; Boehning, Kaskasamkul and van der Heijden 2019), side by side. "
    "Chao's is a lower bound, however persons differ, as long as nobody was kept from being recorded again."
)
_NAMES = {
    "chao": "Chao, lower bound",
    "chao_corrected": "Chao, bias-corrected lower bound",
    "zelterman": "Zelterman",
    "turing": "Turing",
    "chao_without_ones": "Lower bound from twos and threes",
    "chao_without_ones_corrected": "Lower bound from twos and threes, bias-corrected",
    "zelterman_without_ones": "Zelterman from twos and threes",
    "poisson": "Poisson law",
    "geometric": "Geometric law",
    "gamma": "Gamma law (negative binomial)",
}
_WARN = {
    "one_inflation": "More persons were recorded just once than the rest allows: Chao's bound is then far too high, "
    "and the lower of it and the one from twos and threes is used.",
    "depends_on_cap": "A few persons recorded very often move an estimate by more than 1.5 times.",
    "families_differ": "Laws that fit alike differ by more than 1.5 times.",
    "rates_vary": "Persons differ in how often they are recorded: the Poisson law is too low.",
    "runs_off": "No upper limit can be given: a law with infinitely many hidden fits as well.",
    "below_the_bound": "The best law says fewer than the lower limit of Chao's bound: it does not fit.",
}
_CLOSED = (
    "Assumed: the same persons throughout, each record independent of the last; nobody helped, moved or put off after "
    "the first record."
)
_REACHABLE = (
    "Only persons whom this source could have recorded are counted; whoever it could never record is in no figure."
)


def repeat_answers(of: Given, found: Repeated | Refusal) -> Iterator[Answer]:
    """The headline as a range from the bound up, every method, and the caps."""
    title = "How many this source never recorded"
    if isinstance(found, Refusal):
        sentence = f"These repeat counts cannot say how many: {found.message}"
        yield answer(of, Said(id="demand.hidden", title=title, sentence=sentence, body=found, method=METHOD))
        return
    yield _headline(of, found, title)
    yield _methods(of, found)
    yield _caps(of, found)


def method_words(code: str) -> str:
    """A method's name in words."""
    return _NAMES.get(code, code.replace("_", " ").capitalize())


def _headline(of: Given, found: Repeated, title: str) -> Answer:
    extra = "one_inflation" in found.warnings
    bound = found.safe_bound if extra else found.bound
    # What is below the lower end of a bound that holds does not fit, however close it comes to the counts.
    laws = [fit.hidden for fit in found.near if fit.hidden.total >= bound.low]
    ends = [h.high for h in laws if h.high == h.high]
    # Where a law with infinitely many hidden fits as well there is no upper end at all.
    open_above = "runs_off" in found.warnings or not ends
    candidates = tuple(_estimate(of, h) for h in (bound, *laws))
    why = "how persons differ in being recorded cannot be known from how often they were"
    top = None if open_above else max((*ends, bound.high))
    said = f"{why}; {OPEN}" if open_above else why
    body = Range(candidates, bound.low, top, said)
    at_least = (
        f"At least {whole(bound.low, bound.n)} {of.noun} in all (95 %; {whole(bound.total)} as a point of the bound)"
    )
    if not laws:
        upper = "every law that was tried says fewer than that and so does not fit"
    elif open_above:
        upper = OPEN
    else:
        upper = f"the law that fits says {_to(laws)}" if len(laws) == 1 else f"the laws that fit say {_to(laws)}"
    shown = Said(
        id="demand.hidden",
        title=title,
        sentence=f"{at_least}, of whom {found.repeats.n:,} were recorded; {upper}, because {why}.",
        body=body,
        method=METHOD,
        caveats=(
            _CLOSED,
            _REACHABLE,
            *(_WARN[w] for w in found.warnings),
            scored("repeats.verdict", "demand"),
        ),
    )
    return answer(of, shown)


def _to(laws: Sequence[Hidden]) -> str:
    """From the least to the most, once where they read alike."""
    least, most = (whole(end(h.total for h in laws)) for end in (min, max))
    return least if least == most else f"{least} to {most}"


def _estimate(of: Given, h: Hidden) -> Estimate:
    return Estimate(
        value=h.total,
        low=h.low,
        high=None if h.high != h.high else h.high,
        level=h.level,
        unit=f"{of.noun} in all",
        method=method_words(h.method),
        assumptions=(_CLOSED,),
        n=h.n,
        sources=of.named,
    )


def _methods(of: Given, found: Repeated) -> Answer:
    extra = "one_inflation" in found.warnings
    rows = tuple(_row(code, one, extra=extra) for code, one in found.found)
    columns = (
        Column("method", "Method"),
        Column("total", "In all", "number", 0),
        Column("low", "From", "number", 0),
        Column("high", "To", "number", 0),
        Column("said", "What it is"),
    )
    totals = [float(row[1]) for row in rows if isinstance(row[1], float)]
    said = Said(
        id="demand.methods",
        title="Every method side by side",
        sentence=(
            f"{len(totals)} of {len(rows)} methods answer, from {whole(min(totals))} to {whole(max(totals))} {of.noun} "
            "in all."
        ),
        body=Table(columns, rows),
        method=METHOD,
        chart=Chart(
            charts.intervals("method", "In all", log=True), "A point with a line for each method that has an answer."
        ),
    )
    return answer(of, said)


# What counts persons recorded once, and so is no bound where there are too many of them.
_WITH_ONES = ("chao", "chao_corrected", "turing")


def _row(code: str, one: Hidden | Refusal, *, extra: bool) -> tuple[Cell, ...]:
    if isinstance(one, Refusal):
        return (method_words(code), None, None, None, f"refused: {one.reason.replace('_', ' ')}")
    kind = "lower bound" if one.lower_bound else "point, if its law holds"
    if extra and code in _WITH_ONES:
        kind = "no bound here: too many were recorded just once"
    return (method_words(code), one.total, one.low, None if one.high != one.high else one.high, kind)


def _caps(of: Given, found: Repeated) -> Answer:
    five, percentile, uncapped = found.caps.rows
    titles = ("At most 5", f"At most {percentile.cap} (98th percentile)", "Uncapped")
    codes = [code for code, one in uncapped.found if not isinstance(one, Refusal)]
    rows: list[tuple[Cell, ...]] = []
    for code in codes:
        totals = [dict(row.found).get(code) for row in (five, percentile, uncapped)]
        numbers = tuple(t.total if isinstance(t, Hidden) else None for t in totals)
        rows.append((method_words(code), *numbers, dict(found.caps.moves).get(code)))
    columns = (
        Column("method", "Method"),
        *(Column(f"cap{i}", title, "number", 0) for i, title in enumerate(titles)),
        Column("moves", "Moves by (times)", "number", 2),
    )
    said = Said(
        id="demand.caps",
        title="If persons recorded very often are counted as recorded less often",
        sentence=(
            f"{of.persons(five.above).capitalize()} persons were recorded more than 5 times. "
            f"{len(found.caps.depends)} of {len(rows)} methods move by more than 1.5 times."
        ),
        body=Table(columns, tuple(rows)),
        method="A cap counts whoever was recorded more often as recorded just so often.",
    )
    return answer(of, said)
