"""Is work done to the deadline? Answers from published bins, and from the durations of single cases."""

from casetrail.compare.deadline.cases import Cases, Rules, SetAside
from casetrail.compare.deadline.public_answers import authority_answers, national_answers
from casetrail.compare.deadline.record_answers import durations_answers

__all__ = ["Cases", "Rules", "SetAside", "authority_answers", "durations_answers", "national_answers"]
