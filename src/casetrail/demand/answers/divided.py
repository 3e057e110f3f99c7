"""Answers on lists that are divided by kind of person or by place."""

from __future__ import annotations

from collections.abc import Mapping

from casetrail.demand.answers.given import Given
from casetrail.demand.answers.strata_page import strata_answer
from casetrail.demand.lists import Lists
from casetrail.demand.strata.design import Assumed, strata
from casetrail.demand.strata.side_by_side import stratified
from casetrail.figures import Answer


def divided_answers(of: Given, by: Mapping[str, Lists] | None, assumed: Assumed, model: str) -> tuple[Answer, ...]:
    """One model in every stratum; nothing where nothing divides persons."""
    if not by:
        return ()
    return (strata_answer(of, stratified(strata(by), assumed, seed=of.seed), model),)
