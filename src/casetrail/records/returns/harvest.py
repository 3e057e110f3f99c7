"""The rows of a return gathered from the elements of XML, each cell with its own line."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias, cast

import numpy as np
from lxml import etree

from casetrail.records.cells import ColumnBuilder, Grid, Places, plural
from casetrail.records.returns.forms import Form
from casetrail.records.returns.headings import sayable

Element: TypeAlias = "etree._Element"
Cells: TypeAlias = list[str | None]

# libxml2 keeps line numbers above this only where text follows; a line at the brim is not known.
_LINE_BRIM = 65_535
_NAMES_TOLD = 50


@dataclass(slots=True)
class _Told:
    """How often something was met that is not used, and the first line of it."""

    count: int = 0
    line: int = -1

    def more(self, line: int) -> None:
        """Count one more."""
        if not self.count:
            self.line = line
        self.count += 1


@dataclass(slots=True)
class _Plan:
    """What each element means, worked out once for a form."""

    columns: dict[str, list[str]]
    opens: dict[str, str] = field(default_factory=dict)  # element -> table
    leaves: dict[str, dict[str, int]] = field(default_factory=dict)  # table -> element -> place of the column
    rows: dict[str, tuple[str, int]] = field(default_factory=dict)  # leaf -> table and column of which it is a row
    loose: dict[str, list[tuple[str, int]]] = field(default_factory=dict)  # leaf -> gathered tables that take it
    groups: frozenset[str] = frozenset()
    inherits: dict[str, list[tuple[int, str, int]]] = field(default_factory=dict)  # place, other table, place there
    unit: str = ""  # table of which a unit itself is a row


def _plan(form: Form) -> _Plan:
    plan = _Plan({table.name: list(table.columns) for table in form.tables.values()}, groups=frozenset(form.groups))
    for table in form.tables.values():
        names = plan.columns[table.name]
        plan.inherits[table.name] = [
            (names.index(name), other, plan.columns[other].index(name)) for name, other in table.inherit.items()
        ]
        tree = table.tree
        if tree is None:
            continue
        tags = {column.tag or column.name: at for at, column in enumerate(table.columns.values())}
        if tree.leaf:
            plan.rows[tree.leaf] = (table.name, tags[tree.leaf])
        elif tree.element == "*":
            plan.unit = table.name
            plan.leaves[table.name] = tags
        elif tree.element:
            plan.opens[tree.element] = table.name
            plan.leaves[table.name] = tags
        else:
            for tag, at in tags.items():
                if list(table.columns)[at] not in table.inherit:
                    plan.loose.setdefault(tag, []).append((table.name, at))
    return plan


class Harvest:
    """What has been read of a return so far.

    The cells of a table are one flat list, row after row, and their lines another: a list for each row would keep
    the collector of garbage busier than the reading.
    """

    def __init__(self, form: Form) -> None:
        self.form = form
        self.plan = _plan(form)
        self.cells: dict[str, Cells] = {name: [] for name in form.tables}
        self.lines: dict[str, list[int]] = {name: [] for name in form.tables}
        self.own: dict[str, list[int]] = {name: [] for name in form.tables}
        self.strange: dict[str, _Told] = {}
        self.stray = _Told()
        self.twice: dict[str, _Told] = {}
        self.givers: dict[tuple[str, int], list[int]] = {
            (name, ours): [] for name, heirs in self.plan.inherits.items() for ours, _, _ in heirs
        }
        self._blank: dict[str, tuple[Cells, list[int]]] = {
            name: ([None] * len(columns), [0] * len(columns)) for name, columns in self.plan.columns.items()
        }
        self._open: dict[str, int] = {}  # table -> where its latest row of this unit begins
        self._heirs: list[tuple[str, int, int, str, int, int]] = []

    def take(self, unit: Element) -> None:
        """Take one whole unit: a person, or the head of the return."""
        self._open, self._heirs = {}, []
        name = self.plan.unit or self.plan.opens.get(local_name(unit), "")
        self._walk(unit, name, self._row(name, cast(int, unit.sourceline)) if name else -1)
        self._inherit()

    def _row(self, table: str, line: int) -> int:
        """Begin a row; says where in the flat lists it begins."""
        cells, lines = self._blank[table]
        start = len(self.cells[table])
        self.cells[table] += cells
        self.lines[table] += lines
        self.own[table].append(line)
        self._open[table] = start
        for ours, other, theirs in self.plan.inherits[table]:
            self._heirs.append((table, start, ours, other, self._open.get(other, -1), theirs))
        return start

    def _walk(self, element: Element, table: str, start: int) -> None:
        plan = self.plan
        leaves = plan.leaves.get(table, {})
        for child in element:
            tag = child.tag
            if tag[0] == "{":
                tag = local_name(child)
            tail = child.tail
            if tail is not None and not tail.isspace():
                self.stray.more(cast(int, child.sourceline))
            at = leaves.get(tag)
            if at is not None:
                self._cell(child, tag, table, start + at)
            elif tag in plan.opens:
                name = plan.opens[tag]
                self._no_text(child)
                self._walk(child, name, self._row(name, cast(int, child.sourceline)))
            elif tag in plan.rows:
                name, at = plan.rows[tag]
                self._cell(child, tag, name, self._row(name, cast(int, child.sourceline)) + at)
            elif tag in plan.groups:
                self._no_text(child)
                self._walk(child, table, start)
            elif tag in plan.loose and table == self.form.gathers:
                for name, at in plan.loose[tag]:
                    begun = self._open.get(name, -1)
                    begun = self._row(name, cast(int, child.sourceline)) if begun < 0 else begun
                    self._cell(child, tag, name, begun + at)
            else:
                self.unknown(child)

    def _cell(self, child: Element, tag: str, table: str, at: int) -> None:
        if len(child):
            self.unknown(child[0])
        lines = self.lines[table]
        if lines[at]:
            self.twice.setdefault(tag, _Told()).more(cast(int, child.sourceline))
            return
        self.cells[table][at] = child.text
        lines[at] = cast(int, child.sourceline)

    def _no_text(self, element: Element) -> None:
        if element.text is not None and not element.text.isspace():
            self.stray.more(cast(int, element.sourceline))

    def unknown(self, element: Element) -> None:
        """Note an element that the form does not know."""
        told = self.strange.setdefault(local_name(element), _Told())
        told.more(cast(int, element.sourceline))

    def _inherit(self) -> None:
        """Cells that belong to another row of the unit, once all of them are known."""
        for table, start, ours, other, begun, theirs in self._heirs:
            above = begun if begun >= 0 else self._open.get(other, -1)
            self.givers[table, ours].append(above)
            if above >= 0:
                self.cells[table][start + ours] = self.cells[other][above + theirs]
                self.lines[table][start + ours] = self.lines[other][above + theirs]

    def notes(self) -> list[str]:
        """What was met and not used: never in silence."""
        told = []
        for at, (name, seen) in enumerate(self.strange.items(), start=1):
            if at > _NAMES_TOLD:
                told.append(f"{plural(len(self.strange) - _NAMES_TOLD, 'more name')} of elements that are not known.")
                break
            said = sayable(name, at)
            told.append(
                f"The element {said} is not known to '{self.form.name}': not read, {plural(seen.count, 'time')}, "
                f"first on line {seen.line}."
            )
        if self.stray.count:
            told.append(
                f"Text between elements, where none belongs: not read, {plural(self.stray.count, 'time')}, first on "
                f"line {self.stray.line}."
            )
        for name, seen in self.twice.items():
            told.append(
                f"The element '{name}' stood twice in one place: the first was kept, {plural(seen.count, 'time')}, "
                f"first on line {seen.line}."
            )
        return told


def local_name(element: Element) -> str:
    """The name of an element without its namespace."""
    return element.tag.rpartition("}")[2]


def grid_of(path: Path, table: str, harvest: Harvest) -> Grid:
    """The rows of one table as a grid."""
    names = harvest.plan.columns[table]
    form = harvest.form.tables[table]
    columns, lines = {}, {}
    all_lines = np.array(harvest.lines[table], dtype=np.int64).reshape(-1, len(names))
    all_lines[all_lines == _LINE_BRIM] = -1
    for at, name in enumerate(names):
        cells = harvest.cells[table][at :: len(names)]
        if not form.columns[name].required and not any(cells):
            continue  # an element that never came is a column that is not there
        builder = ColumnBuilder()
        builder.extend(cells)
        columns[name] = builder.finish()
        lines[name] = all_lines[:, at]
    own = np.array(harvest.own[table], dtype=np.int64)
    own[own == _LINE_BRIM] = -1
    return Grid(
        file=path.name,
        format="xml",
        table=table,
        columns=columns,
        names=tuple(columns),
        record=np.arange(1, len(own) + 1, dtype=np.int64),
        line=own,
        cell_line=lines,
        heirs=_heirs(harvest, table),
    )


def _heirs(harvest: Harvest, table: str) -> dict[str, tuple[str, Places]]:
    """For each inherited column: the table and row that give the cells."""
    columns = harvest.plan.columns
    return {
        columns[table][ours]: (
            other,
            np.array(harvest.givers[table, ours], dtype=np.int64) // len(columns[other]),
        )
        for ours, other, _ in harvest.plan.inherits[table]
    }
