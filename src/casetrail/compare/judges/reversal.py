"""How long does a grade stand, and how long does the state behind it last?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from casetrail.compare.judges.series import shipped_series
from casetrail.compare.judges.tables import JudgementTable
from casetrail.compare.judges.words import NO_PERSON, SECTION, known_truth, provenance
from casetrail.figures import Answer, Cell, Column, Provenance, Refusal, Table
from casetrail.stats.reversal import Between, Lasting, between, between_limits, lasting
from casetrail.stats.reversal_spells import Spells, Turn, spells

FEWEST = 10
AFTER_YEARS = (1, 2, 3, 4, 5)
DAYS = 365.25
TURNS = (
    ("inadequate until better", Turn((1,), (2, 3, 4))),
    ("below good until good or outstanding", Turn((1, 2), (3, 4))),
    ("good or outstanding until below good", Turn((3, 4), (1, 2))),
    ("good or outstanding until inadequate", Turn((3, 4), (1,))),
)
COLUMNS = (
    Column("framework", "Framework"),
    Column("judgement", "Judgement"),
    Column("turn", "From one grade to another"),
    Column("bodies", "Bodies", "count"),
    Column("reversed", "Of these reversed", "count"),
    Column("years", "Years since the judgement", "number", 0),
    Column("stands", "Grade still stands", "share"),
    Column("stands_low", "95 % limits, low", "share"),
    Column("stands_high", "95 % limits, high", "share"),
    Column("lasts_least", "State still lasts, at least", "share"),
    Column("lasts_most", "State still lasts, at most", "share"),
    Column("lasts_low", "95 % limits of that, low", "share"),
    Column("lasts_high", "95 % limits of that, high", "share"),
    Column("note", "Note"),
)
METHOD = (
    "First spell of each body under one framework. Grade still stands: Kaplan and Meier (Journal of the American "
    "Statistical Association 53, 1958, 457-481), limits on the log(-log) scale; a grade that had not been reversed "
    "by the "
    "last day known counts until then. State still lasts: it ended after the last inspection that still found it and "
    "by "
    "the first that did not (Turnbull, Journal of the Royal Statistical Society B 38, 1976, 290-295); limits from "
    "drawing "
    "bodies anew."
)
CAVEATS = (
    "A grade stands until somebody comes to look: how long it stands says as much about the inspectorate's calendar as "
    "about the body. The state behind it may have ended, or begun, long before.",
    "The state of bodies that were not looked at again is taken to end like that of the others: that nobody came "
    "must have "
    "nothing to do with how they were.",
    "Low grades are looked at again sooner than high ones, so the two cannot be compared by how long they stand.",
    "A spell that opens a body's series under a framework may be older than it seems: what was found under an earlier "
    "framework is another series and is not added.",
    NO_PERSON,
)


@dataclass(frozen=True, slots=True)
class _Turned:
    framework: str
    judgement: str
    name: str
    spells: Spells
    curve: Lasting | None


def reversal_answer(table: JudgementTable | None = None, *, seed: int = 0) -> Answer:
    """Time to reversal, from a user's table of successive judgements; a refusal from the shipped ones."""
    if table is None:
        return _refused(
            "The shipped judgements hold only the latest of each body: when it was given, but not how long the one "
            "before "
            "had stood, nor what it was.",
            provenance("reversal", shipped_series()["overall"], ()),
        )
    came = Provenance("compare.judges.reversal", table.source.origin, (table.source,), seed=seed)
    kinds = sorted({(r.framework, r.judgement) for r in table.rows})
    turned = [_turned(table, kind, name, turn) for kind in kinds for name, turn in TURNS]
    able = [t for t in turned if t.curve is not None and t.spells.found.size >= FEWEST]
    if not able:
        return _refused(f"Fewer than {FEWEST} bodies have a judgement from which a reversal could be counted.", came)
    rng = np.random.default_rng(seed)
    return Answer(
        id="judges.reversal",
        section=SECTION,
        title="How long until a grade was reversed?",
        sentence=" ".join(_sentence(t) for t in able if t.judgement == "overall") or _sentence(able[0]),
        body=Table(COLUMNS, tuple(row for t in turned if t.spells.found.size for row in _rows(t, rng))),
        method=METHOD,
        provenance=came,
        caveats=(*CAVEATS, known_truth("reversal.lasting")),
    )


