"""Which model, how sure, and whether several lists bear one number at all: a point, a range or a refusal."""

from casetrail.demand.choosing.assumption import CRITICS, NOT_TESTED, REACHABLE, Assumption, always_said
from casetrail.demand.choosing.bootstrap import Bootstrap, Plan
from casetrail.demand.choosing.checks import check
from casetrail.demand.choosing.evidence import Candidate, Evidence
from casetrail.demand.choosing.hidden_list import HiddenList
from casetrail.demand.choosing.verdict import Kind, Reason, Verdict, judge
from casetrail.demand.choosing.with_families import judge_with_families

__all__ = [
    "CRITICS",
    "NOT_TESTED",
    "REACHABLE",
    "Assumption",
    "Bootstrap",
    "Candidate",
    "Evidence",
    "HiddenList",
    "Kind",
    "Plan",
    "Reason",
    "Verdict",
    "always_said",
    "check",
    "judge",
    "judge_with_families",
]
