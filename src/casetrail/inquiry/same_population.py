"""Are those on the lists of a made-up authority of the population whose size is known? Counted from its own files.

A list of whoever had any record is of those who are worked with, not of those to whom something happened: an estimate
from it answers another question, and is neither right nor wrong about this one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from casetrail.demand.from_trail.wanted import Counting, ListOf
from casetrail.inquiry.model import Inquiry
from casetrail.inquiry.reading import end_of_day_us
from casetrail.records.cells import Coded
from casetrail.records.files import format_of
from casetrail.records.read import read_grid
from casetrail.records.spec import SourceSpec
from casetrail.trail.listing import Kind
from casetrail.world.holdings.truth import Truth

_KEYS = ("activity", "event_id", "outcome", "severity")
# With a larger share of persons to whom nothing happened the two are not of one population.
MOST_OTHERS = 0.1


@dataclass(frozen=True, slots=True)
class OnLists:
    """True persons whom the files of the lists have in these days, and those of them to whom something happened."""

    persons: int
    happened: int

    @property
    def others(self) -> float:
        """Share of those on a list to whom nothing happened in these days; 0 where nobody is on any."""
        return 1 - self.happened / self.persons if self.persons else 0.0

    @property
    def same(self) -> bool:
        """Whether lists and truth are near enough of one population."""
        return self.others <= MOST_OTHERS


def on_lists(
    inquiry: Inquiry, truth: Truth, lists: Iterable[ListOf], counting: Counting, *, days: tuple[date, date]
) -> OnLists:
    """Read the authority's event files again and look up whom each record is truly of. Raises InputError."""
    wanted = tuple(lists)
    start = end_of_day_us(days[0] - timedelta(days=1), "Europe/London")
    end = end_of_day_us(days[1], "Europe/London")
    of_ref, in_days = _truly(truth, start, end)
    seen: set[int] = set()
    for spec in inquiry.sources:
        if spec.kind == "events":
            refs = _refs(spec, wanted, counting)
            seen.update(of_ref[key] for key in ((spec.agency or "", ref) for ref in refs) if key in of_ref)
    return OnLists(len(seen), len(seen & in_days))


def _truly(truth: Truth, start: int, end: int) -> tuple[dict[tuple[str, str], int], set[int]]:
    """Whom each record of these days is of, by agency and number; and to whom something happened in them."""
    found: dict[tuple[str, str], int] = {}
    columns = ("agency", "event_ref", "second_event_ref", "person", "at_us")
    for agency, ref, second, person, at in zip(*(truth.events.column(c).to_pylist() for c in columns), strict=True):
        if start < at <= end:
            for one in (ref, second):
                if one is not None:
                    found[agency, one] = person
    persons: set[int] = set()
    for table in (truth.told, truth.hidden):
        at_us = table.column("at_us").to_numpy()
        inside = (at_us > start) & (at_us <= end)
        persons.update(table.column("person").to_numpy()[inside].tolist())
    return found, persons


def _refs(spec: SourceSpec, lists: tuple[ListOf, ...], counting: Counting) -> Iterator[str]:
    """Numbers of the records of one file that put a person on a list."""
    named = {key: spec.columns[key][0] for key in _KEYS if spec.columns.get(key)}
    if "event_id" not in named or "activity" not in named:
        return
    grid = read_grid(
        spec,
        format_of(spec.path, "auto"),
        mapped_names=tuple(named.values()),
        wanted=set(named.values()),
        progress=None,
    )
    cells = {key: _texts(grid.columns[name]) for key, name in named.items()}
    for row, ref in enumerate(cells["event_id"]):
        activity, outcome, severity = (
            cells[k][row] if k in cells else None for k in ("activity", "outcome", "severity")
        )
        kind = Kind(spec.name, spec.agency, activity or "", outcome, severity, 1)
        if ref is not None and counting.has(kind) and any(one.has(kind) for one in lists):
            yield ref


def _texts(column: Coded) -> list[str | None]:
    return [None if code < 0 else column.values[code] for code in column.codes.tolist()]
