"""How many were never recorded: asked of a table of lists, of repeat counts, or of an inquiry's own trail."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, Literal

import numpy as np

from casetrail.demand.answers.divided import Divided
from casetrail.demand.answers.every import Asked, first_answer, list_answers, own_answer, refused_answers, times_answers
from casetrail.demand.answers.given import LEAST, Given
from casetrail.demand.choosing import Assumption
from casetrail.demand.linkage.stated import StatedLinks
from casetrail.demand.lists import Lists
from casetrail.demand.repeats.counts import MOST_TIMES
from casetrail.errors import InputError, ProtectionError, UnknownNameError
from casetrail.figures import Answer, Origin, Refusal, SourceRef, Table
from casetrail.inquiry.demand_guard import guarded
from casetrail.inquiry.demand_leaving import (
    few,
    few_parts,
    few_times,
    left_out,
    lists_leaving,
    public,
    spelt,
    times_leaving,
    unhashed,
)
from casetrail.inquiry.demand_lists import ListsFile, ReadLists, read_lists
from casetrail.inquiry.demand_notes import notes
from casetrail.inquiry.demand_repeats import repeats_answers, trail_repeats
from casetrail.inquiry.demand_times import ReadTimes
from casetrail.inquiry.demand_trail import TrailLists, asked_again, asked_of, trail_lists
from casetrail.inquiry.following import followed
from casetrail.inquiry.hidden_beside_truth import hidden_beside_truth
from casetrail.inquiry.model import DemandAsked, Inquiry
from casetrail.inquiry.same_population import on_lists
from casetrail.inquiry.stamping import stamped
from casetrail.trail import Trail
from casetrail.world.holdings.truth import FOLDER as TRUTH
from casetrail.world.holdings.truth import read_truth

NOBODY = Lists(("none",), np.zeros(2, dtype=np.int64))


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is asked of lists, whatever they come from. `leaving`: for a pack, so that nothing of real persons hangs on
    counts that are withheld there."""

    asked: Asked
    seed: int = 1
    leaving: bool = False

    def request(self) -> dict[str, object]:
        """As a provenance keeps it."""
        a = self.asked
        return {
            "assume": None if a.assumption is None else a.assumption.value,
            "odds_ratio": a.odds_ratio,
            "odds_ratios": None if a.odds_ratios is None else list(a.odds_ratios),
            "draws": a.draws,
            "seed": self.seed,
            **_links_told(a.links),
            **({"quick": True} if a.quick else {}),
            **{key: value for key, value in (("most", a.most), ("bound", a.bound)) if value is not None},
        }


def _links_told(links: StatedLinks) -> dict[str, object]:
    """Only where something was stated of them."""
    return {"missed_links": list(links.missed), "false_links": list(links.false)} if links else {}


def wanted_again(request: Mapping[str, Any]) -> Wanted:
    """The same question from what a provenance kept."""
    ends = request["odds_ratios"]
    asked = Asked(
        assumption=None if request["assume"] is None else Assumption(request["assume"]),
        odds_ratio=request["odds_ratio"],
        odds_ratios=None if ends is None else (float(ends[0]), float(ends[1])),
        draws=int(request["draws"]),
        links=StatedLinks(*(tuple(request.get(key, ())) for key in ("missed_links", "false_links"))),
        quick=bool(request.get("quick", False)),
        most=request.get("most"),
        bound=request.get("bound"),
    )
    return Wanted(asked=asked, seed=int(request["seed"]))


