"""The local authorities of England with children's services since 2009, and how to find one."""

from __future__ import annotations

import csv
import difflib
import re
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

from casetrail.errors import UnknownNameError
from casetrail.public.reorganised import reorganisations

# The Department prints 921 for England, which is also the number of the Isle of Wight; later tables use 970.
ENGLAND_CODE = 970

_BEFORE = re.compile(r"^(?:the )?(?:(?:london|royal|metropolitan) )?(?:borough|city|county|district) of ")
_AFTER = re.compile(r"(?: (?:city of|county of|council|borough|(?:city|county|borough|district) council))+$")


@dataclass(frozen=True, slots=True)
class Authority:
    """A body, named as the Department for Education named it. `code` is the Department's number."""

    code: int
    name: str

    @property
    def slug(self) -> str:
        """The name as it stands in the id of a figure: `bristol-city-of`."""
        return _plain(self.name).replace(" ", "-")


def authorities() -> tuple[Authority, ...]:
    """The 152 authorities of 2009 to 2011 in the Department's order; England is not one of them."""
    return tuple(a for a in _listed() if a.code != ENGLAND_CODE)


def england() -> Authority:
    """England as a whole, with which authorities are compared."""
    return next(a for a in _listed() if a.code == ENGLAND_CODE)


def later_authorities() -> tuple[Authority, ...]:
    """Those that came after, by reorganisation."""
    known = {a.code for a in authorities()}
    after = {code: name for change in reorganisations() for code, name in change.after.items()}
    return tuple(Authority(code, name) for code, name in sorted(after.items()) if code not in known)


def authority(name: str | int, year: str | None = None) -> Authority:
    """The authority of this name or code; case, `Council`, `London Borough of` do not matter.

    Two are called Dorset, before and after 2019: a `year` such as 2020-21 says which is meant (without one, the first).
    Raises: UnknownNameError, with the nearest names.
    """
    asked = str(name).strip()
    every = (*authorities(), *later_authorities())
    if asked.isdecimal():
        found = [a for a in every if a.code == int(asked)]
    else:
        found = [a for a in every if _plain(a.name) == _plain(asked)]
        found = found or [a for a in every if _core(a.name) == _core(asked)]
    if len(found) > 1:
        last = year is not None and all(year >= _first_year(a) for a in found)
        found = found[-1:] if last else found[:1]
    if len(found) == 1:
        return found[0]
    near = _near(asked)
    raise UnknownNameError(
        f"No authority is called '{asked}' in the figures since 2009-10.",
        where="public table of authorities",
        todo=f"Did you mean {' or '.join(near)}?" if near else "Give a name such as Haringey, or a code.",
        code="unknown_authority",
    )


def _first_year(of: Authority) -> str:
    """The first year of account of a later body; "" for one that was there in 2009."""
    began = [c.on.year for c in reorganisations() if of.code in c.after]
    return f"{max(began)}-{(max(began) + 1) % 100:02d}" if began else ""


def _near(asked: str) -> list[str]:
    """At most five names that hold the very words asked for, or are spelt much like them."""
    wanted = _core(asked)
    names = {_core(a.name): a.name for a in (*authorities(), *later_authorities())}
    holding = [name for core, name in names.items() if wanted and f" {wanted} " in f" {core} "]
    alike = [names[core] for core in difflib.get_close_matches(wanted, list(names), n=5, cutoff=0.7)]
    return list(dict.fromkeys(holding + alike))[:5]


def _plain(name: str) -> str:
    words = re.sub(r"[^a-z0-9]+", " ", name.casefold().replace("&", " and "))
    return " ".join(words.split())


def _core(name: str) -> str:
    """The name without the words that only say what kind of body it is."""
    return _AFTER.sub("", _BEFORE.sub("", _plain(name)))


@lru_cache(maxsize=1)
def _listed() -> tuple[Authority, ...]:
    text = resources.files("casetrail.public").joinpath("data", "authorities.csv").read_text(encoding="utf-8")
    return tuple(Authority(int(row["code"]), row["name"]) for row in csv.DictReader(text.splitlines()))
