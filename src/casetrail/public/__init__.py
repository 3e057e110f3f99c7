"""Published tables as compact facts of our own making, each with its source and licence."""

from casetrail.public.authorities import Authority, authorities, authority, england
from casetrail.public.panel import Measure, Panel, Unit, Why
from casetrail.public.reorganised import reorganisation_of, reorganisations
from casetrail.public.shipped import shipped_measures, shipped_panel, shipped_panels, source

__all__ = [
    "Authority",
    "Measure",
    "Panel",
    "Unit",
    "Why",
    "authorities",
    "authority",
    "england",
    "reorganisation_of",
    "reorganisations",
    "shipped_measures",
    "shipped_panel",
    "shipped_panels",
    "source",
]
