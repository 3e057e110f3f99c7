"""What `init` writes of a local extract: headings and dates that its form does not know, and what is not sure."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from casetrail.figures import Origin
from casetrail.records import (
    Inspection,
    Proposal,
    ReturnLook,
    SourceSpec,
    form,
    inspect,
    look_at_return,
    look_by,
    propose,
    recognised,
    within,
)


@dataclass(frozen=True, slots=True)
class Sighted:
    """A file that was looked at; `proposal` where it is a local extract."""

    look: Inspection | ReturnLook
    proposal: Proposal | None = None


def sighted(file: Path, today: date) -> Sighted:
    """Look at a file: a statutory return, a local extract, or one that needs a mapping. Raises InputError."""
    proposals: list[Proposal | None] = []

    def looking(inner: Path) -> Inspection | ReturnLook:
        found = _sighted(inner, today)
        proposals.append(found.proposal)
        return found.look

    seen = within(file, looking)
    return Sighted(seen, proposals[0])


def _sighted(file: Path, today: date) -> Sighted:
    name = recognised(file)
    if name is not None and not form(name).local:
        return Sighted(look_at_return(file, name, as_of=today))
    proposal = None if file.is_dir() else propose(file, name)
    if proposal is None:
        return Sighted(inspect(file, as_of=today) if name is None else look_at_return(file, name, as_of=today))
    first, *others = proposal.dates.formats or (None,)
    spec = SourceSpec(
        name="inspected",
        path=file,
        origin=Origin.MADE_UP,
        columns={},
        format=proposal.form.name,
        headings=_given(proposal),
        date_format=first,
        more_date_formats=tuple(text for text in others if text),
    )
    return Sighted(look_by(spec, today), proposal)


def _given(proposal: Proposal) -> dict[str, tuple[str, ...]]:
    """The headings of columns that the form would not find by itself."""
    guessed = set(proposal.guessed.values())
    return {column: names for column, names in proposal.columns.items() if column in guessed}


def lines_of(proposal: Proposal | None) -> Sequence[str]:
    """Lines of a source for what its form does not know by itself."""
    if proposal is None:
        return ()
    lines = []
    formats = [_text(text) for text in proposal.dates.formats]
    if formats:
        said = formats[0] if len(formats) == 1 else f"[{', '.join(formats)}]"
        lines.append(f"date_format = {said}     # guessed from the cells: check")
    if proposal.dates.open_order:
        lines.append("# not sure: no date says whether the day or the month comes first; the day was taken")
    lines += [
        f"# not sure: the dates in {_text(name)} are not read; say `date_format`" for name in proposal.dates.unread
    ]
    known = {name: heads for name, heads in proposal.columns.items() if name not in set(proposal.guessed.values())}
    lines += [f"# {_key(name)} = {_value(heads)}   # by its heading" for name, heads in known.items()]
    if proposal.spare:
        lines.append("# not used: " + ", ".join(map(_text, proposal.spare)))
    given = _given(proposal)
    if given:
        lines.append("[source.headings]                  # guessed by likeness and by cells: check each")
        lines += [f"{_key(name)} = {_value(heads)}" for name, heads in given.items()]
    return lines


def _key(name: str) -> str:
    return name if name.isalpha() else _text(name)


def _value(heads: Sequence[str]) -> str:
    return _text(heads[0]) if len(heads) == 1 else "[" + ", ".join(map(_text, heads)) + "]"


def _text(value: str) -> str:
    """A TOML text: JSON's escapes are valid in TOML, but for DEL."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