def file_demand(
    file: ListsFile,
    wanted: Wanted,
    *,
    protection: Inquiry | None = None,
    today: date = date.min,
    stage: Callable[[str], None] | None = None,
) -> tuple[Answer, ...]:
    """Everything on a table. A file with one row for each real person needs a reason (`protection`).

    Raises: InputError for the file, ProtectionError for persons without a reason or after their time.
    """
    read = read_lists(file)
    request = {"table": file.path.name, **_told(file), **wanted.request()}
    guarded_here = wanted.leaving and not public(file.origin) and _withheld(read)
    if isinstance(read, Refusal):
        from casetrail.records.files import sha256_of

        source = SourceRef(file.path.name, sha256_of(file.path), file.origin, file.made_by)
    else:
        source = read.source
    given = Given(
        lists=NOBODY,
        sources=(unhashed(source) if guarded_here else source,),
        origin=file.origin,
        request=request,
        seed=wanted.seed,
    )
    if isinstance(read, Refusal):
        return stamped(refused_answers(given, read))
    if isinstance(read, ReadTimes):
        _only_repeats(wanted.asked, file.path.name)
        if file.origin is Origin.REAL and _times_like_persons(read):
            _check(file, protection, today)
        given = replace(given, notes=_times_notes(read, said=not guarded_here))
        return stamped(_times(given, read, wanted.asked.most, leaving=guarded_here))
    if file.origin is Origin.REAL and _like_persons(read):
        _check(file, protection, today)
    chosen: Literal["by look", "by name"] = "by name" if file.lists else "by look"
    given = replace(given, lists=read.together, notes=_notes(read, said=not guarded_here), chosen=chosen)
    by = Divided({", ".join(label): lists for label, lists in read.strata.items()}, read.areas)
    ask = lists_leaving if guarded_here else list_answers
    return stamped(ask(given, wanted.asked, by=by if by.strata else None, stage=stage))


def withheld(file: ListsFile) -> bool:
    """Whether a table has counts that its pack would withhold, so that the pack is worked out without them.

    Raises: InputError for the file.
    """
    return not public(file.origin) and _withheld(read_lists(file))


def _withheld(read: ReadLists | ReadTimes | Refusal) -> bool:
    """Whether there are counts of one to nine persons; of a table that could not be counted nobody knows."""
    if isinstance(read, Refusal):
        return True
    if isinstance(read, ReadTimes):
        return few_times(read.persons) or _few_described(read)
    return few(read.together) or few_parts(Divided({"/".join(k): v for k, v in read.strata.items()}, read.areas))


def _few_described(read: ReadTimes) -> bool:
    return read.described is not None and any(0 < cell.persons < LEAST for cell in read.described.cells)


def _times(given: Given, read: ReadTimes, most: int | None, *, leaving: bool) -> tuple[Answer, ...]:
    if not any(read.persons.values()):
        raise InputError("Nobody is counted.", where=read.source.name, todo="Name another file.", code="nobody")
    if max(read.persons) > MOST_TIMES:
        raise InputError(
            f"A person is said to have been recorded more than {MOST_TIMES:,} times.",
            where=read.source.name,
            todo="Give times of recording, such as 1, 2, 3.",
            code="too_large",
        )
    if not leaving:
        return times_answers(given, read.persons, read.described, most=most)
    found = times_leaving(given, read.persons, most=most)
    # Cells of what is known of the persons are never larger than those of times alone.
    return found if read.described is None else (*found, left_out(given))


def _check(file: ListsFile, protection: Inquiry | None, today: date) -> None:
    known = None if protection is None else protection.protection
    if known is None:
        raise ProtectionError(
            "The file has rows of single persons, and nothing says why their records may be used.",
            where=file.path.name,
            todo="Give counts instead (a column named count), name an inquiry file with a [protection] "
            "table (--inquiry), or say what the file is with --origin: made-up, public-pseudonymous or "
            "public-aggregate.",
            code="protection_missing",
        )
    if known.retain_until < today:
        raise ProtectionError(
            "The time for which these records may be kept is over.",
            where="[protection] retain_until",
            todo="Run `casetrail purge` on this inquiry, or have the controllers set a later day.",
            code="retention_over",
        )


def _like_persons(read: ReadLists) -> bool:
    """Whether the rows are of single persons, or of so few that they are as good as that."""
    return read.one_row_each or read.together.n < 2 * read.rows or 2 * len(read.strata) > max(read.rows, 2)


def _times_like_persons(read: ReadTimes) -> bool:
    """The same of repeat counts."""
    groups = 0 if read.described is None else len({cell.labels for cell in read.described.cells})
    n = sum(read.persons.values())
    return read.one_row_each or (groups > 0 and (n < 2 * read.rows or 2 * groups > max(read.rows, 2)))