def _turned(table: JudgementTable, kind: tuple[str, str], name: str, turn: Turn) -> _Turned:
    rows = [r for r in table.rows if (r.framework, r.judgement) == kind]
    units = {unit: i for i, unit in enumerate(sorted({r.unit for r in rows}))}
    judged = [(units[r.unit], r.day.toordinal() / DAYS, int(r.grade)) for r in rows]
    found = spells(judged, turn, until=table.known_to.toordinal() / DAYS)
    return _Turned(*kind, name, found, lasting(found.found, found.ended))


def _sentence(t: _Turned) -> str:
    assert t.curve is not None
    of = f"{t.framework}, {t.name}: {int(t.spells.ended.sum())} of {t.spells.found.size} bodies reversed"
    middle, low, high = t.curve.median
    if middle is None:
        return f"{of}; fewer than half within the {t.curve.last_seen:.1f} years seen, so a median cannot be given."
    limits = (
        f"{_years(low)} to {_years(high)}"
        if low is not None and high is not None
        else (f"{_years(low)} or more" if low is not None else "limits not known")
    )
    return f"{of}; half of the grades had been by {_years(middle)} years (95 % limits {limits})."


def _years(value: float | None) -> str:
    return "unknown" if value is None else f"{value:.1f}"


def _rows(t: _Turned, rng: np.random.Generator) -> list[tuple[Cell, ...]]:
    """One row for each year since the judgement; one that says why where there are too few bodies."""
    n = int(t.spells.found.size)
    head = (t.framework, t.judgement, t.name, n, int(t.spells.ended.sum()))
    state = between(t.spells.left, t.spells.right)
    looked_at = int(np.sum((t.spells.left > 0) | np.isfinite(t.spells.right)))
    if n < FEWEST or t.curve is None or state is None:
        return [(*head, *(None,) * 8, f"fewer than {FEWEST} bodies")]
    lasts = _state(t, state, rng) if looked_at >= FEWEST else [(None,) * 4] * len(AFTER_YEARS)
    opened = int(t.spells.opens.sum())
    note = (
        f"{opened} of the spells open their body's series and may be older; {t.spells.later} later ones left out; "
        f"{n - looked_at} bodies not looked at again, which say nothing of the state"
    )
    rows: list[tuple[Cell, ...]] = []
    for year, found in zip(AFTER_YEARS, lasts, strict=True):
        rows.append((*head, year, *(t.curve.at(float(year)) or (None,) * 3), *found, note))
    return rows


def _state(t: _Turned, state: Between, rng: np.random.Generator) -> list[tuple[float | None, ...]]:
    """Least and most share whose state still lasts, and limits, for each year."""
    limits = between_limits(t.spells.left, t.spells.right, AFTER_YEARS, rng=rng)
    return [
        (*state.at(float(year)), float(low), float(high)) for year, (low, high) in zip(AFTER_YEARS, limits, strict=True)
    ]


def _refused(message: str, came: Provenance) -> Answer:
    return Answer(
        id="judges.reversal",
        section=SECTION,
        title="How long until a grade was reversed?",
        sentence="How long a grade stood until it was reversed cannot be known from this table.",
        body=Refusal(
            "no_successive_judgements",
            message,
            (
                "all judgements of each body under one framework, with day, grade and framework",
                "the last day up to which the list is complete",
            ),
        ),
        method="None: a reversal needs two judgements of one body.",
        provenance=came,
        caveats=(NO_PERSON,),
    )
