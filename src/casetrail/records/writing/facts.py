"""The fact that a rule names by its path, taken from a spell, a point, a person or a holding."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, TypeAlias

from casetrail.errors import InquiryError
from casetrail.records.writing.chronicle import Chronicle, Happening, Holding, Occasion
from casetrail.records.writing.rules import CellRule, Rules
from casetrail.records.writing.unfolding import Span

EPOCH = date(1970, 1, 1).toordinal()
Day: TypeAlias = int
Fact: TypeAlias = "str | int | date | None"
Taking: TypeAlias = Callable[[Any], Fact]
DAYS = frozenset({"day", "end_day", "from_day", "to_day", "born", "died"})


@dataclass(frozen=True, slots=True)
class Named:
    """A worker or a team as a row of its own."""

    key: str


@dataclass(frozen=True, slots=True)
class View:
    """What may be seen on the last day of a window; `first` is its first day, None: from the beginning."""

    chronicle: Chronicle
    rules: Rules
    occasion: Occasion
    first: Day | None
    last: Day


@lru_cache(maxsize=65_536)
def as_date(day: Day) -> date:
    """The date of a day counted from 1970-01-01."""
    return date.fromordinal(EPOCH + day)


def day_of(when: date) -> Day:
    """A date as a day counted from 1970-01-01."""
    return when.toordinal() - EPOCH


def taking(rule: CellRule, view: View) -> Callable[[Any], str | int | date]:
    """How the cell of a row is made: "" where it stays blank. Raises InquiryError for a path that leads nowhere."""
    if rule.states:
        return _stating(rule, view)
    if not rule.paths:
        return lambda _: rule.value
    gets = [_getter(path, view) for path in rule.paths]
    codes, blank, otherwise = rule.codes, rule.blank, rule.otherwise

    def take(row: Any) -> str | int | date:
        for get in gets:
            fact = get(row)
            if fact is not None and fact != "":
                return codes.get(str(fact), otherwise) if codes else fact
        return blank

    return take


def _stating(rule: CellRule, view: View) -> Callable[[Any], str]:
    def state(span: Span) -> str:
        for kind, code in rule.states:
            if kind == "open" or (kind == "end" and _over_by(span, view.last)):
                return code
            inside = span.children.get(kind, ())
            if any(inner.begin.day <= view.last and not _over_by(inner, view.last) for inner in inside):
                return code
        return rule.blank

    return state


def _over_by(span: Span, last: Day) -> bool:
    over = span.over
    return over is not None and over <= last


def _getter(path: tuple[str, ...], view: View) -> Taking:
    """A path is a fact of the row itself ("begin.day", "id"), of a mark, of the person or of a spell around it."""
    head, *rest = path
    plain = _PLAIN.get(head)
    if plain is not None and not rest:
        return plain
    if head in _OF and len(rest) == 1:
        return _OF[head](rest[0], view)
    if head in view.rules.marks and (rest == ["count"] or (len(rest) == 2 and rest[0] in ("first", "last"))):
        return _of_mark(head, rest[0], view, fact=rest[-1])
    if head in view.rules.kinds and rest:
        return _of_related(head, _getter(tuple(rest), view))
    raise InquiryError(f"The path '{'.'.join(path)}' leads to no fact.", code="form_wrong")


def _of_related(kind: str, inner: Taking) -> Taking:
    def related(span: Span) -> Fact:
        other = _related(span, kind)
        return None if other is None else inner(other)

    return related


def _related(span: Span, kind: str) -> Span | None:
    if kind in span.beside:
        return span.beside[kind]
    around = span.parent
    while around is not None and around.kind.name != kind:
        if kind in around.beside:
            return around.beside[kind]
        around = around.parent
    return around


def _numbered(span: Span) -> str:
    return f"{span.kind.letter}{span.number:06d}"


def _of_return(name: str, view: View) -> Taking:
    facts: Mapping[str, Fact] = {
        "year": as_date(view.last).year,
        "last_day": as_date(view.last),
        "authority": view.occasion.authority,
    }
    return lambda _: facts[name]


def _of_person(name: str, view: View) -> Taking:
    persons, last = view.chronicle.persons, view.last
    if name == "age":
        return lambda row: _age(persons[row.person].born, last)
    if name in ("born", "died", "due"):
        # What comes after the last day is not known on it; a birth to come is a day on which it is due.
        after, fact = name == "due", "born" if name == "due" else name

        def day(row: Any) -> Fact:
            found: Day | None = getattr(persons[row.person], fact)
            return as_date(found) if found is not None and (found > last) is after else None

        return day
    return lambda row: getattr(persons[row.person], name)


def _age(born: Day | None, last: Day) -> Fact:
    if born is None or born > last:
        return None
    birth, now = as_date(born), as_date(last)
    return now.year - birth.year - ((now.month, now.day) < (birth.month, birth.day))


def _of_holding(name: str, view: View) -> Taking:
    last = view.last
    if name == "number":
        number = {id(held): at for at, held in enumerate(view.chronicle.holdings, start=1)}
        return lambda held: f"I{number[id(held)]:06d}"

    def get(holding: Holding) -> Fact:
        if name in ("to_day", "reason_end") and (holding.to_day is None or holding.to_day > last):
            return None
        found = getattr(holding, name)
        return as_date(found) if name in DAYS else found

    return get


def _of_begin(fact: str, view: View) -> Taking:
    return lambda span: _fact(span.begin, fact, view.last)


def _of_recent(name: str, view: View) -> Taking:
    """How many of the person's spells of this kind began, or had such a mark, in the twelve months to the last day."""
    first, last = days_before(as_date(view.last), 12), view.last

    def count(span: Span) -> Fact:
        if name == "begun":
            return sum(first <= peer.begin.day <= last for peer in span.peers)
        return sum(first <= one.day <= last for peer in span.peers for one in peer.marks.get(name, ()))

    return count