def _times_notes(read: ReadTimes, *, said: bool) -> tuple[str, ...]:
    row = _rows(read, said=said)
    kind = "one for each person" if read.one_row_each else "of times recorded with their persons"
    return (f"Repeat counts, read from {row}, {kind}; who counts as a person, and of which period, is as there.",)


def _rows(read: ReadLists | ReadTimes, *, said: bool) -> str:
    """How many rows. Not `said`: persons must not be counted by them, and a number in words is not taken for one."""
    if not said and read.one_row_each:
        return "rows"
    number = f"{read.rows:,}" if said else spelt(read.rows)
    return f"{number} row" if read.rows == 1 else f"{number} rows"


def _notes(read: ReadLists, *, said: bool) -> tuple[str, ...]:
    row = _rows(read, said=said)
    kind = "one for each person" if read.one_row_each else "of patterns with their counts"
    by = f"; divided by {', '.join(read.by)}" if read.by else ""
    return (
        f"Taken as lists: {', '.join(read.together.names)}{by}. Read from {row}, {kind}; who counts as a person, and "
        "of which period, is as the table has it.",
    )


def _told(file: ListsFile) -> dict[str, object]:
    return {
        "origin": file.origin.value,
        "lists": list(file.lists),
        "by": list(file.by),
        **({"with": list(file.along)} if file.along else {}),
        **({"area": file.area} if file.area is not None else {}),
        "count": file.count,
        "sheet": file.sheet,
        "made_by": file.made_by,
    }


def trail_demand(
    trail: Trail, inquiry: Inquiry, wanted: Wanted, choice: DemandAsked, *, known_on: date | None = None
) -> tuple[Answer, ...]:
    """Everything on lists counted from an inquiry's own trail; beside a made-up authority's truth where there is one.

    Raises what `demand_trail.trail_lists` raises.
    """
    if choice.repeats:
        return _repeats(trail, inquiry, wanted, (choice, known_on))
    given, found = _counted(trail, inquiry, wanted, (choice, known_on))
    if isinstance(found, Refusal):
        return stamped(refused_answers(given, found))
    own = found.counted.own
    if wanted.leaving and not public(given.origin) and (few(given.lists) or few(own)):
        # How the two sets of lists differ counts whom one agency told another of: they do not leave together.
        return stamped(lists_leaving(replace(given, notes=notes(found, counted=False)), wanted.asked))
    answers = list_answers(given, wanted.asked)
    if own.n and not np.array_equal(own.counts, given.lists.counts):
        own, note = _without_empty_merged(own, found)
        answers = (*answers, own_answer(replace(given, lists=own, notes=()), wanted.asked, note=note))
    return stamped((*answers, *_truth(inquiry, found, answers)))


def _without_empty_merged(own: Lists, found: TrailLists) -> tuple[Lists, str]:
    """Without the list into which the agencies beyond six were merged here, where it has nobody of its own."""
    chosen = found.counted.chosen
    merged = {agency for agency, _ in chosen.merged}
    places = [j for j, one in enumerate(chosen.lists.values()) if merged and {*one.agencies} == merged]
    if not places or own.on(places[0]):
        return own, ""
    keep = [j for j in range(own.k) if j != places[0]]
    note = (
        f"The list {own.names[places[0]]}, into which the agencies with the fewest persons were merged, has nobody but "
        "those it was told of; it is left out here."
    )
    return own.of_only(keep), note


def _repeats(
    trail: Trail, inquiry: Inquiry, wanted: Wanted, choice: tuple[DemandAsked, date | None]
) -> tuple[Answer, ...]:
    """Repeat counts of every list. Raises: InputError for what is stated of lists that overlap."""
    _only_repeats(wanted.asked, inquiry.path.name)
    request = {"trail": asked_of(*choice), **wanted.request()}
    given = Given(lists=NOBODY, sources=trail.sources, origin=trail.origin, request=request, seed=wanted.seed)
    found = trail_repeats(trail, inquiry, choice[0], known_on=choice[1])
    if isinstance(found, Refusal):
        return stamped(refused_answers(given, found))
    return stamped(repeats_answers(given, found, most=wanted.asked.most, leaving=wanted.leaving))


