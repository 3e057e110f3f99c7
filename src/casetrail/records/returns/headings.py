"""Which column of a form a heading means, and which table a row of headings belongs to."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from casetrail.records.another import speaks_of_another
from casetrail.records.returns.forms import ColumnForm, Form, TableForm
from casetrail.records.returns.wording import halves, means, squeezed, words_of
from casetrail.schema.identity import IDENTITY_FIELDS

# A table is taken from its headings when so much of them, and of it, is known.
_ENOUGH = 0.6
_SIGNS = re.compile(r"[\W_]+")
_SAYABLE = re.compile(r"[A-Za-z][\w .,:;'’‘()/?&+-]{0,119}")


def folded(text: str) -> str:
    """A heading or code without what people change: capitals, spaces, signs between words."""
    return _SIGNS.sub(" ", text.casefold()).strip()


@lru_cache(maxsize=4096)
def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text, re.IGNORECASE)


def matched(headings: Sequence[str], table: TableForm) -> dict[str, str]:
    """For each heading that means a column of the table: the column. Each column is given once.

    A column that an inquiry says the headings of has all of them; one of times may have two, for day and time of day.
    """
    found: dict[str, str] = {}
    free = dict(table.columns)
    for column, form in table.columns.items():
        if form.given:
            del free[column]
            found |= dict.fromkeys(form.given, column) if set(form.given) <= set(headings) else {}
    if table.telling:
        found |= _in_halves([heading for heading in headings if heading and heading not in found], free)
    # The very name of a column goes before its other names: 'Caller' must not take what 'Caller Name' says outright.
    for test in (_same, _named, _known, _alike, *((_run_together, _means) if table.telling else ())):
        for heading in headings:
            if not heading or heading in found:
                continue
            name = next((name for name, form in free.items() if test(heading, form)), None)
            if name is not None:
                found[heading] = name
                del free[name]
    return found


def _in_halves(headings: Sequence[str], free: dict[str, ColumnForm]) -> dict[str, str]:
    """Headings of a day and a time of day that are one column of times; such columns are taken out of `free`."""
    found: dict[str, str] = {}
    for name, form in [(name, form) for name, form in free.items() if form.kind == "time"]:
        left = [heading for heading in headings if heading not in found]
        pair = halves([one for one in left if _known(one, form) or means(one, form)], form)
        if pair is not None:
            found |= dict.fromkeys(pair, name)
            del free[name]
    return found


def _same(heading: str, form: ColumnForm) -> bool:
    return heading == form.name


def _named(heading: str, form: ColumnForm) -> bool:
    return folded(heading) == folded(form.name)


def _means(heading: str, form: ColumnForm) -> bool:
    return may_be(heading, form) and means(heading, form)


def may_be(heading: str, form: ColumnForm) -> bool:
    """False for a heading of another person where the column is who the person is, or codes and the heading a name."""
    if not speaks_of_another(heading):
        return True
    if form.codes and "name" in words_of(heading):
        return False
    return form.vault not in IDENTITY_FIELDS


def _known(heading: str, form: ColumnForm) -> bool:
    plain = folded(heading)
    return plain == folded(form.name) or any(plain == folded(name) for name in form.names)


def _run_together(heading: str, form: ColumnForm) -> bool:
    plain = squeezed(heading)
    return any(plain == squeezed(name) for name in (form.name, *form.names))


def _alike(heading: str, form: ColumnForm) -> bool:
    return any(_pattern(pattern).fullmatch(heading) for pattern in form.patterns)


@dataclass(frozen=True, slots=True)
class Fit:
    """How well headings fit a table: `columns` as `matched` gives them, `score` from 0 to 1."""

    table: TableForm
    columns: Mapping[str, str]
    score: float


def fitting(headings: Sequence[str], form: Form, *, called: Iterable[str] = ()) -> Fit | None:
    """The table that headings belong to; `called` are names of the file or sheet, which decide between equals.

    None when no table fits well enough.
    """
    names = [folded(name) for name in called]
    filled = [heading for heading in headings if heading]
    best: tuple[tuple[float, float], Fit] | None = None
    for table in form.tables.values():
        columns = matched(filled, table)
        if not columns:
            continue
        needed = [name for name, column in table.columns.items() if column.required]
        if table.telling:
            local = _fit_of_local(table, columns, filled, whole=set(needed) <= set(columns.values()))
            if local is not None and (best is None or local[0] > best[0]):
                best = local
            continue
        named = any(f" {folded(known)} " in f" {name} " for name in names for known in table.files)
        own = sum(column.in_year for column in table.columns.values()) or len(table.columns)
        score = (len(columns) / len(filled) + min(1.0, len(columns) / own)) / 2
        whole = set(needed) <= set(columns.values())
        if score < _ENOUGH * (1.0 if whole else 1.25 if not named else 0.8):
            continue
        rank = (score + (0.1 if whole else 0.0) + (0.05 if named else 0.0), float(table.in_year))
        if best is None or rank > best[0]:
            best = rank, Fit(table, columns, score)
    return None if best is None else best[1]


def _fit_of_local(
    table: TableForm, columns: Mapping[str, str], filled: Sequence[str], *, whole: bool
) -> tuple[tuple[float, float], Fit] | None:
    """How an extract that differs from place to place fits: it has what is needed, and two columns that tell.

    Much of what a place adds is unknown to every form, so that the share of headings known decides only between tables.
    """
    has = set(columns.values())
    telling = sum(name in has for name in table.telling)
    if not whole or telling < min(2, len(table.telling)):
        return None
    score = len(columns) / len(filled)
    return (score + 0.1 * telling, float(table.in_year)), Fit(table, columns, score)


def sayable(name: str, position: int) -> str:
    """A heading that the form does not know, for a message; where it may be a value, its place instead."""
    digits = sum(sign.isdigit() for sign in name)
    return f"'{name}'" if _SAYABLE.fullmatch(name) and digits < 4 else f"number {position}"
