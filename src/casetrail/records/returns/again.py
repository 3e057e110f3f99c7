"""What several returns of one kind tell again, counted once: each year's census has every case that is still open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pyarrow as pa

from casetrail.records.cells import plural
from casetrail.records.extract import Extract
from casetrail.records.returns.library import form

# Two rows with these alike tell of one thing; all else is as the later return knows it.
_EVENT = ("person", "agency", "activity", "at_us")
_INVOLVEMENT = ("person", "agency", "role", "worker", "from_us")
_Key = tuple[object, ...]


def told_once(extracts: Sequence[Extract]) -> tuple[Extract, ...]:
    """The extracts with what several returns of one kind tell kept once, in the last of them, in the order given.

    Returns are of one kind when format, agency and numbering of persons are the same. Of several things alike in one
    return each stays. What only an earlier return tells stays as it is: a return holds nothing that was over before its
    year. The counts of rows do not change: every row is read, and the notes say what a later return tells as well.
    """
    made = list(extracts)
    kinds: dict[tuple[str, str, str], list[int]] = {}
    for at, extract in enumerate(extracts):
        if extract.tables and not _local(extract):
            spec = extract.spec
            kinds.setdefault((spec.format, spec.agency or "", spec.person_scheme), []).append(at)
    for places in kinds.values():
        later: tuple[set[_Key], set[_Key]] = (set(), set())
        for at in reversed(places):
            made[at] = _without(made[at], later)
    return tuple(made)


def _local(extract: Extract) -> bool:
    """Local extracts are no series: two logs may tell of two calls at one minute."""
    return extract.spec.form_file is not None or form(extract.spec.format).local


def _without(extract: Extract, later: tuple[set[_Key], set[_Key]]) -> Extract:
    """An extract without what `later` returns tell; its own things are added to them."""
    events = _new(extract.events, _EVENT, later[0])
    involvements = _new(extract.involvements, _INVOLVEMENT, later[1])
    again = extract.events.num_rows - events.num_rows, extract.involvements.num_rows - involvements.num_rows
    if not any(again):
        return extract
    note = (
        f"{plural(again[0], 'event')} and {plural(again[1], 'involvement')} stand in a later return of the same kind "
        "too: each counts once, as the later one has it."
    )
    return replace(extract, events=events, involvements=involvements, notes=(*extract.notes, note))


def _new(table: pa.Table, names: Sequence[str], seen: set[_Key]) -> pa.Table:
    """Rows that `seen` lacks: the second of two alike is another thing than the first. All are added to it."""
    numbers: dict[_Key, int] = {}
    keys: list[_Key] = []
    for key in zip(*(table[name].to_pylist() for name in names), strict=True):
        numbers[key] = numbers.get(key, 0) + 1
        keys.append((*key, numbers[key]))
    new = np.array([key not in seen for key in keys], dtype=np.bool_)
    seen.update(keys)
    return table if new.all() else table.filter(pa.array(new))
