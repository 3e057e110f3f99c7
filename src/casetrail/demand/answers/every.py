"""Everything that is asked of a set of lists, in the order in which it is read."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from casetrail.demand.answers.areas_page import bound_note, pattern_of
from casetrail.demand.answers.averaged_page import averaged_answer
from casetrail.demand.answers.beyond_reason import within_reason
from casetrail.demand.answers.classes_page import classes_answer
from casetrail.demand.answers.consistency import consistency_answers
from casetrail.demand.answers.corrected import Correction, corrected_answers, corrected_first, grid_answers
from casetrail.demand.answers.divided import Divided, divided_answers
from casetrail.demand.answers.families_page import families_answer
from casetrail.demand.answers.given import Given, Said, answer
from casetrail.demand.answers.headline import headline_answer
from casetrail.demand.answers.limit_page import check_limit, limited
from casetrail.demand.answers.looks import Look, beware, looks, no_list
from casetrail.demand.answers.models_page import model_answers
from casetrail.demand.answers.overview import lists_answer
from casetrail.demand.answers.regression_page import regression_answers, with_what_is_known
from casetrail.demand.answers.repeats_page import repeat_answers
from casetrail.demand.answers.side_by_side import side_by_side_answer
from casetrail.demand.answers.two_page import two_list_answers
from casetrail.demand.choosing import Assumption, Plan, Verdict, judge_with_families
from casetrail.demand.choosing.choosers import MOST_OFTEN, by_bic, how_many
from casetrail.demand.decomposable.average import average
from casetrail.demand.decomposable.result import Averaged
from casetrail.demand.decomposable.scores import Prior
from casetrail.demand.latent.classes import latent_classes
from casetrail.demand.latent.result import Classes
from casetrail.demand.latent.settings import Effort
from casetrail.demand.linkage.carried import two_lists
from casetrail.demand.linkage.stated import StatedLinks
from casetrail.demand.lists import Lists
from casetrail.demand.loglinear.models import name
from casetrail.demand.repeats.counts import repeats
from casetrail.demand.repeats.described import Described, designed
from casetrail.demand.repeats.verdict import verdict
from casetrail.demand.strata.design import Assumed
from casetrail.errors import InputError
from casetrail.figures import Answer, Refusal

Stage = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is asked. `assumption` identifies the number of three lists and more, and must then be said; `odds_ratio`
    (a stated one) or `odds_ratios` (a range; None: the usual one) that of two. `draws`: resampled lists. `links`: how
    often linking errs, as stated; overlaps are then corrected. `quick`: without the two methods that stand beside the
    verdict, do not decide it, and take most of the time. `most`: a number known not to be exceeded. `bound`: lists
    (`A + B`) the count on which alone is only an upper bound."""

    assumption: Assumption | None = None
    odds_ratio: float | None = None
    odds_ratios: tuple[float, float] | None = None
    draws: int = 1000
    links: StatedLinks = field(default_factory=StatedLinks)
    quick: bool = False
    most: int | None = None
    bound: str | None = None


def list_answers(
    of: Given, asked: Asked, *, by: Divided | None = None, stage: Stage | None = None
) -> tuple[Answer, ...]:
    """All answers on lists; `by`: the same lists by stratum and by area. `stage` is told what is being done."""
    _check(asked, of.lists)
    why_not = no_list(of.lists) if of.chosen == "by look" else None
    if why_not is not None:
        return (*refused_answers(of, why_not), lists_answer(of))
    plain = replace(asked, links=StatedLinks())
    if asked.links:
        found = corrected_answers(
            of, _correction(of, asked), lambda inside, parts: _answers(inside, plain, by=parts, stage=stage), by
        )
    else:
        found = _answers(of, asked, by=by, stage=stage)
        found = found if of.lists.k == 2 else (*found, *grid_answers(of, _correction(of, asked)))
    found = tuple(within_reason(a, of.lists.n) if a.id == "demand.hidden" else a for a in found)
    return found if asked.most is None else limited(found, asked.most)


