"""What so many files from each of two teams can show of their difference."""

from __future__ import annotations

from casetrail.compare.audit.small import RANDOM, of_team, refusal
from casetrail.compare.audit.words import FILES, NO_RECORDS, SECTION, arithmetic, files
from casetrail.figures import Answer, Cell, Column, Table
from casetrail.stats.two_shares import fisher, nearest, told_apart

SHARES = (0.95, 0.90, 0.80, 0.70, 0.60, 0.50)
POWER = 0.8
METHOD = (
    "Fisher's exact test, two-sided at 5 %, of the two counts; the chance that it tells the teams apart is summed over "
    "all pairs of counts. The test takes both teams for large, so that between small ones it is the stricter."
)


def two_teams_answer(n: int = 30, population: int | None = None) -> Answer:
    """Which differences so many files from each of two teams can show. A refusal as `thirty_files_answer`."""
    refused = refusal(n, population)
    rows = [] if refused else _teams(n, population)
    return Answer(
        id="audit.files.two-teams",
        section=SECTION,
        title=f"Two teams with {files(n)} each{of_team(population)}",
        sentence=refused.message if refused else _apart(rows, n),
        body=refused or Table(_TEAMS, tuple(rows)),
        method=METHOD,
        provenance=arithmetic(FILES, size=n, team=population),
        caveats=(NO_RECORDS, RANDOM, "Of more than two teams some pair looks different by chance alone."),
    )


_TEAMS = (
    Column("one", "Adequate in one team (%)", "number", 1),
    Column("other", "Told apart from one with at most (%)", "number", 1),
    Column("gap", "Percentage points", "number", 1),
    Column("tenth", "Ten points lower: told apart in (%)", "number", 0),
)


def _teams(n: int, population: int | None) -> list[tuple[Cell, ...]]:
    told = fisher(n)
    rows: list[tuple[Cell, ...]] = []
    for share in SHARES:
        other = nearest(told, share, power=POWER, population=population)
        ten = told_apart(told, share, share - 0.1, population)
        gap = None if other is None else 100 * (share - other)
        rows.append((100 * share, None if other is None else 100 * other, gap, 100 * ten))
    return rows


def _apart(rows: list[tuple[Cell, ...]], n: int) -> str:
    one, other, _, ten = rows[1]
    if not isinstance(other, float) or not isinstance(ten, float):
        return (
            f"{files(n).capitalize()} from each of two teams cannot tell a team with {one:g} % adequate from any other."
        )
    return (
        f"With {files(n)} from each, a team with {one:g} % adequate is told from another in four audits of five only "
        f"when the other has {other:.0f} % or less. A difference of ten points is seen in {ten:.0f} of 100."
    )
