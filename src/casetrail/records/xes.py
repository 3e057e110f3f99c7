"""Read XES event logs, packed or not, in a stream: one record per event.

A `global` element declares what a missing attribute would be called. Such a default is never filled in: an
attribute that is absent is unknown, and an attribute that carries the very default is unknown too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import BinaryIO, TypeAlias, cast

import numpy as np
from lxml import etree

from casetrail.errors import InputError
from casetrail.records.cells import PROGRESS_EVERY, Coded, ColumnBuilder, Grid, Progress, plural
from casetrail.records.files import PACKING_FAULTS, broken_packing, reading, unpacked
from casetrail.records.mapping import TRACE

Element: TypeAlias = "etree._Element"

# libxml2 keeps line numbers above this only where text follows; a line at the brim is not known.
_LINE_BRIM = 65_535
_PROLOG = 1 << 16


def _local_name(element: Element) -> str:
    return element.tag.rpartition("}")[2]


class _Columns:
    """Columns that appear as attributes appear."""

    def __init__(self, wanted: Collection[str] | None) -> None:
        self._wanted = wanted
        self._builders: dict[str, ColumnBuilder] = {}
        self._batch: list[dict[str, str]] = []
        self.rows = 0

    def add(self, row: dict[str, str]) -> None:
        """Append a row of attributes by key."""
        self._batch.append(row)
        if len(self._batch) >= PROGRESS_EVERY:
            self._pack()

    def _pack(self) -> None:
        keys = self._wanted if self._wanted is not None else {key for row in self._batch for key in row}
        for key in sorted(keys):
            cells = [row.get(key) for row in self._batch]
            if key not in self._builders:
                if not any(key in row for row in self._batch):
                    continue
                self._builders[key] = ColumnBuilder(self.rows)
            self._builders[key].extend(cells)
        for key in self._builders.keys() - set(keys):
            self._builders[key].extend([None] * len(self._batch))
        self.rows += len(self._batch)
        self._batch = []

    def finish(self) -> dict[str, Coded]:
        """The columns seen, by key."""
        self._pack()
        return {key: builder.finish() for key, builder in self._builders.items()}


class _Log:
    """What has been read of a log so far."""

    def __init__(self, wanted: Collection[str] | None) -> None:
        of_events = None if wanted is None else {key for key in wanted if not key.startswith(TRACE)}
        of_traces = None if wanted is None else {key[len(TRACE) :] for key in wanted if key.startswith(TRACE)}
        self.events = _Columns(of_events)
        self.traces = _Columns(of_traces)
        self.sizes: list[int] = []
        self.lines: list[int] = []
        self.defaults: dict[str, set[str]] = {}
        self.nested: Counter[str] = Counter()
        self.repeated = 0
        self.keys: set[str] = set()
        self.empty_traces = 0
        self._in_trace = 0

    def take(self, element: Element) -> None:
        """Take one finished element of the log: a global, an event or a trace."""
        name = _local_name(element)
        if name == "global":
            self._declare(element)
            return
        parent = element.getparent()
        if name == "event":
            self.events.add(self._attributes(element, ""))
            line = cast(int, element.sourceline)
            self.lines.append(line if line != _LINE_BRIM else -1)
            self._in_trace += 1
            if parent is None or _local_name(parent) != "trace":
                self._close({})
        else:
            self._close(self._attributes(element, TRACE))
            # What is finished would otherwise stay in memory, one empty element for each case.
            while parent is not None and parent[0] is not element:
                del parent[0]
        element.clear()

    def _close(self, trace: dict[str, str]) -> None:
        self.empty_traces += not self._in_trace
        self.traces.add(trace)
        self.sizes.append(self._in_trace)
        self._in_trace = 0

    def _declare(self, element: Element) -> None:
        scope = TRACE if element.get("scope") == "trace" else ""
        for child in element:
            key, value = child.get("key"), child.get("value")
            if key is not None and value is not None:
                self.defaults.setdefault(scope + key, set()).add(value.strip())

    def _attributes(self, element: Element, scope: str) -> dict[str, str]:
        found: dict[str, str] = {}
        for child in element:
            key, value = child.get("key"), child.get("value")
            if len(child):
                self.nested[scope or "event"] += 1
            if key is None or value is None:
                continue
            if key in found:
                self.repeated += 1
                continue
            found[key] = value
        self.keys.update(found if not scope else (scope + key for key in found))
        return found

    def notes(self) -> tuple[str, ...]:
        """Plain sentences on what was met and not used."""
        told = []
        if count := sum(self.nested.values()):
            told.append(f"{plural(count, 'attribute')} held further attributes inside; those were not read.")
        if self.repeated:
            told.append(f"{plural(self.repeated, 'attribute')} stood twice in one element; the first was kept.")
        if self.empty_traces:
            told.append(f"{plural(self.empty_traces, 'case')} without any event.")
        return tuple(told)


def read_xes(path: Path, *, wanted: Collection[str] | None, progress: Progress | None) -> Grid:
    """Read an XES log. Columns of the case are named "case:" + key. `wanted` None keeps all columns.

    Memory is bounded by one case besides the columns kept. Raises InputError when the file is no XES, is cut
    short, or declares a document type (the way to XML bombs).
    """
    log = _Log(wanted)
    with reading(path):
        try:
            with unpacked(path) as stream:
                refuse_doctype(stream, path)
            with unpacked(path) as stream:
                for element in _elements(stream, path, log):
                    log.take(element)
                    if progress and len(log.lines) % PROGRESS_EVERY == 0 and log.lines:
                        progress(len(log.lines))
        except PACKING_FAULTS:
            raise broken_packing(path, len(log.lines)) from None
    return _grid(path, log)


def _elements(stream: BinaryIO, path: Path, log: _Log) -> Iterator[Element]:
    """The elements that matter, each once it is whole."""
    tags = ("{*}event", "{*}trace", "{*}global")
    walk = etree.iterparse(
        stream, events=("end",), tag=tags, resolve_entities=False, no_network=True, remove_comments=True
    )
    try:
        first = True
        for _, element in walk:
            if first and element.getroottree().docinfo.internalDTD is not None:
                raise doctype_error(path)
            first = False
            yield element
    except etree.XMLSyntaxError as fault:
        line = fault.lineno
        raise InputError(
            f"The XML is damaged or cut short; {len(log.lines):,} complete events came before that. "
            "Nothing was taken from it.",
            where=f"{path.name}, line {line}",
            todo="Copy or export the file again.",
            code="broken_xml",
        ) from None
    root = walk.root
    if root is None or _local_name(root) != "log":
        raise InputError("This XML is not an XES log.", where=path.name, todo="Check the format.", code="not_xes")


def refuse_doctype(stream: BinaryIO, path: Path) -> None:
    """A document type is never needed in records and is how a small file grows without bound."""
    start = stream.read(_PROLOG).replace(b"\0", b"")
    if b"<!DOCTYPE" in start or b"<!ENTITY" in start:
        raise doctype_error(path)


def doctype_error(path: Path) -> InputError:
    return InputError(
        "The XML declares a document type; entities can be used to attack the reader, so it is refused.",
        where=path.name,
        todo="Export the file again without a DOCTYPE.",
        code="xml_doctype",
    )


def _grid(path: Path, log: _Log) -> Grid:
    columns = log.events.finish()
    which = np.repeat(np.arange(len(log.sizes)), log.sizes)
    for key, column in log.traces.finish().items():
        columns[TRACE + key] = Coded(column.values, column.codes[which])
    count = len(log.lines)
    return Grid(
        file=path.name,
        format="xes",
        columns=columns,
        names=tuple(sorted(log.keys)),
        record=np.arange(1, count + 1, dtype=np.int64),
        line=np.array(log.lines, dtype=np.int64),
        defaults={key: frozenset(values) for key, values in log.defaults.items()},
        notes=log.notes(),
    )
