"""Two lists: a range over how far they may go together, and a number only for an odds ratio that somebody states."""

from __future__ import annotations

from collections.abc import Iterator

from casetrail.demand.answers import charts
from casetrail.demand.answers.given import Given, Said, answer, percent, whole
from casetrail.demand.choosing import CRITICS, REACHABLE
from casetrail.demand.two_lists.odds import (
    LIKELY,
    AtOdds,
    HiddenRange,
    Point,
    Seen,
    hidden_at,
    hidden_range,
    over_links,
)
from casetrail.figures import Answer, Cell, Chart, Column, Estimate, Range, Refusal, Table
from casetrail.stats.known_truth import scored

METHOD = (
    "Two lists say nothing of how far being on one goes with being on the other: hidden persons are the odds ratio "
    "times Chapman's (1951) number (Gerritse, van der Heijden and Bakker 2015), with a profile-likelihood interval. "
    "The usual range, 0.5 to 5, is that of 33 of 38 pairs of lists in public tables, most of them above 1."
)
READS_ONE = 0.005
_WARN = {
    "few_on_both": "Fewer than 7 persons are on both lists: the number leans low.",
    "links_corrected": "Corrected for the links that were said to be missed or false.",
    "unusual_odds_ratio": "An odds ratio outside 0.5 to 5 is rare among lists of this kind.",
}


def two_list_answers(
    of: Given, *, odds_ratio: float | None, odds_ratios: tuple[float, float] | None
) -> Iterator[Answer]:
    """The range or the point, the curve, and what missed links would do."""
    ends = odds_ratios or LIKELY
    found = hidden_range(of.lists, odds_ratios=ends)
    if isinstance(found, Refusal):
        sentence = f"These two lists cannot say how many: {found.message}"
        yield answer(
            of,
            Said(
                id="demand.hidden",
                title="How many in all, recorded or not",
                sentence=sentence,
                body=found,
                method=METHOD,
                caveats=(REACHABLE, *CRITICS),
            ),
        )
        return
    yield _headline(of, found, odds_ratio, ends)
    yield _curve(of, found, ends)
    yield _links(of, odds_ratio or 1.0)


def _caveats(seen: Seen, assumed: str) -> tuple[str, ...]:
    known_truth = scored("two_lists.range", "demand")
    return (assumed, REACHABLE, *CRITICS, *(_WARN[w] for w in seen.warnings), known_truth)


def _headline(of: Given, found: HiddenRange, stated: float | None, ends: tuple[float, float]) -> Answer:
    point = None if stated is None else hidden_at(of.lists, odds_ratio=stated)
    if isinstance(point, Point):
        total, low, high = point.total
        assumed = f"Stated, and not to be confirmed by the lists: their odds ratio is {stated:g}."
        body: Estimate | Range = _estimate(of, point.seen, point.at, assumed)
        sentence = (
            f"About {whole(total, of.lists.n)} {of.noun} in all ({whole(low, of.lists.n)} to {whole(high)}, 95 %), of "
            f"whom {point.seen.known:,.0f} are on a list, if the odds ratio of the two lists is {stated:g}, as stated."
        )
        caveats = _caveats(point.seen, assumed)
    else:
        seen = found.seen
        assumed = f"Assumed: the odds ratio of the two lists lies between {ends[0]:g} and {ends[1]:g}."
        of_ends = tuple(_estimate(of, seen, at, assumed) for at in (found.lowest, found.independent, found.highest))
        why = "two lists cannot say how far being on one goes with being on the other"
        body = Range(of_ends, seen.known + found.low, seen.known + found.high, why)
        sentence = (
            f"No one number: between {whole(seen.known + found.low, of.lists.n)} and {whole(seen.known + found.high)} "
            f"{of.noun} in all, of whom {seen.known:,.0f} are on a list, for odds ratios of {ends[0]:g} to "
            f"{ends[1]:g}; {why}."
        )
        caveats = _caveats(seen, assumed)
    title = "How many in all, recorded or not"
    said = Said(id="demand.hidden", title=title, sentence=sentence, body=body, method=METHOD, caveats=caveats)
    return answer(of, said)


def _estimate(of: Given, seen: Seen, at: AtOdds, assumed: str) -> Estimate:
    return Estimate(
        value=seen.known + at.hidden,
        low=seen.known + at.low,
        high=seen.known + at.high,
        level=seen.level,
        unit=f"{of.noun} in all",
        method=f"odds ratio {at.odds_ratio:g}",
        assumptions=(assumed,),
        n=of.lists.n,
        sources=of.named,
        warnings=tuple(_WARN[w] for w in seen.warnings),
    )


def _curve(of: Given, found: HiddenRange, ends: tuple[float, float]) -> Answer:
    c, known = found.curve, found.seen.known
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (float(o), known + float(h), known + float(low), known + float(high))
        for o, h, low, high in zip(c.odds_ratio, c.hidden, c.low, c.high, strict=True)
    )
    # An odds ratio that reads 1.00 is 1, so that the table says what the sentence says.
    one = (1.0, *(known + part for part in (found.independent.hidden, found.independent.low, found.independent.high)))
    rows = tuple(one if isinstance(row[0], float) and abs(row[0] - 1) < READS_ONE else row for row in rows)
    columns = (
        Column("odds", "Odds ratio", "number", 2),
        Column("total", "In all", "number", 0),
        Column("low", "From", "number", 0),
        Column("high", "To", "number", 0),
    )
    said = Said(
        id="demand.odds",
        title="How the number hangs on what two lists cannot say",
        sentence=(
            f"As many would be hidden as are known at an odds ratio of {found.doubled:.2g}; independent lists (odds "
            f"ratio 1) would mean {whole(known + found.independent.hidden)} in all."
        ),
        body=Table(columns, rows),
        method=METHOD,
        chart=Chart(
            charts.curve("odds", "Odds ratio of the two lists", "In all", log=True),
            f"A rising line of the number in all from an odds ratio of {ends[0]:g} to {ends[1]:g}, with its interval.",
        ),
    )
    return answer(of, said)


def _links(of: Given, odds_ratio: float) -> Answer:
    shares = (0.0, 0.05, 0.1, 0.2)
    rows: list[tuple[Cell, ...]] = []
    for share, one in zip(shares, over_links(of.lists, odds_ratio=odds_ratio, missed=shares), strict=True):
        if isinstance(one, Refusal):
            rows.append((percent(share), None, None, None))
        else:
            rows.append((percent(share), *one.total))
    columns = (
        Column("missed", "Links missed"),
        Column("total", "In all", "number", 0),
        Column("low", "From", "number", 0),
        Column("high", "To", "number", 0),
    )
    said = Said(
        id="demand.links",
        title="If records of one person were not all linked",
        sentence="Links that were missed make the number too large: by how much, if such a share of them was.",
        body=Table(columns, tuple(rows)),
        method=f"Overlaps corrected for the share of links missed, at an odds ratio of {odds_ratio:g}.",
    )
    return answer(of, said)
