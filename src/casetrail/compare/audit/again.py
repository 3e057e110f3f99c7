"""Answers that need no record, asked again from the parameters of their provenance alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from casetrail.compare.audit.lots import lqas_answer
from casetrail.compare.audit.small import thirty_files_answer, unseen_answer
from casetrail.compare.audit.two_teams import two_teams_answer
from casetrail.compare.audit.words import FILES, LQAS
from casetrail.figures import Answer


def ask_again(question: str, parameters: Mapping[str, Any]) -> tuple[Answer, ...]:
    """All answers of one question; none where the question needs records."""
    if question == FILES:
        size, team = int(parameters["size"]), parameters["team"]
        return tuple(ask(size, team) for ask in (thirty_files_answer, unseen_answer, two_teams_answer))
    if question == LQAS:
        asked = {name: parameters[name] for name in ("good", "poor", "alpha", "beta", "team", "size")}
        return (lqas_answer(**asked),)
    return ()
