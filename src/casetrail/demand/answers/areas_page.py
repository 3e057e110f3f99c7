"""Small areas: each by its own lists and drawn towards what all say; and a count that is only an upper bound."""

from __future__ import annotations

from casetrail.demand.answers import charts
from casetrail.demand.answers.given import Given, Said, answer, whole
from casetrail.demand.lists import Lists
from casetrail.demand.strata.areas import Areas
from casetrail.demand.strata.bound import Bounded, Total
from casetrail.errors import InputError
from casetrail.figures import Answer, Cell, Chart, Column, Refusal, Table

AREAS = (
    "Each area's own estimate under one stated log-linear model, drawn towards the middle of all (Fay and Herriot "
    "1979; errors of intervals by Prasad and Rao 1990, Datta and Lahiri 2000, Li and Lahiri 2010). Areas with fewer "
    "than 30 persons on a list, or without an estimate of their own, are joined."
)
_TAKEN = (
    "The errors of the areas' own estimates are taken as known. Where most areas are small the page by kind of person "
    "or place (demand.strata), which works on the counts themselves, is the one to use."
)
_ALIKE = "An area of another kind than the rest is drawn towards them all the same."
BOUND = (
    "The count is read in three ways: as it is, as if nobody in it belonged there, and not used at all, the model then "
    "saying how many belong there, at most the count (after Overstall and others 2014, who treat it as censored)."
)
_BOUND_WARN = {
    "bound_exceeded": "The model expects more persons there than were counted: the count and the model do not fit.",
    "reading_refused": "One of the three readings has no estimate.",
}


def areas_answer(of: Given, found: Areas | Refusal, model: str) -> Answer:
    """Every area with its own estimate, the one drawn in, and the weight of its own."""
    title = "Small areas"
    if isinstance(found, Refusal):
        sentence = f"Areas cannot be drawn together: {found.message}"
        return answer(of, Said(id="demand.areas", title=title, sentence=sentence, body=found, method=AREAS))
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (a.label, a.known, a.total, a.low, a.high, a.own, a.weight, _said(a.members, a.weight)) for a in found.areas
    )
    columns = (
        Column("area", "Area"),
        Column("known", "On a list", "persons"),
        Column("total", "In all", "number", 0),
        Column("low", "From", "number", 0),
        Column("high", "To", "number", 0),
        Column("alone", "By itself", "number", 0),
        Column("weight", "Weight of its own", "share", 0),
        Column("said", "What to know"),
    )
    joined = found.joined
    shares = [a.total / a.known for a in found.areas]
    rest = f" The {len(joined.members)} smallest are taken as one." if joined else ""
    said = Said(
        id="demand.areas",
        title=title,
        sentence=(
            f"{len(found.areas)} areas: for each person on a list from {min(shares):.1f} to {max(shares):.1f} "
            f"{of.noun} in all.{rest}"
        ),
        body=Table(columns, rows),
        method=AREAS,
        chart=Chart(charts.intervals("area", "In all", log=True, step=20), "A point with a line for each area.")
        if len(rows) <= 60
        else None,
        caveats=(
            f"Areas differ by a factor of about {_factor(found.between)} in hidden {of.noun} for each known "
            f"(one standard deviation; intervals were formed with {_factor(found.adjusted)}).",
            f"Figures depend on the model, here {model}: another could give very different ones (demand.models).",
            _TAKEN,
            _ALIKE,
        ),
    )
    return answer(of, said, model=model)


def _factor(log_deviation: float) -> str:
    return f"{2.718281828459045**log_deviation:.2f}"


def _said(members: tuple[str, ...], weight: float) -> str:
    if members:
        return f"joined: {', '.join(members)}"
    return "mostly what the others say" if weight < 0.5 else ""


def pattern_of(lists: Lists, text: str) -> int:
    """The pattern that a text names, such as `police + health`. Raises: InputError for what is no set of the lists."""
    known = {name.casefold(): 1 << j for j, name in enumerate(lists.names)}
    if text.strip().casefold() in known:
        return known[text.strip().casefold()]
    parts = [part.strip().casefold() for part in text.split("+")]
    if not all(part in known for part in parts) or len({*parts}) < len(parts):
        raise InputError(
            "A count that is an upper bound is not named by the lists that its persons are on.",
            where="--upper-bound",
            todo=f"Write one list, or several with +, of: {', '.join(lists.names)}.",
            code="no_such_pattern",
        )
    return sum(known[part] for part in parts)


def bound_note(lists: Lists, pattern: int) -> str:
    """What stands beside the headline, which takes the count as it is."""
    return (
        f"The count of those on {lists.where(pattern)} and no other list was said to be an upper bound; here it is "
        "taken as it is. See demand.bound for the range."
    )


def bound_answer(of: Given, found: Bounded | Refusal, words: tuple[str, str]) -> Answer:
    """The three readings and the range over them; `words`: the lists of the pattern, and the model."""
    where, model = words
    title = "If one count is only an upper bound"
    if isinstance(found, Refusal):
        sentence = f"With the count on {where} as an upper bound there is no answer: {found.message}"
        return answer(of, Said(id="demand.bound", title=title, sentence=sentence, body=found, method=BOUND))
    readings = (
        ("as it is", found.as_given),
        ("nobody belongs there", found.at_zero),
        ("not used: the model says how many", found.unused),
    )
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (label, one.belong, one.total, one.low, one.high, "")
        if isinstance(one, Total)
        else (label, None, None, None, None, f"refused: {one.reason.replace('_', ' ')}")
        for label, one in readings
    )
    columns = (
        Column("reading", "The count is read"),
        Column("belong", "Of it belong there", "persons", 0),
        Column("total", "In all", "number", 0),
        Column("low", "From", "number", 0),
        Column("high", "To", "number", 0),
        Column("said", "What to know"),
    )
    said = Said(
        id="demand.bound",
        title=title,
        sentence=(
            f"If of the {of.persons(found.count)} persons on {where} and no other list only some belong there, "
            f"{whole(found.low)} to {whole(found.high)} {of.noun} in all."
        ),
        body=Table(columns, rows),
        method=BOUND,
        chart=Chart(charts.intervals("reading", "In all", log=False), "A point with a line for each reading."),
        caveats=(
            *(_BOUND_WARN[code] for code in found.warnings),
            f"Figures depend on the model, here {model}: another could give very different ones (demand.models).",
        ),
    )
    return answer(of, said, model=model, bound=where)
