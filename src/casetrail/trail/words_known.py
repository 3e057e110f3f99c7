"""Which of the words of a log mean a role in which somebody told, and which an ending."""

from __future__ import annotations

from collections.abc import Iterable

import pyarrow as pa
import pyarrow.compute as pc

from casetrail.records.codes import closing, speaker

SPEAKER = pa.schema(
    [
        pa.field("role", pa.string(), nullable=False),  # as the log writes it
        pa.field("kind", pa.string(), nullable=False),
        pa.field("speaks", pa.string(), nullable=False),  # lay | professional | not known
    ]
)
ENDING = pa.schema(
    [
        pa.field("word", pa.string(), nullable=False),  # as the log writes it
        pa.field("kind", pa.string(), nullable=False),
        pa.field("turned_away", pa.bool_()),  # ? not known of an ending that is not stated
    ]
)


def speaker_table(events: pa.Table) -> pa.Table:
    """The roles in a log that the shared table knows; the others stay without a kind."""
    found = ((text, speaker(text)) for text in _texts(events, ("reported_by_role",)))
    rows = [{"role": text, "kind": role.kind, "speaks": role.speaks} for text, role in found if role]
    return pa.Table.from_pylist(rows, schema=SPEAKER)


def ending_table(events: pa.Table) -> pa.Table:
    """The closing codes and outcomes in a log that the shared table knows as endings."""
    found = ((text, closing(text)) for text in _texts(events, ("closing_code", "outcome")))
    rows = [{"word": text, "kind": end.kind, "turned_away": end.turned_away} for text, end in found if end]
    return pa.Table.from_pylist(rows, schema=ENDING)


def _texts(events: pa.Table, columns: Iterable[str]) -> list[str]:
    texts = {text for name in columns for text in pc.unique(events[name]).to_pylist()}
    return sorted(text for text in texts if text is not None)
