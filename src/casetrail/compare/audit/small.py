"""What 30 files can and cannot show: of one team, and of a rare fault."""

from __future__ import annotations

from casetrail.compare.audit.words import FILES, NO_RECORDS, PAPER, SECTION, arithmetic, files, percent
from casetrail.figures import Answer, Cell, Chart, Column, Refusal, Table
from casetrail.stats.finite import drawn_chances, exact_count
from casetrail.stats.intervals import exact

MOST = 500
FAULTS = (0.01, 0.02, 0.05, 0.10, 0.20, 0.30)

INTERVAL_METHOD = (
    "Exact limits of a share by its two tails: Clopper and Pearson 1934; of a team whose files are counted, the "
    "hypergeometric ones (Cochran 1977, section 3.6). 'At most' is the one-sided 95 % limit, for whoever asks only how "
    "bad it can be."
)
UNSEEN_METHOD = (
    "Chance that files drawn at random hold none with the fault: (1 - share) to the power of their number, or the "
    "hypergeometric chance where the team's files are counted."
)


def thirty_files_answer(n: int = 30, population: int | None = None) -> Answer:
    """For each number of inadequate files found: what share of the whole team it allows.

    `population` is how many files the team has, None for very many. A refusal where more are read than there are.
    """
    refused = refusal(n, population)
    rows = () if refused else tuple(_row(x, n, population) for x in range(n + 1))
    return Answer(
        id="audit.files.found",
        section=SECTION,
        title=f"What {files(n)} can and cannot show{of_team(population)}",
        sentence=refused.message if refused else _sentence(n, population),
        body=refused or Table(_COLUMNS, rows),
        method=INTERVAL_METHOD,
        provenance=arithmetic(FILES, size=n, team=population),
        chart=None if refused else _chart(n, population),
        caveats=(NO_RECORDS, RANDOM, PAPER),
    )


_COLUMNS = (
    Column("found", "Inadequate files found", "count"),
    Column("share", "Share of the files read (%)", "number", 1),
    Column("low", "Whole team: from (%)", "number", 1),
    Column("high", "Whole team: to (%)", "number", 1),
    Column("at_most", "Whole team: at most (%)", "number", 1),
)
RANDOM = "This holds for files drawn at random. Of files that somebody picked nothing can be said for the others."


def refusal(n: int, population: int | None) -> Refusal | None:
    if population is not None and n > population:
        return Refusal(
            "team_smaller_than_sample", f"A team of {files(population)} cannot give {n:,}.", ("read all files",)
        )
    if not 1 <= n <= MOST:
        return Refusal("size_out_of_range", f"Ask for 1 to {MOST} files.", ("a smaller number of files",))
    return None


def limits(found: int, n: int, population: int | None, level: float) -> tuple[float, float]:
    """The share of the whole team that so many found of n allow, two-sided."""
    if population is None:
        return exact(found, n, level)
    low, high = exact_count(found, n, population, level)
    return low / population, high / population


def _row(found: int, n: int, population: int | None) -> tuple[Cell, ...]:
    low, high = limits(found, n, population, 0.95)
    at_most = limits(found, n, population, 0.90)[1]
    return found, 100 * found / n, 100 * low, 100 * high, 100 * at_most


def _sentence(n: int, population: int | None) -> str:
    none = limits(0, n, population, 0.95)[1], limits(0, n, population, 0.90)[1]
    tenth = max(1, round(n / 10))
    low, high = limits(tenth, n, population, 0.95)
    return (
        f"If none of {files(n)} is inadequate, up to {percent(none[1])} of the team's files still can be (one-sided; "
        f"{percent(none[0])} two-sided, 95 %). If {tenth} of {n} {'is' if tenth == 1 else 'are'}, anything from "
        f"{percent(low)} to {percent(high)} can be."
    )


def of_team(population: int | None) -> str:
    return "" if population is None else f" of a team of {population:,}"


def _chart(n: int, population: int | None) -> Chart:
    x = {"field": "found", "type": "quantitative", "axis": {"title": "Inadequate files found", "format": "d"}}
    y = {"field": "low", "type": "quantitative", "axis": {"title": "Inadequate in the whole team (%)"}}
    spec: dict[str, object] = {
        "encoding": {"x": x},
        "layer": [
            {"mark": {"type": "rule", "color": "limit"}, "encoding": {"y": y, "y2": {"field": "high"}}},
            {"mark": {"type": "point", "color": "accent", "size": 20}, "encoding": {"y": {**y, "field": "share"}}},
        ],
    }
    low, high = limits(n // 2, n, population, 0.95)
    alt = (
        f"For each number of inadequate files among {n} a line from the lowest to the highest share of the whole team "
        f"that it allows, 95 %. With {n // 2} found it runs from {percent(low)} to {percent(high)}."
    )
    return Chart(spec, alt)


def unseen_answer(n: int = 30, population: int | None = None) -> Answer:
    """How often a fault that some files have shows in none of those drawn. A refusal as `thirty_files_answer`."""
    refused = refusal(n, population)
    rows: list[tuple[Cell, ...]] = []
    for share in () if refused else FAULTS:
        having = share if population is None else round(share * population) / population
        none = (
            (1 - share) ** n
            if population is None
            else float(drawn_chances(population, round(share * population), n)[0])
        )
        if having > 0:
            rows.append((100 * having, 100 * none))
    columns = (Column("fault", "Files with the fault (%)", "number", 1), Column("unseen", "Not seen (%)", "number", 1))
    return Answer(
        id="audit.files.unseen",
        section=SECTION,
        title=f"A rare fault in {files(n)}{of_team(population)}",
        sentence=refused.message if refused else _unseen(rows, n),
        body=refused or Table(columns, tuple(rows)),
        method=UNSEEN_METHOD,
        provenance=arithmetic(FILES, size=n, team=population),
        caveats=(NO_RECORDS, RANDOM),
    )


def _unseen(rows: list[tuple[Cell, ...]], n: int) -> str:
    fault, none = (float(str(cell)) for cell in rows[min(2, len(rows) - 1)])
    return (
        f"A fault that {fault:.1f} % of the files have does not show in a single one of {files(n)} in {none:.0f} "
        "audits of 100: that nothing was found does not say that nothing is there."
    )
