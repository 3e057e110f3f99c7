"""The shape of a return, as one declarative file for each format and year describes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias, get_args

Kind: TypeAlias = Literal["id", "text", "code", "date", "time", "number", "decimal"]
KINDS: tuple[Kind, ...] = get_args(Kind)
Container: TypeAlias = Literal["csv", "xlsx", "parquet", "xml"]
CONTAINERS: tuple[Container, ...] = get_args(Container)
Grade: TypeAlias = Literal["suspicious", "note", "fine"]
GRADES: tuple[Grade, ...] = get_args(Grade)


@dataclass(frozen=True, slots=True)
class Packed:
    """What the JSON of a cell holds: an object with `parts` (name -> codes; empty: any text), or `items` of codes."""

    parts: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    items: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnForm:
    """One column of a table. A "date" is a day; a "time" a day with the minute where one is written.

    `required`: without it a row cannot be used (identifiers and dates); `expected`: a blank is suspicious.
    `codes` maps each code to other spellings met in real returns; empty: any text. `leading`: a text that begins
    with a code ("q) 6B: something") means it; `numbered`: so does one that begins with a code or spelling that is a
    number, whatever short word stands before it ("Outcome 15 - something"). `given`: headings that an inquiry says
    make the column. `like` is what the whole
    text must look like. `names` and `patterns` are headings seen in practice, `tag` the element in XML.
    `identity`: never leaves for the analysis store; `vault`: the field of `schema.identity` under which the vault keeps
    it, where it does (a person's own identifier always). `privileged`: not read at all;
    `marks_privileged`: a row in which it does not plainly say no is set aside. `future` and
    `before_birth` grade a date after the day of the extract, or before birth. `inherited`: of another table,
    in which its faults are told. `xml_only`: there only in the XML form. `in_year`: false when only the forms of
    other years (`years`) have it. `packed`: its cells are JSON.
    """

    name: str
    kind: Kind = "text"
    required: bool = False
    expected: bool = False
    codes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    leading: bool = False
    numbered: bool = False
    like: str = ""
    names: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()
    tag: str = ""
    identity: bool = False
    vault: str = ""
    privileged: bool = False
    marks_privileged: bool = False
    inherited: bool = False
    xml_only: bool = False
    future: Grade = "suspicious"
    before_birth: Grade = "suspicious"
    in_year: bool = True
    years: tuple[int, ...] = ()
    given: tuple[str, ...] = ()
    packed: Packed | None = None

    @property
    def dated(self) -> bool:
        """Whether its cells are days or times."""
        return self.kind in ("date", "time")


@dataclass(frozen=True, slots=True)
class Feed:
    """What feeds one of our columns: columns of the table, joined with "/", or one of them put into words.

    `otherwise` stands where the cell is blank.
    """

    columns: tuple[str, ...]
    words: Mapping[str, str] = field(default_factory=dict)
    otherwise: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MappingForm:
    """How a row becomes one event or one involvement. `when` and `unless` are codes of columns.

    Among the codes, "" is a blank cell and "*" any other.
    """

    kind: Literal["events", "involvements"]
    feeds: Mapping[str, Feed]
    constants: Mapping[str, str]
    rank: int = 0
    when: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    unless: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def start(self) -> str:
        """The column that dates it."""
        return self.feeds["at" if self.kind == "events" else "from"].columns[0]

    @property
    def label(self) -> str:
        """Its activity or role, for messages; neither comes from a record."""
        return self.constants.get("activity" if self.kind == "events" else "role", "as the row says")


@dataclass(frozen=True, slots=True)
class KeyForm:
    """Columns whose values must stand in the same-named or given columns of another table."""

    columns: tuple[str, ...]
    table: str
    other: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Borrowed:
    """A cell that a row takes from another table: `gives` of the row there whose `key` is this row's `by`."""

    by: str
    table: str
    key: str
    gives: str


Test: TypeAlias = Literal["", "there", "not_there", "outside", "during", "before", "after"]
TESTS: tuple[Test, ...] = get_args(Test)


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """Rows of another table with the same key, whose `filled` cells are known; `start` and `end` are their span."""

    table: str
    by: tuple[str, ...]
    other: tuple[str, ...] = ()
    filled: tuple[str, ...] = ()
    start: str = ""
    end: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What a trail needs to hold between cells, rows and tables; rows for which it does not are told as `code`.

    It is about rows whose `filled` cells are known, whose `blank` cells are blank, with codes as in `when`. Of these it
    finds, by `test`: those with a row of the `link` there, or not there; whose `date` lies outside the link's spans,
    or (with `until`, as a span) during one; before the beginning of all, or after that of one. `apart` (person, from,
    to): rows of a person that overlap. `chain` (person, from, to): a row with the codes of `here` after one with those
    of `before`, with a `gap` between; `last`: one with those of `before` and none after.
    """

    code: str
    says: str
    column: str = ""
    severity: Literal["suspicious", "note"] = "suspicious"
    filled: tuple[str, ...] = ()
    blank: tuple[str, ...] = ()
    when: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    test: Test = ""
    link: Link | None = None
    date: str = ""
    until: str = ""
    apart: tuple[str, ...] = ()
    chain: tuple[str, ...] = ()
    before: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    here: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    gap: bool = False
    last: bool = False


@dataclass(frozen=True, slots=True)
class TreeForm:
    """Where in XML the rows of a table are: one for each `element`, for each `leaf`, or `gathered` from loose cells.

    A gathered row is there when the column named in `gathered` is.
    """

    element: str = ""
    leaf: str = ""
    gathered: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TableForm:
    """One table. `files` are beginnings of names that its file or sheet has; `inherit` says whose row gives a cell.

    `telling`: columns of which a file must have two before it is taken for this table, whose headings are then matched
    by their words, since no two places write them alike.

    In XML a cell is inherited from the row around it; elsewhere it can be borrowed by a key.
    """

    name: str
    title: str
    columns: Mapping[str, ColumnForm]
    files: tuple[str, ...] = ()
    person: str = ""
    birth: str = ""
    required: bool = False
    unique: tuple[tuple[str, ...], ...] = ()
    order: tuple[tuple[str, str], ...] = ()
    keys: tuple[KeyForm, ...] = ()
    inherit: Mapping[str, str] = field(default_factory=dict)
    borrow: Mapping[str, Borrowed] = field(default_factory=dict)
    tree: TreeForm | None = None
    mappings: tuple[MappingForm, ...] = ()
    telling: tuple[str, ...] = ()
    rules: tuple[Rule, ...] = ()
    in_year: bool = True
    years: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """One format in one year: `year` is that of the file it is described by, `years` all that have a file.

    `writing` is how rows are made again of what happened (`records.writing`); empty: it is only read.
    `local`: no statutory return but an extract that differs from place to place.
    """

    name: str
    title: str
    year: int
    years: tuple[int, ...]
    containers: tuple[Container, ...]
    tables: Mapping[str, TableForm]
    agency: str
    person_scheme: str
    date_format: str | None = None
    more_date_formats: tuple[str, ...] = ()
    local: bool = False
    iso_too: bool = False
    roots: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    signs: tuple[str, ...] = ()
    gathers: str = ""
    year_in: tuple[str, str] | None = None
    carries: tuple[str, ...] = ()
    cannot: tuple[str, ...] = ()
    writing: Mapping[str, Any] = field(default_factory=dict)

    @property
    def births(self) -> tuple[str, str, str] | None:
        """Table, column of the person and column of the birth, where the form has them."""
        for table in self.tables.values():
            if table.birth and table.person and table.required:
                return table.name, table.person, table.birth
        return None
