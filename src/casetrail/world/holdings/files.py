"""Write what the agencies would hold, the inquiry file on it, and apart from both the sealed truth."""

from __future__ import annotations

import re
import secrets
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from casetrail.errors import OutputError, WorldError
from casetrail.world.holdings.counting import AgencyWritten, Written, counted
from casetrail.world.holdings.happened import Happened, checked
from casetrail.world.holdings.holding import Holding, make_holding
from casetrail.world.holdings.identity import Identity, make_identity
from casetrail.world.holdings.inquiry_file import Asked, SourceFile, inquiry_text
from casetrail.world.holdings.luck import luck
from casetrail.world.holdings.parameters import Faults
from casetrail.world.holdings.sealing import (
    event_fates_table,
    involvement_fates_table,
    joined,
    person_tables,
    planted,
    who_is_who,
)
from casetrail.world.holdings.tables import event_file, involvement_table, people_table
from casetrail.world.holdings.truth import FOLDER, OF_THE_WORLD, write_truth
from casetrail.world.holdings.writing import TableFormat, write_bytes, write_table, writing

INQUIRY, README = "inquiry.toml", "README.md"
Progress = Callable[[str, int], None]

_WORDS = """# A made-up authority

Nobody in it exists, and no organisation is meant: names are invented syllables, postcodes have a shape that no postcode
has. Every file here is made up. `casetrail run inquiry.toml` works on the agencies' files; docs/world-files.md of
casetrail says what each file, column and fault is. The folder `truth` says what is true and is read by nobody but the
one who scores.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """What one agency's files leave behind for the inquiry file, the truth and the counts."""

    counts: AgencyWritten
    sources: tuple[SourceFile, ...]
    people: tuple[str, ...]
    sealed: Mapping[str, pa.Table]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """Where one made-up authority is written, and out of what."""

    folder: Path
    world: Happened
    truth: Identity
    ending: TableFormat
    asked: Asked


def write_holdings(  # noqa: PLR0913
    happened: Happened,
    folder: Path,
    *,
    faults: Faults,
    rng: np.random.Generator,
    progress: Progress | None = None,
    table_format: TableFormat = "csv",
    asked: Asked | None = None,
    also: Callable[[Path], None] | None = None,
) -> Written:
    """Write a made-up authority into a new or empty folder, whole or not at all.

    One number is taken from `rng`; the same number, bundle and faults give the same bytes. `progress` is called with
    what was written and its number of rows. `table_format` is that of the agencies' files; the truth is Parquet.
    `asked` is what the inquiry file asks beside its defaults. `also` may write more into the folder before it takes its
    place, when all else is there.
    Raises WorldError when the bundle does not hold together, OutputError when the folder is not empty or cannot be
    written, IntegrityError when rows do not add up.
    """
    world = checked(happened)
    names = _agencies(world)
    of = luck(rng)
    with _whole_or_nothing(folder) as making:
        truth = make_identity(world, faults.identity, rng=of("identity"))
        place = _Place(folder=making, world=world, truth=truth, ending=table_format, asked=asked or Asked())
        parts = []
        for name in names:
            parts.append(_write_agency(place, make_holding(world, truth, agency=name, faults=faults, luck=of)))
            if progress:
                counts = parts[-1].counts
                progress(name, counts.event_rows + counts.involvement_rows + counts.records)
        files = _write_rest(place, parts, faults=faults, names=names)
        if progress:
            progress(FOLDER, world.event.num_rows)
        if also:
            also(making)
    return Written(
        folder=folder,
        inquiry=folder / INQUIRY,
        truth=folder / FOLDER,
        files=files,
        agencies=tuple(part.counts for part in parts),
    )


def slug(agency: str) -> str:
    """An agency's name as the beginning of a file name that every system takes."""
    return re.sub(r"[^a-z0-9]+", "_", agency.casefold().replace("'", "").replace("’", "")).strip("_")


def _agencies(world: Happened) -> tuple[str, ...]:
    """All agencies in the order of the alphabet. Raises WorldError when two would share a file."""
    names: set[str] = set()
    for table in (world.event, world.involvement):
        names |= set(pc.unique(table.column("agency").combine_chunks()).to_pylist())
    by_file: dict[str, str] = {}
    for name in sorted(names):
        file = slug(name)
        if not file or file in by_file:
            raise WorldError(
                "The name of an agency makes no file name of its own.",
                where="what happened: event, agency",
                todo="Give each agency a name that differs in letters or digits from every other.",
                code="agency_name",
            )
        by_file[file] = name
    return tuple(by_file.values())


