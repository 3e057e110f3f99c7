"""Answers of every kind, as large as a real pack: used by the tests of the pack and by the browser tests.

All names are invented, and recognisably so. What is labelled real here is labelled so only to test labels.
"""

from __future__ import annotations

import math
import random
from typing import Literal

from casetrail.figures import (
    Answer,
    Cell,
    Chart,
    Column,
    Estimate,
    Origin,
    Provenance,
    Range,
    Refusal,
    RelationRun,
    SourceRef,
    Suppressed,
    Table,
)

AUTHORITIES = tuple(
    f"{first}{second}"
    for first in (
        *("Quibble", "Wobble", "Fiddle", "Mumble", "Twaddle", "Gobble", "Noodle", "Puddle", "Tipple", "Bramble"),
        *("Snuffle", "Crumple", "Dawdle", "Muddle", "Rumple"),
    )
    for second in (
        *("borough", "ford", "shire", " upon Nowhere", "mere", "wick", "hampton", "-on-the-Map", "dale"),
        " and the Unlikely Isles Metropolitan Borough",
    )
)
NASTY = "<script>alert('x')</script> & \"quotes\" – Łódź, ﷽, 子供, 👩‍👧"
SECRET = 7


def provenance(origin: Origin, question: str = "Was it any worse than most?") -> Provenance:
    source = SourceRef(
        name="invented_returns_2009-10.csv",
        sha256="ab" * 32,
        origin=origin,
        made_by="the authorities themselves",
        judged_by_it="the same authorities",
        note="Open Government Licence",
    )
    run = RelationRun(
        name="standing",
        sha256="cd" * 32,
        sql="select 1 as one where 1 < 2 -- " + NASTY,
        inputs=("published",),
        parameters=(("year", "2009-10"),),
    )
    return Provenance(
        question=question,
        origin=origin,
        sources=(source,),
        parameters=(("authority", "Quibbleborough"), ("level", 0.95), ("bad", math.nan)),
        relations=(run,),
        seed=20071203,
        version="0.1.0",
    )


def answer(
    id_: str, body: Table | Estimate | Range | Refusal, origin: Origin = Origin.MADE_UP, **more: object
) -> Answer:
    """One answer with everything a room would say, `more` to change parts of it."""
    given: dict[str, object] = {
        "section": "Was it any worse than most?",
        "title": f"Title of {id_}",
        "sentence": "Quibbleborough cannot be told apart from most others.",
        "method": "Proportions with funnel limits, plain and adjusted for overdispersion.",
        "caveats": ("Timeliness is procedure and not quality.",),
        "chart": None,
        "person_level": False,
    }
    return Answer(id=id_, body=body, provenance=provenance(origin), **(given | more))  # type: ignore[arg-type]  # parts vary by test


def funnel(seed: int, id_: str, title: str) -> Answer:
    """150 authorities, limits, the one that is asked about."""
    draw = random.Random(seed)
    middle = draw.uniform(0.55, 0.85)
    rows: list[tuple[Cell, ...]] = []
    for i, name in enumerate(AUTHORITIES):
        n = round(math.exp(draw.uniform(4.2, 8.2)))
        sd = math.sqrt(middle * (1 - middle) / n)
        share = min(1.0, max(0.0, draw.gauss(middle, 0.06 + sd)))
        asked = "yes" if i == 0 else "no"
        limits = [min(1.0, max(0.0, middle + z * sd * phi)) for z in (-1.96, 1.96, -3.09, 3.09) for phi in (2.4,)]
        rows.append((name, asked, n, round(share * n), share, *limits, draw.gauss(0, 2)))
    columns = (
        Column("authority", "Authority"),
        Column("asked", "Asked about"),
        Column("n", "Children", "persons"),
        Column("met", "In time", "count"),
        Column("share", "Share in time", "share"),
        Column("low95", "Lower 95% limit", "share"),
        Column("high95", "Upper 95% limit", "share"),
        Column("low998", "Lower 99.8% limit", "share"),
        Column("high998", "Upper 99.8% limit", "share"),
        Column("z", "z, adjusted", "number"),
    )
    y = {"type": "quantitative", "title": "Share in time", "axis": {"format": "%"}, "scale": {"zero": False}}
    one = [{"filter": "datum.asked == 'yes'"}]
    lines = [
        {
            "mark": {"type": "line", "color": "limit"} | ({"strokeDash": [5, 4]} if "998" in name else {}),
            "encoding": {"y": {"field": name, **y}},
        }
        for name in ("low95", "high95", "low998", "high998")
    ]
    share = {"field": "share", **y}
    points = {
        "mark": {"type": "point", "color": "muted"},
        "encoding": {"y": share, "description": {"field": "authority"}},
    }
    accent = {"mark": {"type": "point", "color": "accent", "size": 110}, "transform": one, "encoding": {"y": share}}
    label = {
        "mark": {"type": "text", "color": "accent", "dy": -14, "fontWeight": "bold"},
        "transform": one,
        "encoding": {"y": share, "text": {"field": "authority"}},
    }
    x = {"field": "n", "type": "quantitative", "title": "Children (log scale)", "scale": {"type": "log", "nice": False}}
    spec = {"layer": [*lines, points, accent, label], "encoding": {"x": x}}
    return answer(
        id_,
        Table(columns, tuple(rows)),
        Origin.PUBLIC_AGGREGATE,
        title=title,
        chart=Chart(spec, f"{title}: 150 authorities by number of children; Quibbleborough lies inside the limits."),
    )


