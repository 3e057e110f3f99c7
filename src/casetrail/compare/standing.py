"""Was this body any better or worse than most?"""

from __future__ import annotations

from dataclasses import replace

from casetrail.compare.collection import Collection, shipped_collection
from casetrail.compare.funnels import funnel_of
from casetrail.compare.measure import Place, places
from casetrail.compare.overview import overview_answer
from casetrail.compare.quality import fit_only
from casetrail.compare.recording import recording_answer
from casetrail.compare.summary import summary_answer
from casetrail.compare.tenure import TENURE_YEARS, tenure_refusal
from casetrail.compare.words import always
from casetrail.errors import UnknownNameError
from casetrail.figures import Answer, Refusal
from casetrail.public import authority as find
from casetrail.public import reorganisation_of

# A funnel for what was on time, which readers look for first: the rest stands in the summary, and is drawn when asked.
PROCEDURE = "procedure"


def standing(authority: str | int, year: str) -> tuple[Answer, ...]:
    """Where one authority stood among all on every published figure of one year that ships.

    First a summary with a row per published figure and its gate, then an overview of adjusted z, a funnel for each
    figure on timeliness, and a check whether open cases were open. For the years 2005-06 to 2008-09 the one answer is a
    refusal: no figures were found.

    `authority` is a name or the Department's number; `year` is written 2009-10.
    Raises: UnknownNameError for a name or a year that is not shipped.
    """
    body = find(authority, year)
    if year in TENURE_YEARS:
        return (tenure_refusal(body, year),)
    return standing_in(shipped_collection(), str(body.code), year)


def standing_in(collection: Collection, unit: str, period: str) -> tuple[Answer, ...]:
    """The same for one unit (by code) of any collection of panels.

    Raises: UnknownNameError when no panel has this period, or none has a figure of this unit in it.
    """
    if period not in collection.periods:
        raise UnknownNameError(
            f"No published figures are held for {period}.",
            where=f"table {collection.name}",
            todo=f"Periods held: {', '.join(collection.periods)}.",
            code="unknown_year",
        )
    found = places(collection, unit, period)
    if not found:
        raise _no_figures(collection, unit, period)
    timely = [p for p in found if p.measure.topic == PROCEDURE]
    return (
        summary_answer(collection, found, period),
        overview_answer(collection, found, period),
        *(drawn(collection, p) for p in timely),
        *recording_answer(collection, unit, period),
    )


def _no_figures(collection: Collection, unit: str, period: str) -> UnknownNameError:
    """A body that was split or merged has its figures under another name before or after."""
    changes = reorganisation_of(int(unit)) if collection.shipped else ()
    words = "; ".join(change.words(int(unit)) for change in changes)
    return UnknownNameError(
        f"There is no figure of this body for {period}.",
        where=f"table {collection.name}",
        todo=f"{words}. Ask for that name." if words else "Ask for another period.",
        code="no_figures",
    )


def drawn(collection: Collection, of: Place) -> Answer:
    """Its funnel with what must stand beside it; a refusal where the gates do not allow one."""
    unit = of.panel.units[of.unit].code
    period = of.panel.periods[of.period]
    answer = funnel_of(fit_only(of.quality, but=of.unit), unit, period)
    beside = always(unit, period, shipped=collection.shipped)
    answer = replace(answer, caveats=(*answer.caveats, *beside))
    return answer if of.fit else not_fit(answer, of)


def not_fit(answer: Answer, of: Place) -> Answer:
    """The same answer refused, for the reason that the gates give."""
    refusal = Refusal(
        reason="not_fit_to_compare",
        message=f"No comparison: {of.why_no_test}.",
        would_help=("the counts of this body, corrected and published again",),
    )
    period = of.panel.periods[of.period]
    sentence = f"{of.name}, {period}: no comparison. {of.why_no_test[0].upper()}{of.why_no_test[1:]}."
    return replace(answer, sentence=sentence, body=refusal, chart=None)
