"""The forms that ship with casetrail: a folder for each format, a file for each year in which something changed."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any

from casetrail.errors import InquiryError
from casetrail.records.codes import shared_digest
from casetrail.records.returns.building import FormFault, built
from casetrail.records.returns.forms import Form

_FOLDER = "formats"
_YEAR = re.compile(r"(\d{4})\.toml")


def _folder() -> Traversable:
    return resources.files("casetrail.records") / _FOLDER


@cache
def form_names() -> tuple[str, ...]:
    """The formats there are."""
    return tuple(sorted(entry.name for entry in _folder().iterdir() if entry.is_dir() and _years(entry)))


def _years(folder: Traversable) -> tuple[int, ...]:
    return tuple(sorted(int(hit[1]) for entry in folder.iterdir() if (hit := _YEAR.fullmatch(entry.name))))


@cache
def form_years(name: str) -> tuple[int, ...]:
    """The years in which the form of a format changed. Raises InquiryError for a format that is not known."""
    if name not in form_names():
        raise InquiryError(
            f"There is no format '{name}'.",
            todo=f"Use one of: {', '.join(form_names())}.",
            code="unknown_form",
        )
    return _years(_folder() / name)


@cache
def form(name: str, year: int | None = None) -> Form:
    """A format as it was in a year: the last file up to that year says. Without a year: the latest.

    Columns and tables of other years are in it, marked as not of this year. Raises InquiryError for an unknown
    format, or a year before its first file.
    """
    years = form_years(name)
    wanted = years[-1] if year is None else max((known for known in years if known <= year), default=None)
    if wanted is None:
        raise InquiryError(
            f"The format '{name}' is described from {years[0]} on.",
            todo=f"Use a year from {years[0]} on, or leave `year` out.",
            code="form_too_early",
        )
    described = {known: _with_lent_codes(_merged(name, years, known)) for known in years}
    try:
        return built(described, wanted)
    except FormFault as fault:
        raise InquiryError(f"The description of '{name}', {wanted}, is wrong: {fault}.", code="form_wrong") from None


def form_text(name: str) -> str:
    """The description of a local extract as it ships, to be changed for a place. Raises InquiryError for others."""
    if not form(name).local:
        local = ", ".join(other for other in form_names() if form(other).local)
        raise InquiryError(
            f"'{name}' is a statutory return: its form is not for places to change.",
            todo=f"Use one of: {local}; or write [source.headings] and [source.codes] in the inquiry.",
            code="not_a_local_form",
        )
    return (_folder() / name / f"{form_years(name)[-1]}.toml").read_text(encoding="utf-8")


@cache
def form_digest(name: str) -> str:
    """A hash of all that a format is described by: what was read by another description is read anew."""
    digest = hashlib.sha256(shared_digest().encode())
    described = [_merged(name, form_years(name), year) for year in form_years(name)]
    lenders = {lender for form in described for lender in form.get("codes_of", {}).values()}
    for known in (name, *sorted(lenders)):
        for year in form_years(known):
            digest.update((_folder() / known / f"{year}.toml").read_bytes())
    return digest.hexdigest()


def _merged(name: str, years: tuple[int, ...], year: int) -> Mapping[str, Any]:
    """The file of the first year with the changes of each later one laid over it, up to `year`."""
    whole: dict[str, Any] = {}
    for known in years:
        if known > year:
            break
        text = (_folder() / name / f"{known}.toml").read_text(encoding="utf-8")
        changes = tomllib.loads(text)
        for path in changes.pop("drop", ()):
            _drop(whole, path.split("."))
        whole = _laid_over(whole, changes)
    return whole


def _with_lent_codes(whole: Mapping[str, Any]) -> Mapping[str, Any]:
    """The description with the code sets that it takes from other formats: of each all codes of all years.

    A dataset of several years holds codes of them all; so no code that was right once is told as unknown.
    """
    lent = {name: _codes_of(lender, name) for name, lender in whole.get("codes_of", {}).items()}
    return {**whole, "codes": {**whole.get("codes", {}), **lent}} if lent else whole


def _codes_of(lender: str, name: str) -> Mapping[str, Any]:
    years = form_years(lender)
    sets = [_merged(lender, years, year).get("codes", {}).get(name, ()) for year in years]
    if not any(sets):
        raise InquiryError(f"The format '{lender}' has no code set '{name}' to lend.", code="form_wrong")
    made: dict[str, Any] = {}
    for given in sets:
        made |= given if isinstance(given, dict) else {code: made.get(code, ()) for code in given}
    return made


def _drop(whole: dict[str, Any], path: list[str]) -> None:
    inner = whole
    for step in path[:-1]:
        inner = inner[step]
    del inner[path[-1]]


# Inside these a later file replaces the whole of an entry: half a code set would be two sets mixed.
_WHOLE = frozenset({"codes"})


def _laid_over(under: Mapping[str, Any], over: Mapping[str, Any], *, whole: bool = False) -> dict[str, Any]:
    made = dict(under)
    for key, value in over.items():
        both = isinstance(value, dict) and isinstance(under.get(key), dict)
        made[key] = _laid_over(under[key], value, whole=key in _WHOLE) if both and not whole else value
    return made
