"""Is a figure fit to be compared at all? Signs in the published table itself, before anything is compared."""

from casetrail.compare.quality.assess import Quality, assess, assess_all, fit_only
from casetrail.compare.quality.page import gated_answer, gates_answer
from casetrail.compare.quality.sign import Fitness

__all__ = ["Fitness", "Quality", "assess", "assess_all", "fit_only", "gated_answer", "gates_answer"]
