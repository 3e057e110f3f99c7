"""`casetrail deadline` on published figures: England or one authority, by bins of working days."""

from __future__ import annotations

from dataclasses import dataclass

from casetrail.compare.deadline.charts import series_chart
from casetrail.compare.deadline.published import YearSeen, pace_table, seen, series_table, share
from casetrail.compare.deadline.words import (
    BINS_METHOD,
    NO_PERSON,
    NOT_PROOF,
    RESPONSE,
    SECTION,
    WHY_REFUSED,
    bounds_words,
    known_truth,
    percent,
    public_provenance,
    refusal,
)
from casetrail.figures import Answer, Cell, Column, Refusal, Table
from casetrail.public import authority, england
from casetrail.public.authorities import Authority
from casetrail.public.deadline_bins import TIMED, BinRow, TimedWork, bin_rows, timed_work
from casetrail.stats.bunching_bins import Beside, Bounds, moved_bounds, suggested_bump

# Of two bodies with one name the later one is meant: the shipped bins of authorities end with this year.
NEWEST = "2021-22"
BUMPS = (3.0, 4.0, 5.0, 6.0, 7.0, 8.0)
BINS_SCORE = "bunching.bins"


@dataclass(frozen=True, slots=True)
class _Asked:
    """One table of one body."""

    work: TimedWork
    body: Authority
    years: tuple[YearSeen, ...]
    nation: tuple[BinRow, ...]

    @property
    def is_nation(self) -> bool:
        return self.body.code == england().code

    def id(self, what: str) -> str:
        return f"deadline.{self.body.slug}.{self.work.id}{what}"

    @property
    def newest(self) -> YearSeen | None:
        """The latest year with both bins beside the limit."""
        return next((year for year in reversed(self.years) if year.answered), None)


def national_answers() -> tuple[Answer, ...]:
    """England: assessments and conferences over the years, and how much the bounds hang on what is called smooth."""
    return _answers(england())


def authority_answers(name: str | int) -> tuple[Answer, ...]:
    """The same for one authority, with England beside it; a refusal where its numbers do not allow it.

    Raises: UnknownNameError for a name that is not known.
    """
    return _answers(authority(name, NEWEST))


def _answers(body: Authority) -> tuple[Answer, ...]:
    found: list[Answer] = []
    for which in TIMED:
        work = timed_work(which)
        asked = _Asked(work, body, seen(work, bin_rows(which, body.code)), bin_rows(which))
        found += [_series(asked), _pace(asked), _shapes(asked)]
    return tuple(found)


def _series(asked: _Asked) -> Answer:
    work, name = asked.work, asked.body.name
    return Answer(
        id=asked.id(""),
        section=SECTION,
        title=f"{name}: {work.noun} and the limit of {work.limit} working days",
        sentence=_sentence(asked),
        body=series_table(work, asked.years) if asked.newest else _nothing(asked),
        method=BINS_METHOD,
        provenance=public_provenance(work.id, name),
        chart=series_chart(work, name, asked.years) if asked.newest else None,
        caveats=(RESPONSE, NOT_PROOF, work.clock, work.gaps, work.england, known_truth(BINS_SCORE), NO_PERSON),
    )


def _pace(asked: _Asked) -> Answer:
    """What became of early work while the days before the limit filled."""
    work, name = asked.work, asked.body.name
    return Answer(
        id=asked.id(".pace"),
        section=SECTION,
        title=f"{name}: how early {work.noun} were {work.verb}",
        sentence=_pace_sentence(asked),
        body=pace_table(work, asked.years) if asked.years else _nothing(asked),
        method=f"Published counts over the published total; early: {work.bin_title(work.early)}. Quartiles as printed.",
        provenance=public_provenance(work.id, name),
        caveats=(RESPONSE, work.clock, work.gaps, work.england, NO_PERSON),
    )


def _pace_sentence(asked: _Asked) -> str:
    work = asked.work
    known = [
        (year.row, early)
        for year in asked.years
        if isinstance(early := share(year.row.counts[work.early], year.row.total), float)
        and isinstance(year.row.median, int)
    ]
    if len(known) < 2:
        return f"{asked.body.name}: how early {work.noun} were {work.verb} cannot be followed over the years."
    (first, then), (last, now) = known[0], known[-1]
    half = f"by day {last.median}" + ("" if last.median == first.median else f", by day {first.median} in {first.year}")
    return (
        f"{asked.body.name}: {percent(now)} of {work.noun} took {work.bin_title(work.early)} in the year to March "
        f"{last.year}, {percent(then)} in {first.year}; half were {work.verb} {half}."
    )


