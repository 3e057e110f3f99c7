"""Take values out of a TOML table with errors that say where and what to do."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from casetrail.errors import InquiryError

_FIRST_YEAR, _LAST_YEAR = 1900, 2199


@dataclass(frozen=True, slots=True)
class Section:
    """One table of an inquiry file and its place in it ("[[source]] number 2")."""

    values: Mapping[str, Any]
    place: str

    def only(self, allowed: Iterable[str]) -> None:
        """Raises InquiryError on a key that casetrail does not know: a misspelt key must not be ignored."""
        known = sorted(allowed)
        for key in self.values:
            if key not in known:
                near = difflib.get_close_matches(key, known, n=1)
                hint = f"Did you mean '{near[0]}'?" if near else f"Known here: {', '.join(known)}."
                raise InquiryError(f"'{key}' is not a setting.", where=self.place, todo=hint, code="unknown_setting")

    def text(self, key: str, default: str | None = None) -> str:
        return str(self._typed(key, str, "text in quotes", default))

    def maybe_text(self, key: str) -> str | None:
        return None if key not in self.values else self.text(key)

    def day(self, key: str) -> date:
        found = self._typed(key, date, "a date, written 2007-12-31 without quotes", None)
        if isinstance(found, datetime) or not _FIRST_YEAR <= found.year <= _LAST_YEAR:
            raise self._wrong(key, f"a date without a time, from {_FIRST_YEAR} to {_LAST_YEAR}")
        return date(found.year, found.month, found.day)

    def maybe_day(self, key: str) -> date | None:
        return None if key not in self.values else self.day(key)

    def number(self, key: str, default: int) -> int:
        return int(self._typed(key, int, "a whole number", default))

    def texts(self, key: str) -> tuple[str, ...]:
        """A text or a list of texts."""
        found = self.values.get(key, [])
        items = [found] if isinstance(found, str) else found
        if not isinstance(items, list) or not all(isinstance(item, str) for item in items):
            raise self._wrong(key, "text in quotes, or a list of texts")
        return tuple(items)

    def table(self, key: str) -> Section:
        found = self.values.get(key, {})
        if not isinstance(found, dict):
            raise self._wrong(key, f"a table, headed [{key}]")
        return Section(found, f"{self.place} [{key}]")

    def tables(self, key: str) -> tuple[Section, ...]:
        found = self.values.get(key, [])
        if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
            raise self._wrong(key, f"tables, each headed [[{key}]]")
        return tuple(Section(item, f"{self.place} [[{key}]] number {i}") for i, item in enumerate(found, 1))

    def choice(self, key: str, allowed: Iterable[str], default: str | None = None) -> str:
        found = self.text(key, default)
        options = tuple(allowed)
        if found not in options:
            raise InquiryError(
                f"'{key}' has a value that is not one of those known.",
                where=self.place,
                todo=f"Use one of: {', '.join(options)}.",
                code="wrong_choice",
            )
        return found

    def _typed(self, key: str, kind: type, said: str, default: Any) -> Any:
        if key not in self.values:
            if default is None:
                raise InquiryError(
                    f"The setting '{key}' is missing.", where=self.place, todo=f"Add {key} = {said}.", code="missing"
                )
            return default
        found = self.values[key]
        if not isinstance(found, kind) or (kind is int and isinstance(found, bool)):
            raise self._wrong(key, said)
        return found

    def _wrong(self, key: str, said: str) -> InquiryError:
        todo = "Correct it; `casetrail init` writes an example."
        return InquiryError(f"The setting '{key}' must be {said}.", where=self.place, todo=todo, code="wrong_type")
