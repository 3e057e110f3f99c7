"""Is an open case open? A quality signal on children in need, from the published counts alone."""

from __future__ import annotations

from dataclasses import dataclass

from casetrail.compare.words import HARINGEY, SECTION, always, answer_id, provenance
from casetrail.figures import Answer, Column, Refusal, Table
from casetrail.public import Authority, Fact, children_in_need, england

# A convention, not a test: three times the national time to clear is taken as a sign of recording, since
# no service keeps cases three times as long as the rest while it opens them at a similar rate.
SUSPECT_ABOVE = 3.0

METHOD = (
    "Years to clear = children in need at 31 March / children whose episode of need ended in the year: how "
    "long the open cases would take to close at the year's pace. By convention a value above "
    f"{SUSPECT_ABOVE:g} times that of England is shown as a sign of recording rather than of need."
)


@dataclass(frozen=True, slots=True)
class Clearance:
    """Open at 31 March, ended in the year, and the quotient in years; England beside it."""

    open_cases: int
    ended: int
    years: float
    england_open: int
    england_ended: int
    england_years: float

    @property
    def suspect(self) -> bool:
        return self.years > SUSPECT_ABOVE * self.england_years


def clearance(authority: Authority, year: str) -> Clearance | None:
    """The quotient for one authority and England; None when a count is withheld or not published."""
    own, nation = _pair(authority, year), _pair(england(), year)
    if own is None or nation is None:
        return None
    return Clearance(*own, own[0] / own[1], *nation, nation[0] / nation[1])


def clearance_caveat(authority: Authority, year: str) -> tuple[str, ...]:
    """One sentence when the counts point to a recording artefact, else nothing."""
    found = clearance(authority, year)
    if found is None or not found.suspect:
        return ()
    return (
        f"Children in need: at the pace of {year}, {authority.name} would need {found.years:.1f} years to "
        f"close the cases it recorded as open, England {found.england_years:.1f}. {_reading(authority)}: do not read "
        "the rate of children in need as need.",
    )


def recording_answer(authority: Authority, year: str) -> Answer:
    """The signal as an answer of its own; a refusal when the counts are not published."""
    found = clearance(authority, year)
    return Answer(
        id=answer_id(authority, year, "recording"),
        section=SECTION,
        title=f"Is an open case open? {authority.name}, {year}",
        sentence=_sentence(authority, year, found),
        body=_NOT_PUBLISHED if found is None else _table(authority, found),
        method=METHOD,
        provenance=provenance(authority, year, suspect_above=SUSPECT_ABOVE),
        caveats=(
            *always(authority, year),
            "A signal, not a proof: it says where to look at the records before the figure is used.",
        ),
    )


_NOT_PUBLISHED = Refusal(
    reason="counts_not_published",
    message="The number of children in need at 31 March or of episodes ended is withheld or not published.",
    would_help=("the authority's own counts of open and closed cases",),
)


def _sentence(authority: Authority, year: str, found: Clearance | None) -> str:
    if found is None:
        return f"Whether open cases of {authority.name} in {year} were really open cannot be checked: no counts."
    compared = (
        f"{authority.name} recorded {found.open_cases:,} children in need at 31 March and closed "
        f"{found.ended:,} in {year}: {found.years:.1f} years to clear, against {found.england_years:.1f} in "
        "England."
    )
    if found.suspect:
        return f"{compared} {_reading(authority)}."
    return f"{compared} That is not far enough from England for this one sign to show anything."


def _reading(authority: Authority) -> str:
    """How far the sign may be read: for Haringey the council's own later minutes say the same."""
    if authority.code == HARINGEY:
        return "Very likely a recording artefact, closed work held as open, as the council's own minutes of 2012 say"
    return "A sign of a recording artefact, closed work held as open; this one ratio does not prove it"


def _table(authority: Authority, found: Clearance) -> Table:
    columns = (
        Column("body", "Body"),
        Column("open", "Children in need at 31 March", "count"),
        Column("ended", "Episodes of need ended in the year", "count"),
        Column("years", "Years to clear", "number", 1),
        Column("ratio", "Times England", "number", 1),
    )
    rows = (
        (authority.name, found.open_cases, found.ended, found.years, found.years / found.england_years),
        ("England", found.england_open, found.england_ended, found.england_years, 1.0),
    )
    return Table(columns, rows)


def _pair(authority: Authority, year: str) -> tuple[int, int] | None:
    facts: dict[str, Fact] = {f.indicator.id: f for f in children_in_need(year) if f.authority == authority}
    stock = facts["children-in-need-rate"].numerator
    ended = facts["children-in-need-ending"].numerator
    if not isinstance(stock, int) or not isinstance(ended, int) or ended == 0:
        return None
    return stock, ended
