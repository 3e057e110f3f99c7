"""What every answer on a response to a deadline says beside itself, and how it cites its source."""

from __future__ import annotations

from casetrail.figures import Origin, Provenance, Refusal
from casetrail.public.deadline_bins import Timed, deadline_source
from casetrail.stats.bunching_bins import Bounds, CannotTell, Reason
from casetrail.stats.known_truth import scored

PUBLIC, RECORDS = "deadline.public", "deadline.records"
SECTION = "Response to the deadline"

RESPONSE = (
    "This is the response of work to a deadline, not a finding against anybody: a target that is worked to can still "
    "protect children, and work hurried to be in time may be good work. What it cost in quality is not in these "
    "figures."
)
NOT_PROOF = "Cases finished just before a limit do not show by themselves why: people also plan to finish in time."
NO_PERSON = "These figures describe bodies and the systems they ran; they say nothing about any person."

BINS_METHOD = (
    "Bins as published. Ratio: cases per day in the bin that ends with the limit over those in the bin after it; its "
    "interval allows for chance (on the logarithmic scale) and for rounding. Moved before the limit: the least and the "
    "largest share that any smooth shape allows. Smooth means a mixture of normal bumps none of which is narrower than "
    "the stated standard deviation; over that class and over the exact binomial limits of all bins (95 %, Bonferroni) "
    "the bounds come from linear programming (partial identification: Manski 2003; for bunching Bertanha, McCallum and "
    "Seegert, Journal of Econometrics 237, 2023, 105512). A least share above 0 is found in at most 5 % of smooth "
    "worlds. The narrowest bump says how narrow a bump of natural durations there would have to be for nobody to have "
    "been moved: the narrower, the sharper the edge at the limit."
)
WHY_REFUSED: dict[Reason, tuple[str, str]] = {
    "limit_between_bins": ("no published bin ends with the limit", "bins that end with the limit, or counts by day"),
    "bins_too_wide": (
        "the bin before the limit is so wide that natural differences alone could fill it",
        "counts by single day, or durations of single cases (`casetrail deadline FILE.csv`)",
    ),
    "counts_withheld": ("a bin beside the limit is withheld", "the authority's own counts"),
    "too_few_cases": (
        "there are fewer than 200 cases, or fewer than 10 in a bin beside the limit",
        "several years together, or durations of single cases",
    ),
    "no_smooth_shape": (
        "no smooth shape fits the bins, with or without a response at this limit: something else shapes them, such as "
        "another target of the authority's own",
        "counts by single day, and the authority's own targets",
    ),
}


SHORT_WHY: dict[Reason, str] = {
    "limit_between_bins": "no bin ends with the limit",
    "bins_too_wide": "bin too wide",
    "counts_withheld": "withheld",
    "too_few_cases": "too few cases",
    "no_smooth_shape": "no smooth shape fits",
}


def known_truth(method: str) -> str:
    """How a method did on made-up worlds, or that the code as installed is not scored."""
    return scored(method, "deadline")


def public_provenance(which: Timed, area: str, **more: object) -> Provenance:
    """The shipped table by hash, and what to ask again for the same figure."""
    asked: tuple[tuple[str, object], ...] = (("area", area), ("measure", which))
    return Provenance(
        question=PUBLIC,
        origin=Origin.PUBLIC_AGGREGATE,
        sources=(deadline_source(which),),
        parameters=asked + tuple(sorted(more.items())),
    )


def refusal(found: CannotTell) -> Refusal:
    """Why the bins allow no bounds, in words."""
    why, would_help = WHY_REFUSED[found.reason]
    return Refusal(reason=found.reason, message=f"{why[0].upper()}{why[1:]}.", would_help=(would_help,))


def bounds_words(found: Bounds, noun: str) -> str:
    """At least and at most, in a sentence, with what had to be assumed."""
    natural = f"even if natural durations had bumps as narrow as a standard deviation of {found.bump:g} working days"
    if found.least > 0:
        return (
            f"{natural[0].upper()}{natural[1:]}, {_at_least(found.least)} of all {noun} were finished before "
            f"the limit that would otherwise have been finished after it; at most {percent(found.largest)}."
        )
    return (
        f"{natural[0].upper()}{natural[1:]}, a smooth shape explains the bins without any response: the share "
        f"moved before the limit can be anything from 0 to {percent(found.largest)}."
    )


def _at_least(share: float) -> str:
    """A share that is above 0 is not printed as 0.0 %."""
    return f"at least {percent(share)}" if share >= 0.0005 else "some, if less than 0.1 %,"


def percent(share: float) -> str:
    """A share in per cent with one decimal."""
    return f"{100 * share:.1f} %"
