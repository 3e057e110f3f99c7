"""The first table: every published figure of one authority among all authorities."""

from __future__ import annotations

from collections.abc import Sequence

from casetrail.compare.known_truth import known_truth
from casetrail.compare.measure import Place, verdict
from casetrail.compare.recording import clearance_caveat
from casetrail.compare.words import METHOD, SECTION, answer_id, caveats, provenance
from casetrail.figures import Answer, Cell, Column, Table
from casetrail.public import Authority, about

COLUMNS = (
    Column("indicator", "Published figure"),
    Column("unit", "Unit"),
    Column("numerator", "Numerator", "count"),
    Column("denominator", "Denominator", "count"),
    Column("value", "Value", "number", 1),
    Column("england", "England", "number", 1),
    Column("median", "Median authority", "number", 1),
    Column("lowest", "Lowest", "number", 1),
    Column("highest", "Highest", "number", 1),
    Column("rank", "Position, highest first", "count"),
    Column("position_from", "Positions possible: from", "count"),
    Column("position_to", "Positions possible: to", "count"),
    Column("with_value", "Authorities with a value", "count"),
    Column("alike", "Cannot be told apart from", "count"),
    Column("others", "Other authorities", "count"),
    Column("z", "z, plain", "number", 1),
    Column("phi", "Overdispersion factor phi", "number", 1),
    Column("z_adjusted", "z, adjusted (from z and phi as printed)", "number", 2),
    Column("z_adjusted_unrounded", "z, adjusted (unrounded)", "number", 3),
    Column("plain_verdict", "Plain limits"),
    Column("adjusted_verdict", "Limits adjusted for overdispersion"),
    Column("z_ordinary", "z against ordinary differences", "number", 2),
    Column("ordinary_verdict", "Limits that allow for ordinary differences"),
    Column("confidence", "Data confidence (the Department's mark)"),
    Column("not_tested", "Why not tested"),
)


def summary_answer(authority: Authority, year: str, found: Sequence[Place]) -> Answer:
    """One row per published figure, and one sentence that answers the question."""
    return Answer(
        id=answer_id(authority, year, "summary"),
        section=SECTION,
        title=f"Was {authority.name} any better or worse than most? Published figures of {year}",
        sentence=sentence(authority, year, found),
        body=Table(COLUMNS, tuple(_row(p) for p in found)),
        method=METHOD,
        provenance=provenance(authority, year),
        caveats=(
            *caveats(authority, year),
            *clearance_caveat(authority, year),
            *_low_confidence(authority, found),
            known_truth(),
        ),
    )


def sentence(authority: Authority, year: str, found: Sequence[Place]) -> str:
    """Counts of figures outside and inside the adjusted limits, and of those that cannot be tested."""
    tested = [p for p in found if p.test is not None]
    outside = [p for p in tested if p.test and verdict(p.test.z_adjusted) != verdict(0.0)]
    untested = len(found) - len(tested)
    parts = [
        f"Of {len(found)} published figures for {year}, {len(tested)} can be tested.",
        _outside(authority, outside),
    ]
    if len(tested) > len(outside):
        parts.append(f"On {len(tested) - len(outside)} it cannot be told apart from the general run of authorities.")
    if outside:
        parts.append(_allowing(outside))
    if untested:
        parts.append(f"On {untested} the published counts allow no test: neither better nor worse is shown.")
    return " ".join(parts)


def _outside(authority: Authority, outside: Sequence[Place]) -> str:
    if not outside:
        return f"On none of them did {authority.name} lie outside what chance and ordinary differences explain."
    alike = [p.told_apart.alike for p in outside if p.told_apart]
    fewest, most = min(alike), max(alike)
    named = "; ".join(
        f"{p.indicator.title.lower()}, {'higher' if p.test and p.test.z > 0 else 'lower'}" for p in outside
    )
    return (
        f"On {len(outside)} {authority.name} lay outside what chance and ordinary differences between "
        f"authorities explain ({named}); even there it cannot be told apart from "
        f"{fewest if fewest == most else f'{fewest} to {most}'} single authorities."
    )


def _allowing(outside: Sequence[Place]) -> str:
    """How much is left under limits that allow for ordinary differences at every size."""
    left = [
        p for p in outside if p.test and p.test.z_ordinary is not None and verdict(p.test.z_ordinary) != verdict(0.0)
    ]
    return (
        f"Limits that keep their promise where authorities differ in ordinary ways leave {len(left)} of these "
        f"{len(outside)} outside."
    )


def _row(p: Place) -> tuple[Cell, ...]:
    test, seen = p.test, p.told_apart
    first, last = seen.positions if seen else (None, None)
    mark = p.own.confidence
    return (
        p.indicator.title,
        p.indicator.unit,
        p.own.numerator,
        p.own.denominator,
        p.own.value,
        p.england.value,
        p.median,
        min(p.values),
        max(p.values),
        p.rank,
        first,
        last,
        len(p.values),
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
        about().confidence[mark] if mark else "no mark published",
        p.why_no_test,
    )


def _low_confidence(authority: Authority, found: Sequence[Place]) -> tuple[str, ...]:
    low = [p.indicator.title.lower() for p in found if p.own.confidence in ("1", "A", "..")]
    if not low:
        return ()
    return (
        f"The Department itself marks {authority.name}'s data with less than medium confidence for: {'; '.join(low)}.",
    )
