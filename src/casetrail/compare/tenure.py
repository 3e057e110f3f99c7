"""The years for which nothing was found: a refusal, always shown."""

from __future__ import annotations

from casetrail.compare.collection import shipped_collection
from casetrail.compare.words import HARINGEY, NO_PERSON, SECTION, answer_id, provenance
from casetrail.figures import Answer, Refusal
from casetrail.public import Authority, authority

TENURE_YEARS = ("2005-06", "2006-07", "2007-08", "2008-09")

WOULD_HELP = (
    "annual performance assessments 2005-08, with the indicators they quote for each authority",
    "Section 52 returns 2005-08, of which only the spend of 2008-09 was found",
    "children in need and referral returns (CPR3, PAF indicators) of 2007-08 and before",
)


def tenure_refusal(of: Authority | None = None, year: str | None = None) -> Answer:
    """Was this authority better or worse than most in the years before 2009-10? It cannot be said.

    Without an authority it speaks of Haringey, without a year of all four years 2005-06 to 2008-09.
    """
    shipped = shipped_collection()
    body = of or authority(HARINGEY)
    span = year or f"{TENURE_YEARS[0]} to {TENURE_YEARS[-1]}"
    message = (
        f"No published figures of {body.name} and the other authorities were found for {span}. The first "
        f"shipped year is {shipped.periods[0]}; it says nothing about the years before 2009-10."
    )
    reason = "no_data_for_tenure" if str(body.code) == HARINGEY else "no_data_for_year"
    return Answer(
        id=answer_id(body.name, year or "before-2009-10", "refusal"),
        section=SECTION,
        title=f"{body.name} in the years before 2009-10: no answer",
        sentence=(
            f"Whether {body.name} was any better or worse than most in {span} cannot be said: the figures "
            "were not found. No later year is put in their place."
        ),
        body=Refusal(reason=reason, message=message, would_help=WOULD_HELP),
        method="None: no figure of those years is in the shipped tables.",
        provenance=provenance(shipped, body.name, year or "before 2009-10"),
        caveats=(NO_PERSON,),
    )
