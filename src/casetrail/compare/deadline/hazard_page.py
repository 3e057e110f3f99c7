"""Of the cases still open, which share is finished on each day: before the limit, and after it?"""

from __future__ import annotations

from casetrail.compare.deadline.cases import Rules, Timed
from casetrail.compare.deadline.record_words import Said, record_answer
from casetrail.compare.deadline.words import known_truth, percent
from casetrail.figures import Answer, Cell, Chart, Column, Refusal, Table
from casetrail.stats.hazard_at_limit import Hazard, hazard, jump

METHOD = (
    "Daily hazard (Kaplan and Meier 1958): cases finished on a day over cases open at its beginning; cases still open "
    "at the end of the records, and cancelled ones, are at risk until then. Wilson intervals by day; the ratio of the "
    "days after the limit to the days up to it has its interval on the logarithmic scale."
)
AROUND = 10
HAZARD_SCORE = "hazard.jump"
FEW = Refusal(
    reason="too_few_cases",
    message="Fewer than five cases were finished in the days before the limit, or in the days after it.",
    would_help=("a longer period, or several areas together",),
)


def hazard_answer(of: Timed, rules: Rules) -> Answer:
    """The hazard by day around the limit, and how it changes at the limit."""
    last = of.limit + max(AROUND, rules.window)
    found = hazard(of.days, of.finished, last=last)
    # A window longer than the limit has no days before it to look at.
    change = jump(found, of.limit, width=min(rules.window, of.limit))
    title = f"Share of open cases finished on each working day, around the limit of {of.limit}"
    if change is None:
        refused = Said(what="hazard", title=title, sentence=FEW.message, method=METHOD, body=FEW)
        return record_answer(of, refused, rules=rules)
    sentence = (
        f"Of the cases still open, {percent(change.before)} were finished on each of the last {rules.window} working "
        f"days up to the limit, and {percent(change.after)} on each of the {rules.window} after it: {change.ratio:.2f} "
        f"times ({change.low:.2f} to {change.high:.2f}). {_reading(change.low, change.high)}"
    )
    first = max(0, of.limit - AROUND + 1)
    rows = tuple(_row(found, day, of.limit) for day in range(first, last + 1) if found.at_risk[day] > 0)
    said = Said(
        what="hazard",
        title=title,
        sentence=sentence,
        method=METHOD,
        body=Table(_COLUMNS, rows),
        chart=_chart(of, sentence),
        caveats=(known_truth(HAZARD_SCORE),),
    )
    return record_answer(of, said, rules=rules)


_COLUMNS = (
    Column("day", "Working day", "count"),
    Column("open", "Open at its beginning", "persons"),
    Column("finished", "Finished on it", "persons"),
    Column("hazard", "Share finished", "share", 1),
    Column("low", "95 % low", "share", 1),
    Column("high", "95 % high", "share", 1),
    Column("left", "Still open at its end", "share", 1),
    Column("where", "Where"),
)


def _reading(low: float, high: float) -> str:
    if high < 1:
        return "Work slackens once the limit is behind."
    if low > 1:
        return "Work quickens once the limit is behind: late cases are cleared first."
    return "No change at the limit is shown."


def _row(found: Hazard, day: int, limit: int) -> tuple[Cell, ...]:
    low, high = found.interval(day)
    return (
        day,
        int(found.at_risk[day]),
        int(found.finished[day]),
        float(found.hazard[day]),
        low,
        high,
        float(found.still_open[day]),
        "up to the limit" if day <= limit else "after",
    )


def _chart(of: Timed, sentence: str) -> Chart:
    y = {"field": "hazard", "type": "quantitative", "axis": {"title": "Share of open cases finished", "format": "%"}}
    colour = {"condition": {"test": "datum.where == 'after'", "value": "muted"}, "value": "accent"}
    spec: dict[str, object] = {
        "encoding": {"x": {"field": "day", "type": "quantitative", "axis": {"title": "Working day"}, "scale": _SPAN}},
        "layer": [
            {
                "mark": {"type": "rule", "color": "soft"},
                "encoding": {"y": {"field": "low", "type": "quantitative"}, "y2": {"field": "high"}},
            },
            {"mark": {"type": "point", "size": 60}, "encoding": {"y": y, "color": colour}},
        ],
    }
    return Chart(spec, f"Points with intervals, one for each working day around the limit of {of.limit}. {sentence}")


_SPAN = {"zero": False}
