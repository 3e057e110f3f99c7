"""Is a body still above or below the rest once the need of its area is allowed for? Under every reasonable set."""

from __future__ import annotations

from collections.abc import Sequence

from casetrail.compare.adjusted_chart import adjusted_chart
from casetrail.compare.adjusted_table import adjusted_table
from casetrail.compare.adjusted_words import METHOD, caveats, sentence
from casetrail.compare.adjustment_basis import Asked, Basis, basis, known_readings, why_no_counts
from casetrail.compare.adjustment_sets import Set, Under, every_set, named_sets, under
from casetrail.compare.quality import Quality
from casetrail.compare.words import NO_PERSON, SECTION, answer_id, lowered
from casetrail.errors import InquiryError
from casetrail.figures import Answer, Provenance, Refusal
from casetrail.public.demand_side import Reading
from casetrail.public.panel import Panel

QUESTION = "compare.adjusted"


def adjusted_answer(
    of: Panel | Quality,
    unit: str,
    period: str,
    *,
    sets: Sequence[Sequence[str]] | None = None,
    own: Sequence[Reading] = (),
) -> Answer:
    """The ratio of observed to expected of one body (shares: of the odds) under every set of adjusters.

    `of`: a panel, or its quality, whose gates then apply. `unit` is a code or name. `sets`: names of adjusters, each
    set also tried without ethnicity mix and prior harm; None for every combination with one measure of each kind.
    `own`: readings of the user's own (`public.demand_side.own_reading`), used like those that ship.
    The answer's body is a Refusal for a measure without counts, unknown or unfit counts, no adjuster, too few bodies,
    and for an adjuster that the authority controls or records itself. Raises: UnknownNameError for a unit, a period or
    an adjuster that is not in the list.
    """
    panel, quality = (of.panel, of) if isinstance(of, Quality) else (of, None)
    names = None if sets is None else tuple(tuple(each) for each in sets)
    asked = Asked(panel, panel.unit_at(unit), panel.period_at(period), quality, names, tuple(own))
    found = why_no_counts(asked) or _reckoned(asked)
    if isinstance(found, Refusal):
        return _refused(asked, found)
    base, results = found
    table = adjusted_table(base, results)
    return Answer(
        id=_id(asked),
        section=SECTION,
        title=_title(asked),
        sentence=sentence(base, results),
        body=table,
        method=METHOD,
        provenance=_provenance(asked, base.readings),
        chart=adjusted_chart(table, asked.name, "Odds" if asked.family == "binomial" else "Number"),
        caveats=caveats(base, results),
    )


def _reckoned(asked: Asked) -> tuple[Basis, list[Under]] | Refusal:
    """The result under each set, or why there is none."""
    found = _prepared(asked)
    if isinstance(found, Refusal):
        return found
    base, chosen = found
    if not base.readings:
        return Refusal("no_adjusters", "No adjuster is known for this body and period.", ("a table of your own",))
    results = [under(base, each) for each in chosen]
    if all(u.result is None for u in results):
        why = f"No set could be reckoned: {results[0].why_none}."
        return Refusal("not_identified", why, ("counts of more bodies",))
    return base, results


def _prepared(asked: Asked) -> tuple[Basis, tuple[Set, ...]] | Refusal:
    """The bodies to learn from and the sets to try; of a user's sets, only what they use decides who is compared."""
    known = known_readings(asked)
    base = known if isinstance(known, Refusal) else basis(asked, known)
    if isinstance(base, Refusal):
        return base
    if asked.sets is None:
        return base, every_set(base.readings)
    try:
        wanted = named_sets(asked.sets, base.readings)
    except InquiryError as fault:
        return Refusal(fault.code, fault.what, (fault.todo,))
    if isinstance(wanted, Refusal):
        return wanted
    again = basis(asked, tuple({r.adjuster.id: r for each in wanted for r in each}.values()))
    return again if isinstance(again, Refusal) else (again, wanted)


def _refused(asked: Asked, why: Refusal) -> Answer:
    return Answer(
        id=_id(asked),
        section=SECTION,
        title=_title(asked),
        sentence=f"{_title(asked)}: no answer. {why.message}",
        body=why,
        method=METHOD,
        provenance=_provenance(asked, ()),
        caveats=(NO_PERSON,),
    )


def _id(asked: Asked) -> str:
    return answer_id(asked.name, asked.year, f"{asked.panel.measure.id}.adjusted")


def _title(asked: Asked) -> str:
    return f"{asked.name} beside what its need would lead to expect: {lowered(asked.panel.measure.title)}, {asked.year}"


def _provenance(asked: Asked, used: Sequence[Reading]) -> Provenance:
    """The panel and each table of adjusters by hash, and what to ask again for the same figure."""
    return Provenance(
        question=QUESTION,
        origin=asked.panel.source.origin,
        sources=(asked.panel.source, *dict.fromkeys(r.source for r in used)),
        parameters=(
            ("authority", asked.name),
            ("gates", asked.quality is not None),
            ("measure", asked.panel.measure.id),
            ("own", tuple(r.adjuster.id for r in asked.own)),
            ("sets", "every" if asked.sets is None else asked.sets),
            ("year", asked.year),
        ),
    )
