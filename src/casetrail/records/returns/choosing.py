"""The form that a source is read by: one that ships or the user's own file, with what the inquiry says of its place."""

from __future__ import annotations

import difflib
import hashlib
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from casetrail.errors import InquiryError
from casetrail.records.returns.building import FormFault, built
from casetrail.records.returns.forms import ColumnForm, Form, MappingForm, TableForm
from casetrail.records.returns.headings import folded
from casetrail.records.returns.library import form, form_digest, form_names, form_years
from casetrail.records.spec import SourceSpec


def has_form(spec: SourceSpec) -> bool:
    """Whether a source is read by a form."""
    return spec.form_file is not None or spec.format in form_names()


def chosen(spec: SourceSpec, year: int | None = None) -> Form:
    """The form of a source in a year, with its own headings and codes laid over.

    Raises InquiryError for an unknown format, a form file that is wrong, and headings or codes of no column.
    """
    about = form(spec.format, year) if spec.form_file is None else own_form(spec.form_file)
    return _with_codes(_with_headings(about, spec), spec)


def chosen_years(spec: SourceSpec) -> tuple[int, ...]:
    """The years in which the form of a source changed."""
    return form_years(spec.format) if spec.form_file is None else (own_form(spec.form_file).year,)


def chosen_digest(spec: SourceSpec) -> str:
    """A hash of what a source is read by; empty where it has a mapping of its own."""
    if spec.form_file is not None:
        return hashlib.sha256(_bytes(spec.form_file)).hexdigest()
    return form_digest(spec.format) if spec.format in form_names() else ""


def own_form(path: Path) -> Form:
    """A form of the user's own. Raises InquiryError when it is no form, with what is wrong and where."""
    return _own(path.name, _bytes(path))


@cache
def _own(name: str, text: bytes) -> Form:
    try:
        described: dict[str, Any] = tomllib.loads(text.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise _wrong(name, "it is not UTF-8 text") from None
    except tomllib.TOMLDecodeError as failure:
        raise _wrong(name, f"it is not valid TOML ({failure})") from None
    year = described.get("year")
    if not isinstance(year, int) or not re.fullmatch(r"\d{4}", str(year)):
        raise _wrong(name, "it needs `year`, a number of four digits")
    try:
        return replace(built({year: described}, year), local=True)
    except FormFault as fault:
        raise _wrong(name, str(fault)) from None
    except KeyError as missing:
        raise _wrong(name, f"it has no {missing}") from None
    except (TypeError, AttributeError, ValueError, re.error):
        raise _wrong(name, "a setting is of the wrong kind, such as a text where a table should be") from None


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as failure:
        raise InquiryError(
            f"The form cannot be read ({type(failure).__name__}).",
            where=path.name,
            todo="Check `form` in the inquiry file; its path is relative to that file.",
            code="no_form_file",
        ) from None


def _wrong(name: str, why: str) -> InquiryError:
    return InquiryError(
        f"This is no form that casetrail can read by: {why}.",
        where=name,
        todo="Compare with one that ships: `casetrail init --form police-incidents`; docs/local-extracts.md says what "
        "each part is.",
        code="form_wrong",
    )


def _with_headings(about: Form, spec: SourceSpec) -> Form:
    _check(about, spec.headings, spec, "headings")
    return _changed(about, spec.headings, lambda column, given: replace(column, given=tuple(given)))


def _with_codes(about: Form, spec: SourceSpec) -> Form:
    _check(about, spec.codes, spec, "codes")
    for table in about.tables.values():
        for name in set(spec.codes) & set(table.columns):
            if not table.columns[name].codes:
                raise InquiryError(
                    f"The column '{name}' has no codes in the form of '{about.name}'.",
                    where=f"source '{spec.name}', codes",
                    todo="Take it out; a column of text is read as it is.",
                    code="no_codes_there",
                )
    return _changed(about, spec.codes, lambda column, given: replace(column, codes=_more_codes(column, given)))


def _more_codes(column: ColumnForm, given: Mapping[str, Iterable[str]]) -> dict[str, tuple[str, ...]]:
    """The codes of a column with an inquiry's own laid over: what a place says a spelling means is no other code."""
    taken = {folded(text) for code, others in given.items() for text in (code, *others)}
    codes = {
        code: tuple(text for text in others if folded(text) not in taken)
        for code, others in column.codes.items()
        if folded(code) not in taken or code in given
    }
    for code, others in given.items():
        codes[code] = tuple(dict.fromkeys((*codes.get(code, ()), *others)))
    return codes


def _changed(about: Form, said: Mapping[str, Any], change: Any) -> Form:
    if not said:
        return about
    tables = {
        name: replace(
            table,
            columns={
                column: change(form, said[column]) if column in said else form for column, form in table.columns.items()
            },
            mappings=tuple(_with_new_words(mapping, table, said) for mapping in table.mappings),
        )
        for name, table in about.tables.items()
    }
    return replace(about, tables=tables)


def _with_new_words(mapping: MappingForm, table: TableForm, said: Mapping[str, Any]) -> MappingForm:
    """A code that only the inquiry knows stands for itself where the form puts codes into words."""
    feeds = dict(mapping.feeds)
    for ours, feed in feeds.items():
        codes = said.get(feed.columns[0])
        if feed.words and isinstance(codes, Mapping):
            own = {code: code for code in codes if code not in table.columns[feed.columns[0]].codes}
            feeds[ours] = replace(feed, words={**own, **feed.words})
    return replace(mapping, feeds=feeds)


def _check(about: Form, said: Iterable[str], spec: SourceSpec, what: str) -> None:
    known = list(dict.fromkeys(name for table in about.tables.values() for name in table.columns))
    for name in said:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            raise InquiryError(
                f"The form of '{about.name}' has no column '{name}'.",
                where=f"source '{spec.name}', {what}",
                todo=f"Did you mean '{near[0]}'?" if near else f"Its columns: {', '.join(known)}.",
                code="no_such_column",
            )
