"""A decision rule for a team manager: how many files to read, and how often the answer is wrong."""

from __future__ import annotations

import numpy as np

from casetrail.compare.audit.words import LQAS, NO_RECORDS, PAPER, SECTION, arithmetic, files, known_truth, percent
from casetrail.figures import Answer, Cell, Chart, Column, Refusal, Table
from casetrail.stats.lqas import MOST, Rule, files_read, passing, rule, smallest, thresholds

METHOD = (
    "Lot quality assurance sampling (Dodge and Romig 1944; Lwanga and Lemeshow 1991; Valadez 1991): the fewest "
    "files, and the number of adequate ones to pass, with which both risks are kept; both are exact (binomial, or "
    "hypergeometric where the team's files are counted). Files on average: when reading stops as soon as the outcome "
    "is settled."
)
BETWEEN = (
    "A team between the two thresholds may pass or not; the rule does not measure quality, it sorts what is plainly "
    "good from what is plainly poor."
)
NO_TARGET = (
    "A rule for asking where to look. As a target it would be worked to, and a passed team would not be looked at."
)


def lqas_answer(
    good: float,
    poor: float,
    *,
    alpha: float = 0.1,
    beta: float = 0.1,
    team: int | None = None,
    size: int | None = None,
) -> Answer:
    """How many files to read and how many must be adequate, with the chance to pass at each true share.

    `good` and `poor` are shares of adequate files; `alpha` and `beta` the risks allowed; `team` how many files there
    are (None: very many); `size` how many are to be read (None: the fewest that keep both risks). A refusal where no
    rule can do it. Raises: ValueError unless 0 <= poor < good <= 1 and both risks lie between 0 and 1.
    """
    if not 0 <= poor < good <= 1 or not (0 < alpha < 1 and 0 < beta < 1):
        raise ValueError("the thresholds need 0 <= poor < good <= 1, the risks 0 to 1")
    found = _found(good, poor, (alpha, beta), team=team, size=size)
    return Answer(
        id="audit.lqas",
        section=SECTION,
        title=f"Is a team plainly good ({percent(good)}) or plainly poor ({percent(poor)})?",
        sentence=found.message if isinstance(found, Refusal) else _sentence(found),
        body=found if isinstance(found, Refusal) else _table(found),
        method=METHOD,
        provenance=arithmetic(LQAS, good=good, poor=poor, alpha=alpha, beta=beta, team=team, size=size),
        chart=None if isinstance(found, Refusal) else _chart(found),
        caveats=(BETWEEN, NO_TARGET, NO_RECORDS, PAPER, known_truth("lqas.smallest")),
    )


def _found(
    good: float, poor: float, allowed: tuple[float, float], *, team: int | None, size: int | None
) -> Rule | Refusal:
    try:
        thresholds(good, poor, team)
    except ValueError:
        message = f"In a team of {files(team or 0)} the two thresholds are one and the same number of files."
        return Refusal(
            "thresholds_not_apart", message, ("thresholds farther apart", "several months of files together")
        )
    if size is None:
        found = smallest(good, poor, limits=allowed, population=team)
        return found or Refusal(
            "too_many_files",
            f"Not even {files(min(team or MOST, MOST))} keep both risks: the thresholds are too near each other.",
            ("thresholds farther apart", "higher risks"),
        )
    if team is not None and size > team:
        return Refusal(
            "team_smaller_than_sample", f"A team of {files(team)} cannot give {size:,}.", ("read all files",)
        )
    found = rule(size, good, poor, population=team)
    if found.alpha > allowed[0] or found.beta > allowed[1]:
        need = smallest(good, poor, limits=allowed, population=team)
        help_ = () if need is None else (f"{files(need.size)} or more",)
        return Refusal(
            "too_few_files",
            f"{files(size).capitalize()} cannot tell them apart at these risks: the best rule fails "
            f"{percent(found.alpha)} of teams that are just good and passes {percent(found.beta)} of those just poor.",
            (*help_, "thresholds farther apart"),
        )
    return found


def _sentence(found: Rule) -> str:
    of = "" if found.population is None else f" of {found.population:,}"
    read = "All files have to be read" if found.size == found.population else f"Draw {files(found.size)}{of} at random"
    return (
        f"{read}; the team passes with {found.least} adequate or more. Of teams with {percent(found.good)} adequate "
        f"{percent(found.alpha)} do not pass all the same, and of teams with {percent(found.poor)} "
        f"{percent(found.beta)} pass."
    )


_COLUMNS = (
    Column("share", "Adequate in the team (%)", "number", 1),
    Column("passes", "Passes (%)", "number", 1),
    Column("read", "Files read on average", "number", 1),
)


def _table(found: Rule) -> Table:
    """The chance to pass at each true share, that of the two thresholds among them."""
    shares = sorted({*np.round(np.arange(0, 1.0001, 0.05), 2).tolist(), found.good, found.poor})
    if found.population is not None:
        # A counted team can only have a whole number of adequate files.
        shares = sorted({round(share * found.population) / found.population for share in shares})
    rows: list[tuple[Cell, ...]] = [
        (100 * s, 100 * passing(found.size, found.least, s, found.population), files_read(found, s)) for s in shares
    ]
    return Table(_COLUMNS, tuple(rows))


def _chart(found: Rule) -> Chart:
    x = {"field": "share", "type": "quantitative", "axis": {"title": "Adequate in the team (%)"}}
    y = {"field": "passes", "type": "quantitative", "axis": {"title": "Passes (%)"}, "scale": {"domain": [0, 100]}}
    spec: dict[str, object] = {
        "encoding": {"x": x, "y": y},
        "layer": [
            {"mark": {"type": "line", "color": "series1"}},
            {"mark": {"type": "point", "color": "series1", "size": 20}},
        ],
    }
    alt = (
        f"A curve that rises from never passing to always passing as more of the team's files are adequate: "
        f"{percent(found.beta)} pass at {percent(found.poor)} adequate, {percent(1 - found.alpha)} at "
        f"{percent(found.good)}."
    )
    return Chart(spec, alt)