def _only_repeats(a: Asked, where: str) -> None:
    """What is stated of lists that overlap would be passed over on repeat counts."""
    if (a.assumption, a.odds_ratio, a.odds_ratios) != (None, None, None) or a.links or a.bound is not None:
        raise InputError(
            "Something was stated of lists, and repeat counts are asked for.",
            where=where,
            todo="Leave --assume, --odds-ratio, --odds-range, --upper-bound and shares of links out.",
            code="not_for_repeats",
        )


def trail_headline(trail: Trail, inquiry: Inquiry, wanted: Wanted, choice: DemandAsked) -> tuple[Answer, ...]:
    """How many in all, and the truth beside it, from the lists of an inquiry's own trail."""
    given, found = _counted(trail, inquiry, wanted, (choice, None))
    if isinstance(found, Refusal):
        return stamped(refused_answers(given, found))
    answers = (first_answer(given, wanted.asked),)
    return stamped((*answers, *_truth(inquiry, found, answers)))


def _counted(
    trail: Trail, inquiry: Inquiry, wanted: Wanted, choice: tuple[DemandAsked, date | None]
) -> tuple[Given, TrailLists | Refusal]:
    found = trail_lists(trail, inquiry, choice[0], known_on=choice[1])
    request = {"trail": asked_of(*choice), **wanted.request()}
    if isinstance(found, Refusal):
        given = Given(lists=NOBODY, sources=trail.sources, origin=trail.origin, request=request, seed=wanted.seed)
        return given, found
    given = Given(
        lists=found.counted.lists,
        sources=found.sources,
        origin=found.origin,
        request=request,
        seed=wanted.seed,
        notes=notes(found),
        chosen="agencies",
    )
    return given, found


def _truth(inquiry: Inquiry, found: TrailLists, answers: tuple[Answer, ...]) -> tuple[Answer, ...]:
    folder = inquiry.path.parent / TRUTH
    return (_beside(inquiry, found, answers),) if found.origin is Origin.MADE_UP and folder.is_dir() else ()


def _beside(inquiry: Inquiry, found: TrailLists, answers: tuple[Answer, ...]) -> Answer:
    headline = next(a for a in answers if a.id == "demand.hidden")
    body = headline.body
    if isinstance(body, Table):
        raise TypeError("the headline is an estimate, a range or a refusal")
    folder, days = inquiry.path.parent / TRUTH, (found.since, found.until)
    lists, counting = found.counted.chosen.lists.values(), found.counting
    on = on_lists(inquiry, read_truth(folder), lists, counting, days=days)
    beside = hidden_beside_truth(folder, found.counted.lists, body, days=days, on=on)
    request = ("request", dict(headline.provenance.parameters)["request"])
    came = beside.provenance
    return replace(beside, provenance=replace(came, parameters=(*came.parameters, request), parents=("demand.hidden",)))


def demand_again(request: Mapping[str, Any], figure: str, *, table: Path | None, inquiry: Inquiry | None) -> Answer:
    """A figure asked again from its request and the same table, or the same inquiry.

    Raises: InputError where that is not at hand, UnknownNameError for a figure that is not made any more.
    """
    wanted = replace(wanted_again(request), leaving=True)
    if "trail" in request and inquiry is not None:
        choice, known_on = asked_again(request["trail"])
        with followed(inquiry, known_on=known_on) as (trail, _):
            found = trail_demand(trail, inquiry, wanted, choice, known_on=known_on)
    elif table is not None:
        found = file_demand(_file_again(request, table), wanted, protection=inquiry)
    else:
        raise InputError("The table or the inquiry is needed to ask again.", where=figure, todo="Name it.")
    for answer in guarded(found):
        if answer.id == figure:
            return answer
    raise UnknownNameError("This version of casetrail does not make that figure any more.", where=figure)


def _file_again(request: Mapping[str, Any], table: Path) -> ListsFile:
    return ListsFile(
        path=table,
        origin=Origin(request["origin"]),
        lists=tuple(request["lists"]),
        by=tuple(request["by"]),
        along=tuple(request.get("with", ())),
        area=request.get("area"),
        count=request["count"],
        sheet=request["sheet"],
        made_by=request["made_by"],
    )
