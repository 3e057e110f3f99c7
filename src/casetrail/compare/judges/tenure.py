"""How much of a figure goes with who was director? One share, and never a figure of a single tenure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np

from casetrail.compare.judges.series import are_years, fit_figures
from casetrail.compare.judges.tables import Held, TenureTable
from casetrail.compare.judges.words import SECTION, known_truth, p_words, short
from casetrail.compare.quality import assess
from casetrail.figures import Answer, Cell, Column, Origin, Provenance, Refusal, Table
from casetrail.public.panel import Panel
from casetrail.stats.tau_b import Whole
from casetrail.stats.tenure_variance import FEWEST, UNKNOWN, TenureVariance, TooFew, tenure_variance

COLUMNS = (
    Column("what", "What"),
    Column("value", "Value", "share"),
    Column("low", "95 % interval, low", "share"),
    Column("high", "95 % interval, high", "share"),
)
METHOD = (
    "Figure less the mean of its body and of its year. A year belongs to the tenure that held most of its days; "
    "figures "
    "that the gates call unfit are left out. Tenures dealt anew within each body, lengths kept (Berry and Fowler, "
    "Science "
    "Advances 7, 2021, eabe3404). Share: moment estimate of the variance of random tenure effects, with dealt "
    "tenures in "
    "the place of the error term, over the variance within bodies; interval by leaving out one body at a time."
)
CAVEATS = (
    "It says how much the figure moves with a change in the post, by whatever cause: a new director often comes with "
    "new "
    "money, a new framework, an inspection, or after bad years. Where bad figures bring the change, the share is "
    "wrong.",
    "The share is of all bodies together. Nothing about a single tenure is reckoned out or kept: a post held by one "
    "person is a person.",
    "Tenures of the same lengths in a body tell nothing, since their order makes no difference.",
)


def tenure_answer(panel: Panel, table: TenureTable, seed: int = 0, *, permutations: int = 2_000) -> Answer:
    """The share of the variance within bodies that goes with a change of director; a refusal where few bodies tell."""
    came = Provenance(
        question="compare.judges.tenure",
        origin=Origin.MADE_UP if Origin.MADE_UP in (panel.source.origin, table.source.origin) else table.source.origin,
        sources=(panel.source, table.source),
        parameters=(("measure", panel.measure.id), ("permutations", permutations)),
        seed=seed,
    )
    if not are_years(panel):
        return _refused(panel, came, "periods_not_years", "The periods of this table are not years such as 2009-10.")
    held = held_by_year(panel, table.rows)
    figures = fit_figures(assess(panel), len(panel.periods))
    found = tenure_variance(figures, held, rng=np.random.default_rng(seed), permutations=permutations)
    if isinstance(found, TooFew):
        message = (
            f"{found.units} bodies have two tenures or more with figures, and {found.telling} of them tenures of "
            "unlike "
            f"length; {FEWEST} are needed."
        )
        return _refused(panel, came, "too_few_tenures", message)
    return Answer(
        id=_id(panel),
        section=SECTION,
        title=f"{panel.measure.title}: how much goes with a change of director?",
        sentence=_sentence(panel, found),
        body=Table(COLUMNS, _rows(found)),
        method=METHOD,
        provenance=came,
        caveats=(*CAVEATS, *_elsewhere(panel, table), known_truth("tenure_variance.share")),
    )


def held_by_year(panel: Panel, rows: Sequence[Held]) -> Whole:
    """A number for the tenure that held most days of each year, by body and period; -1 where none held half of them."""
    at = {u.code: i for i, u in enumerate(panel.units)} | {u.name: i for i, u in enumerate(panel.units)}
    codes = {pair: n for n, pair in enumerate(sorted({(r.unit, r.code) for r in rows}))}
    best = np.zeros((len(panel.units), len(panel.periods)), dtype=np.int64)
    held = np.full(best.shape, UNKNOWN, dtype=np.int64)
    for row in sorted(rows, key=lambda r: r.started):
        i = at.get(row.unit)
        if i is None:
            continue
        for j, period in enumerate(panel.periods):
            first = date(int(period[:4]), 4, 1)
            last = date(first.year + 1, 3, 31)
            days = (min(row.ended or last, last) - max(row.started, first) + timedelta(days=1)).days
            if days > best[i, j] and 2 * days >= (last - first).days + 1:
                best[i, j], held[i, j] = days, codes[row.unit, row.code]
    return held


def _sentence(panel: Panel, found: TenureVariance) -> str:
    share = f"{100 * found.share:.0f} %".replace("-", "−")
    limits = f"{100 * found.low:.0f} to {100 * found.high:.0f} %".replace("-", "−")
    said = (
        f"{panel.measure.title}: {share} of what varies within bodies goes with a change of director (95 % interval "
        f"{limits}; {found.tenures} tenures in {found.units} bodies)."
    )
    dealt = (
        f" Tenures explain {100 * found.explained:.0f} % of it in all, and "
        f"{100 * float(np.median(found.placebo)):.0f} % when "
        f"they are dealt anew ({p_words(found.p)})."
    )
    shown = "" if found.p <= 0.05 else " That cannot be told from nothing."
    return said + dealt + shown


def _elsewhere(panel: Panel, table: TenureTable) -> tuple[str, ...]:
    """Tenures of bodies that the panel does not have."""
    known = {u.code for u in panel.units} | {u.name for u in panel.units}
    missing = sum(row.unit not in known for row in table.rows)
    return (f"{missing} tenures are of bodies without figures here; they are left out.",) if missing else ()


def _rows(found: TenureVariance) -> tuple[tuple[Cell, ...], ...]:
    low, middle, high = (float(v) for v in np.quantile(found.placebo, [0.025, 0.5, 0.975]))
    return (
        ("goes with a change of director", found.share, found.low, found.high),
        ("lies between tenures, by whatever cause", found.explained, None, None),
        ("the same, tenures dealt anew (median, and 95 % of dealings)", middle, low, high),
        ("dealings that explain as much (p)", found.p, None, None),
    )


def _refused(panel: Panel, came: Provenance, reason: str, message: str) -> Answer:
    return Answer(
        id=_id(panel),
        section=SECTION,
        title=f"{panel.measure.title}: how much goes with a change of director? No answer",
        sentence="How much of this figure goes with a change of director cannot be said from these tables.",
        body=Refusal(
            reason,
            message,
            (
                "tenures of more bodies, by code, with the days on which they began and ended",
                "longer series of figures",
            ),
        ),
        method="None: the tables do not allow an answer.",
        provenance=came,
        caveats=(CAVEATS[1],),
    )


def _id(panel: Panel) -> str:
    return f"judges.tenure.{short(panel.measure.id)}"
