"""What the agencies of a made-up authority would hold, and apart from it the sealed truth."""

from __future__ import annotations

from casetrail.world.holdings.counting import AgencyWritten, Written
from casetrail.world.holdings.files import write_holdings
from casetrail.world.holdings.happened import Happened
from casetrail.world.holdings.known import who_they_are
from casetrail.world.holdings.parameters import AgencyFaults, Faults, read_faults

__all__ = [
    "AgencyFaults",
    "AgencyWritten",
    "Faults",
    "Happened",
    "Written",
    "read_faults",
    "who_they_are",
    "write_holdings",
]
