"""What leaves of lists and repeat counts of real persons: worked out without the counts that are withheld.

An estimate is a formula of the counts. Printed exactly, or rounded, it can be turned round: of a count known to be one
to nine there are so few values that all can be tried. So where a count of fewer than ten is withheld, nothing that
leaves is worked out from it: each such count is taken as 1, as 5 and as 9, and pages show what comes out. All tables
that agree in what is shown give the same pack, to the byte. The plain hash of so small a table would give it away as
well, and a key kept in the house could be lost or sent along: the hash is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np

from casetrail.demand.answers.divided import Divided
from casetrail.demand.answers.every import Asked, first_answer, list_answers, times_answers
from casetrail.demand.answers.given import LEAST, Given, Said, answer, whole
from casetrail.demand.lists import Lists
from casetrail.figures import Answer, Estimate, Origin, Range, Refusal, SourceRef

STAND_INS = (1, 5, 9)
MIDDLE = 5
# As for the candidates of a verdict: closer together they are one number.
APART = 1.5
WITHOUT_HASH = "its hash is left out: of so small a table all others could be tried"
NOTE = (
    "Counts of fewer than ten persons are withheld, and nothing here is worked out from them: each is taken as five, "
    "and for the number in all as one and as nine too. Sums and figures are therefore not exact."
)
_TAKEN = "the withheld counts taken as {0} each: {1}"
_SPELT = {1: "one", 5: "five", 9: "nine"}
_HANGS = (
    "Whether these counts can say how many hangs on those of fewer than ten persons, which are withheld to protect "
    "them."
)
_DIVIDED = (
    "Pages that divide the persons are left out: some of their counts are of fewer than ten persons, and estimates of "
    "parts beside one of the whole would give them away."
)


def public(origin: Origin) -> bool:
    """Whether counts of these persons may leave as they are: published already, or of nobody who exists."""
    return origin in (Origin.PUBLIC_AGGREGATE, Origin.MADE_UP)


def few(lists: Lists) -> bool:
    """Whether some pattern has one to nine persons."""
    return bool(((lists.counts > 0) & (lists.counts < LEAST)).any())


def few_parts(by: Divided | None) -> bool:
    """The same of the parts."""
    return by is not None and any(few(part) for parts in (by.strata, by.areas) for part in parts.values())


def few_times(persons: Mapping[int, int]) -> bool:
    """The same of repeat counts."""
    return any(0 < n < LEAST for n in persons.values())


def taken(lists: Lists, value: int) -> Lists:
    """The lists with this for each withheld count."""
    small = (lists.counts > 0) & (lists.counts < LEAST)
    return Lists(lists.names, np.where(small, value, lists.counts).astype(np.int64))


def taken_times(persons: Mapping[int, int], value: int) -> dict[int, int]:
    """Repeat counts with this for each withheld one."""
    return {times: value if 0 < n < LEAST else n for times, n in persons.items()}


_ONES = "no one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
_WORDS = (*_ONES.split(), "eighteen", "nineteen")
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")


def spelt(number: int) -> str:
    """A number below a hundred in words: `publish` hides figures that equal a withheld count, and this is none."""
    if number < len(_WORDS):
        return _WORDS[number]
    if number >= 100:
        return f"{number:,}"
    tens, ones = divmod(number, 10)
    return _TENS[tens - 2] + (f"-{_WORDS[ones]}" if ones else "")


def unhashed(source: SourceRef) -> SourceRef:
    """A small table as it may be cited."""
    note = f"{source.note}; {WITHOUT_HASH}" if source.note else WITHOUT_HASH
    return replace(source, sha256="", note=note)


def lists_leaving(
    of: Given, asked: Asked, *, by: Divided | None = None, stage: Callable[[str], None] | None = None
) -> tuple[Answer, ...]:
    """All answers on lists, none of which depends on a count of one to nine persons."""
    parts = None if few_parts(by) else by
    instead = () if parts is by else (left_out(of),)
    if not few(of.lists):
        return (*list_answers(of, asked, by=parts, stage=stage), *instead)
    given = replace(of, notes=(NOTE, *of.notes))
    middle = list_answers(replace(given, lists=taken(of.lists, MIDDLE)), asked, stage=stage)
    at = {v: first_answer(replace(given, lists=taken(of.lists, v)), asked) for v in STAND_INS if v != MIDDLE}
    return (*_with_headline(middle, at), *instead)


def times_leaving(of: Given, persons: Mapping[int, int], *, most: int | None = None) -> tuple[Answer, ...]:
    """All answers on repeat counts, none of which depends on a count of one to nine persons."""
    if not few_times(persons):
        return times_answers(of, persons, most=most)
    given = replace(of, notes=(NOTE, *of.notes))
    middle = times_answers(given, taken_times(persons, MIDDLE), most=most)
    at = {v: times_answers(given, taken_times(persons, v), most=most)[0] for v in STAND_INS if v != MIDDLE}
    return _with_headline(middle, at)


def _with_headline(middle: tuple[Answer, ...], at: Mapping[int, Answer]) -> tuple[Answer, ...]:
    first = next(a for a in middle if a.id == "demand.hidden")
    hull = _hull({**at, MIDDLE: first})
    if isinstance(hull.body, Refusal) and not isinstance(first.body, Refusal):
        # Whether there is an answer at all hangs on what is withheld: no page may say more than the patterns.
        return (hull, *(a for a in middle if a.id == "demand.lists"))
    return tuple(hull if a.id == "demand.hidden" else a for a in middle)


def _hull(at: Mapping[int, Answer]) -> Answer:
    """From the lowest to the highest over what the withheld counts may be."""
    middle = at[MIDDLE]
    bodies = {v: at[v].body for v in STAND_INS}
    refused = [b for b in bodies.values() if isinstance(b, Refusal)]
    if len(refused) == len(bodies):
        return middle
    if refused:
        helps = ("a longer period or a larger place, so that no count is of fewer than ten persons",)
        return replace(middle, sentence=_HANGS, body=Refusal("withheld_counts", _HANGS, helps), chart=None)
    points = {v: b for v, b in bodies.items() if isinstance(b, Estimate)}
    values = [b.value for b in points.values()]
    if len(points) == len(bodies) and max(values) <= APART * min(values):
        return _one(middle, points)
    return _several(middle, {v: b for v, b in bodies.items() if isinstance(b, Estimate | Range)})


def _one(middle: Answer, points: Mapping[int, Estimate]) -> Answer:
    first = points[MIDDLE]
    lows = [b.value if b.low is None else b.low for b in points.values()]
    highs = [b.value if b.high is None else b.high for b in points.values()]
    body = replace(first, low=min(lows), high=max(highs), n=None)
    sentence = (
        f"About {whole(first.value)} {first.unit} ({whole(min(lows))} to {whole(max(highs))}), with each withheld "
        "count of fewer than ten persons taken as one, five and nine."
    )
    return replace(middle, body=body, sentence=_bewaring(sentence, middle))


def _several(middle: Answer, bodies: Mapping[int, Estimate | Range]) -> Answer:
    candidates: list[Estimate] = []
    for v, body in bodies.items():
        ones = body.candidates if isinstance(body, Range) else (body,)
        candidates += [replace(one, method=_TAKEN.format(_SPELT[v], one.method), n=None) for one in ones]
    low = min(_low(b) for b in bodies.values())
    tops = [_high(b) for b in bodies.values()]
    top = None if None in tops else max(t for t in tops if t is not None)
    unit = candidates[0].unit
    first = bodies[MIDDLE]
    whys = (first.why_no_point,) if isinstance(first, Range) else ()
    why = "; ".join((*whys, "counts of fewer than ten persons are withheld, and the number hangs on them"))
    ends = f"At least {whole(low)}" if top is None else f"No one number: between {whole(low)} and {whole(top)}"
    sentence = f"{ends} {unit}, because {why}."
    return replace(middle, body=Range(tuple(candidates), low, top, why), sentence=_bewaring(sentence, middle))


def _bewaring(sentence: str, of: Answer) -> str:
    """With the warning that the answer had."""
    _, sign, warned = of.sentence.partition(" Beware")
    return f"{sentence}{sign}{warned}"


def _low(body: Estimate | Range) -> float:
    if body.low is not None:
        return body.low
    assert isinstance(body, Estimate)
    return body.value


def _high(body: Estimate | Range) -> float | None:
    if isinstance(body, Range) or body.high is not None:
        return body.high
    return body.value


def left_out(of: Given) -> Answer:
    """What stands in the place of pages that divide the persons."""
    refusal = Refusal(
        "too_few_persons",
        _DIVIDED,
        ("fewer and larger parts, a longer period or a larger place, so that no count is of fewer than ten persons",),
    )
    said = Said(
        id="demand.divided",
        title="The persons divided",
        sentence=_DIVIDED,
        body=refusal,
        method="Nothing is shown of parts.",
    )
    return answer(of, said)
