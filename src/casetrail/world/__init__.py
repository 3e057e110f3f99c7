"""The made-up authority: a fast simulator of the case system with known truth, and hand-made cases."""

from casetrail.world.cases import CASES, write_case
from casetrail.world.describe.parameters import scenario, scenario_names
from casetrail.world.holdings import Written, read_faults, who_they_are, write_holdings
from casetrail.world.simulate.world import Before, World, before, happened, simulated

__all__ = [
    "CASES",
    "Before",
    "World",
    "Written",
    "before",
    "happened",
    "read_faults",
    "scenario",
    "scenario_names",
    "simulated",
    "who_they_are",
    "write_case",
    "write_holdings",
]
