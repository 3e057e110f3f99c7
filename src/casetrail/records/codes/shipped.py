"""The two shared tables as they ship, and the words that forms of all formats take from them."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any

WHO_TOLD, CLOSING = "who_told", "closing"
_FILES = {WHO_TOLD: ("who_told.toml", "role", "role"), CLOSING: ("closings.toml", "closing", "words")}
_SIGNS = re.compile(r"[\W_]+")


def folded(text: str) -> str:
    """A word without what people change: capitals, spaces, signs between words."""
    return _SIGNS.sub(" ", text.casefold()).strip()


@cache
def _text(name: str) -> str:
    return (resources.files("casetrail.records.codes") / _FILES[name][0]).read_text(encoding="utf-8")


@cache
def table(name: str) -> Mapping[str, Any]:
    """One shared table as its file says."""
    return MappingProxyType(tomllib.loads(_text(name)))


def entries(name: str) -> tuple[Mapping[str, Any], ...]:
    """The entries of a shared table."""
    return tuple(table(name)[_FILES[name][1]])


def _words(name: str) -> Mapping[str, str]:
    """Our words for each code and label."""
    said = _FILES[name][2]
    return MappingProxyType({code: entry[said] for entry in entries(name) for code in entry.get("codes", ())})


# What a form's `words` may name without writing it down again.
SHARED_WORDS: Mapping[str, Mapping[str, str]] = MappingProxyType({name: _words(name) for name in _FILES})


def by_word(name: str) -> Mapping[str, int]:
    """Where in the table each word, code, label and other spelling stands; folded."""
    said = _FILES[name][2]
    return MappingProxyType(
        {
            folded(text): at
            for at, entry in enumerate(entries(name))
            for text in (entry[said], *entry.get("codes", ()), *entry.get("also", ()))
        }
    )


@cache
def shared_digest() -> str:
    """A hash of the shared tables: what was read by others is read anew."""
    return hashlib.sha256("".join(_text(name) for name in _FILES).encode()).hexdigest()
