"""If records of one person were not all linked, or some of different persons were: before, after, and over a grid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from casetrail.demand.answers import charts
from casetrail.demand.answers.given import Given, Said, answer, percent, whole
from casetrail.demand.linkage.carried import AtShares, Carried
from casetrail.demand.linkage.correct import Corrected
from casetrail.demand.linkage.stated import StatedLinks
from casetrail.demand.lists import Lists
from casetrail.figures import Answer, Cell, Chart, Column, Estimate, Range, Refusal, Table
from casetrail.stats.known_truth import scored

METHOD = (
    "Missed links split a person's records into parts, false links join parts of different persons at random; both are "
    "undone in expectation, each list keeping its length (after Ding and Fienberg 1994, Di Consiglio and Tuoto 2018). "
    "Interval: the persons on the lists drawn anew, shares drawn from what is known of them, counts corrected at each, "
    "the model chosen anew each time; percentiles."
)
_WARN = {
    "limited": "At these shares some patterns would have fewer than nobody: the nearest counts that can be were taken.",
    "does_not_fit": "The lists do not fit these shares of errors: one of the two is wrong.",
    "contradictory_shares": "The shares of false links contradict each other.",
    "not_settled": "The search for the false links did not come to an end.",
}
_WRONG = (
    "Shares that are wrong by half leave about half of the error in place: they are to come from a check by hand, of "
    "links drawn at random."
)
_ALIKE = "The shares are taken as alike for all persons; whoever is hard to link is often also hard to find."


def linkage_note(links: StatedLinks) -> str:
    """What stands beside every answer on corrected lists."""
    return f"Counts are corrected for stated errors of linking: {links.said()}."


def carry(of: Answer, found: Carried, said: tuple[StatedLinks, str], lists: Lists) -> Answer:
    """The headline on corrected counts, with what is not known of the links in its interval.

    `said`: what is stated of links, and in words how one number comes from a table. `lists`: as they were linked.
    """
    links, model = said
    body = of.body
    if isinstance(body, Refusal | Table):
        return of
    low, high = _hull(body, found)
    linked = ""
    if found.as_linked is not None and found.total is not None:
        linked = f" By {model}: {whole(found.as_linked)} as linked, {whole(found.total)} corrected."
    persons = f"of whom about {found.corrected.n:,.0f} are on a list once links are corrected ({links.said()})"
    noun = body.unit if isinstance(body, Estimate) else body.candidates[0].unit
    codes = tuple(_WARN[code] for code in found.corrected.warnings)
    n = round(found.corrected.n)
    if isinstance(body, Estimate):
        ends = "no interval" if low is None or high is None else f"{whole(low, n)} to {whole(high)}, 95 %"
        sentence = f"About {whole(body.value, n)} {noun} ({ends}), {persons}.{linked}"
        warned = (*body.warnings, *codes)
        body = replace(body, low=low, high=high, warnings=warned)
    else:
        first = whole(low or body.low, n)
        top = None if body.high is None else high or body.high
        ends = f"At least {first} {noun}" if top is None else f"No one number: between {first} and {whole(top)} {noun}"
        sentence = f"{ends}, {persons}, because {body.why_no_point}.{linked}"
        warned = (*body.candidates[0].warnings, *codes)
        body = replace(body, low=low or body.low, high=top)
    beware = f" Beware: {warned[0]}" if warned else ""
    caveats = (f"As linked, {lists.n:,} are on a list.",) if lists.n >= 10 else ()
    return replace(of, sentence=sentence + beware, body=body, caveats=(*caveats, *codes, *of.caveats))


def _hull(body: Estimate | Range, found: Carried) -> tuple[float | None, float | None]:
    """The wider of the interval of corrected counts taken as counted, and that over the replicates."""
    lows = [end for end in (body.low, found.low) if end is not None]
    highs = [end for end in (body.high, found.high) if end is not None]
    return min(lows, default=None), max(highs, default=None)


def linkage_answer(of: Given, found: Carried, links: StatedLinks) -> Answer:
    """Overlaps and totals before and after. `of.lists` are the lists as linked."""
    lists, corrected = of.lists, found.corrected
    rows: list[tuple[Cell, ...]] = [
        ("in all, by the estimate", found.as_linked, found.total, found.low, found.high),
        ("on any list", float(lists.n), corrected.n, None, None),
    ]
    for i in range(lists.k):
        for j in range(i + 1, lists.k):
            both = f"on both {lists.names[i]} and {lists.names[j]}"
            rows.append((both, float(lists.on(i, j)), _on(corrected, 1 << i | 1 << j), None, None))
    columns = (
        Column("what", "Persons"),
        Column("before", "As linked", "persons"),
        Column("after", "Corrected", "number", 1),
        Column("low", "From", "number", 0),
        Column("high", "To", "number", 0),
    )
    said = Said(
        id="demand.linkage",
        title="What correcting the links changes",
        sentence=_sentence(of, found, links),
        body=Table(columns, tuple(rows)),
        method=METHOD,
        caveats=(
            *(_WARN[code] for code in corrected.warnings),
            f"Taken as split: {whole(corrected.split)} persons too many; as joined wrongly: {whole(corrected.joined)}.",
            _WRONG,
            _ALIKE,
            scored("linkage.overlap", "demand"),
        ),
    )
    return answer(of, said)


def _on(found: Corrected, mask: int) -> float:
    return float(sum(found.counts[place] for place in range(found.counts.size) if place & mask == mask))


def _sentence(of: Given, found: Carried, links: StatedLinks) -> str:
    if found.total is None or found.as_linked is None:
        return f"Corrected for {links.said()}, the counts have no estimate to set beside that as linked."
    moved = found.total / found.as_linked - 1
    way = "fewer" if moved < 0 else "more"
    return (
        f"Corrected for {links.said()}, the estimate is {whole(found.total)} {of.noun} in all instead of "
        f"{whole(found.as_linked)}: {percent(abs(moved))} {way}."
    )


def grid_answer(of: Given, found: Sequence[AtShares], model: str) -> Answer:
    """The estimate at each pair of plausible shares. `of.lists` are the lists as linked."""
    none = next((one.total for one in found if not one.missed and not one.false), None)
    rows: list[tuple[Cell, ...]] = [
        (
            f"{percent(one.missed)} missed, {percent(one.false)} false",
            one.missed,
            one.false,
            one.total,
            one.total / none if one.total is not None and none else None,
            "" if one.fits else "does not fit the lists",
        )
        for one in found
    ]
    columns = (
        Column("what", "If these shares of links err"),
        Column("missed", "Missed", "share", 0),
        Column("false", "False", "share", 0),
        Column("total", "In all", "number", 0),
        Column("times", "Times that as linked", "number", 2),
        Column("said", "What to know"),
    )
    totals = [one.total for one in found if one.total is not None and one.fits]
    within = (
        f"from {whole(min(totals))} to {whole(max(totals))} {of.noun} in all over shares that fit the lists"
        if totals
        else "no estimate at any of these shares"
    )
    said = Said(
        id="demand.links",
        title="If records of one person were not all linked, or some of different persons were",
        sentence=f"Links that were missed make the number too large, false ones too small: {within}.",
        body=Table(columns, tuple(rows)),
        method=f"{METHOD} Here the shares are taken as known and alike for all pairs of lists, with {model}.",
        chart=Chart(
            charts.intervals("what", "In all", log=False, step=18),
            "A point for each pair of shares at which the lists have an estimate.",
        )
        if totals
        else None,
    )
    return answer(of, said)
