"""What a source says of the form that it is read by: one that ships, or its own, and where its place differs."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TypeAlias

from casetrail.errors import InquiryError
from casetrail.inquiry.toml_reader import Section
from casetrail.records import form, form_names, own_form

# Settings that say what the columns are: the form does that already.
_MAPPING = ("kind", "columns", "constants", "dates", "activity_rank", "identity")
# Settings that a statutory return leaves no room for, and a local extract does.
_LOCAL = ("precision", "sheet")
_ONLY_WITH_A_FORM = ("headings", "codes")

Headings: TypeAlias = Mapping[str, tuple[str, ...]]
OwnCodes: TypeAlias = Mapping[str, Mapping[str, tuple[str, ...]]]


def check_form(table: Section) -> None:
    """The form of a source says what its columns are; a mapping beside it would be one of two masters.

    Raises InquiryError.
    """
    name, own = table.text("format", "auto"), "form" in table.values
    if own and "format" in table.values:
        raise InquiryError(
            "A source has either `format` or a `form` of its own.",
            where=table.place,
            todo="Keep one of the two.",
            code="two_forms",
        )
    if name not in form_names():
        _check_absent(table, own)
    if name not in form_names() and not own:
        return
    local = own or form(name).local
    for key in (*_MAPPING, *(() if local else _LOCAL)):
        if key in table.values:
            raise InquiryError(
                f"The form of {'this extract' if local else 'a statutory return'} already says what '{key}' would.",
                where=table.place,
                todo=f"Leave `{key}` out, or read single tables as files of your own with `columns`.",
                code="mapped_twice",
            )


def _check_absent(table: Section, own: bool) -> None:
    if "year" in table.values:
        raise InquiryError(
            "Only a source that is read by a form that ships has a year.",
            where=table.place,
            todo=f"Leave `year` out, or name the form as `format`: {', '.join(form_names())}.",
            code="year_of_no_return",
        )
    for key in _ONLY_WITH_A_FORM:
        if key in table.values and not own:
            raise InquiryError(
                f"'{key}' says where a place differs from a form, and this source is read by none.",
                where=table.place,
                todo=f"Name the form as `format` ({', '.join(form_names())}) or `form`, or map with `columns`.",
                code="no_form",
            )


def declared_form(table: Section, folder: Path) -> tuple[Path | None, Headings, OwnCodes]:
    """The path of a form of its own, headings by column of the form, and codes by column and code.

    Raises InquiryError, also for a form that cannot be read by.
    """
    path = folder / table.text("form") if "form" in table.values else None
    if path is not None:
        own_form(path)
    headings, codes = table.table("headings"), table.table("codes")
    said = {column: headings.texts(column) for column in headings.values}
    for column, names in said.items():
        if not names or not all(name.strip() for name in names):
            raise InquiryError(
                f"The heading of '{column}' is empty.", where=headings.place, todo="Write the heading as in the file."
            )
    return path, said, {column: _codes(codes.table(column)) for column in codes.values}


def _codes(table: Section) -> Mapping[str, tuple[str, ...]]:
    return {code: table.texts(code) for code in table.values}