def strip() -> Answer:
    """Seven indicators of 150 authorities, one dot each."""
    draw = random.Random(7)
    names = [
        "Core assessments within 35 days",
        "Initial assessments in 7 days",
        "Reviews on time",
        "Referrals going on to assessment",
        "Repeat referrals inside twelve months",
        "Plans lasting two years or more",
        "Conferences in 15 days",
    ]
    rows = [
        (name, place, "yes" if i == 0 else "no", draw.gauss(0, 1.2))
        for name in names
        for i, place in enumerate(AUTHORITIES)
    ]
    columns = (
        Column("indicator", "Indicator"),
        Column("authority", "Authority"),
        Column("asked", "Asked about"),
        Column("z", "z", "number"),
    )
    x = {"field": "z", "type": "quantitative", "title": "Standard deviations from the middle"}
    layers = [
        {"mark": {"type": "point", "color": "muted", "size": 20, "opacity": 0.45}},
        {
            "mark": {"type": "point", "color": "accent", "size": 90, "shape": "diamond"},
            "transform": [{"filter": "datum.asked == 'yes'"}],
            "encoding": {"description": {"field": "authority"}},
        },
    ]
    y = {"field": "indicator", "type": "nominal", "title": None, "sort": None}
    spec = {"layer": layers, "encoding": {"x": x, "y": y}}
    return answer(
        "compare.strip",
        Table(columns, tuple(rows)),
        Origin.PUBLIC_AGGREGATE,
        title="All seven indicators at once",
        chart=Chart(spec, "One row of dots for each indicator; Quibbleborough is a diamond, never at either end."),
    )


def bars() -> Answer:
    """Days by holder with an unknown, a long name, markup in text, and a total."""
    columns = (
        Column("holder", "Held by"),
        Column("days", "Days", "days"),
        Column("cases", "Cases", "count"),
        Column("since", "First day", "date"),
    )
    rows: tuple[tuple[Cell, ...], ...] = (
        ("Duty and assessment team, Quibbleborough children's service (north)", 121.25, 1, "2007-03-01"),
        (NASTY, 118.5, 1, "2007-04-12T09:30"),
        ('=HYPERLINK("x")', 33.0, 2, None),
        ("Nobody (limbo)", None, 3, "2007-06-30"),
        ("All", 272.75, 7, "2007-03-01"),
    )
    spec = {
        "transform": [{"filter": "!datum._margin"}],
        "mark": {"type": "bar", "color": "series1", "cornerRadiusEnd": 1},  # makes clip paths, which have ids
        "encoding": {
            "x": {"field": "days", "type": "quantitative", "title": "Days held"},
            "y": {"field": "holder", "type": "nominal", "title": None, "sort": None},
        },
    }
    return answer(
        "trail.held",
        Table(columns, rows, frozenset({4})),
        section="Who held the case?",
        title="Days by holder " + NASTY,
        chart=Chart(spec, "The duty team held the case for 121 days, longer than anybody else. " + NASTY),
    )


def timeline() -> Answer:
    """Dates on the axis and verdicts as colour and shape."""
    columns = (Column("step", "Step"), Column("day", "Day", "date"), Column("verdict", "Verdict"))
    rows = (
        ("Referral", "2007-03-01", "met"),
        ("Strategy meeting", "2007-04-19", "missed"),
        ("Hospital appointment", "2007-08-01", "unknown"),
    )
    colour = {
        "field": "verdict",
        "type": "nominal",
        "scale": {"domain": ["met", "missed", "unknown"], "range": ["met", "missed", "unsure"]},
    }
    spec = {
        "mark": {"type": "point", "size": 120},
        "encoding": {
            "x": {"field": "day", "type": "temporal", "title": None},
            "y": {"field": "step", "type": "nominal", "title": None, "sort": None},
            "color": colour,
            "shape": {"field": "verdict", "type": "nominal", "scale": {"domain": ["met", "missed", "unknown"]}},
        },
    }
    return answer(
        "trail.line",
        Table(columns, rows),
        section="Who held the case?",
        title="The steps in order",
        chart=Chart(spec, "Three steps from March to August 2007; the strategy meeting was missed."),
    )


