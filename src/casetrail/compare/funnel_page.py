"""One published figure on a page: all authorities, their limits, and the named one among them."""

from __future__ import annotations

from casetrail.compare.funnel_chart import funnel_chart
from casetrail.compare.measure import LEVELS, Comparison, Place, verdict
from casetrail.compare.words import METHOD, SECTION, TWO_QUESTIONS, always, answer_id, provenance
from casetrail.figures import Answer, Cell, Column, Refusal, Table
from casetrail.public import Authority
from casetrail.stats.funnel import limits

# Printed percentages have one decimal; more than this is a difference of substance, not of rounding.
TOLERANCE = 0.1

COLUMNS = (
    Column("authority", "Authority"),
    Column("numerator", "Numerator", "count"),
    Column("denominator", "Denominator", "count"),
    Column("value", "Share from the counts (%)", "number", 1),
    Column("printed", "Share as printed (%)", "number", 1),
    Column("z", "z, plain", "number", 1),
    Column("z_adjusted", "z, adjusted", "number", 2),
    Column("plain_low95", "Plain 95 % limit, low", "number", 1),
    Column("plain_high95", "Plain 95 % limit, high", "number", 1),
    Column("low95", "Adjusted 95 % limit, low", "number", 1),
    Column("high95", "Adjusted 95 % limit, high", "number", 1),
    Column("low998", "Adjusted 99.8 % limit, low", "number", 1),
    Column("high998", "Adjusted 99.8 % limit, high", "number", 1),
    Column("verdict", "Against the adjusted limits"),
)


def funnel_answer(authority: Authority, year: str, place: Place) -> Answer:
    """The funnel of one proportion; a refusal where the authority's counts do not allow one."""
    indicator, test = place.indicator, place.test
    return Answer(
        id=answer_id(authority, year, indicator.id),
        section=SECTION,
        title=f"{indicator.title}: {authority.name} among all authorities, {year}",
        sentence=_sentence(authority, year, place),
        body=_refusal(place) if test is None else _table(test),
        method=f"{indicator.definition} {METHOD}",
        provenance=provenance(authority, year, indicator=indicator.id),
        chart=None if test is None else funnel_chart(authority, year, place, test),
        caveats=(indicator.direction, *_quality(place), *always(authority, year), TWO_QUESTIONS),
    )


def _refusal(place: Place) -> Refusal:
    return Refusal(
        reason="counts_not_published",
        message=f"No comparison: {place.why_no_test}.",
        would_help=("the authority's own numerator and denominator",),
    )


def _sentence(authority: Authority, year: str, place: Place) -> str:
    test, seen = place.test, place.told_apart
    if test is None or seen is None:
        return f"{authority.name}, {year}: no comparison, {place.why_no_test}."
    first, last = seen.positions
    x, n = test.numerators[test.at], test.denominators[test.at]
    where = verdict(test.z_adjusted)
    among = "within" if where == verdict(0.0) else "outside"
    return (
        f"{authority.name}: {x:,} of {n:,} ({100 * x / n:.1f} %), all tested authorities together "
        f"{100 * test.funnel.pooled:.1f} %. That lies {among} what chance and ordinary differences between "
        f"authorities explain ({where}, adjusted). It cannot be told apart from {seen.alike} of "
        f"{len(place.values) - 1} others: any position from {first} to {last} of {len(place.values)} is "
        "possible, highest first."
    )


def _table(test: Comparison) -> Table:
    pooled, phi = test.funnel.pooled, test.funnel.phi
    bands = [
        limits(pooled, test.denominators, level=LEVELS[0]),
        limits(pooled, test.denominators, level=LEVELS[0], phi=phi),
        limits(pooled, test.denominators, level=LEVELS[1], phi=phi),
    ]
    edges = [100 * edge for band in bands for edge in band]
    rows: list[tuple[Cell, ...]] = []
    for i, fact in enumerate(test.members):
        x, n = test.numerators[i], test.denominators[i]
        z = float(test.funnel.z_adjusted[i])
        rows.append(
            (
                fact.authority.name,
                x,
                n,
                100 * x / n,
                fact.value,
                float(test.funnel.z[i]),
                z,
                *(float(edge[i]) for edge in edges),
                verdict(z),
            )
        )
    return Table(COLUMNS, tuple(rows))


def _quality(place: Place) -> tuple[str, ...]:
    """What the counts themselves say against the figure, or leave out of it."""
    if place.test is None:
        return ()
    said: list[str] = []
    left_out = len(place.values) - len(place.test.members)
    if left_out:
        said.append(
            f"Authorities with a printed value whose counts are withheld, so not in the table or the chart: {left_out}."
        )
    wrong = disagreeing(place.test)
    if wrong:
        said.append(
            f"The printed share does not follow from the printed counts for {', '.join(wrong)}; the test "
            "uses the counts."
        )
    return tuple(said)


def disagreeing(test: Comparison) -> tuple[str, ...]:
    """Authorities whose printed share differs from numerator over denominator by more than rounding."""
    return tuple(
        fact.authority.name
        for fact, x, n in zip(test.members, test.numerators, test.denominators, strict=True)
        if isinstance(fact.value, float) and abs(100 * x / n - fact.value) > TOLERANCE
    )
