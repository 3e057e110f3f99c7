"""Was this authority any better or worse than most? Answers from published figures."""

from casetrail.compare.standing import standing
from casetrail.compare.tenure import TENURE_YEARS, tenure_refusal

__all__ = ["TENURE_YEARS", "standing", "tenure_refusal"]
