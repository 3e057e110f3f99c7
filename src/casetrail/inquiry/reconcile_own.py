"""Counts that a return writes beside its own rows, held against the events of the other sources."""

from __future__ import annotations

from collections.abc import Sequence

from casetrail.figures import Answer, Column, Table
from casetrail.inquiry.reconcile_items import Window, day_of, items
from casetrail.inquiry.reconcile_measures import OwnCountForm, measure_named, own_count_forms
from casetrail.inquiry.reconcile_pages import About, answer_of
from casetrail.inquiry.reconcile_read import How, SideRead
from casetrail.records import read_source
from casetrail.records.own_counts import OwnCount, own_counts
from casetrail.records.spec import SourceSpec

_COLUMNS = (
    Column("column", "Count that the return writes"),
    Column("rows", "Rows with it", "count"),
    Column("with_it", "The same, this one counted", "count"),
    Column("without", "The same, this one not counted", "count"),
    Column("neither", "Neither", "count"),
    Column("stranger", "Person not in the others", "count"),
    Column("fewest", "Fewest persons in a part of it", "persons"),
)


def own_page(about: About, spec: SourceSpec, others: Sequence[SideRead], how: How) -> tuple[Answer, ...]:
    """One row for each count that the return writes and some other source can count; nothing where there is none."""
    forms = [form for form in own_count_forms(spec.format) if _side(form, others)]
    if not forms:
        return ()
    extract = read_source(spec, keys=how.keys, as_of=how.as_of)
    places = tuple((form.table, form.column, form.at) for form in forms)
    told = own_counts(extract, keys=how.keys, as_of=how.as_of, places=places)
    rows = tuple(_row(form, found, _side(form, others)) for form, found in zip(forms, told, strict=True) if found)
    if not rows:
        return ()
    sentence = "Counts that the return writes beside its rows, held against what the other sources have of the child."
    method = (
        "For each row the events of the child in the other sources are counted up to the date of the row, over 365 "
        "days or ever, with and without the one of that day: returns are filled in either way."
    )
    return (answer_of(about, ".own", f"{about.name}: counts of its own", sentence, Table(_COLUMNS, rows), method),)


def _side(form: OwnCountForm, others: Sequence[SideRead]) -> list[SideRead]:
    measure = measure_named(form.measure)
    return [one for one in others if measure is not None and one.records(measure)]


def _row(form: OwnCountForm, told: Sequence[OwnCount], side: Sequence[SideRead]) -> tuple[str | int, ...]:
    measure = measure_named(form.measure)
    assert measure is not None
    window = Window(day_of(0), day_of(0))
    days: dict[str, set[int]] = {}
    for source in side:
        for item in items(source.events, measure, window):
            days.setdefault(item.person, set()).add(item.day)
    known = {person for source in side for person in source.persons}
    parts: dict[str, list[OwnCount]] = {"with_it": [], "without": [], "neither": [], "stranger": []}
    for one in told:
        first = one.day - form.days if form.days else min(days.get(one.person, {one.day}))
        before = sum(first <= day < one.day for day in days.get(one.person, ()))
        same = one.day in days.get(one.person, ())
        if one.person not in known:
            parts["stranger"].append(one)
        elif one.number == before + same and same:
            parts["with_it"].append(one)
        elif one.number == before:
            parts["without"].append(one)
        else:
            parts["neither"].append(one)
    fewest = min(len({one.person for one in found}) for found in parts.values() if found)
    return (form.column, len(told), *(len(found) for found in parts.values()), fewest)
