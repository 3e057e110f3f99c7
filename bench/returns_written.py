"""How long the returns of a made-up authority take to be written and read again, and how much memory: no bar, figures.

    python bench/returns_written.py [CHILDREN]

Each return is written from what 5,000 made-up children's three years left, as often as a council would send it, and
read back whole.
"""

from __future__ import annotations

import resource
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from casetrail.figures import Origin
from casetrail.inquiry.world_returns import chronicle
from casetrail.records import Keys, SourceSpec, read_source
from casetrail.records.writing import Chronicle, Occasion, Shape, write_return
from casetrail.world import World, before, happened, read_faults, simulated, who_they_are

RETURNS: tuple[tuple[str, Shape, int | None], ...] = (
    *(("cin-census", "xml", year) for year in (2020, 2021, 2022)),
    *(("ssda903", "csv", year) for year in (2020, 2021, 2022)),
    ("annex-a", "xlsx", None),
    ("ssd", "csv", None),
    ("ssd", "parquet", None),
)  # type: ignore[assignment]


def knows(world: World) -> Chronicle:
    """What children's services know of a world."""
    made = simulated(world)
    what = happened(made)
    who = who_they_are(what, faults=read_faults(), rng=np.random.default_rng([world.seed, 3]))
    return chronicle(what, before(made), who)


def main() -> None:
    """Print a line for each return."""
    world = World(children=int(sys.argv[1]) if len(sys.argv) > 1 else 5_000, years=3, seed=1)
    started = time.perf_counter()
    known = knows(world)
    print(f"{world.children:,} children, {len(known.happenings):,} happenings: {time.perf_counter() - started:.1f} s")
    keys = Keys(bytes(range(32)))
    with TemporaryDirectory() as folder:
        for name, shape, year in RETURNS:
            place = Path(folder, f"{name}-{year}" + (f".{shape}" if shape in ("xml", "xlsx") else f"-{shape}"))
            started = time.perf_counter()
            occasion = Occasion(known_to=world.ended, year=year)
            written = write_return(name, known, place, occasion=occasion, shape=shape)
            between = time.perf_counter()
            spec = SourceSpec(name=name, path=place, origin=Origin.MADE_UP, columns={}, format=name, year=year)
            extract = read_source(spec, keys=keys, as_of=world.ended)
            ended = time.perf_counter()
            rows = sum(written.rows.values())
            print(
                f"{place.name:24} {rows:7,} rows  written {between - started:5.2f} s  read {ended - between:5.2f} s  "
                f"{extract.events.num_rows:7,} events  {extract.involvements.num_rows:6,} involvements"
            )
    print(f"largest memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB")


if __name__ == "__main__":
    main()
