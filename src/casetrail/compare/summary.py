"""The first table: every published figure of one body among all bodies."""

from __future__ import annotations

from collections.abc import Sequence

from casetrail.compare.collection import Collection
from casetrail.compare.known_truth import known_truth
from casetrail.compare.measure import Place, verdict
from casetrail.compare.quality import Fitness
from casetrail.compare.words import METHOD, SECTION, answer_id, caveats, lowered, provenance
from casetrail.figures import Answer, Cell, Column, Table
from casetrail.public.shipped import sidecar

COLUMNS = (
    Column("indicator", "Published figure"),
    Column("unit", "Unit"),
    Column("gate", "Fit to compare?"),
    Column("gate_reason", "Why not, or why with caution"),
    Column("numerator", "Numerator", "count"),
    Column("denominator", "Denominator", "count"),
    Column("value", "Value", "number", 1),
    Column("england", "All together, as published", "number", 1),
    Column("median", "Median", "number", 1),
    Column("lowest", "Lowest", "number", 1),
    Column("highest", "Highest", "number", 1),
    Column("rank", "Position, highest first (ties share the last)", "count"),
    Column("position_from", "Positions possible: from", "count"),
    Column("position_to", "Positions possible: to", "count"),
    Column("with_value", "Bodies with a value", "count"),
    Column("unfit", "Of these not fit to compare", "count"),
    Column("alike", "Cannot be told apart from, allowing for ordinary differences", "count"),
    Column("others", "Other bodies", "count"),
    Column("z", "z, plain", "number", 1),
    Column("phi", "Overdispersion factor phi", "number", 1),
    Column("z_adjusted", "z, adjusted (from z and phi as printed)", "number", 2),
    Column("z_adjusted_unrounded", "z, adjusted (unrounded)", "number", 3),
    Column("plain_verdict", "Plain limits"),
    Column("adjusted_verdict", "Limits adjusted for overdispersion"),
    Column("z_ordinary", "z against ordinary differences", "number", 2),
    Column("ordinary_verdict", "Limits that allow for ordinary differences"),
    Column("confidence", "Data confidence (the publisher's mark)"),
    Column("not_tested", "Why not tested"),
)


def summary_answer(collection: Collection, found: Sequence[Place], period: str) -> Answer:
    """One row per published figure, and one sentence that answers. `found` is of one body and not empty."""
    of, shipped = found[0], collection.shipped
    code = of.panel.units[of.unit].code
    return Answer(
        id=answer_id(of.name, period, "summary"),
        section=SECTION,
        title=f"Was {of.name} any better or worse than most? Published figures of {period}",
        sentence=sentence(found, period),
        body=Table(COLUMNS, tuple(_row(p) for p in found)),
        method=METHOD,
        provenance=provenance(collection, of.name, period),
        caveats=(*caveats(code, period, shipped=shipped), *_unfit(found), known_truth()),
    )


def sentence(found: Sequence[Place], period: str) -> str:
    """Counts of figures outside and inside the adjusted limits, of those that cannot be tested, and of those unfit."""
    tested = [p for p in found if p.test is not None]
    outside = [p for p in tested if _ordinary(p) != verdict(0.0)]
    by_factor = [p for p in tested if p.test and verdict(p.test.z_adjusted) != verdict(0.0)]
    unfit = sum(not p.fit for p in found)
    untested = len(found) - len(tested) - unfit
    parts = [f"Of {_counted(len(found), 'published figure')} for {period}, {len(tested)} can be tested."]
    if unfit:
        which = "; ".join(lowered(p.measure.title) for p in found if not p.fit)
        parts.append(f"{unfit} {'is' if unfit == 1 else 'are'} not fit to compare ({which}).")
    if tested:
        parts.append(_outside(found[0].name, outside, len(tested)))
    if len(tested) > len(outside):
        parts.append(f"On {len(tested) - len(outside)} it lay within the general run.")
    if tested:
        parts.append(
            f"Limits widened by one factor for all sizes, which are known to flag too many, would put {len(by_factor)} "
            "outside."
        )
    if untested:
        parts.append(f"On {untested} the published counts allow no test: neither better nor worse is shown.")
    return " ".join(parts)


def _ordinary(p: Place) -> str:
    """The verdict that counts: against limits that allow for ordinary differences."""
    z = None if p.test is None else p.test.z_ordinary
    return verdict(0.0) if z is None else verdict(z)


def _side(p: Place) -> str:
    z = None if p.test is None else p.test.z_ordinary
    return "higher" if z is not None and z > 0 else "lower"


def _outside(name: str, outside: Sequence[Place], tested: int) -> str:
    luck = f"about {0.05 * tested:.1f} of {tested} would by luck"
    if not outside:
        return f"On none of them did {name} lie outside what chance and ordinary differences explain ({luck})."
    alike = [p.told_apart.alike for p in outside if p.told_apart]
    fewest, most = min(alike), max(alike)
    named = "; ".join(f"{lowered(p.measure.title)}, {_side(p)}" for p in outside)
    return (
        f"On {len(outside)} {name} lay outside what chance and ordinary differences between "
        f"bodies explain ({named}; {luck}); allowing for ordinary differences it cannot be told apart, even there, "
        f"from {fewest if fewest == most else f'{fewest} to {most}'} single bodies."
    )


def _row(p: Place) -> tuple[Cell, ...]:
    test, seen = p.test, p.told_apart
    first, last = seen.positions if seen else (None, None)
    numerator, denominator = p.counts
    return (
        p.measure.title,
        p.measure.unit,
        p.fitness.words if isinstance(p.value, float) else "no figure",
        "; ".join(p.quality.reasons(p.unit, p.period)),
        _whole(numerator),
        _whole(denominator),
        p.value,
        p.whole,
        p.median,
        min(p.values),
        max(p.values),
        # A place in a list without the set of places that are possible would be read as a fact.
        p.rank if p.fit and seen else None,
        first,
        last,
        len(p.values),
        p.unfit,
        seen.alike if seen else None,
        len(p.values) - 1 if seen else None,
        test.z if test else None,
        test.funnel.phi if test else None,
        test.z_adjusted_as_printed if test else None,
        test.z_adjusted if test else None,
        verdict(test.z) if test else None,
        verdict(test.z_adjusted) if test else None,
        test.z_ordinary if test else None,
        verdict(test.z_ordinary) if test and test.z_ordinary is not None else None,
        _mark(p),
        p.why_no_test,
    )


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


def _whole(count: Cell) -> Cell:
    return int(count) if isinstance(count, float) and count.is_integer() else count


def _mark(p: Place) -> str:
    marks = p.panel.confidence
    mark = "" if marks is None else str(marks[p.unit, p.period])
    said: dict[str, str] = sidecar()["confidence"]
    return said.get(mark, mark) if mark else "no mark published"


def _unfit(found: Sequence[Place]) -> tuple[str, ...]:
    """A sentence for each figure that may not be compared."""
    return tuple(
        f"{p.measure.title}: not fit to compare. {reason[0].upper()}{reason[1:]}."
        for p in found
        if not p.fit
        for reason in p.quality.reasons(p.unit, p.period, Fitness.NOT_FIT)[:1]
    )
