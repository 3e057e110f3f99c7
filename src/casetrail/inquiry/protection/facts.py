"""What is really in the sources of an inquiry, by column: read and counted, and nothing stored."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace

import pyarrow as pa
import pyarrow.compute as pc

from casetrail.inquiry.model import Inquiry
from casetrail.records import Extract, Keys, SourceSpec, read_source
from casetrail.records.extract import ColumnHeld
from casetrail.records.keys import KEY_BYTES


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFacts:
    """One source as it is: counts, what each column is, and which columns of the file are not read."""

    spec: SourceSpec
    agency: str
    form: str
    rows_in: int
    rows_good: int
    rows_quarantined: int
    privileged: int
    persons: int
    columns: tuple[ColumnHeld, ...]
    unread: tuple[str, ...]

    @property
    def is_police(self) -> bool:
        """Whether these are records of the police, by form or agency."""
        return self.form.startswith("police") or "police" in self.agency.casefold()

    @property
    def has_workers(self) -> bool:
        """Whether a column feeds the codes of workers."""
        return any("worker" in column.feeds and column.filled for column in self.columns)


@dataclass(frozen=True, slots=True)
class Facts:
    """The inquiry and its sources as they are."""

    inquiry: Inquiry
    sources: tuple[SourceFacts, ...]


def facts_of(inquiry: Inquiry, progress: Callable[[str, int], None] | None = None) -> Facts:
    """Read every source under keys that are thrown away, and count. Stores nothing. Raises as `read_source` does."""
    keys = Keys(secrets.token_bytes(KEY_BYTES))
    found = []
    for source in inquiry.sources:
        tick = None if progress is None else (lambda rows, name=source.name: progress(name, rows))
        spec = replace(source, keep_identities=False)
        found.append(_facts(source, read_source(spec, keys=keys, as_of=inquiry.as_of, progress=tick)))
    return Facts(inquiry, tuple(found))


def _facts(spec: SourceSpec, extract: Extract) -> SourceFacts:
    held = {column.column for column in extract.held}
    unread = () if extract.tables else tuple(name for name in extract.columns_found if name not in held)
    persons = pa.chunked_array([*extract.events["person"].chunks, *extract.involvements["person"].chunks], pa.string())
    codes = extract.quarantine["code"].to_pylist()
    return SourceFacts(
        spec=spec,
        agency=extract.spec.agency or "",
        form=extract.form,
        rows_in=extract.rows_in,
        rows_good=extract.rows_good,
        rows_quarantined=extract.rows_quarantined,
        privileged=codes.count("legally_privileged"),
        persons=int(pc.count_distinct(persons).as_py()),
        columns=extract.held,
        unread=unread,
    )
