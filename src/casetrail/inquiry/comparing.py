"""What was asked of published figures: a standing, one measure in depth, the gates, or a table of the user's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from casetrail.compare import standing
from casetrail.compare.asking import Depth, in_depth
from casetrail.compare.collection import Collection, collected, shipped_collection
from casetrail.compare.quality import gated_answer, gates_answer
from casetrail.compare.standing import standing_in
from casetrail.compare.tables import ReadTable, everything_answer, read_table
from casetrail.compare.tables.panels import Shape
from casetrail.compare.tenure import TENURE_YEARS
from casetrail.errors import InputError, UnknownNameError
from casetrail.figures import Answer, Origin
from casetrail.inquiry.stamping import stamped
from casetrail.public import authority as find
from casetrail.public.panel import PanelKind

DEFAULT_BODY, DEFAULT_YEAR = "Haringey", "2009-10"


@dataclass(frozen=True, slots=True)
class Compared:
    """What was asked: a body and a period (None: not named), one measure or all, and the seed of what is drawn.

    `gates`: only whether figures are fit to compare. `everything`: every measure and period, in one line each. Of one
    measure: `since` a period in which something changed, `breaks` where a new series begins, `money` the spend;
    `higher_is_worse` where the figure points in a direction that the table does not say.
    """

    body: str | None = None
    period: str | None = None
    measure: str | None = None
    gates: bool = False
    everything: bool = False
    since: str | None = None
    breaks: Mapping[str, str] = field(default_factory=dict)
    money: bool = False
    higher_is_worse: bool | None = None
    seed: int = 1

    @property
    def depth(self) -> Depth:
        return Depth(self.seed, self.since, self.breaks, self.money, self.higher_is_worse)


@dataclass(frozen=True, slots=True)
class TableAsked:
    """A table of the user's: where it is, its columns as named, and what its figures are."""

    path: Path
    columns: Mapping[str, str] = field(default_factory=dict)
    kind: PanelKind | None = None
    per: float | None = None
    sheet: str | None = None
    made_up: bool = False


def compare_shipped(asked: Compared) -> tuple[Answer, ...]:
    """On the published figures that ship. Raises: UnknownNameError for a name, year or measure that is not there."""
    shipped = shipped_collection()
    if asked.body is None and (asked.gates or asked.everything):
        return _requested(_of_all(shipped, asked), asked)
    body, year = asked.body or DEFAULT_BODY, asked.period or DEFAULT_YEAR
    unit = str(find(body, year).code)
    if year in TENURE_YEARS:
        return _requested(standing(body, year), asked)
    return _requested(_of_one(shipped, unit, year, asked), asked)


def compare_table(table: TableAsked, asked: Compared) -> tuple[tuple[Answer, ...], ReadTable]:
    """On a table of the user's. Raises: InputError for the file, UnknownNameError for a name that is not in it."""
    shape = Shape(table.kind, table.per)
    origin = Origin.MADE_UP if table.made_up else Origin.PUBLIC_AGGREGATE
    read = read_table(table.path, said=table.columns, shape=shape, sheet=table.sheet, origin=origin)
    held = collected(table.path.name, read.panels, {})
    if asked.body is None:
        return _requested(_of_all(held, asked), asked, table), read
    unit = held.panels[0].units[held.panels[0].unit_at(asked.body)].code
    period = asked.period
    if asked.measure is not None and period is None:
        period = held.qualities[measure_of(held, asked.measure)].panel.periods[-1]
    if period is None:
        found: Sequence[Answer] = [everything_answer(held, unit)]
    else:
        found = _of_one(held, unit, period, asked)
    return _requested(found, asked, table), read


def asked_again(request: Mapping[str, Any], table: Path | None) -> tuple[Answer, ...]:
    """The answers of a request that a provenance holds; of a table of the user's only with that table at hand.

    Raises: InputError without the table, and what the question itself raises.
    """
    if request.get("judges"):
        from casetrail.inquiry.judging import judged_again

        return judged_again(request, table)
    asked = Compared(
        body=request.get("body"),
        period=request.get("period"),
        measure=request.get("measure"),
        gates=bool(request.get("gates")),
        everything=bool(request.get("everything")),
        since=request.get("since"),
        breaks=request.get("breaks") or {},
        money=bool(request.get("money")),
        higher_is_worse=request.get("higher_is_worse"),
        seed=int(request.get("seed") or 0),
    )
    if "table" not in request:
        return compare_shipped(asked)
    if table is None:
        raise InputError(
            "This figure is of a table of your own.", where=str(request["table"]), todo="Name the table with --table."
        )
    parts = request["columns"], request["kind"], request["per"], request["sheet"], bool(request["made_up"])
    return compare_table(TableAsked(table, *parts), asked)[0]


def _of_all(held: Collection, asked: Compared) -> list[Answer]:
    if asked.gates:
        return [gated_answer(held.qualities, _period(held, asked.period))]
    return [everything_answer(held)]


def _of_one(held: Collection, unit: str, period: str, asked: Compared) -> Sequence[Answer]:
    if asked.everything:
        return [everything_answer(held, unit)]
    if asked.measure is not None:
        return in_depth(held, measure_of(held, asked.measure), unit, period, depth=asked.depth)
    found = standing_in(held, unit, period)
    gates = gates_answer(held.qualities, held.panels[0].unit_at(unit), period)
    return [gates] if asked.gates else [found[0], gates, *found[1:]]


def _requested(found: Iterable[Answer], asked: Compared, table: TableAsked | None = None) -> tuple[Answer, ...]:
    """Each answer with what was asked for, so that it can be asked again from a pack."""
    request: dict[str, object] = asdict(asked)
    if table is not None:
        request |= {"table": table.path.name, "columns": dict(table.columns)}
        request |= {"kind": table.kind, "per": table.per, "sheet": table.sheet, "made_up": table.made_up}
    kept = ("request", request)
    marked = (replace(a, provenance=replace(a.provenance, parameters=(*a.provenance.parameters, kept))) for a in found)
    return stamped(marked)


def measure_of(collection: Collection, name: str) -> str:
    """A measure by its id or title. Raises: UnknownNameError, with those that are near."""
    plain = name.strip().casefold()
    for panel in collection.panels:
        if plain in (panel.measure.id.casefold(), panel.measure.title.casefold()):
            return panel.measure.id
    near = [p.measure.id for p in collection.panels if plain in f"{p.measure.id} {p.measure.title}".casefold()]
    listed: Sequence[str] = near or [p.measure.id for p in collection.panels[:30]]
    raise UnknownNameError(
        "There is no measure of that name.",
        where=f"table {collection.name}",
        todo=f"{'Did you mean' if near else 'Measures'}: {', '.join(listed)}.",
        code="unknown_measure",
    )


def _period(collection: Collection, period: str | None) -> str | None:
    if period is None or period in collection.periods:
        return period
    raise UnknownNameError(
        f"No published figures are held for {period}.",
        where=f"table {collection.name}",
        todo=f"Periods held: {', '.join(collection.periods)}.",
        code="unknown_year",
    )
