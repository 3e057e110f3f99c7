"""Published tables as compact facts of our own making, each with its source and licence."""

from casetrail.public.authorities import Authority, authorities, authority, england
from casetrail.public.children_in_need import Fact, children_in_need, source, years
from casetrail.public.indicators import About, Indicator, about, indicators

__all__ = [
    "About",
    "Authority",
    "Fact",
    "Indicator",
    "about",
    "authorities",
    "authority",
    "children_in_need",
    "england",
    "indicators",
    "source",
    "years",
]
