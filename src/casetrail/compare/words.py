"""The sentences that must stand beside every comparison, and how a figure cites its source."""

from __future__ import annotations

import re

from casetrail.compare.collection import Collection
from casetrail.figures import Provenance

QUESTION = "compare.standing"
SECTION = "Any better or worse than most?"
HARINGEY = "309"
LATER = {"2009-10": "the year after", "2010-11": "the second year after"}

METHOD = (
    "z of each proportion (each rate: of the square root of its count) against the pooled value of all bodies whose "
    "two counts are published; overdispersion factor phi: the lowest and highest floor(n/10) z replaced by the "
    "nearest value kept, then the mean of their squares; adjusted z = z / sqrt(phi), limits wider by sqrt(phi), never "
    "narrower (Spiegelhalter, Statistics in Medicine 24, 2005, 1185-1202). Ordinary differences: the arcsine root of "
    "each share, the square root of each ratio, against the common level, with the variance between bodies under "
    "which the winsorised z are as wide as normal ones (Paule and Mandel 1982, made robust). Positions: two-sided "
    "tests of the difference from each other body, variance phi * v * (1/n1 + 1/n2) with v = p * (1-p) or the pooled "
    "rate, corrected by Holm over the n-1 comparisons at 5 %; a body whose counts are withheld cannot be told apart "
    "(why a position needs its set: Goldstein and Spiegelhalter, Journal of the Royal Statistical Society A 159, "
    "1996, 385-443; Mogstad, Romano, Shaikh and Wilhelm, Review of Economic Studies 91, 2024, 476-518). The position "
    "counts the bodies with a value at least as high. A figure that the gates call unfit gets no test and no place."
)

NO_PERSON = "These figures describe bodies and the systems they ran; they say nothing about any person."
TIMELINESS = (
    "Being on time is procedure, not quality: a figure on timeliness does not say whether a child was seen, "
    "heard or safe, and none of these figures shows what became of a child."
)
TWO_QUESTIONS = (
    "The limits ask whether this body differs from all together; the positions ask from which single "
    "bodies it differs, after correction for asking so often. The second is the harder to show."
)
NOT_A_LEAGUE_TABLE = (
    "A position is printed only with the set of positions that are possible, or with the reason why that set "
    "is not known. The order of bodies is not an order of merit."
)
OWN_TABLE = (
    "These figures are from a table of your own, taken to be published statistics unless --made-up is said: who made "
    "it, and how, has not been checked."
)
ROUNDED = (
    "England is as the Department published it, rounded and with its estimates for missing authorities; the "
    "pooled proportion of the test is the sum over the authorities whose counts are published."
)


def after_the_tenure(code: str, year: str) -> tuple[str, ...]:
    """For Haringey: whose years these figures are not."""
    if code != HARINGEY or year not in LATER:
        return ()
    return (
        f"These are figures of {year}, {LATER[year]} the director of the time had left (December 2008). They "
        "cannot be read as a record of the years before 2009-10.",
    )


def always(code: str, year: str, *, shipped: bool = True) -> tuple[str, ...]:
    """What every answer of the comparison says beside itself; of a table of the user's own little is known."""
    return (*after_the_tenure(code, year), TIMELINESS) if shipped else (OWN_TABLE,)


def caveats(code: str, year: str, *, shipped: bool = True) -> tuple[str, ...]:
    """What the summary says for the whole comparison."""
    said = (*always(code, year, shipped=shipped), TWO_QUESTIONS, NOT_A_LEAGUE_TABLE)
    return (*said, ROUNDED, NO_PERSON) if shipped else (*said, NO_PERSON)


def lowered(title: str) -> str:
    """A title inside a sentence: only its first letter changes, so that names and months stay as they are."""
    return title[:1].lower() + title[1:]


def slug(name: str) -> str:
    """A name as it stands in the id of a figure: `bristol-city-of`."""
    return "-".join(re.sub(r"[^a-z0-9]+", " ", name.casefold().replace("&", " and ")).split())


def answer_id(name: str, year: str, what: str) -> str:
    """Such as `compare.haringey.2009-10.summary`."""
    return f"compare.{slug(name)}.{slug(year)}.{what}"


def provenance(collection: Collection, name: str, period: str, **more: object) -> Provenance:
    """The table by hash, and what to ask again for the same figure."""
    source = collection.panels[0].source
    asked: tuple[tuple[str, object], ...] = (("authority", name), ("year", period))
    return Provenance(
        question=QUESTION,
        origin=source.origin,
        sources=(source,),
        parameters=asked + tuple(sorted(more.items())),
    )
