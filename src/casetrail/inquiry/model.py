"""An inquiry as declared: sources, place, day, protection, and what is wanted."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from casetrail.demand.from_trail.wanted import Wanted as ListsWanted
from casetrail.demand.linkage.stated import StatedLinks
from casetrail.figures import Origin
from casetrail.inquiry.reconcile_parse import ReconcileAsked
from casetrail.records.spec import SourceSpec
from casetrail.schema.trails import OpenEnds
from casetrail.trail import Wanted

NATIONS = ("england-and-wales", "scotland", "northern-ireland")


@dataclass(frozen=True, slots=True)
class Protection:
    """Why personal records may be used at all, by whom, and until when they are kept."""

    purpose: str
    controllers: tuple[str, ...]
    lawful_basis: str
    retain_until: date


@dataclass(frozen=True, slots=True)
class VaultAsked:
    """Whether who persons are is kept, and for which public keys (age, X25519)."""

    keep: bool = False
    recipients: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Standing:
    """An authority and a year to compare on the published figures."""

    authority: str
    year: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DemandAsked:
    """Lists to count from the trail, from the first to the last day; None: all days that all agencies cover. `links`:
    how often linking them erred, as stated. `repeats`: asked is how often each list has a person."""

    wanted: ListsWanted = field(default_factory=ListsWanted)
    since: date | None = None
    until: date | None = None
    links: StatedLinks = field(default_factory=StatedLinks)
    repeats: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Inquiry:
    """One inquiry file, checked. Paths are absolute; `records_activities` are activities a source could show."""

    path: Path
    title: str
    as_of: date
    sources: tuple[SourceSpec, ...]
    nation: str = "england-and-wales"
    zone: str = "Europe/London"
    open_ends: OpenEnds = "last_event"
    wanted: Wanted = field(default_factory=Wanted)
    records_activities: frozenset[str] = frozenset()
    protection: Protection | None = None
    vault: VaultAsked | None = None
    standings: tuple[Standing, ...] = ()
    demand: DemandAsked = field(default_factory=DemandAsked)
    reconciles: tuple[ReconcileAsked, ...] = ()
    work: Path
    out: Path

    @property
    def keeps_identities(self) -> bool:
        """True when who persons are goes into the vault."""
        return self.vault is not None and self.vault.keep

    @property
    def is_personal(self) -> bool:
        """True when a source holds real persons' records that are not published already."""
        origins = [*(source.origin for source in self.sources), *(asked.origin for asked in self.reconciles)]
        return Origin.REAL in origins
