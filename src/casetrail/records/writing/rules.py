"""How what happened becomes the rows of a return, as the form's own data say: the reading turned round.

A form's `[writing]` names kinds of spells and points (a case, an enquiry, a review), which activities begin and end
them, and which of their facts goes into which column.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from casetrail.errors import InquiryError
from casetrail.records.returns.forms import Form

OF_OTHER = frozenset({"person", "holding", "worker", "team", "return", "nothing"})
_TOP = frozenset({"months", "ends", "kinds", "marks", "tables", "root", "unit", "tree", "dates"})
_KIND = frozenset({"begins", "ends", "within", "one", "beside", "letter", "same"})
_MARK = frozenset({"activities", "on", "once", "ended"})
_TABLE = frozenset({"of", "columns", "months", "file", "during", "role"})
_CELL = frozenset({"from", "codes", "blank", "otherwise", "value", "states"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A spell, or a point where nothing ends it. `one`: of a person only one is open at a time.

    `beside` are kinds under the same spell, the latest of which belongs to it. `same`: only what has the same fact of
    that name belongs to it; it stays open for such.
    """

    name: str
    begins: frozenset[str]
    ends: frozenset[str] = frozenset()
    within: str = ""
    one: bool = False
    beside: tuple[str, ...] = ()
    letter: str = ""
    same: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """Something that happens in the course of a spell of the first kind of `on` that can take it.

    `once`: a spell takes one. `ended`: of a kind only spells that ended so take it.
    """

    name: str
    activities: frozenset[str]
    on: tuple[str, ...]
    once: bool = False
    ended: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class CellRule:
    """What stands in a column: the first fact that there is, put into a code; or always the same `value`.

    A fact is named by its path. `blank` stands where there is none, `otherwise` where there is no code for it. `states`
    are kinds with a code for each: the first of which one is open inside (or "end": it is over) says the code.
    """

    paths: tuple[tuple[str, ...], ...] = ()
    codes: Mapping[str, str] = field(default_factory=dict)
    blank: str = ""
    otherwise: str = ""
    value: str = ""
    states: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TableRule:
    """One table: a row for each of a kind, of the persons who are in another table, or of who held them.

    `months` narrow the window, `during` keeps holdings beside a spell of that kind, `role` those in a role.
    """

    name: str
    of: str
    columns: Mapping[str, CellRule]
    months: int | None = None
    file: str = ""
    during: str = ""
    role: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """All of a form's `[writing]`. `months` is how far back a return goes (0: to the beginning), `ends` the day of the
    year on which it ends ("": the last known day). `tree` is what stands in each element of XML, in order, `unit` the
    element of a person; `dates` is how days are written."""

    months: int
    ends: str
    kinds: Mapping[str, Kind]
    marks: Mapping[str, Mark]
    tables: Mapping[str, TableRule]
    root: str
    unit: str
    tree: Mapping[str, tuple[str, ...]]
    dates: str


def rules_of(form: Form) -> Rules:
    """The rules by which a form is written. Raises InquiryError when the form has none, or they are wrong."""
    given = form.writing
    if not given:
        raise InquiryError(
            f"Casetrail reads '{form.name}' and does not write it.",
            todo="Name a return that it writes: docs/returns.md has them.",
            code="not_written_form",
        )
    _only(form, given, _TOP, "writing")
    rules = Rules(
        months=given.get("months", 0),
        ends=given.get("ends", ""),
        kinds={name: _kind(form, name, about) for name, about in given["kinds"].items()},
        marks={name: _mark(form, name, about) for name, about in given.get("marks", {}).items()},
        tables={name: _table(form, name, about) for name, about in given["tables"].items()},
        root=given.get("root", ""),
        unit=given.get("unit", ""),
        tree={name: tuple(inner) for name, inner in given.get("tree", {}).items()},
        dates=given.get("dates", "%Y-%m-%d"),
    )
    _check_names(form, rules)
    _check_codes(form, rules)
    return _pruned(form, rules)


