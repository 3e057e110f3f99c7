"""A number that is known not to be exceeded, such as all inhabitants: what it cuts off."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from casetrail.demand.answers.given import whole
from casetrail.demand.answers.repeats_page import OPEN
from casetrail.errors import InputError
from casetrail.figures import Answer, Estimate, Range, Refusal, Table


def stated(most: int) -> str:
    """The limit among the assumptions."""
    return f"Stated, and not to be confirmed by the lists: no more than {most:,} in all."


def check_limit(most: int | None, n: int) -> None:
    """Raises: InputError for a limit that is not above the persons seen."""
    if most is not None and most <= n:
        raise InputError(
            "The number said not to be exceeded is not above the number of persons who were seen.",
            where="--most",
            todo="State a larger one, such as all inhabitants of that age.",
            code="limit_too_low",
        )


def limited(answers: Sequence[Answer], most: int) -> tuple[Answer, ...]:
    """The same answers, the headlines cut at what is stated not to be exceeded."""
    return tuple(_cut(one, most) if one.id in ("demand.hidden", "demand.own") else one for one in answers)


def _cut(of: Answer, most: int) -> Answer:
    body = of.body
    if isinstance(body, Refusal | Table):
        return replace(of, caveats=(stated(most), *of.caveats))
    held = _estimate(body, most) if isinstance(body, Estimate) else _range(body, most)
    return replace(of, body=held, sentence=_sentence(of, held, most), caveats=(stated(most), *of.caveats))


def _told(of: Estimate, most: int) -> Estimate:
    return replace(of, assumptions=(*of.assumptions, stated(most)))


def _estimate(of: Estimate, most: int) -> Estimate | Range | Refusal:
    low = of.value if of.low is None else of.low
    if low > most:
        return _contradicted(low, most)
    if of.value > most:
        why = f"the best model says {whole(of.value)}, more than the stated limit"
        return Range((_told(of, most),), low, float(most), why)
    return replace(_told(of, most), high=None if of.high is None else min(of.high, float(most)))


def _range(of: Range, most: int) -> Range | Refusal:
    if of.low > most:
        return _contradicted(of.low, most)
    inside = tuple(_told(one, most) for one in of.candidates if one.value <= most)
    why = of.why_no_point.removesuffix(f"; {OPEN}")
    high = float(most) if of.high is None else min(of.high, float(most))
    return Range(inside or tuple(_told(one, most) for one in of.candidates), of.low, high, why)


def _contradicted(low: float, most: int) -> Refusal:
    return Refusal(
        "above_limit",
        f"Everything these lists lead to ({whole(low)} and more) is above what was stated not to be exceeded "
        f"({most:,}): the limit, the lists or the assumption is wrong.",
        ("another look at the limit", "a check of the links: missed ones make the number too large"),
    )


def _sentence(of: Answer, held: Estimate | Range | Refusal, most: int) -> str:
    before = of.body
    if isinstance(held, Refusal):
        return f"These lists cannot say how many: {held.message[:1].lower()}{held.message[1:]}"
    if isinstance(held, Range) and (not isinstance(before, Range) or held.high != before.high):
        return (
            f"No one number: between {whole(held.low)} and {most:,} in all, since no more than {most:,} were stated to "
            f"be possible. Without that limit: {of.sentence}"
        )
    if isinstance(held, Estimate) and isinstance(before, Estimate) and held.high != before.high:
        return f"With no more than {most:,} stated to be possible the interval ends there. Without: {of.sentence}"
    return f"{of.sentence} The stated limit of {most:,} cuts nothing off."