def _nothing(asked: _Asked) -> Refusal:
    if not asked.years:
        return Refusal(
            reason="no_figures",
            message=f"No published durations of {asked.work.noun} of {asked.body.name} are shipped.",
            would_help=("the authority's own records (`casetrail deadline FILE.csv`)",),
        )
    last = asked.years[-1].beside
    if isinstance(last, Beside):
        raise AssertionError("a year with an answer is not refused")
    return refusal(last)


def _sentence(asked: _Asked) -> str:
    work, newest = asked.work, asked.newest
    if newest is None:
        return f"{asked.body.name}: whether {work.noun} respond to the limit cannot be seen in the published bins."
    parts = [_share_words(asked, newest)]
    if isinstance(newest.beside, Beside):
        per_day = newest.beside
        parts.append(
            f"Per working day {per_day.before:,.0f} were {work.verb} just before the limit and {per_day.after:,.0f} "
            f"just after it: {per_day.ratio:.2f} times as many ({per_day.ratio_low:.2f} to {per_day.ratio_high:.2f})."
        )
    if isinstance(newest.bounds, Bounds):
        parts.append(bounds_words(newest.bounds, work.noun))
    else:
        parts.append(f"How many were moved before the limit cannot be said: {WHY_REFUSED[newest.bounds.reason][0]}.")
    return " ".join(parts)


def _share_words(asked: _Asked, newest: YearSeen) -> str:
    """The share of the latest year, that of the first one, and England beside it."""
    work = asked.work
    own = _share(newest.row, work)
    first = next((year for year in asked.years if _share(year.row, work) is not None), newest)
    said = (
        f"{asked.body.name}: {percent(own or 0.0)} of {work.noun} were {work.verb} in the last five working days up to "
        f"the limit of {work.limit} in the year to March {newest.row.year}"
    )
    if first.row.year < newest.row.year:
        said += f", {percent(_share(first.row, work) or 0.0)} in {first.row.year}"
    if not asked.is_nation:
        beside = next((row for row in asked.nation if row.year == newest.row.year), None)
        if beside is not None and (there := _share(beside, work)) is not None:
            said += f"; in England {percent(there)} in {newest.row.year}"
    return f"{said}."


def _share(row: BinRow, work: TimedWork) -> float | None:
    found = share(row.counts[work.before], row.total)
    return found if isinstance(found, float) else None


def _shapes(asked: _Asked) -> Answer:
    """The bounds of the latest year under several ideas of what is smooth: no single one decides."""
    work, newest = asked.work, asked.newest
    year = newest.row.year if newest else None
    return Answer(
        id=asked.id(".shapes"),
        section=SECTION,
        title=f"{asked.body.name}: how far the bounds on {work.noun} hang on what is called smooth",
        sentence=_shapes_sentence(asked),
        body=_shapes_body(asked),
        method=BINS_METHOD,
        provenance=public_provenance(work.id, asked.body.name, year=year),
        caveats=(RESPONSE, work.clock, NO_PERSON),
    )


def _shapes_sentence(asked: _Asked) -> str:
    newest, work = asked.newest, asked.work
    if newest is None:
        return f"{asked.body.name}: the published bins of {work.noun} allow no bounds."
    narrowest = newest.bounds.narrowest
    if narrowest is None:
        return f"{asked.body.name}, {newest.row.year}: no bounds, {WHY_REFUSED['counts_withheld'][0]}."
    return (
        f"{asked.body.name}, {newest.row.year}: for nobody to have been moved, natural durations of {work.noun} would "
        f"need a bump with a standard deviation of {narrowest:.1f} working days or less. Where such a bump is thought "
        "natural, no response is shown; where it is not, the table says how much must have been moved."
    )


def _shapes_body(asked: _Asked) -> Table | Refusal:
    newest, work = asked.newest, asked.work
    if newest is None or newest.bins is None:
        return _nothing(asked)
    if not isinstance(newest.bounds, Bounds):
        return refusal(newest.bounds)
    rows: list[tuple[Cell, ...]] = []
    for bump in BUMPS:
        found = moved_bounds(newest.bins, work.limit, bump=bump)
        used = "used above" if bump == suggested_bump(work.limit) else ""
        if isinstance(found, Bounds):
            rows.append((bump, found.least, found.largest, used))
        else:
            rows.append((bump, None, None, WHY_REFUSED[found.reason][0]))
    columns = (
        Column("bump", "Narrowest natural bump (standard deviation, working days)", "number", 0),
        Column("least", "Moved before the limit, at least", "share", 1),
        Column("largest", "Moved before the limit, at most", "share", 1),
        Column("said", "Remark"),
    )
    return Table(columns, tuple(rows))
