"""The sentences that must stand beside every comparison, and how a figure cites its source."""

from __future__ import annotations

from casetrail.figures import Origin, Provenance
from casetrail.public import Authority, source

QUESTION = "compare.standing"
SECTION = "Any better or worse than most?"
HARINGEY = 309

METHOD = (
    "z of each proportion against the pooled proportion of all authorities whose two counts are published; "
    "overdispersion factor phi: the lowest and highest floor(n/10) z replaced by the nearest value kept, "
    "then the mean of their squares; adjusted z = z / sqrt(phi), limits wider by sqrt(phi), never narrower "
    "(Spiegelhalter, Statistics in Medicine 24, 2005, 1185-1202). Ordinary differences: the arcsine root of each share "
    "against the common level, with the variance between authorities under which the winsorised z are as wide as "
    "normal ones (Paule and Mandel 1982, made robust). Positions: two-sided tests of the "
    "difference from each other authority, variance phi * p * (1-p) * (1/n1 + 1/n2), corrected by Holm over "
    "the n-1 comparisons at 5 %; an authority whose counts are withheld cannot be told apart (why a position "
    "needs its set: Goldstein and Spiegelhalter, Journal of the Royal Statistical Society A 159, 1996, "
    "385-443; Mogstad, Romano, Shaikh and Wilhelm, Review of Economic Studies 91, 2024, 476-518). The "
    "position counts the authorities with a value at least as high."
)

NO_PERSON = "These figures describe bodies and the systems they ran; they say nothing about any person."
TIMELINESS = (
    "Being on time is procedure, not quality: a figure on timeliness does not say whether a child was seen, "
    "heard or safe, and none of these figures shows what became of a child."
)
TWO_QUESTIONS = (
    "The limits ask whether this authority differs from all together; the positions ask from which single "
    "authorities it differs, after correction for asking so often. The second is the harder to show."
)
NOT_A_LEAGUE_TABLE = (
    "A position is printed only with the set of positions that are possible, or with the reason why that set "
    "is not known. The order of authorities is not an order of merit."
)
ROUNDED = (
    "England is as the Department published it, rounded and with its estimates for missing authorities; the "
    "pooled proportion of the test is the sum over the authorities whose counts are published."
)


def after_the_tenure(authority: Authority, year: str) -> tuple[str, ...]:
    """For Haringey: whose years these figures are not."""
    if authority.code != HARINGEY:
        return ()
    later = "the year after" if year == "2009-10" else "the second year after"
    return (
        f"These are figures of {year}, {later} the director of the time had left (December 2008). They "
        "cannot be read as a record of the years before 2009-10.",
    )


def always(authority: Authority, year: str) -> tuple[str, ...]:
    """What every answer of the comparison says beside itself."""
    return (*after_the_tenure(authority, year), TIMELINESS)


def caveats(authority: Authority, year: str) -> tuple[str, ...]:
    """What the summary says for the whole comparison."""
    return (*always(authority, year), TWO_QUESTIONS, NOT_A_LEAGUE_TABLE, ROUNDED, NO_PERSON)


def answer_id(authority: Authority, year: str, what: str) -> str:
    """Such as `compare.haringey.2009-10.summary`."""
    return f"compare.{authority.slug}.{year}.{what}"


def provenance(authority: Authority, year: str, **more: object) -> Provenance:
    """Published statistics, the shipped table by hash, and what to ask again for the same figure."""
    asked: tuple[tuple[str, object], ...] = (("authority", authority.name), ("year", year))
    return Provenance(
        question=QUESTION,
        origin=Origin.PUBLIC_AGGREGATE,
        sources=(source(),),
        parameters=asked + tuple(sorted(more.items())),
    )
