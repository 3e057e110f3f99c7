"""Rules between cells, rows and tables that a trail needs: the forms say which there are, here they are followed.

A rule marks rows and never sets one aside: both sides of a contradiction are kept, and told.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np

from casetrail.records.returns.checks import Checked
from casetrail.records.returns.findings import NOTE, SUSPICIOUS, Flags
from casetrail.records.returns.forms import Link, Rule
from casetrail.records.returns.relations import cells_of_key

_FOREVER = np.iinfo(np.int64).max


def follow_rules(tables: Mapping[str, Checked], *, whole: bool) -> list[str]:
    """Mark what the rules of each table find; says which rules could not be followed, and why.

    `whole`: a table that is not there has no rows, as in XML. Elsewhere it may be a file that was not sent.
    """
    told = []
    for table in tables.values():
        for rule in table.held.form.rules:
            lacks = _lacking(rule, table, tables, whole)
            if lacks:
                told.append(f"{table.held.form.name}: the rule '{rule.code}' could not be followed: {lacks} not there.")
                continue
            rows = ~table.book.unusable & _meets(table, rule)
            if rows.any():
                rows &= _found(table, rule, tables)
            severity = NOTE if rule.severity == "note" else SUSPICIOUS
            table.book.mark(rows, rule.code, severity, column=rule.column or None, addition=rule.says)
    return told


def _lacking(rule: Rule, table: Checked, tables: Mapping[str, Checked], whole: bool) -> str:
    """What a rule needs and the return does not have, in words; a column that never came is blank in XML."""
    if whole:
        return ""
    asked = [*rule.filled, *rule.blank, *rule.when, *rule.apart, *rule.chain]
    absent = [name for name in asked if name not in table.held.grid.columns]
    if absent:
        return f"column {', '.join(dict.fromkeys(absent))}"
    link = rule.link
    if link is not None and link.table not in tables:
        return f"table {link.table}"
    return ""


def _meets(table: Checked, rule: Rule) -> Flags:
    """Rows with the cells that a rule is about."""
    rows = np.ones(len(table.held.grid.record), dtype=np.bool_)
    for name in rule.filled:
        rows &= _filled(table, name)
    for name in rule.blank:
        rows &= _blank(table, name)
    for name, codes in rule.when.items():
        rows &= _one_of(table, name, codes)
    return rows


def _filled(table: Checked, name: str) -> Flags:
    """Rows whose cell is known: of a date, one that could be read."""
    days = table.days.get(name)
    if days is not None:
        return days.known
    column = table.codes.get(name) or table.held.grid.columns.get(name)
    return np.zeros(len(table.held.grid.record), dtype=np.bool_) if column is None else ~column.blank


def _blank(table: Checked, name: str) -> Flags:
    """Rows whose cell is blank in the file: one that could not be read is another finding."""
    column = table.held.grid.columns.get(name)
    return np.ones(len(table.held.grid.record), dtype=np.bool_) if column is None else column.blank


def _one_of(table: Checked, name: str, codes: Sequence[str]) -> Flags:
    column = table.codes.get(name) or table.held.grid.columns.get(name)
    if column is None:
        return np.zeros(len(table.held.grid.record), dtype=np.bool_)
    flags: Flags = np.array([value in codes for value in column.values] + [False], dtype=np.bool_)[column.codes]
    return flags


def _found(table: Checked, rule: Rule, tables: Mapping[str, Checked]) -> Flags:
    """What the rule looks for beyond the cells of the row itself."""
    every = np.ones(len(table.held.grid.record), dtype=np.bool_)
    if rule.apart:
        return _overlapping(table, rule)
    if rule.chain:
        return _broken_chain(table, rule)
    if rule.link is None:
        return every
    other = tables.get(rule.link.table)
    mine = cells_of_key(table, rule.link.by)
    if rule.test in ("there", "not_there"):
        there = set() if other is None else _keys_there(other, rule.link)
        met = np.array([bool(key) and (key in there) == (rule.test == "there") for key in mine], dtype=np.bool_)
        return met
    return ~every if other is None else _against_dates(table, rule, mine, _spans(other, rule.link))


def _keys_there(other: Checked, link: Link) -> set[str]:
    rows = ~other.book.unusable
    for name in link.filled:
        rows &= _filled(other, name)
    keys = cells_of_key(other, link.other)
    return {keys[row] for row in np.flatnonzero(rows).tolist() if keys[row]}


def _spans(other: Checked, link: Link) -> dict[str, list[tuple[int, int]]]:
    """From and to of the rows of another table by key; the end of an open one is never."""
    spans: dict[str, list[tuple[int, int]]] = {}
    keys, start = cells_of_key(other, link.other), other.days.get(link.start)
    end = other.days.get(link.end) if link.end else None
    if start is None:
        return spans
    for row in np.flatnonzero(start.known & ~other.book.unusable).tolist():
        to = int(end.us[row]) if end is not None and end.known[row] else _FOREVER
        spans.setdefault(keys[row], []).append((int(start.us[row]), to))
    return spans


def _against_dates(
    table: Checked, rule: Rule, mine: Sequence[str], spans: Mapping[str, list[tuple[int, int]]]
) -> Flags:
    """Rows whose date lies outside every span, inside one, before all beginnings, or after one, as the rule tests."""
    found = np.zeros(len(mine), dtype=np.bool_)
    days = table.days.get(rule.date)
    ends = table.days.get(rule.until) if rule.until else None
    if days is None:
        return found
    for row in np.flatnonzero(days.known).tolist():
        theirs, at = spans.get(mine[row]), int(days.us[row])
        if not theirs:
            continue
        to = int(ends.us[row]) if ends is not None and ends.known[row] else _FOREVER if rule.until else at
        match rule.test:
            case "outside":
                found[row] = all(at < start or at > end for start, end in theirs)
            case "during":
                found[row] = any(at < end and to > start for start, end in theirs)
            case "before":
                found[row] = all(at < start for start, _ in theirs)
            case _:
                found[row] = any(at > start for start, _ in theirs)
    return found


def _in_turn(table: Checked, names: Sequence[str]) -> list[list[int]]:
    """The rows of each person in order of their beginning, then as they came."""
    person, start = names[0], table.days.get(names[1])
    if start is None:
        return []
    by_person: dict[str, list[int]] = {}
    keys = cells_of_key(table, (person,))
    for row in np.flatnonzero(start.known & ~table.book.unusable).tolist():
        if keys[row]:
            by_person.setdefault(keys[row], []).append(row)
    return [sorted(rows, key=lambda row: (int(start.us[row]), row)) for rows in by_person.values()]


def _overlapping(table: Checked, rule: Rule) -> Flags:
    """Rows that begin before an earlier row of the same person has ended."""
    found = np.zeros(len(table.held.grid.record), dtype=np.bool_)
    start, end = table.days.get(rule.apart[1]), table.days.get(rule.apart[2])
    for rows in _in_turn(table, rule.apart):
        latest: int | None = None
        for row in rows:
            begun = int(start.us[row]) if start is not None else 0
            found[row] = latest is not None and begun < latest
            ended = int(end.us[row]) if end is not None and end.known[row] else _FOREVER
            latest = ended if latest is None else max(latest, ended)
    return found


def _broken_chain(table: Checked, rule: Rule) -> Flags:
    """Rows of a chain that do not follow from the one before; or, where `last`, that nothing follows."""
    found = np.zeros(len(table.held.grid.record), dtype=np.bool_)
    start, end = table.days.get(rule.chain[1]), table.days.get(rule.chain[2])
    before, here = _conditions(table, rule.before), _conditions(table, rule.here)
    for rows in _in_turn(table, rule.chain):
        if rule.last:
            found[rows[-1]] = before[rows[-1]]
            continue
        for first, second in pairwise(rows):
            gap = start is not None and end is not None and end.known[first] and start.us[second] > end.us[first]
            found[second] = before[first] and here[second] and (bool(gap) or not rule.gap)
    return found


def _conditions(table: Checked, wanted: Mapping[str, tuple[str, ...]]) -> Flags:
    """Rows with the codes wanted; a code with "!" in front is one that it must not be, and must be known."""
    rows = np.ones(len(table.held.grid.record), dtype=np.bool_)
    for name, codes in wanted.items():
        barred = tuple(code[1:] for code in codes if code.startswith("!"))
        rows &= _filled(table, name) & ~_one_of(table, name, barred) if barred else _one_of(table, name, codes)
    return rows
