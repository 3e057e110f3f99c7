"""What a position says in words: sentence, method, caveats."""

from __future__ import annotations

from casetrail.compare.position_counts import DRAWS, Positions
from casetrail.compare.position_table import digits, shown_in
from casetrail.compare.words import NO_PERSON, NOT_A_LEAGUE_TABLE

METHOD = (
    "Sets of positions: each body against each other on a scale on which chance is even (Anscombe 1948); one-sided "
    "tests of every difference with the critical value of the largest one, stepped down; for one body of its own "
    "differences, for all at once of every ordered pair (Mogstad, Romano, Shaikh and Wilhelm, Review of Economic "
    f"Studies 91, 2024, 476-518; {DRAWS:,} normal draws). A position is one more than the bodies above. Lasting level: "
    "the same with the variance between bodies added to that of chance (Paule and Mandel 1982, made robust). Levels: "
    "beta-binomial for shares and for ratios of two counts, gamma-Poisson for rates, the shared parameters integrated "
    "over a grid (Normand and Shahian 2007; Lin, Louis, Paddock and Ridgeway 2006). A tenth is rounded down. Priors: "
    "for shares mean and spread even between 0 and 1, for rates the logarithm of the mean and the spread even."
)
WHICH_SET = (
    "The narrower set is right for a body named before anybody looked. One that is looked at because its figure stands "
    "out was chosen among all: for it, read the set for all bodies at once."
)
LASTING = (
    "One period cannot show which differences last. The sets of the period speak of the level behind this figure; "
    "those of the lasting level allow for all ordinary differences between bodies to be of this period only."
)
DRAWN_IN = (
    "A level is drawn towards the others, the more the fewer the cases. Of a body unlike all others it is drawn in too "
    "much: its own figure stands beside it."
)


def position_sentence(found: Positions, at: int, higher_is_worse: bool | None) -> str:
    """From how many it cannot be told apart, and which positions are possible; `at` is its place in `counted.rows`."""
    counted = found.counted
    name, period = counted.panel.units[counted.rows[at]].name, counted.panel.periods[counted.period]
    alone, together, lasting = (found.among_all(s, at) for s in (found.alone, found.together, found.lasting))
    others = counted.total - 1
    said = [
        f"{name}, {period}: {_value(found, at)}. By the counts of this period alone it cannot be told apart from "
        f"{alone.alike} of {others} others; "
        f"{_ends(alone.positions)} of {counted.total} is possible (95 %, this body alone), "
        f"{_ends(together.positions, short=True)} (95 %, for all bodies at once), highest first.",
        f"Allowing for ordinary differences, as a lasting level, it cannot be told apart from {lasting.alike} of them "
        f"({_ends(lasting.positions, short=True)}).",
    ]
    if higher_is_worse is not None:
        worse = found.levels.worse_than_median(higher_is_worse=higher_is_worse)[at]
        worst = found.levels.in_worst_tenth(higher_is_worse=higher_is_worse)[at]
        said.append(
            f"The probability that the level behind this figure is worse than the median is {_percent(worse)}, that it "
            f"is among the worst {found.levels.tenth} {_percent(worst)}."
        )
    return " ".join(said)


def position_caveats(found: Positions) -> tuple[str, ...]:
    """What must stand beside the figures."""
    counted = found.counted
    measure = counted.panel.measure
    said = [measure.direction] if measure.direction else []
    said += [WHICH_SET, LASTING, DRAWN_IN]
    if measure.rounded_to > 1:
        said.append(
            f"The publisher rounds counts to {measure.rounded_to}: the sets allow for that, the levels and their "
            "probabilities take counts as printed."
        )
    if counted.without.size:
        said.append(
            f"Bodies with a value but without counts that can be used, which may have any position: "
            f"{counted.without.size}. Levels and probabilities are among the others."
        )
    if counted.impossible.size:
        names = ", ".join(counted.panel.units[i].name for i in counted.impossible)
        said.append(f"Their printed counts contradict each other: {names}.")
    return (*said, NOT_A_LEAGUE_TABLE, NO_PERSON)


def _value(found: Positions, at: int) -> str:
    counted, of = found.counted, digits(found)
    value = counted.times * counted.x[at] / counted.n[at]
    low, high = found.levels.interval()
    return (
        f"{value:,.{of}f} {shown_in(found)}, and drawn towards the others {found.levels.shrunken[at]:,.{of}f} "
        f"({low[at]:,.{of}f} to {high[at]:,.{of}f})"
    )


def _ends(positions: tuple[int, int], *, short: bool = False) -> str:
    first, last = positions
    if first == last:
        return f"{first} alone" if short else f"only position {first}"
    return f"{first} to {last}" if short else f"any position from {first} to {last}"


def _percent(probability: float) -> str:
    """Draws cannot show that something is sure."""
    if probability > 0.99:
        return "over 99 %"
    return "under 1 %" if probability < 0.01 else f"{100 * probability:.0f} %"
