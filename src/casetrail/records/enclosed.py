"""A source that may be packed: read as the file or folder that is in it, told by the places in the archive."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

import pyarrow as pa
import pyarrow.compute as pc

from casetrail.errors import InputError
from casetrail.records.extract import Extract
from casetrail.records.files import sha256_of
from casetrail.records.mending import Mend
from casetrail.records.spec import SourceSpec
from casetrail.records.unpacking import is_archive, labelled, unpacked_archive


@dataclass(frozen=True, slots=True)
class Enclosed:
    """A source as it can be read. `packed` is as it was declared; `members` are the files in its archive, if it is one.

    `mends` are under the names that the files have inside.
    """

    spec: SourceSpec
    packed: SourceSpec
    mends: Sequence[Mend] = ()
    members: Sequence[str] = ()
    notes: tuple[str, ...] = ()

    def place(self, place: str) -> str:
        """A place in a file, with the archive before it."""
        return labelled(place, self.packed.path.name, self.members)

    def told(self, extract: Extract) -> Extract:
        """What was read, under the name and the hash of the archive. Raises InputError when that cannot be read."""
        if not self.members:
            return extract
        return replace(
            extract,
            spec=replace(extract.spec, path=self.packed.path),
            sha256=sha256_of(self.packed.path),
            events=self._placed(extract.events, "source_place"),
            involvements=self._placed(extract.involvements, "source_place"),
            quarantine=self._placed(extract.quarantine, "file"),
            findings=self._placed(extract.findings, "file"),
            originals=self._placed(extract.originals, "file"),
            tables=tuple(replace(table, file=self.place(table.file)) for table in extract.tables),
            notes=(*self.notes, *(self.place(note) for note in extract.notes)),
        )

    def _placed(self, table: pa.Table, name: str) -> pa.Table:
        at = table.schema.get_field_index(name)
        if at < 0 or not table.num_rows:
            return table
        told = pc.binary_join_element_wise(f"{self.packed.path.name} / ", table[name], "")
        return table.set_column(at, table.schema.field(at), told.cast(table.schema.field(at).type))


@contextmanager
def enclosed(spec: SourceSpec, mends: Sequence[Mend] = (), *, tables: bool = True) -> Iterator[Enclosed]:
    """A source as it can be read, unpacked for so long where it is an archive. `tables`: several files may be in it.

    Raises InputError for an archive that is refused, and one of several files where one is wanted.
    """
    if not is_archive(spec.path):
        yield Enclosed(spec, spec, mends)
        return
    with unpacked_archive(spec.path, spec.room) as inside:
        if not tables and len(inside.members) > 1:
            raise several(spec.path.name, len(inside.members))
        lead = f"{spec.path.name} / "
        inner = [replace(mend, file=mend.file.removeprefix(lead)) for mend in mends]
        yield Enclosed(replace(spec, path=inside.path), spec, inner, inside.members, inside.notes)


def several(name: str, count: int) -> InputError:
    """The error for an archive of several files that are no return."""
    return InputError(
        f"The archive holds {count:,} files, and they are not those of one return.",
        where=name,
        todo="Pack one file into each archive, or say by `format` which return it is.",
        code="several_files",
    )