def _pruned(form: Form, rules: Rules) -> Rules:
    """Without kinds and marks that no table of this year has: what only they would take is not carried."""
    tables = [table for table in rules.tables.values() if form.tables[table.name].in_year]
    cells = [cell for table in tables for cell in table.columns.values()]
    paths = {name for cell in cells for path in cell.paths for name in path}
    paths |= {kind for cell in cells for kind, _ in cell.states}
    needed = {name for table in tables for name in (table.of, table.during)} | paths
    while more := {kind.within for kind in rules.kinds.values() if kind.name in needed} - needed - {""}:
        needed |= more
    kinds = {name: kind for name, kind in rules.kinds.items() if name in needed}
    marks = {
        name: replace(mark, on=tuple(kind for kind in mark.on if kind in kinds))
        for name, mark in rules.marks.items()
        if name in paths
    }
    return replace(rules, kinds=kinds, marks=marks)


def _only(form: Form, given: Mapping[str, Any], known: frozenset[str], where: str) -> None:
    if strange := set(given) - known:
        raise _wrong(form, f"{where} has {', '.join(sorted(strange))}")


def _wrong(form: Form, what: str) -> InquiryError:
    return InquiryError(
        f"The description of '{form.name}', {form.year}, cannot be written by: {what}.", code="form_wrong"
    )


def _kind(form: Form, name: str, about: Mapping[str, Any]) -> Kind:
    _only(form, about, _KIND, f"kind '{name}'")
    return Kind(
        name=name,
        begins=frozenset(about["begins"]),
        ends=frozenset(about.get("ends", ())),
        within=about.get("within", ""),
        one=about.get("one", False),
        beside=tuple(about.get("beside", ())),
        letter=about.get("letter", ""),
        same=about.get("same", ""),
    )


def _mark(form: Form, name: str, about: Mapping[str, Any]) -> Mark:
    _only(form, about, _MARK, f"mark '{name}'")
    return Mark(
        name=name,
        activities=frozenset(about["activities"]),
        on=tuple(about["on"]),
        once=about.get("once", False),
        ended={kind: tuple(words) for kind, words in about.get("ended", {}).items()},
    )


def _table(form: Form, name: str, about: Mapping[str, Any]) -> TableRule:
    _only(form, about, _TABLE, f"table '{name}' of writing")
    rest = {key: about[key] for key in ("months", "file", "during", "role") if key in about}
    columns = {column: _cell(form, column, given) for column, given in about.get("columns", {}).items()}
    return TableRule(name=name, of=about.get("of", "nothing"), columns=columns, **rest)


def _cell(form: Form, name: str, given: Any) -> CellRule:
    if isinstance(given, str):
        return CellRule(paths=(tuple(given.split(".")),))
    _only(form, given, _CELL, f"column '{name}' of writing")
    rest = {key: given[key] for key in ("codes", "blank", "otherwise", "value") if key in given}
    names = given.get("from", [])
    states = tuple((kind, code) for kind, code in given.get("states", ()))
    paths = tuple(tuple(name.split(".")) for name in ([names] if isinstance(names, str) else names))
    return CellRule(paths=paths, states=states, **rest)


def _check_names(form: Form, rules: Rules) -> None:
    spoken = {kind.within for kind in rules.kinds.values() if kind.within}
    spoken |= {name for kind in rules.kinds.values() for name in kind.beside}
    spoken |= {name for mark in rules.marks.values() for name in (*mark.on, *mark.ended)}
    spoken |= {
        kind for table in rules.tables.values() for cell in table.columns.values() for kind, _ in cell.states
    } - {"end", "open"}
    spoken |= {table.during for table in rules.tables.values() if table.during}
    spoken |= {table.of for table in rules.tables.values()} - OF_OTHER
    if strange := spoken - set(rules.kinds):
        raise _wrong(form, f"there is no kind {', '.join(sorted(strange))}")
    for table in rules.tables.values():
        about = form.tables.get(table.name)
        if about is None or set(table.columns) - set(about.columns):
            raise _wrong(form, f"table '{table.name}' or a column of it is not in the form")


def _check_codes(form: Form, rules: Rules) -> None:
    """Whatever can be written into a column of codes is a code of it in this year."""
    for table in rules.tables.values():
        for name, cell in table.columns.items():
            about = form.tables[table.name].columns[name]
            if not about.in_year or not about.codes:
                continue
            written = {*cell.codes.values(), cell.blank, cell.otherwise, cell.value} - {""}
            written |= {code for _, code in cell.states}
            known = {*about.codes, *(spelling for several in about.codes.values() for spelling in several)}
            if not written or written - known:
                raise _wrong(form, f"column '{name}' of table '{table.name}' would have a code that is none")
