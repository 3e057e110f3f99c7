"""Read both sides of a reconciliation: the submission, and the sources that it is set beside."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from casetrail.figures import SourceRef
from casetrail.inquiry.quarantine_kept import Standing
from casetrail.inquiry.reconcile_items import Happened, Item, Window, happened, items, together
from casetrail.inquiry.reconcile_match import Side
from casetrail.inquiry.reconcile_measures import Measure, measures
from casetrail.records import Extract, Keys, read_source, told_once
from casetrail.records.aside import Aside, rows_aside
from casetrail.records.returns import has_form
from casetrail.records.returns.choosing import chosen
from casetrail.records.spec import SourceSpec


@dataclass(frozen=True, slots=True)
class SideRead:
    """One source of a side. `recordable`: activities that it has, or by its form could have."""

    name: str
    scheme: str
    ref: SourceRef
    events: tuple[Happened, ...]
    persons: frozenset[str]
    recordable: frozenset[str]
    aside: tuple[Aside, ...]
    covers: tuple[date | None, date | None]

    def records(self, measure: Measure) -> bool:
        """Whether the source could say anything of a measure."""
        return bool(self.recordable & set(measure.activities))


def with_words(measure: Measure, words: Mapping[str, tuple[str, ...]]) -> Measure:
    """The measure with activities of an extract's own added."""
    return replace(measure, activities=(*measure.activities, *words.get(measure.id, ())))


@dataclass(frozen=True, slots=True)
class How:
    """How sources are read: by which keys, to which day, as mended, with words of their own for measures."""

    keys: Keys
    as_of: date
    mends: Standing
    words: Mapping[str, tuple[str, ...]]


def read_side(specs: Sequence[SourceSpec], how: How) -> tuple[SideRead, ...]:
    """Read sources; returns of one series tell each thing once. Raises as reading does."""
    read = [read_source(spec, keys=how.keys, as_of=how.as_of, mends=how.mends.of_source(spec.name)) for spec in specs]
    return tuple(_side(extract, how) for extract in told_once(read))


def _side(extract: Extract, how: How) -> SideRead:
    spec = extract.spec
    spoken = {
        activity
        for measure in measures()
        for activity in (*with_words(measure, how.words).activities, *measure.ends, *measure.near)
    }
    seen = set(extract.events["activity"].unique().to_pylist())
    ref = SourceRef(spec.name, extract.sha256, spec.origin, spec.made_by, spec.judged_by_it)
    return SideRead(
        name=spec.name,
        scheme=spec.person_scheme,
        ref=ref,
        events=happened(extract.events, extract.zone, activities=spoken),
        persons=frozenset({*extract.events["person"].to_pylist(), *extract.involvements["person"].to_pylist()}),
        recordable=frozenset(seen | _of_form(extract)),
        aside=rows_aside(extract, keys=how.keys, as_of=how.as_of, mends=how.mends.of_source(spec.name)),
        covers=(spec.covers_from, spec.covers_to),
    )


def _of_form(extract: Extract) -> set[str]:
    """Activities that the tables there would become, rows or not: none of them is a count of zero."""
    if not has_form(extract.spec):
        return set()
    there = {table.table for table in extract.tables}
    return {
        mapping.constants["activity"]
        for name, table in chosen(extract.spec, extract.spec.year).tables.items()
        if name in there
        for mapping in table.mappings
        if "activity" in mapping.constants
    }


def counted(side: Iterable[SideRead], measure: Measure, window: Window) -> list[Item]:
    """What the sources of a side have of a measure, each thing once."""
    return together({one.name: items(one.events, measure, window) for one in side if one.records(measure)})


def as_sent(side: SideRead, measure: Measure, window: Window) -> list[Item]:
    """What a submission has of a measure, with dated rows that are set aside here: they were sent all the same."""
    first, last = window.days
    found = counted([side], measure, window)
    if measure.counts != "each":
        return found
    return found + [
        Item(row.person, row.day, first <= row.day <= last, row.place)
        for row in side.aside
        if row.activity in measure.activities and row.day is not None
    ]


def beside(side: Iterable[SideRead], measure: Measure, *, sent: bool) -> Side:
    """What else a side has that may be a row of the other: its persons, rows that gave nothing, what stands near.

    `sent`: a submission, whose dated rows are counted although they were set aside.
    """
    aside: Counter[str] = Counter()
    undated: Counter[str] = Counter()
    near: dict[str, set[int]] = defaultdict(set)
    persons: set[str] = set()
    for one in side:
        persons |= one.persons
        for row in one.aside:
            counted_already = sent and row.day is not None and measure.counts == "each"
            if not counted_already and (row.activity is None or row.activity in measure.activities):
                (undated if row.why == "no date" else aside)[row.person] += 1
        for event in one.events:
            if event.activity in measure.near:
                near[event.person].add(event.day)
    return Side(frozenset(persons), aside, undated, {person: tuple(sorted(days)) for person, days in near.items()})
