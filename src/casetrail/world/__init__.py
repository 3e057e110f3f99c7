"""The made-up authority: a fast simulator of the case system with known truth, and hand-made cases."""

from casetrail.world.cases import CASES, write_case
from casetrail.world.describe.parameters import scenario, scenario_names
from casetrail.world.holdings import Written, read_faults, write_holdings
from casetrail.world.simulate.world import World, happened, simulated

__all__ = [
    "CASES",
    "World",
    "Written",
    "happened",
    "read_faults",
    "scenario",
    "scenario_names",
    "simulated",
    "write_case",
    "write_holdings",
]
