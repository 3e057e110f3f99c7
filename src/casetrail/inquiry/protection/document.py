"""The shape of a document for people to read, complete and sign."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rows:
    """A table of words."""

    titles: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A heading, what the inquiry and the code say under it, and what only a person can answer."""

    heading: str
    said: tuple[str, ...] = ()
    rows: Rows | None = None
    questions: tuple[str, ...] = ()
    level: int = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """Title, the lines below it, and the parts in order."""

    title: str
    stamp: str
    lines: tuple[str, ...]
    parts: tuple[Part, ...]

    @property
    def open_questions(self) -> int:
        """How many questions stand open."""
        return sum(len(part.questions) for part in self.parts)
