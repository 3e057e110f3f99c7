"""How many cases were finished before the limit that would otherwise have been finished after it?"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from casetrail.compare.deadline.cases import Rules, Timed
from casetrail.compare.deadline.charts import days_chart
from casetrail.compare.deadline.record_words import OPEN_CASES, Said, record_answer
from casetrail.compare.deadline.words import known_truth, percent
from casetrail.figures import Answer, Cell, Column, Estimate, Refusal, Table
from casetrail.stats.bunching import Fit, bunching
from casetrail.stats.bunching_days import LEAST_AFTER, LEAST_CASES, Curve, Days, Moved, moved_before

DAYS_SCORE = "bunching.days"
METHOD = (
    "Excess before a limit (Saez 2010; Chetty and others, Quarterly Journal of Economics 126, 2011): a smooth curve "
    "through the counts of all working days but the last ones up to the limit, Poisson, on the logarithmic scale; "
    "behind the limit only a share of the curve is left, and what is gone there is what is too much before it. Days of "
    "the working week and multiples of ten have factors of their own. Smoothness and the reach behind the limit are "
    "chosen by the criterion of Akaike, a reach with a price of log n. Interval: cases drawn with replacement, wider "
    "by the root of the misfit."
)
FEW = Refusal(
    reason="too_few_cases",
    message=f"Fewer than {LEAST_CASES} cases were finished, or fewer than {LEAST_AFTER} after the limit.",
    would_help=("a longer period, or several areas together",),
)
SHORT = Refusal(
    reason="limit_too_short",
    message="The limit is shorter than twice the window of days before it, so no curve can be drawn before the window.",
    would_help=("a shorter window (--window)",),
)
# A misfit beyond this: the curve misses more than chance, and the interval is a guess at how much.
POOR = 3.0
PUBLISHED_DEGREE = 9


def moved_answers(of: Timed, rules: Rules) -> tuple[Answer, ...]:
    """The share moved, the days with the curve, and the share under other choices; a refusal for few cases."""
    title = f"Moved to before the limit of {of.limit} working days"
    if of.limit < 2 * rules.window:
        return (_refused(of, rules, title, SHORT),)
    asked = Days(window=rules.window, draws=rules.draws)
    found = moved_before(of.done, of.limit, rng=np.random.default_rng(rules.seed), asked=asked)
    if found is None:
        return (_refused(of, rules, title, FEW),)
    return (_share(of, rules, found, title), _days(of, rules, found), _other(of, rules, found, asked))


def _refused(of: Timed, rules: Rules, title: str, why: Refusal) -> Answer:
    return record_answer(
        of, Said(what="moved", title=title, sentence=why.message, method=METHOD, body=why), rules=rules
    )


def _share(of: Timed, rules: Rules, found: Moved, title: str) -> Answer:
    poor = found.misfit > POOR
    warnings = (f"the curve misses {found.misfit:.1f} times more than chance would",) if poor else ()
    body = Estimate(
        value=found.share,
        low=found.low,
        high=found.high,
        level=found.level,
        unit="share of finished cases",
        method=METHOD,
        assumptions=(
            "without the limit, counts by day would follow a smooth curve but for weeks and round numbers",
            f"moved cases ended in the last {rules.window} working days up to the limit",
        ),
        n=found.cases,
        sources=(of.cases.source.name,),
        warnings=warnings,
    )
    said = Said(
        what="moved",
        title=title,
        sentence=_sentence(of, found),
        method=METHOD,
        body=body,
        caveats=(OPEN_CASES, known_truth(DAYS_SCORE)),
    )
    return record_answer(of, said, rules=rules)


def _sentence(of: Timed, found: Moved) -> str:
    shown = found.low > 0 or found.high < 0
    first = (
        f"{percent(found.share)} of {found.cases:,} finished cases ({percent(found.low)} to {percent(found.high)}) "
        f"were finished in the last days before the limit of {of.limit} working days and would otherwise have been "
        "finished after it"
    )
    if not shown:
        return f"{first}: no response to the limit is shown, the interval holds zero."
    return f"{first}; that is {found.normalised:.1f} days' worth of cases."


def _days(of: Timed, rules: Rules, found: Moved) -> Answer:
    window = (found.days > of.limit - rules.window) & (found.days <= of.limit)
    rows: list[tuple[Cell, ...]] = [
        (
            int(day),
            int(seen),
            float(natural),
            "up to the limit" if inside else ("before" if day < of.limit else "after"),
        )
        for day, seen, natural, inside in zip(found.days, found.seen, found.natural, window, strict=True)
    ]
    columns = (
        Column("day", "Working day", "count"),
        Column("finished", "Cases finished", "persons"),
        Column("without", "Expected without the limit", "number", 1),
        Column("window", "Where"),
    )
    before = int(found.seen[window].sum())
    expected = float(found.natural[window].sum())
    sentence = (
        f"In the last {rules.window} working days up to the limit {before:,} cases were finished; the curve through "
        f"the other days expects {expected:,.0f} there without the limit."
    )
    said = Said(
        what="days",
        title=f"Cases finished by working day, limit {of.limit}",
        sentence=sentence,
        method=METHOD,
        body=Table(columns, tuple(rows)),
        chart=days_chart(found, of.limit),
    )
    return record_answer(of, said, rules=rules)


def _other(of: Timed, rules: Rules, found: Moved, asked: Days) -> Answer:
    rows: list[tuple[Cell, ...]] = [_line("as above", found)]
    for what, choice in _choices(found.curve, asked, of.limit):
        other = moved_before(of.done, of.limit, rng=np.random.default_rng(rules.seed), asked=choice)
        rows.append(_line(what, other))
    rows.append(_published(of, rules, found))
    shares = [row[2] for row in rows if isinstance(row[2], float)]
    sentence = (
        f"Under the choices of curve, window and reach in the table, {percent(min(shares))} to {percent(max(shares))} "
        "of finished cases were moved to before the limit."
    )
    columns = (
        Column("choice", "Choice"),
        Column("cases", "Finished cases", "persons"),
        Column("share", "Moved before the limit", "share", 1),
        Column("low", "95 % low", "share", 1),
        Column("high", "95 % high", "share", 1),
        Column("misfit", "Misfit (1: chance only)", "number", 1),
    )
    said = Said(
        what="choices",
        title=f"Moved to before the limit of {of.limit}, under other choices",
        sentence=sentence,
        method=METHOD,
        body=Table(columns, tuple(rows)),
    )
    return record_answer(of, said, rules=rules)


def _choices(best: Curve, asked: Days, limit: int) -> list[tuple[str, Days]]:
    """Each choice changes one thing."""
    found = [
        ("curve of another scale", replace(asked, curve=_flipped(best))),
        ("a smoother curve", replace(asked, curve=replace(best, degree=max(3, best.degree - 2)))),
        ("a curve that bends more", replace(asked, curve=replace(best, degree=best.degree + 2))),
        ("moved from all later days", replace(asked, curve=replace(best, reach=None))),
        ("moved from the first 10 days after the limit", replace(asked, curve=replace(best, reach=10))),
        ("moved from the first 20 days after the limit", replace(asked, curve=replace(best, reach=20))),
        ("no factors for weeks and round numbers", replace(asked, multiples=())),
    ]
    for window in (3, 10):
        if window != asked.window and limit >= 2 * window:
            found.append((f"the last {window} days as window", replace(asked, curve=best, window=window)))
    return found


def _flipped(curve: Curve) -> Curve:
    return replace(curve, scale="days" if curve.scale == "log days" else "log days")


def _line(what: str, found: Moved | None) -> tuple[Cell, ...]:
    if found is None:
        return (what, None, None, None, None, None)
    return (what, found.cases, found.share, found.low, found.high, found.misfit)


def _published(of: Timed, rules: Rules, found: Moved) -> tuple[Cell, ...]:
    """The method as published: a polynomial of the counts, with the integration constraint."""
    fit = Fit(degree=PUBLISHED_DEGREE, left=rules.window - 1, round_to=(5.0, 10.0))
    what = f"polynomial of the counts, degree {fit.degree} (Chetty and others 2011)"
    try:
        other = bunching(found.seen, found.days, of.limit, fit=fit)
    except ValueError:
        return (what, None, None, None, None, None)
    return (what, found.cases, other.excess / found.cases, None, None, None)
