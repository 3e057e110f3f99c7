"""Do two raters of one file agree, and by more than chance?"""

from __future__ import annotations

from itertools import combinations

import numpy as np

from casetrail.compare.audit.rated import Rated
from casetrail.compare.audit.words import NO_WORKER, NOT_A_SCORE, SECTION, files, of_ratings
from casetrail.figures import Answer, Cell, Column, Refusal, Table
from casetrail.stats.agreement import Agreement, Weights, cross_table, gwet, kappa, percent, rating_counts
from casetrail.stats.agreement_alpha import alpha
from casetrail.stats.audit_ratings import FEWEST_TWICE, Floats
from casetrail.stats.icc import icc

METHOD = (
    "Files rated twice or more by different raters. Percent agreement; Cohen's kappa (1960; weighted 1968; error: "
    "Fleiss, Cohen and Everitt 1969), for two raters only; Gwet's AC1 and AC2 (2008, 2014); Krippendorff's alpha "
    "(2004); intraclass correlations of Shrout and Fleiss (1979), for two raters or more who all rated the same "
    "files. Weighted forms count neighbouring grades as partly agreeing. Intervals 95 %."
)
PARADOX = (
    "Where nearly all files get one grade, kappa is near 0 however well raters agree (Feinstein and Cicchetti 1990): "
    "read AC1 beside it. None of these figures says that a grade is right, only that two people give the same."
)
COLUMNS = (
    Column("what", "Measure"),
    Column("value", "Value", "number", 2),
    Column("low", "From", "number", 2),
    Column("high", "To", "number", 2),
    Column("files", "Files rated twice", "persons"),
)
_WEIGHTS: tuple[tuple[Weights, str], ...] = (("linear", "linear weights"), ("quadratic", "quadratic weights"))


def agreement_answer(rated: Rated) -> Answer:
    """Every measure of agreement that the ratings allow; a refusal where no file has two known ratings."""
    known = rated.ratings.known()
    counts = rating_counts(known.file, known.score, len(rated.grades))
    twice = int(np.sum(counts.sum(axis=1) > 1))
    body = _table(rated, counts) if twice else _NONE
    return Answer(
        id="audit.ratings.agreement",
        section=SECTION,
        title="Do raters of one file agree?",
        sentence=_sentence(counts, twice) if twice else _NONE.message,
        body=body,
        method=METHOD,
        provenance=of_ratings(rated),
        caveats=(*_few(twice), PARADOX, NO_WORKER, NOT_A_SCORE),
    )


_NONE = Refusal(
    "no_double_rating",
    "No file was rated by two raters: how far a grade depends on who gave it cannot be said.",
    ("a quarter of the files, chosen at random, rated again by somebody who does not know the first rating",),
)


def _few(twice: int) -> tuple[str, ...]:
    if not 0 < twice < FEWEST_TWICE:
        return ()
    return (f"Only {files(twice)} rated twice: the intervals are wide, and themselves not sure.",)


def _sentence(counts: Floats, twice: int) -> str:
    same, beyond = percent(counts), gwet(counts)
    if same is None or beyond is None:
        return f"{files(twice).capitalize()} rated twice."
    by_chance = "" if beyond.low is None else f" ({beyond.low:.2f} to {beyond.high:.2f})"
    return (
        f"On {files(twice)} rated twice, raters gave the same grade in {100 * same.value:.0f} % of pairs; beyond "
        f"chance that is an agreement of {beyond.value:.2f}{by_chance} by Gwet's AC1, where 1 is perfect and 0 "
        "chance."
    )


def _table(rated: Rated, counts: Floats) -> Table:
    grades = len(rated.grades)
    found: list[tuple[str, Agreement | None]] = [("same grade", percent(counts)), ("Gwet's AC1", gwet(counts))]
    if grades > 2:
        found += [(f"Gwet's AC2, {words}", gwet(counts, w)) for w, words in _WEIGHTS]
    found += _kappas(rated, grades)
    metric = "Krippendorff's alpha, grades in order" if grades > 2 else "Krippendorff's alpha"
    found.append((metric, alpha(counts, "ordinal" if grades > 2 else "nominal")))
    rows: list[tuple[Cell, ...]] = [
        (what, one.value, one.low, one.high, one.files) for what, one in found if one is not None
    ]
    return Table(COLUMNS, (*rows, *_iccs(rated)))


def _by_file(rated: Rated) -> Floats:
    """Grades as a table of files and raters; nan where a rater did not rate a file. Columns have no names."""
    known = rated.ratings.known()
    at = np.unique(known.file, return_inverse=True)[1]
    who = np.unique(known.rater, return_inverse=True)[1]
    table = np.full((int(at.max()) + 1, int(who.max()) + 1), np.nan)
    table[at, who] = known.score
    return table


def _kappas(rated: Rated, grades: int) -> list[tuple[str, Agreement | None]]:
    """Cohen's kappa where exactly two raters share files."""
    table = _by_file(rated)
    pairs = (
        [
            (a, b)
            for a, b in combinations(range(table.shape[1]), 2)
            if bool(np.any(np.isfinite(table[:, a]) & np.isfinite(table[:, b])))
        ]
        if table.shape[1] <= 60
        else []
    )
    if len(pairs) != 1:
        return []
    one, other = pairs[0]
    cross, dropped = cross_table(table[:, one], table[:, other], grades)
    found = [("Cohen's kappa", kappa(cross, dropped=dropped))]
    if grades > 2:
        found += [(f"Cohen's kappa, {words}", kappa(cross, w, dropped=dropped)) for w, words in _WEIGHTS]
    return found


def _iccs(rated: Rated) -> list[tuple[Cell, ...]]:
    """Intraclass correlations of grades as numbers: of two or more raters who rated the same files, or file by file."""
    table = _by_file(rated)
    times = np.isfinite(table).sum(axis=1)
    shared = table[:, np.isfinite(table[times > 1]).any(axis=0)] if bool(np.any(times > 1)) else table
    found = icc(shared)
    if found is not None and found.files >= max(2, int(np.sum(times > 1)) // 2):
        if found.one.low == found.one.high:
            # Not one disagreement: the F interval would call that certain.
            return []
        named = (("ICC(1,1)", found.one), ("ICC(2,1)", found.two), ("ICC(3,1)", found.three))
        return [(what, one.value, one.low, one.high, found.files) for what, one in named]
    pairs = np.array([row[np.isfinite(row)][:2] for row in table[times > 1]])
    only = icc(pairs) if len(pairs) else None
    return (
        []
        if only is None or only.one.low == only.one.high
        else [("ICC(1,1)", only.one.value, only.one.low, only.one.high, only.files)]
    )