def withheld(origin: Origin = Origin.PUBLIC_PSEUDONYMOUS) -> Answer:
    """A table in which one row counts too few persons, with a total that would give it away."""
    columns = (
        Column("team", "Team"),
        Column("persons", "Persons", "persons"),
        Column("days", "Median days", "days"),
        Column("day", "Last day", "date"),
    )
    rows: tuple[tuple[Cell, ...], ...] = (
        ("North", 120, 12.5, "2011-03-31"),
        ("South", SECRET, 88.25, "2011-02-01"),
        ("East", 44, None, None),
        ("All", 171, 14.0, "2011-03-31"),
    )
    spec = {
        "mark": "bar",
        "encoding": {
            "x": {"field": "days", "type": "quantitative", "title": "Median days"},
            "y": {"field": "team", "type": "nominal", "title": None},
        },
    }
    return answer(
        "trail.teams",
        Table(columns, rows, frozenset({3})),
        origin,
        section="Who held the case?",
        title=f"Waits by team ({SECRET} persons in the south)",
        sentence=f"The south has only {SECRET} persons, who waited 88.25 days.",
        caveats=(f"{SECRET} persons of 171 were in the south.", "Timeliness is procedure and not quality."),
        chart=Chart(spec, f"{SECRET} persons waited longest."),
    )


def small_tables(count: int) -> list[Answer]:
    """Trail tables as a real inquiry has many of: short, numeric, without charts."""
    draw = random.Random(3)
    columns = (
        Column("agency", "Agency"),
        Column("events", "Events", "events"),
        Column("days", "Days", "days"),
        Column("share", "Share of all days", "share"),
        Column("median", "Median wait", "hours"),
        Column("odd", "Note"),
    )
    kinds: tuple[Literal["police", "hospital", "school", "council"], ...] = ("police", "hospital", "school", "council")
    made = []
    for i in range(count):
        rows = tuple(
            (f"Made-up {kind}", draw.randint(1, 9000), draw.uniform(0, 999), draw.random(), -draw.random(), None)
            for kind in kinds
            for _ in range(3)
        )
        made.append(
            answer(f"trail.table-{i}", Table(columns, rows), section="The trail", title=f"Measure {i} by agency")
        )
    return made


def estimates() -> list[Answer]:
    """An estimate, a range without a point, and two refusals."""
    one = Estimate(
        value=0.3471,
        low=0.29,
        high=0.402,
        level=0.95,
        unit="of all referrals",
        method="capture and recapture over two lists",
        assumptions=("the lists are independent once age is known",),
        n=1482,
        sources=("police", "hospital"),
        warnings=("rests wholly on the judged body's own record",),
    )
    other = Estimate(1250.0, 900.0, None, 0.9, "children", "log-linear model with one interaction", n=1482)
    refusal = Refusal(
        reason="no_data_for_tenure",
        message="No published figure covers the years in question.",
        would_help=("the performance assessments of 2005 to 2008", "Section 52 returns of 2005 to 2008"),
    )
    section = "How much was there really?"
    return [
        answer("demand.missed", one, section=section, title="What was never recorded"),
        answer(
            "demand.range",
            Range((one, other), 0.29, 1250.0, "Two models fit equally well and disagree."),
            section=section,
            title="How many there were",
        ),
        answer("compare.tenure", refusal, Origin.PUBLIC_AGGREGATE, title="The years in question"),
        answer(
            "demand.few",
            Estimate(3.0, 1.0, 6.0, 0.95, "days", "median", n=4),
            Origin.PUBLIC_PSEUDONYMOUS,
            section=section,
            title="A median over four persons",
        ),
    ]


def pre_withheld() -> Answer:
    """A published table in which the publisher itself has withheld a cell: passed on as it is."""
    columns = (Column("place", "Place"), Column("persons", "Children", "persons"))
    rows: tuple[tuple[Cell, ...], ...] = (
        ("Quibbleborough", 3),
        ("Wobbleford", Suppressed("by the publisher")),
        ("All", 8),
    )
    return answer("compare.published", Table(columns, rows, frozenset({2})), Origin.PUBLIC_AGGREGATE)


def pack() -> list[Answer]:
    """A whole pack of the size that must stay under 400 kB."""
    return [
        funnel(1, "compare.funnel-1", "Core assessments completed within 35 working days"),
        funnel(2, "compare.funnel-2", "Initial assessments within seven days"),
        funnel(3, "compare.funnel-3", "Reviews on time"),
        funnel(4, "compare.funnel-4", "Conferences within fifteen days"),
        strip(),
        pre_withheld(),
        bars(),
        timeline(),
        withheld(),
        *small_tables(15),
        *estimates(),
    ]
