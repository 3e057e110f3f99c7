"""A table of lists or of repeat counts, read as it is: each fault has its own message and place, and no value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from casetrail.demand.lists import MOST, Lists
from casetrail.demand.refusals import refuse
from casetrail.figures import Origin, Refusal, SourceRef
from casetrail.inquiry.demand_columns import TIMES_NAMES, bits, count_column, fault, list_columns, named, numbers, place
from casetrail.inquiry.demand_times import ReadTimes, read_times, times_columns
from casetrail.records.cells import Grid
from casetrail.records.files import format_of, sha256_of
from casetrail.records.read import read_grid
from casetrail.records.spec import SourceSpec

Ints = npt.NDArray[np.int64]

Label = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListsFile:
    """What is said about a file. `lists`, `by`: columns that are lists, and that divide persons; empty: found by look.

    `area`: the column of small areas, which divides persons as well. `along`: columns of numbers that describe persons,
    of repeat counts alone. `count`: the column of persons; None: found by its name, and a file without one has one row
    for each person.
    """

    path: Path
    origin: Origin = Origin.REAL
    lists: tuple[str, ...] = ()
    by: tuple[str, ...] = ()
    along: tuple[str, ...] = ()
    area: str | None = None
    count: str | None = None
    sheet: str | None = None
    made_by: str = ""


@dataclass(frozen=True, slots=True)
class ReadLists:
    """All persons together, and divided where the file divides them (empty: it does not)."""

    together: Lists
    strata: Mapping[Label, Lists]
    by: tuple[str, ...]
    rows: int
    one_row_each: bool
    source: SourceRef
    areas: Mapping[str, Lists] = field(default_factory=dict)


def read_lists(asked: ListsFile) -> ReadLists | ReadTimes | Refusal:
    """The lists, or the repeat counts, of a file; a refusal for one list or for too many.

    Raises: InputError for a file that cannot be read or whose rows contradict each other, with the row.
    """
    spec = SourceSpec(name=asked.path.name, path=asked.path, origin=asked.origin, columns={}, sheet=asked.sheet)
    format_ = format_of(asked.path, "auto")
    if format_ == "xes":
        raise fault("An event log is no table of lists.", asked.path.name, "Name an inquiry with --inquiry.", "log")
    if asked.sheet is not None and format_ != "xlsx":
        raise fault("Only a workbook has sheets.", asked.path.name, "Leave --sheet out.", "no_sheets")
    digest = sha256_of(asked.path)
    grid = read_grid(spec, format_, mapped_names=(), wanted=None, progress=None)
    if grid.broken:
        raise fault("A row has more or fewer cells than the header.", place(grid, None), "Mend the file.", "broken_row")
    if not len(grid.record):
        raise fault("The file has no rows below its header.", grid.file, "Name another file.", "no_rows")
    source = SourceRef(asked.path.name, digest, asked.origin, asked.made_by, note="a table of the user's own")
    count = count_column(grid, asked.count, asked.lists)
    times = None if asked.lists or asked.area else times_columns(grid, count, asked.by, asked.along)
    if times is not None:
        return read_times(grid, times, source)
    if asked.along:
        raise fault(
            "Numbers that describe persons are for repeat counts, and this table has no column of times.",
            grid.file,
            f"Leave --with out, or head a column {', '.join(TIMES_NAMES[:3])}.",
            "no_times",
        )
    area = () if asked.area is None else (asked.area,)
    columns, by = list_columns(grid, count, asked.lists, (*asked.by, *area))
    if len(columns) < 2:
        return refuse("too_few_lists", f"lists in the file: {', '.join(columns) or 'none'}")
    if len(columns) > MOST:
        return refuse("too_many_lists", f"{len(columns)} lists, and at most {MOST} can be taken")
    persons = np.ones(len(grid.record), dtype=np.int64) if count is None else numbers(grid, count)
    if by and not (asked.by or area) and asked.origin is Origin.REAL:
        raise fault(
            f"Some columns are no lists, and nobody said that they divide persons: {', '.join(by)}.",
            grid.file,
            "Name them with --by if they do, such as a region; take them out if they tell one person from another. "
            "Say --origin public-aggregate if the table is published.",
            "not_said",
        )
    read = _divided(grid, columns, by, persons, counted=count is not None, source=source)
    if asked.area is not None:
        read = replace(read, areas=_by_area(read, named(grid, asked.area)))
    return _of_only(read, asked.lists) if asked.lists else read


def _of_only(read: ReadLists, names: tuple[str, ...]) -> ReadLists | Refusal:
    """The same persons seen by the lists named; whoever is on none of these is not counted any more."""
    known = [name.casefold() for name in read.together.names]
    keep = [known.index(name.strip().casefold()) for name in names]
    if len(set(keep)) < len(keep):
        raise fault("A list is named twice.", read.source.name, "Name each list once.", "list_named_twice")
    if len(keep) < 2:
        return refuse("too_few_lists", f"lists named: {', '.join(names)}")
    strata = {label: lists.of_only(keep) for label, lists in read.strata.items()}
    areas = {label: lists.of_only(keep) for label, lists in read.areas.items()}
    return replace(read, together=read.together.of_only(keep), strata=strata, areas=areas)


def _by_area(read: ReadLists, column: str) -> dict[str, Lists]:
    """The strata added up over everything but the area."""
    at = read.by.index(column)
    found: dict[str, Lists] = {}
    for label, lists in read.strata.items():
        held = found.get(label[at])
        found[label[at]] = lists if held is None else Lists(lists.names, held.counts + lists.counts)
    return found


def _no_repeat(grid: Grid, keys: Ints, what: str) -> None:
    _, first = np.unique(keys, return_index=True)
    again = np.setdiff1d(np.arange(keys.size), first)
    if again.size:
        earlier = int(np.flatnonzero(keys == keys[again[0]])[0])
        raise fault(
            f"Two rows have {what}.",
            f"{place(grid, int(again[0]))}, and {place(grid, earlier)}",
            "Add their counts up if they are of different persons, and take one out if they are the same.",
            "said_twice",
        )


def _divided(
    grid: Grid, columns: Sequence[str], by: tuple[str, ...], persons: Ints, *, counted: bool, source: SourceRef
) -> ReadLists:
    pattern = np.sum([bits(grid, name) << j for j, name in enumerate(columns)], axis=0)
    if bool((pattern == 0).any()):
        raise fault(
            "A row is of persons on no list; how many they are is what is asked for.",
            place(grid, int(np.flatnonzero(pattern == 0)[0])),
            "Take the row out: a number that somebody put there is not an observation.",
            "zero_pattern",
        )
    labels = _labels(grid, by)
    stratum = {label: i for i, label in enumerate(dict.fromkeys(labels))}
    at = np.array([stratum[label] for label in labels])
    if counted:
        _no_repeat(grid, at * (1 << len(columns)) + pattern, "the same pattern of lists")
    strata = {label: _lists(columns, pattern[at == i], persons[at == i]) for label, i in stratum.items()}
    together = _lists(columns, pattern, persons)
    return ReadLists(together, strata if by else {}, by, len(grid.record), not counted, source)


def _labels(grid: Grid, by: tuple[str, ...]) -> list[Label]:
    columns = [grid.columns[name] for name in by]
    for name, column in zip(by, columns, strict=True):
        if bool(column.blank.any()):
            row = int(np.flatnonzero(column.blank)[0])
            raise fault(f"Column '{name}' is blank.", place(grid, row), "Say where these persons belong.", "blank")
    return [tuple(c.values[c.codes[i]].strip() for c in columns) for i in range(len(grid.record))]


def _lists(columns: Sequence[str], pattern: Ints, persons: Ints) -> Lists:
    counts = np.zeros(1 << len(columns), dtype=np.int64)
    np.add.at(counts, pattern, persons)
    return Lists(tuple(name.strip() for name in columns), counts)
