"""Records of legal advice: refused at import by a mark of their own, or by the words they speak in.

What a client and a lawyer say to each other belongs to the client. Such a record is counted and its place told;
nothing of it is kept, in the store, in the vault or in a message.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from casetrail.records.cells import Coded
from casetrail.records.columns import Flags, privileged_texts

# Legal planning and counsel, in the words of children's services in England and Wales. A word stands for itself
# alone: "counsel's advice" is meant by "counsel", counselling and counsellors are not.
PRIVILEGED_WORDS: tuple[str, ...] = (
    "counsel",
    "legal advice",
    "legal gateway",
    "legal opinion",
    "legal planning",
    "legal privilege",
    "legally privileged",
    "litigation privilege",
    "solicitor's advice",
)


def pattern_of(words: Sequence[str]) -> re.Pattern[str] | None:
    """What finds one of the words, in small or capital letters, with blanks, hyphens or strokes between its parts."""
    parts = [r"[\s\-_/]+".join(re.escape(part) for part in word.split()) for word in words if word.strip()]
    return re.compile(rf"(?<!\w)(?:{'|'.join(parts)})(?!\w)", re.IGNORECASE) if parts else None


def worded(columns: Mapping[str, Coded], names: Iterable[str], words: Sequence[str]) -> dict[str, Flags]:
    """For each column named, the rows whose cell has one of the words; columns without any are left out."""
    pattern = pattern_of(words)
    if pattern is None:
        return {}
    found = {}
    for name in names:
        column = columns.get(name)
        if column is not None and len(column.values):
            rows = _rows(column, [pattern.search(text.replace("’", "'")) is not None for text in column.values])
            if rows.any():
                found[name] = rows
    return found


def marked(column: Coded) -> Flags:
    """Rows of a column of marks that do not plainly say no."""
    return _rows(column, privileged_texts(column.values))


def _rows(column: Coded, says: list[bool]) -> Flags:
    return np.array([*says, False], dtype=np.bool_)[column.codes]