def _of_holder(name: str, view: View) -> Taking:
    """Of whom holds the person on the last day; of several, who began last."""
    current: dict[int, Holding] = {}
    for held in sorted(view.chronicle.holdings, key=lambda held: held.from_day):
        if held.role == "holder" and held.from_day <= view.last and (held.to_day is None or held.to_day > view.last):
            current[held.person] = held
    return lambda row: getattr(current[row.person], name) if row.person in current else None


def _of_end(fact: str, view: View) -> Taking:
    return lambda span: _fact(span.end, fact, view.last)


def _of_mark(name: str, which: str, view: View, *, fact: str) -> Taking:
    last = view.last

    def get(span: Span) -> Fact:
        seen = [happening for happening in span.marks.get(name, ()) if happening.day <= last]
        if which == "count":
            return len(seen)
        return _fact(seen[0 if which == "first" else -1], fact, last) if seen else None

    return get


def _fact(happening: Happening | None, fact: str, last: Day) -> Fact:
    if happening is None or happening.day > last:
        return None
    found: Fact = getattr(happening, fact)
    return as_date(found) if fact in DAYS and isinstance(found, int) and found <= last else _not_a_day(fact, found)


def _not_a_day(fact: str, found: Fact) -> Fact:
    return None if fact in DAYS else found


_PLAIN: Mapping[str, Taking] = {
    "id": _numbered,
    "previous": lambda span: span.previous,
    "key": lambda named: named.key,
}
_OF: Mapping[str, Callable[[str, View], Taking]] = {
    "return": _of_return,
    "person": _of_person,
    "holding": _of_holding,
    "begin": _of_begin,
    "end": _of_end,
    "recent": _of_recent,
    "holder": _of_holder,
}


def days_before(when: date, months: int) -> Day:
    """The day after the one that lies so many months back: a window of whole months ends on `when`."""
    years, month = divmod(when.year * 12 + when.month - 1 - months, 12)
    first_of_next = date(years + (month == 11), (month + 1) % 12 + 1, 1)
    back = date(years, month + 1, min(when.day, (first_of_next - timedelta(days=1)).day))
    # From the last of a month one goes back to the last of a month: 31 March, 12 months, is 1 April to 31 March.
    if (when + timedelta(days=1)).day == 1:
        back = first_of_next - timedelta(days=1)
    return day_of(back) + 1
