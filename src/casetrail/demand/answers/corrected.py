"""All answers on overlaps that are corrected for stated errors of linking, and what such errors would change."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from casetrail.demand.answers.divided import Divided
from casetrail.demand.answers.given import Given
from casetrail.demand.answers.linkage_page import carry, grid_answer, linkage_answer, linkage_note
from casetrail.demand.answers.overview import lists_answer
from casetrail.demand.choosing.bootstrap import Chooser
from casetrail.demand.linkage.carried import MOST_LISTS, Carried, carried, grid
from casetrail.demand.linkage.correct import correct
from casetrail.demand.linkage.stated import StatedLinks
from casetrail.demand.lists import Lists
from casetrail.errors import InputError
from casetrail.figures import Answer


@dataclass(frozen=True, slots=True)
class Correction:
    """What is stated of links, and how a number comes from a table: `choose`, said in words by `model`."""

    links: StatedLinks
    choose: Chooser
    model: str
    draws: int


def corrected_answers(
    of: Given, by: Correction, inner: Callable[[Given, Divided], tuple[Answer, ...]], divided: Divided | None
) -> tuple[Answer, ...]:
    """The answers that `inner` makes of the corrected lists, beside the lists as they were linked."""
    inside, found = _corrected(of, by)
    held = divided or Divided()
    parts = Divided(_each(held.strata, by.links), _each(held.areas, by.links))
    out: list[Answer] = []
    for one in inner(inside, parts):
        if one.id == "demand.hidden":
            out += [carry(one, found, (by.links, by.model), of.lists), linkage_answer(of, found, by.links)]
        elif one.id == "demand.lists":
            out.append(lists_answer(of))
        elif one.id != "demand.links":
            out.append(one)
    return (*out, *grid_answers(of, by))


def corrected_first(of: Given, by: Correction, inner: Callable[[Given], Answer]) -> Answer:
    """The headline alone."""
    inside, found = _corrected(of, by)
    return carry(inner(inside), found, (by.links, by.model), of.lists)


def grid_answers(of: Given, by: Correction) -> tuple[Answer, ...]:
    """The estimate over plausible shares of errors; none where lists are too many, or share nobody."""
    if of.lists.k > MOST_LISTS or not np.isfinite(by.choose(of.lists.counts[None])[0]):
        return ()
    return (grid_answer(of, grid(of.lists, by.choose), by.model),)


def _each(of: Mapping[str, Lists], links: StatedLinks) -> dict[str, Lists]:
    return {label: correct(one, links.rates(one.names)).rounded() for label, one in of.items()}


def _corrected(of: Given, by: Correction) -> tuple[Given, Carried]:
    if of.lists.k > MOST_LISTS:
        raise InputError(
            f"Errors of linking were stated of {of.lists.k} lists, and a correction takes {MOST_LISTS} at most: with "
            "more, nearly all patterns are of nobody or of one person.",
            where="--missed-links, --false-links",
            todo="Take some of the lists with --list, or merge lists that come from one source.",
            code="too_many_to_correct",
        )
    rng = np.random.default_rng((of.seed, 1))
    found = carried(of.lists, by.links.rates(of.lists.names), by.choose, rng, draws=by.draws)
    notes = (linkage_note(by.links), *of.notes)
    return replace(of, lists=found.corrected.rounded(), notes=notes), found
