"""From the text of a description to a form, with every name in it checked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from typing import Any

from casetrail.records.codes import SHARED_WORDS
from casetrail.records.mapping import EVENT_IDS, EVENT_TEXTS, INVOLVEMENT_IDS, INVOLVEMENT_TEXTS
from casetrail.records.returns.forms import (
    CONTAINERS,
    GRADES,
    KINDS,
    TESTS,
    Borrowed,
    ColumnForm,
    Feed,
    Form,
    KeyForm,
    Link,
    MappingForm,
    Packed,
    Rule,
    TableForm,
    TreeForm,
)
from casetrail.schema.identity import IDENTITY_FIELDS

_TOP = frozenset(
    {"name", "title", "year", "containers", "date_format", "iso_too", "agency", "person_scheme", "local"}
    | {"xml", "codes", "codes_of", "packed", "words", "tables", "coverage", "writing"}
)
_TABLE = frozenset(
    {
        "title",
        "files",
        "person",
        "birth",
        "required",
        "unique",
        "order",
        "keys",
        "inherit",
        "xml",
        "before_birth",
        "borrow",
        "telling",
        "rules",
    }
    | {"columns", "events", "involvements"}
)
_COLUMN = frozenset(field.name for field in fields(ColumnForm)) - {"in_year", "years", "given", "vault"}
_XML = frozenset({"roots", "units", "groups", "signs", "gathers", "year"})
_ABOUT_A_MAPPING = frozenset({"activity", "role", "rank", "when", "unless"})
_OURS = {
    "events": frozenset({*EVENT_IDS, *EVENT_TEXTS, "at", "end", "recorded"}),
    "involvements": frozenset({*INVOLVEMENT_IDS, *INVOLVEMENT_TEXTS, "from", "to", "recorded"}),
}

# Beside the code sets, by a name that none of them can have.
_PACKED = "[packed]"

Described = Mapping[str, Any]


class FormFault(Exception):
    """What is wrong with a description."""


def built(described: Mapping[int, Described], year: int) -> Form:
    """The form of a year, with the tables and columns of other years in it, marked. Raises FormFault."""
    own = described[year]
    _only(own, _TOP, "the head")
    forms = {known: _tables(text) for known, text in described.items()}
    tables = dict(forms[year])
    for known in sorted(described, key=lambda other: abs(other - year)):
        for name, table in forms[known].items():
            tables[name] = _with_columns_of(tables[name], table) if name in tables else _of_another_year(table)
    tables = {name: _with_years(table, forms) for name, table in tables.items()}
    _check_keys(tables)
    xml = own.get("xml", {})
    _only(xml, _XML, "xml")
    year_in = xml.get("year")
    said = own.get("date_format", ())
    formats = (said,) if isinstance(said, str) else tuple(said)
    return Form(
        name=own["name"],
        title=own["title"],
        year=year,
        years=tuple(sorted(described)),
        containers=tuple(_one_of(item, CONTAINERS) for item in own["containers"]),
        tables=tables,
        agency=own["agency"],
        person_scheme=own["person_scheme"],
        date_format=formats[0] if formats else None,
        more_date_formats=formats[1:],
        local=own.get("local", False),
        iso_too=own.get("iso_too", False),
        roots=tuple(xml.get("roots", ())),
        units=tuple(xml.get("units", ())),
        groups=tuple(xml.get("groups", ())),
        signs=tuple(xml.get("signs", ())),
        gathers=xml.get("gathers", ""),
        year_in=(year_in["table"], year_in["column"]) if year_in else None,
        carries=tuple(own["coverage"]["carries"]),
        cannot=tuple(own["coverage"]["cannot"]),
        writing=own.get("writing", {}),
    )


def _only(table: Described, known: Iterable[str], where: str) -> None:
    if strange := set(table) - set(known):
        raise FormFault(f"{where} has {', '.join(sorted(strange))}")


def _one_of(value: Any, known: tuple[Any, ...]) -> Any:
    if value not in known:
        raise FormFault(f"'{value}' is not one of {', '.join(known)}")
    return value


def _with_columns_of(table: TableForm, other: TableForm) -> TableForm:
    more = {name: replace(form, in_year=False) for name, form in other.columns.items() if name not in table.columns}
    return replace(table, columns={**table.columns, **more}) if more else table


def _of_another_year(table: TableForm) -> TableForm:
    return replace(table, in_year=False, required=False)


def _with_years(table: TableForm, forms: Mapping[int, Mapping[str, TableForm]]) -> TableForm:
    """The years whose forms have the table, and each of its columns."""
    having = [year for year in sorted(forms) if table.name in forms[year]]
    columns = {
        name: replace(form, years=tuple(year for year in having if name in forms[year][table.name].columns))
        for name, form in table.columns.items()
    }
    return replace(table, columns=columns, years=tuple(having))


def _check_keys(tables: Mapping[str, TableForm]) -> None:
    for table in tables.values():
        for key in table.keys:
            if key.table not in tables or set(key.other) - set(tables[key.table].columns):
                raise FormFault(f"a key of table '{table.name}' leads nowhere")
        if set(table.inherit.values()) - set(tables):
            raise FormFault(f"table '{table.name}' inherits from no table")
        for link in (rule.link for rule in table.rules if rule.link is not None):
            named = {*link.other, *link.filled, link.start, link.end} - {""}
            if link.table not in tables or named - set(tables[link.table].columns):
                raise FormFault(f"a rule of table '{table.name}' leads nowhere")
        for about in table.borrow.values():
            if about.table not in tables or {about.key, about.gives} - set(tables[about.table].columns):
                raise FormFault(f"table '{table.name}' borrows from nowhere")


def _tables(described: Described) -> dict[str, TableForm]:
    codes = {name: _codes(given) for name, given in described.get("codes", {}).items()}
    words = described.get("words", {})
    packed = {name: _packed(given, codes) for name, given in described.get("packed", {}).items()}
    return {name: _table(name, given, codes | {_PACKED: packed}, words) for name, given in described["tables"].items()}


def _codes(given: Any) -> dict[str, tuple[str, ...]]:
    if isinstance(given, list):
        return dict.fromkeys(given, ())
    return {code: tuple(spellings) for code, spellings in given.items()}


def _packed(given: Described, codes: Mapping[str, Any]) -> Packed:
    """What a packed cell holds, each code set in it known. Raises FormFault."""
    _only(given, ("parts", "items"), "a packed cell")
    named = {*given.get("parts", {}).values(), given.get("items", "")} - {""}
    if strange := named - set(codes):
        raise FormFault(f"a packed cell names no code set {', '.join(sorted(strange))}")
    parts = {part: codes[said] if said else {} for part, said in given.get("parts", {}).items()}
    return Packed(parts, codes[given["items"]] if "items" in given else {})


def _table(name: str, given: Described, codes: Mapping[str, Any], words: Described) -> TableForm:
    _only(given, _TABLE, f"table '{name}'")
    grade = _one_of(given.get("before_birth", "suspicious"), GRADES)
    columns = {column: _column(column, about, codes, grade) for column, about in given["columns"].items()}
    table = TableForm(
        name=name,
        title=given.get("title", name),
        columns=columns,
        files=tuple(given.get("files", (name,))),
        person=given.get("person", ""),
        birth=given.get("birth", ""),
        required=given.get("required", False),
        unique=tuple(tuple(names) for names in given.get("unique", ())),
        order=tuple((first, second) for first, second in given.get("order", ())),
        keys=tuple(_key(key) for key in given.get("keys", ())),
        inherit=dict(given.get("inherit", {})),
        borrow={column: Borrowed(**about) for column, about in given.get("borrow", {}).items()},
        telling=tuple(given.get("telling", ())),
        tree=TreeForm(**given["xml"]) if "xml" in given else None,
        rules=tuple(_rule(about) for about in given.get("rules", ())),
        mappings=(
            *(_mapping("events", about, words, columns) for about in given.get("events", ())),
            *(_mapping("involvements", about, words, columns) for about in given.get("involvements", ())),
        ),
    )
    _check_columns(table)
    return table


def _column(name: str, about: Described, codes: Mapping[str, Any], grade: Any) -> ColumnForm:
    _only(about, _COLUMN, f"column '{name}'")
    given = dict(about)
    _one_of(given.get("kind", "text"), KINDS)
    if "codes" in given:
        if given["codes"] not in codes:
            raise FormFault(f"column '{name}' names no code set")
        given["codes"] = codes[given["codes"]]
    if "packed" in given:
        if given["packed"] not in codes[_PACKED]:
            raise FormFault(f"column '{name}' names no packed cell")
        given["packed"] = codes[_PACKED][given["packed"]]
    for several in ("names", "patterns"):
        given[several] = tuple(given.get(several, ()))
    given.setdefault("before_birth", grade)
    for graded in ("before_birth", "future"):
        _one_of(given.get(graded, "fine"), GRADES)
    if isinstance(kept := given.get("identity", False), str):
        given |= {"identity": True, "vault": _one_of(kept, IDENTITY_FIELDS)}
    re.compile(given.get("like", ""))
    return ColumnForm(name=name, **given)


def _rule(given: Described) -> Rule:
    """A rule with every name in it known. Raises FormFault."""
    _only(given, (field.name for field in fields(Rule)), "a rule")
    about = dict(given)
    _one_of(about.get("test", ""), TESTS)
    _one_of(about.get("severity", "suspicious"), ("suspicious", "note"))
    for several in ("filled", "blank", "apart", "chain"):
        about[several] = tuple(about.get(several, ()))
    for codes in ("when", "before", "here"):
        about[codes] = {name: tuple(listed) for name, listed in about.get(codes, {}).items()}
    if "link" in about:
        link = dict(about["link"])
        _only(link, (field.name for field in fields(Link)), "the link of a rule")
        by = tuple(link["by"])
        rest = {name: link[name] for name in ("start", "end") if name in link}
        filled = tuple(link.get("filled", ()))
        about["link"] = Link(table=link["table"], by=by, other=tuple(link.get("other", by)), filled=filled, **rest)
    return Rule(**about)


def _key(given: Described) -> KeyForm:
    columns = tuple(given["columns"])
    return KeyForm(columns, given["table"], tuple(given.get("other", columns)))


def _mapping(kind: Any, given: Described, words: Described, columns: Mapping[str, ColumnForm]) -> MappingForm:
    feeds, constants = {}, {}
    for ours, theirs in given.items():
        if ours in ("activity", "role") and isinstance(theirs, str):
            constants[ours] = theirs
        elif ours not in _ABOUT_A_MAPPING or (isinstance(theirs, dict) and "column" in theirs):
            feeds[ours] = _feed(theirs, words, columns)
    if strange := {*feeds, *constants} - _OURS[kind]:
        raise FormFault(f"there is nothing of ours called {', '.join(sorted(strange))}")
    conditions = [
        {column: tuple(codes) for column, codes in given.get(name, {}).items()} for name in ("when", "unless")
    ]
    return MappingForm(
        kind=kind,
        feeds=feeds,
        constants=constants,
        rank=given.get("rank", 0),
        when=conditions[0],
        unless=conditions[1],
    )


def _feed(theirs: Any, words: Described, columns: Mapping[str, ColumnForm]) -> Feed:
    if isinstance(theirs, str):
        return Feed((theirs,))
    if isinstance(theirs, list):
        return Feed(tuple(theirs))
    _only(theirs, ("column", "words", "otherwise"), "a column of ours")
    named, column = theirs.get("words"), theirs["column"]
    if named in SHARED_WORDS:
        said = _shared(named, column, columns)
    elif named is None or named in words:
        said = words.get(named, {})
    else:
        raise FormFault(f"there are no words '{named}'")
    return Feed((column,), said, theirs.get("otherwise", ""))


def _shared(named: str, column: str, columns: Mapping[str, ColumnForm]) -> Mapping[str, str]:
    """The shared words for the codes of a column: a code without words would be lost on the way."""
    codes = columns[column].codes if column in columns else {}
    if strange := set(codes) - set(SHARED_WORDS[named]):
        raise FormFault(f"the shared table '{named}' has no words for {', '.join(sorted(strange))}")
    return {code: SHARED_WORDS[named][code] for code in codes}


def _check_columns(table: TableForm) -> None:
    """Every column that a table speaks of is a column of it."""
    spoken: set[str] = {*table.inherit, *table.borrow, *(about.by for about in table.borrow.values())}
    spoken |= {*(name for pair in table.order for name in pair)}
    spoken |= {*table.telling}
    spoken |= {name for names in table.unique for name in names}
    spoken |= {name for name in (table.person, table.birth) if name}
    spoken |= {name for key in table.keys for name in key.columns}
    for rule in table.rules:
        spoken |= {*rule.filled, *rule.blank, *rule.when, *rule.apart, *rule.chain, *rule.before, *rule.here}
        spoken |= {*(rule.link.by if rule.link else ()), rule.column, rule.date, rule.until} - {""}
    for mapping in table.mappings:
        spoken |= {*mapping.when, *mapping.unless} | {name for feed in mapping.feeds.values() for name in feed.columns}
    if strange := spoken - set(table.columns):
        raise FormFault(f"table '{table.name}' has no column {', '.join(sorted(strange))}")
