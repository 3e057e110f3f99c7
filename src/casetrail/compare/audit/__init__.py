"""Do indicators see what audits see? Samples of files, agreement of raters, indicators beside audits, small audits."""

from casetrail.compare.audit.again import ask_again
from casetrail.compare.audit.agreement_page import agreement_answer
from casetrail.compare.audit.beside import joint_answers
from casetrail.compare.audit.drawing import draw_answers
from casetrail.compare.audit.lots import lqas_answer
from casetrail.compare.audit.rated import Aside, Frame, Indicators, Rated
from casetrail.compare.audit.rows_page import rows_answer
from casetrail.compare.audit.shares_page import shares_answer
from casetrail.compare.audit.small import thirty_files_answer, unseen_answer
from casetrail.compare.audit.two_teams import two_teams_answer

__all__ = [
    "Aside",
    "Frame",
    "Indicators",
    "Rated",
    "agreement_answer",
    "ask_again",
    "draw_answers",
    "joint_answers",
    "lqas_answer",
    "rows_answer",
    "shares_answer",
    "thirty_files_answer",
    "two_teams_answer",
    "unseen_answer",
]