def _write_agency(place: _Place, holding: Holding) -> _Part:
    events = event_file(holding, place.world, place.truth)
    involvements = involvement_table(holding, place.world, place.truth)
    people = people_table(holding, place.truth)
    sources = (
        _source(place, holding.agency, kind="events", table=events.table),
        _source(place, holding.agency, kind="involvements", table=involvements),
    )
    return _Part(
        counts=counted(holding, event_rows=events.table.num_rows, involvement_rows=involvements.num_rows),
        sources=tuple(source for source in sources if source is not None),
        people=(_file(place, holding.agency, kind="people", table=people),) if people.num_rows else (),
        sealed={
            "records": who_is_who(holding, place.truth),
            "faults": planted(holding),
            "events": event_fates_table(holding, place.world, events),
            "involvements": involvement_fates_table(holding, place.world),
        },
    )


def _source(
    place: _Place, agency: str, *, kind: Literal["events", "involvements"], table: pa.Table
) -> SourceFile | None:
    """A file that the inquiry names; an agency that wrote down nothing of this kind has none."""
    if not table.num_rows:
        return None
    activities: tuple[str, ...] = ()
    if kind == "events":
        activities = tuple(sorted(pc.unique(table.column("activity").combine_chunks()).to_pylist()))
    file = _file(place, agency, kind=kind, table=table)
    return SourceFile(agency=agency, file=file, kind=kind, columns=tuple(table.column_names), activities=activities)


def _file(place: _Place, agency: str, *, kind: str, table: pa.Table) -> str:
    name = f"{slug(agency)}_{kind}.{place.ending}"
    write_table(table, place.folder / name)
    return name


def _write_rest(place: _Place, parts: Sequence[_Part], *, faults: Faults, names: Sequence[str]) -> int:
    """Write the inquiry file, the words on the folder, and the truth; returns the number of all files."""
    sources = [source for part in parts for source in part.sources]
    if not sources:
        raise WorldError(
            "No agency wrote anything down: there is nothing to inquire into.",
            where="what happened: event, involvement",
            todo="Make a world in which something happens, or lower the rates of missing rows.",
            code="nothing_written",
        )
    people = [name for part in parts for name in part.people]
    text = inquiry_text(place.world, sources, people=people, joined=faults.common_number_share >= 1, asked=place.asked)
    write_bytes(place.folder / INQUIRY, text.encode("utf-8"))
    write_bytes(place.folder / README, _WORDS.encode("utf-8"))
    sealed = {name: joined([part.sealed[name] for part in parts]) for name in parts[0].sealed}
    sealed |= person_tables(place.world, place.truth)
    sealed |= {name: getattr(place.world, name) for name in OF_THE_WORLD}
    facts = _facts(place.world, faults, names)
    return len(sources) + len(people) + 2 + write_truth(place.folder / FOLDER, sealed, facts)


def _facts(world: Happened, faults: Faults, names: Sequence[str]) -> dict[str, Any]:
    return {
        "scenario": world.scenario,
        "seed": world.seed,
        "started": world.started.isoformat(),
        "ended": world.ended.isoformat(),
        "shape": dict(world.shape),
        "parameters": dict(world.parameters),
        "changed": dict(world.changed),
        "coefficients": dict(world.coefficients),
        "rates": {
            "dated": faults.dated.isoformat(),
            "common_number_share": faults.common_number_share,
            "identity": asdict(faults.identity),
            "slips": asdict(faults.slips),
            "agency": {name: asdict(faults.of(name)) for name in names},
        },
    }


@contextmanager
def _whole_or_nothing(folder: Path) -> Iterator[Path]:
    """A folder to write in, beside the one wanted; it takes its place only when everything is written."""
    folder = folder.resolve()
    making = folder.parent / f"{folder.name}.making-{secrets.token_hex(4)}"
    with writing(folder):
        if folder.exists() and not folder.is_dir():
            raise OutputError(
                "There is a file of that name where the folder for the made-up authority should be; it is left alone.",
                where=str(folder),
                todo="Name an empty or new folder.",
                code="not_a_folder",
            )
        if folder.exists() and any(folder.iterdir()):
            raise OutputError(
                "The folder for the made-up authority is not empty; it is left alone.",
                where=str(folder),
                todo="Name an empty or new folder.",
                code="not_empty",
            )
    try:
        # Inside, for a stop may come just after the folder stands.
        with writing(folder):
            making.mkdir(parents=True)
        yield making
        with writing(folder):
            if folder.exists():
                folder.rmdir()
            making.rename(folder)
    finally:
        shutil.rmtree(making, ignore_errors=True)
