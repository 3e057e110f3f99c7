"""Does the indicator see what the audits see? A correlation without the error of both, and each unit's discordance."""

from __future__ import annotations

from casetrail.compare.audit.beside_table import gaps_answer
from casetrail.compare.audit.matched import Both, matched
from casetrail.compare.audit.rated import Indicators, Rated
from casetrail.compare.audit.words import BESIDE, NO_WORKER, PAPER, SECTION, known_truth
from casetrail.figures import Answer, Estimate, Provenance, Refusal
from casetrail.stats.audit_model import Joint

METHOD = (
    "Each unit has a true level on the indicator and a true level in its audits; over units the two are bivariate "
    "normal. The indicator is a share of many cases on the arcsine-root scale, with chance and, where there are "
    "several periods, differences from period to period taken away; the audit is the weighted mean of its files, "
    "with differences between files, slips and lasting severity of raters taken away, the last two from files rated "
    "twice. What is left is the correlation corrected for attenuation (Spearman 1904), by a likelihood with all else "
    "integrated out; interval: all correlations that the likelihood does not speak against, with the cut that holds "
    "near -1 and 1 (Feldman and Cousins 1998)."
)
ASSUMPTIONS = (
    "files were drawn at random in each unit, and rated without knowing the indicator",
    "files rated twice were chosen at random, and the second rater did not know the first grade",
    "true levels are roughly normal over units, on the arcsine-root scale and as mean grades",
)
SEES = (
    "An indicator that audits bear out can still be met by working to it; one that audits do not bear out may measure "
    "something else that matters."
)


def joint_answers(rated: Rated, indicator: Indicators, *, level: float = 0.95) -> tuple[Answer, ...]:
    """The correlation of true levels, and each unit's discordance; refusals where the data cannot say."""
    both = matched(rated, indicator, level)
    came = Provenance(
        question=BESIDE,
        origin=rated.source.origin,
        sources=(rated.source, indicator.source),
        parameters=(("level", level), ("read", dict(rated.read)), ("indicator", dict(indicator.read))),
    )
    return _correlation(both, rated, indicator, came), gaps_answer(both, rated, indicator, came)


def _correlation(both: Both, rated: Rated, indicator: Indicators, came: Provenance) -> Answer:
    joint = both.joint
    body: Estimate | Refusal
    if both.why is not None or joint is None:
        body = both.why or Refusal("no_differences", "All units are alike.")
        sentence = body.message
    else:
        body = Estimate(
            value=joint.value,
            low=joint.low,
            high=joint.high,
            level=joint.level,
            unit="correlation",
            method=METHOD,
            assumptions=ASSUMPTIONS,
            n=int(both.audit.files.sum()),
            sources=(rated.source.name, indicator.source.name),
        )
        sentence = _sentence(joint, len(both.units))
    return Answer(
        id="audit.beside.correlation",
        section=SECTION,
        title="Does the indicator see what the audits see?",
        sentence=sentence,
        body=body,
        method=METHOD,
        provenance=came,
        caveats=(*_beside(both, indicator), SEES, PAPER, NO_WORKER, known_truth("audit_model.joint")),
    )


def _sentence(joint: Joint, units: int) -> str:
    if joint.low > 0:
        says = "The indicator sees, at least in part, what the audits see"
    elif joint.high < 0:
        says = "Where the indicator is better the audits are worse"
    else:
        says = "Whether the indicator sees what the audits see cannot be told"
    return (
        f"{says}: over {units} units the correlation of true levels is {joint.value:.2f} ({joint.low:.2f} to "
        f"{joint.high:.2f}); the plain one, weakened by error, reads {joint.naive:.2f}."
    )


def _beside(both: Both, indicator: Indicators) -> tuple[str, ...]:
    """What the estimate rests on, in words."""
    said = [f"{both.audit.raters.files:,} of {int(both.audit.files.sum()):,} files were rated by two raters."]
    if both.joint is not None:
        one, other = both.joint.reliability
        said.append(
            f"Share of the differences between units that is not error: indicator {one:.2f}, audits {other:.2f}."
        )
    if any(both.lacking):
        said.append(
            f"Left out: {both.lacking[0]} units of the indicator without an audited file, {both.lacking[1]} audited "
            "units without an indicator."
        )
    if indicator.noise is None:
        said.append(
            "One period only: differences from year to year count as true ones, so the correlation reads too low "
            "rather than too high."
        )
    return tuple(said)
