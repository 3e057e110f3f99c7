"""How the comparison itself did where the truth is known: the line beside the result."""

from __future__ import annotations

from casetrail.stats.scores import Scored, score

# Worlds of chance alone, of authorities that differ as widely as the real ones of 2009-10, and of one outlier.
_CHANCE, _ORDINARY, _OUTLIER = "chance", "ordinary-145", "outlier"


def known_truth() -> str:
    """One line on the limits and on the positions, or that the code as installed is not scored."""
    plain, limits, positions = score("funnel.plain"), score("funnel.adjusted"), score("apart.positions")
    allowing = score("ordinary.limits")
    if (
        isinstance(plain, Scored)
        and isinstance(limits, Scored)
        and isinstance(allowing, Scored)
        and isinstance(positions, Scored)
    ):
        said = (_limits(plain, limits), _allowing(allowing), _positions(positions))
        return f"On made-up worlds where the truth is known, {' '.join(said)}"
    return "The comparison is not scored on made-up worlds for the code as installed; see docs/compare.md."


def _limits(plain: Scored, limits: Scored) -> str:
    return (
        f"the adjusted 95 % limits flagged {_share(limits, _CHANCE, 'flagged_95')} of blameless authorities when only "
        f"chance differed and {_share(limits, _ORDINARY, 'flagged_95')} when authorities differed as widely as in "
        f"2009-10 ({_bar(limits, 'flagged_95')}; among the largest tenth "
        f"{_share(limits, _ORDINARY, 'flagged_95_largest')}; plain limits {_share(plain, _ORDINARY, 'flagged_95')}), "
        f"and found {_share(limits, _OUTLIER, 'found_95')} of outliers three standard "
        "deviations below the rest."
    )


def _allowing(allowing: Scored) -> str:
    return (
        "Limits that allow for ordinary differences flagged "
        f"{_share(allowing, _ORDINARY, 'flagged_95')} there ({_bar(allowing, 'flagged_95')}; among the largest tenth "
        f"{_share(allowing, _ORDINARY, 'flagged_95_largest')}), and found {_share(allowing, _OUTLIER, 'found_95')} of "
        "those outliers."
    )


def _positions(positions: Scored) -> str:
    return (
        "The set of positions held the true position of the year's own share in "
        f"{_share(positions, _ORDINARY, 'covers_year')} of cases, but that of the lasting level in "
        f"{_share(positions, _ORDINARY, 'covers')} ({_bar(positions, 'covers')}): see docs/compare.md."
    )


def _share(of: Scored, world: str, name: str) -> str:
    return f"{100 * of.of(world, name).value:.1f} %"


def _bar(of: Scored, name: str) -> str:
    """The bar and the verdict in the world of ordinary differences: `bar at most 5 %, fails`."""
    found = of.of(_ORDINARY, name)
    if found.bar is None:
        return "no bar"
    low, high = found.bar
    bar = f"at least {100 * low:g} %" if high == 1 else f"at most {100 * high:g} %"
    return f"bar {bar}, {found.verdict}"