def _answers(of: Given, asked: Asked, *, by: Divided | None = None, stage: Stage | None = None) -> tuple[Answer, ...]:
    """All answers on lists that are taken as linked without error."""
    if of.lists.k == 2:
        first, *rest = two_list_answers(of, odds_ratio=asked.odds_ratio, odds_ratios=asked.odds_ratios)
        found = (lists_answer(of), beware(first, _looks(of, asked)), *rest)
        words = ("independent lists", asked.bound)
        return (*found, *divided_answers(of, by, Assumed(odds_ratio=asked.odds_ratio or 1.0), words))
    assumption = _assumed(asked)
    say = stage or (lambda _: None)
    many = how_many(of.lists.k, assumption.order(of.lists.k)) > MOST_OFTEN
    say("models and resampled lists" + ("; with so many lists this takes some minutes" if many else ""))
    judged, families = judge_with_families(
        of.lists, assumption=assumption, rng=np.random.default_rng(of.seed), plan=Plan(replicates=asked.draws)
    )
    averaged, classes = (None, None) if asked.quick else _beside(of, asked, say)
    return (
        _rough(beware(headline_answer(of, judged), _looks(of, asked)), asked.draws),
        lists_answer(of),
        side_by_side_answer(of, judged, families, averaged=averaged, classes=classes),
        *model_answers(of, judged),
        *consistency_answers(of, judged),
        families_answer(of, families),
        *(() if averaged is None else (averaged_answer(of, averaged),)),
        *(() if classes is None else (classes_answer(of, classes),)),
        *_by_model(of, judged, (by, asked.bound)),
    )


def _rough(of: Answer, draws: int) -> Answer:
    """With a word on ends that rest on few resampled lists."""
    if draws >= ENOUGH_DRAWS or isinstance(of.body, Refusal):
        return of
    return replace(of, caveats=(_ROUGH.format(draws), *of.caveats))


ENOUGH_DRAWS = 500
_ROUGH = "Ends of intervals are rough: they rest on {0:,} resampled lists (--draws); 1,000 are usual."


def _beside(of: Given, asked: Asked, say: Stage) -> tuple[Averaged | Refusal, Classes | Refusal]:
    """The methods that take longest; each tenth of the work is told."""
    say("averaging over graphs")
    averaged = average(of.lists, None if asked.most is None else Prior(limit=asked.most, firm=True))
    told: set[str] = set()

    def progress(stage: str, done: float) -> None:
        words = f"kinds of persons, {_STAGES[stage]}: {10 * int(10 * done)} %"
        if words not in told:
            told.add(words)
            say(words)

    # The numbers do not hang on how many threads there are.
    effort = Effort(threads=min(4, os.cpu_count() or 1))
    return averaged, latent_classes(of.lists, seed=of.seed, effort=effort, progress=progress)


_STAGES = {"chains": "chains", "ladder": "separate heaps", "other_priors": "other priors"}


def _looks(of: Given, asked: Asked) -> tuple[Look, ...]:
    """What was noticed of the lists, and what was said of one count of theirs."""
    found = looks(of.lists, agencies=of.chosen == "agencies")
    if asked.bound is None:
        return found
    return (*found, Look("upper_bound", bound_note(of.lists, pattern_of(of.lists, asked.bound))))


def _check(asked: Asked, lists: Lists) -> None:
    """What would be passed over, and what cannot be, is refused."""
    k = lists.k
    if asked.bound is not None:
        pattern_of(lists, asked.bound)
    check_limit(asked.most, lists.n)
    if k == 2 and asked.assumption is not None:
        what, todo = "An assumption on three lists or more was stated of two.", "Leave --assume out; see --odds-ratio."
    elif k > 2 and (asked.odds_ratio, asked.odds_ratios) != (None, None):
        what, todo = "An odds ratio was stated of more than two lists.", "Leave it out, or take two lists with --list."
    else:
        return
    raise InputError(what, todo=todo, code="not_for_these_lists")


def _assumed(asked: Asked) -> Assumption:
    if asked.assumption is None:
        ways = "; ".join(f"{a.value}: {a.sentence.removeprefix('Assumed: ').rstrip('.')}" for a in Assumption)
        raise InputError(
            "Nobody said what is assumed of the lists, and the lists themselves cannot say how many are on none.",
            todo=f"Choose one with --assume. {ways}. (Two-way is what most published studies assume.)",
            code="no_assumption",
        )
    return asked.assumption


