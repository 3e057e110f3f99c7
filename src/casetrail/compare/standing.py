"""Was this authority any better or worse than most?"""

from __future__ import annotations

from casetrail.compare.funnel_page import funnel_answer
from casetrail.compare.measure import places
from casetrail.compare.overview import overview_answer
from casetrail.compare.recording import recording_answer
from casetrail.compare.summary import summary_answer
from casetrail.compare.tenure import TENURE_YEARS, tenure_refusal
from casetrail.figures import Answer
from casetrail.public import authority as find

# A funnel for assessments and conferences only: the rest stands in the summary, so that the page stays light.
WITH_FUNNEL = (
    "initial-assessments-7-days",
    "initial-assessments-10-days",
    "core-assessments-35-days",
    "conferences-15-days",
)


def standing(authority: str | int, year: str) -> tuple[Answer, ...]:
    """Where one authority stood among all on the published children-in-need figures of one year.

    First a summary with a row per published figure, then an overview of adjusted z, a funnel for each
    figure on assessments and conferences, and a check whether open cases were open. For the years
    2005-06 to 2008-09 the one answer is a refusal: no figures were found.

    `authority` is a name or the Department's number; `year` is written 2009-10.
    Raises: UnknownNameError for a name or a year that is not shipped.
    """
    body = find(authority)
    if year in TENURE_YEARS:
        return (tenure_refusal(body, year),)
    found = places(body, year)
    funnels = [funnel_answer(body, year, p) for p in found if p.indicator.id in WITH_FUNNEL]
    return (
        summary_answer(body, year, found),
        overview_answer(body, year, found),
        *funnels,
        recording_answer(body, year),
    )
