"""Write the tables of a return as XML: what stands in each element, and in which order, is the form's own data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from xml.sax.saxutils import escape

from casetrail.records.returns.forms import Form
from casetrail.records.writing.rows import CellValue, Laid, Row
from casetrail.records.writing.rules import Rules
from casetrail.records.writing.text import text_of
from casetrail.records.writing.unfolding import Span

_INDENT = "  "
_ALL = -1
_GROUND = 2  # elements down to this depth stand there even when nothing is in them
# What XML 1.0 cannot hold at all; a text of a record may have it.
_UNFIT = dict.fromkeys(
    [*(code for code in range(32) if code not in (9, 10, 13)), 0xFFFE, 0xFFFF, *range(0xD800, 0xE000)], "\ufffd"
)


@dataclass(frozen=True, slots=True)
class _Bough:
    """The rows of a table by person, and by the spell under which they stand; `cells` is the place of each element."""

    cells: Mapping[str, int]
    by_person: Mapping[int, Sequence[Row]]
    by_parent: Mapping[int, Sequence[Row]]


@dataclass(frozen=True, slots=True)
class _Where:
    """The person and the row whose elements are being written."""

    person: int | None = None
    bough: _Bough | None = None
    row: Row | None = None


def tree_text(form: Form, rules: Rules, laid: Laid) -> Iterator[str]:
    """The lines of the XML, element by element."""
    yield '<?xml version="1.0" encoding="UTF-8"?>\n'
    yield from _Growing(form, rules, laid).element(rules.root, _Where(), 0)


class _Growing:
    def __init__(self, form: Form, rules: Rules, laid: Laid) -> None:
        self.rules = rules
        self.elements: dict[str, _Bough] = {}
        self.leaves: dict[str, _Bough] = {}
        people: set[int] = set()
        for name in laid.tables:
            tree = form.tables[name].tree
            if tree is None or tree.gathered:
                continue
            bough = _bough(form, name, laid)
            (self.leaves if tree.leaf else self.elements)[tree.leaf or tree.element] = bough
            people |= set(bough.by_person) - {_ALL}
        self.people = sorted(people)

    def element(self, tag: str, where: _Where, depth: int) -> Iterator[str]:
        """All elements of one name that belong here, with all that stands in them."""
        if tag in self.leaves:
            bough = self.leaves[tag]
            for row in _under(bough, where):
                yield self._leaf(tag, row.cells[bough.cells[tag]], depth)
        elif tag in self.elements:
            bough = self.elements[tag]
            for row in _under(bough, where):
                yield from self._group(tag, replace(where, bough=bough, row=row), depth)
        elif tag == self.rules.unit:
            whole = self.elements.get("*")
            for person in self.people:
                own = whole.by_person.get(person, ()) if whole else ()
                yield from self._group(tag, _Where(person, whole, own[0] if own else None), depth)
        elif tag in self.rules.tree:
            yield from self._group(tag, where, depth)
        elif where.row is not None and where.bough is not None and tag in where.bough.cells:
            cell = where.row.cells[where.bough.cells[tag]]
            if cell != "":
                yield self._leaf(tag, cell, depth)

    def _group(self, tag: str, where: _Where, depth: int) -> Iterator[str]:
        inner = [text for name in self.rules.tree.get(tag, ()) for text in self.element(name, where, depth + 1)]
        if inner or depth < _GROUND:
            yield f"{_INDENT * depth}<{tag}>\n"
            yield from inner
            yield f"{_INDENT * depth}</{tag}>\n"

    def _leaf(self, tag: str, cell: CellValue, depth: int) -> str:
        text = escape(text_of(cell, self.rules.dates).translate(_UNFIT)).replace("\r", "&#13;")
        return f"{_INDENT * depth}<{tag}>{text}</{tag}>\n"


def _under(bough: _Bough, where: _Where) -> Sequence[Row]:
    if where.row is not None and isinstance(where.row.about, Span):
        return bough.by_parent.get(id(where.row.about), ())
    return bough.by_person.get(_ALL if where.person is None else where.person, ())


def _bough(form: Form, name: str, laid: Laid) -> _Bough:
    table, about = laid.tables[name], form.tables[name]
    by_person: dict[int, list[Row]] = {}
    by_parent: dict[int, list[Row]] = {}
    for row in table.rows:
        subject = row.about
        by_person.setdefault(_ALL if about.person == "" else subject.person, []).append(row)
        if isinstance(subject, Span) and subject.parent is not None:
            around = laid.kept.get(id(subject.parent), subject.parent)
            by_parent.setdefault(id(around), []).append(row)
    tags = {about.columns[column].tag or column: at for at, column in enumerate(table.columns)}
    return _Bough(tags, by_person, by_parent)
