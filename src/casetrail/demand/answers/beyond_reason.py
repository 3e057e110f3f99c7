"""Numbers that are no answer: above a thousand million persons, or a thousand times those who were seen."""

from __future__ import annotations

from dataclasses import replace

from casetrail.demand.answers.given import whole
from casetrail.figures import Answer, Estimate, Range, Refusal

MOST_PERSONS, MOST_TIMES = 10**9, 1000
_WHY = "what lies above a thousand times those who were seen, or a thousand million, is no answer"


def within_reason(of: Answer, n: int) -> Answer:
    """A headline without numbers beyond reason; `n`: persons seen. Nothing else is changed."""
    most, body = min(MOST_PERSONS, MOST_TIMES * n), of.body
    if not isinstance(body, Estimate | Range):
        return of
    least = body.value if isinstance(body, Estimate) else body.low
    if least > most:
        refusal = Refusal(
            "beyond_reason",
            f"The number runs off: {_WHY}.",
            ("more persons on two lists at once, or recorded again", "a longer period or a larger place"),
        )
        return replace(of, body=refusal, sentence=f"These counts cannot say how many: {_WHY}.")
    if body.high is None or body.high <= most:
        return of
    if isinstance(body, Estimate):
        body = Range((replace(body, high=None),), least if body.low is None else body.low, None, _WHY)
    else:
        kept = tuple(_cut(one, most) for one in body.candidates if one.value <= most)
        body = Range(kept or body.candidates[:1], body.low, None, f"{body.why_no_point}; {_WHY}")
    _, sign, warned = of.sentence.partition(" Beware")
    sentence = f"At least {whole(body.low)} {body.candidates[0].unit}, and no upper end: {body.why_no_point}."
    return replace(of, body=body, sentence=f"{sentence}{sign}{warned}")


def _cut(one: Estimate, most: float) -> Estimate:
    return replace(one, high=None) if one.high is not None and one.high > most else one