def _by_model(of: Given, judged: Verdict, said: tuple[Divided | None, str | None]) -> Iterator[Answer]:
    """Strata under the terms of the model that is best for all together; lists alone where there is none."""
    terms = tuple(t for t in judged.model if t.bit_count() > 1)
    words = (name(judged.model) if judged.model else "independent lists", said[1])
    return divided_answers(of, said[0], Assumed(terms), words)


def first_answer(of: Given, asked: Asked) -> Answer:
    """The headline alone: how many in all."""
    why_not = no_list(of.lists) if of.chosen == "by look" else None
    if why_not is not None:
        return refused_answers(of, why_not)[0]
    if asked.most is not None:
        check_limit(asked.most, of.lists.n)
        return limited((first_answer(of, replace(asked, most=None)),), asked.most)[0]
    if asked.links:
        plain = replace(asked, links=StatedLinks())
        return corrected_first(of, _correction(of, asked), lambda inside: first_answer(inside, plain))
    if of.lists.k == 2:
        first = next(two_list_answers(of, odds_ratio=asked.odds_ratio, odds_ratios=asked.odds_ratios))
        return within_reason(beware(first, _looks(of, asked)), of.lists.n)
    plan, rng = Plan(replicates=asked.draws), np.random.default_rng(of.seed)
    judged, _ = judge_with_families(of.lists, assumption=_assumed(asked), rng=rng, plan=plan)
    headline = _rough(beware(headline_answer(of, judged), _looks(of, asked)), asked.draws)
    return within_reason(headline, of.lists.n)


def _correction(of: Given, asked: Asked) -> Correction:
    """How a number comes from a table: the stated odds ratio of two lists (1 where none is), the best model of more."""
    k = of.lists.k
    if k == 2:
        odds = asked.odds_ratio or 1.0
        return Correction(asked.links, two_lists(odds), f"an odds ratio of {odds:g}", asked.draws)
    choose = by_bic(k, _assumed(asked).order(k))
    return Correction(asked.links, choose, "the model of lowest BIC", asked.draws)


def own_answer(of: Given, asked: Asked, *, note: str = "") -> Answer:
    """The headline on lists of their own knowledge alone, to stand beside that on all records. `note`: a caveat."""
    title, found = "The same without records that came by being passed on", first_answer(of, asked)
    return replace(
        found,
        id="demand.own",
        title=title,
        provenance=replace(found.provenance, question="demand.own"),
        caveats=(_OWN, note) if note else (_OWN,),
    )


_OWN = (
    "A list that was told by another did not find the person itself. All records make lists too alike, and too few "
    "hidden; own records alone make them too unlike, and too many: the two stand side by side."
)


def times_answers(
    of: Given, persons: Mapping[int, int], described: Described | None = None, *, most: int | None = None
) -> tuple[Answer, ...]:
    """All answers on repeat counts. `of.lists` is not read. Raises: ValueError for counts that are none."""
    counted = repeats(persons.items())
    check_limit(most, counted.n)
    if counted.n and not persons.get(1):
        of = replace(of, notes=(_NO_ONES, *of.notes))
    found = tuple(repeat_answers(of, verdict(counted)))
    found = (within_reason(found[0], counted.n), *found[1:])
    found = found if most is None else limited(found, most)
    if described is None:
        return found
    design = designed(described)
    return (with_what_is_known(found[0], of, design), *found[1:], *regression_answers(of, design))


_NO_ONES = (
    "Nobody was recorded just once. If such persons are missing by design, as in a table of persons who came back, no "
    "figure here holds: every method takes it that there were none."
)


def refused_answers(of: Given, refusal: Refusal) -> tuple[Answer, ...]:
    """The one answer where lists could not even be counted."""
    sentence = f"These lists cannot say how many: {refusal.message}"
    return (
        answer(
            of,
            Said(
                id="demand.hidden",
                title="How many in all, recorded or not",
                sentence=sentence,
                body=refusal,
                method="Nothing was estimated.",
            ),
        ),
    )
