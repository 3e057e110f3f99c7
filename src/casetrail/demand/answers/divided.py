"""Answers on lists that are divided by kind of person or by place, and on a count that is only an upper bound."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from casetrail.demand.answers.areas_page import areas_answer, bound_answer, pattern_of
from casetrail.demand.answers.given import Given
from casetrail.demand.answers.strata_page import strata_answer
from casetrail.demand.lists import Lists
from casetrail.demand.refusals import refuse
from casetrail.demand.strata.areas import areas
from casetrail.demand.strata.bound import bounded
from casetrail.demand.strata.design import Assumed, Strata, strata
from casetrail.demand.strata.side_by_side import stratified
from casetrail.figures import Answer


@dataclass(frozen=True, slots=True)
class Divided:
    """The same lists by stratum, and by area; empty: not divided."""

    strata: Mapping[str, Lists] = field(default_factory=dict)
    areas: Mapping[str, Lists] = field(default_factory=dict)


def divided_answers(of: Given, by: Divided | None, assumed: Assumed, words: tuple[str, str | None]) -> Iterator[Answer]:
    """One model in every stratum. `words`: the model, and the lists of a count that is an upper bound, if any."""
    model, bound = words
    held = by or Divided()
    if held.strata:
        yield strata_answer(of, stratified(strata(held.strata), assumed, seed=of.seed), model)
    if held.areas:
        yield areas_answer(of, areas(strata(held.areas), assumed), model)
    if bound is not None:
        pattern = pattern_of(of.lists, bound)
        every = strata(held.strata) if held.strata else Strata(("all",), of.lists.names, of.lists.counts[None])
        try:
            found = bounded(every, assumed, pattern=pattern, seed=of.seed)
        except ValueError:
            # Without this count the model has as many terms as patterns.
            found = refuse("not_identifiable", "without this count nothing is left to estimate the model from")
        yield bound_answer(of, found, (of.lists.where(pattern), model))
