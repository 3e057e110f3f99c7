"""Make a made-up authority: simulate it, write what its agencies would hold, and say what was made."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from casetrail.errors import WorldError
from casetrail.figures import Answer, Column, Origin, Provenance, SourceRef, Table
from casetrail.inquiry.stamping import stamped
from casetrail.inquiry.world_files import ReturnsAsked, Span, write_returns, years_written
from casetrail.inquiry.world_returns import chronicle
from casetrail.records.writing import Chronicle, ReturnWritten
from casetrail.world import (
    World,
    Written,
    before,
    happened,
    read_faults,
    scenario,
    scenario_names,
    simulated,
    who_they_are,
    write_holdings,
)
from casetrail.world.describe.parameters import Scenario
from casetrail.world.holdings.happened import Happened
from casetrail.world.holdings.inquiry_file import Asked
from casetrail.world.holdings.writing import TableFormat

SECTION = "The made-up authority"
# Waits that every inquiry into a made-up authority asks about; the first stands beside its truth in the demonstration.
WAITS = (
    ("referral", "case allocated"),
    ("call received", "officers attended"),
    ("medical requested", "child protection medical"),
)


@dataclass(frozen=True, slots=True)
class WorldMade:
    """Where a made-up authority lies, and the answers that say what is in it."""

    written: Written
    answers: tuple[Answer, ...]
    returns: tuple[ReturnWritten, ...] = ()


@dataclass(frozen=True, slots=True)
class Telling:
    """Where progress goes: the share of the years that have been run, and each file written."""

    years: Callable[[float], None] | None = None
    file: Callable[[str, int], None] | None = None


def make_world(  # noqa: PLR0913
    world: World,
    folder: Path,
    *,
    threads: int = 1,
    table_format: TableFormat = "csv",
    telling: Telling | None = None,
    asked: Asked | None = None,
    returns: ReturnsAsked | None = None,
) -> WorldMade:
    """Simulate a world and write it into a new or empty folder, with the statutory returns that are asked for.

    Raises WorldError, InquiryError, OutputError.
    """
    told = telling or Telling()
    if returns is not None:
        _check_returns(world, returns)
    made = simulated(world, threads=threads, progress=told.years)
    what = happened(made)
    faults = read_faults()
    loss = made.values["records.busy_loss"]
    if loss:
        faults = faults.changed(None, row_missing_per_load=loss)
    sent: list[ReturnWritten] = []

    def also(place: Path) -> None:
        if returns is not None:
            who = who_they_are(what, faults=faults, rng=_luck(world))
            earlier = before(made)

            def knows(agency: str) -> Chronicle:
                return chronicle(what, earlier, who, agency=agency)

            joined = faults.common_number_share >= 1
            sent.extend(write_returns(place, knows, returns, span=_span(world), joined=joined))

    written = write_holdings(
        what,
        folder,
        faults=faults,
        rng=_luck(world),
        progress=told.file,
        table_format=table_format,
        asked=asked or Asked(waits=WAITS),
        also=also,
    )
    answers = (*_answers(world, what, written, made.scenario), *_returns_answer(world, sent))
    return WorldMade(written, stamped(answers), tuple(sent))


def _luck(world: World) -> np.random.Generator:
    return np.random.default_rng([world.seed, 3])


def _span(world: World) -> Span:
    return Span(started=world.started, ended=world.ended)


def _check_returns(world: World, returns: ReturnsAsked) -> None:
    """What can be known before the years are lived through. Raises WorldError."""
    if world.authorities > 1:
        raise WorldError(
            "A return is that of one authority, and this world has several.",
            where="--returns, --authorities",
            todo="Leave --authorities out, or make one world for each authority.",
            code="returns_of_one",
        )
    for name in returns.names:
        years_written(returns, name, _span(world))


def child_to_read(folder: Path, *, lines: int = 20) -> str | None:
    """The common number of a made-up child whose story is about so many lines long; None where no file says one."""
    seen: Counter[str] = Counter()
    enquired: set[str] = set()
    for file in sorted(folder.glob("*_events.csv")):
        with file.open(encoding="utf-8", newline="") as opened:
            for row in csv.DictReader(opened):
                number = row.get("common_number") or ""
                seen[number] += 1
                if row.get("activity") == "section 47 enquiry":
                    enquired.add(number)
    return min(sorted(enquired - {""}), key=lambda number: abs(seen[number] - lines), default=None)


def scenarios_listed() -> tuple[Answer, ...]:
    """All scenarios as one answer: what each is for, and what it leaves in the records."""
    chosen = [scenario(name) for name in scenario_names()]
    columns = (Column("scenario", "Scenario"), Column("about", "What it is"), Column("signature", "What it shows"))
    sources = tuple(SourceRef(f"scenario {one.name}", "", Origin.MADE_UP) for one in chosen)
    listed = Answer(
        id="world.scenarios",
        section=SECTION,
        title="Scenarios",
        sentence=f"{len(chosen)} made-up worlds can be asked for by name.",
        body=Table(columns, tuple((one.name, one.about, one.signature) for one in chosen)),
        method="As declared in the scenario files that come with casetrail; docs/world.md lists what each changes.",
        provenance=Provenance("world.scenarios", Origin.MADE_UP, sources),
    )
    return stamped((listed,))


def _provenance(world: World, question: str) -> Provenance:
    planted = SourceRef(f"scenario {world.scenario}", "", Origin.MADE_UP)
    parameters = (
        ("scenario", world.scenario),
        ("children", world.children),
        ("years", world.years),
        ("seed", world.seed),
        ("authorities", world.authorities),
        ("started", world.started.isoformat()),
        *((f"set {name}", str(value)) for name, value in (world.changes or {}).items()),
    )
    return Provenance(question, Origin.MADE_UP, (planted,), parameters=parameters, seed=world.seed)


def _answers(world: World, what: Happened, written: Written, chosen: Scenario) -> Sequence[Answer]:
    events, told, hidden = what.event.num_rows, what.told.num_rows, what.hidden.num_rows
    columns = (Column("what", "What"), Column("count", "Count", "events"))
    rows = (
        ("persons who lived there at some time", what.person.num_rows),
        ("incidents", told + hidden),
        ("incidents told to somebody", told),
        ("incidents told to nobody", hidden),
        ("mistaken allegations that an agency wrote down", what.mistaken.num_rows),
        ("things done and recorded by an agency", events),
        ("rows in the agencies' event files", written.total("event_rows")),
        ("events that no file holds", written.total("never_recorded") + written.total("recorded_after_extract")),
        ("rows recorded late", written.total("late")),
        ("involvements (who held the case, who spoke)", what.involvement.num_rows),
        ("waits with their causes, in the sealed truth", what.waits.num_rows),
    )
    summary = Answer(
        id="world.summary",
        section=SECTION,
        title=f"Scenario {world.scenario}: {chosen.about}",
        sentence=f"{world.children:,} children over {world.years:g} years from {world.started.isoformat()}, seed "
        f"{world.seed}: {events:,} things were done{_untold(told, hidden)}. {chosen.signature}",
        body=Table(columns, rows),
        method="A simulation of the case system; every parameter and its source stands in docs/world.md.",
        provenance=_provenance(world, "world.summary"),
    )
    return summary, _agencies(world, written)


def _untold(told: int, hidden: int) -> str:
    """The share of the incidents that were told to nobody, as the end of a sentence; nothing where there were none."""
    return f", and {hidden / (told + hidden):.0%} of the incidents were told to nobody" if told + hidden else ""


def _agencies(world: World, written: Written) -> Answer:
    columns = (
        Column("agency", "Agency"),
        Column("happened", "Happened", "events"),
        Column("rows", "Rows in its file", "events"),
        Column("lost", "In no file", "events"),
        Column("late", "Late", "events"),
        Column("twice", "Written twice", "events"),
        Column("records", "Local records", "events"),
        Column("second", "Second records", "events"),
    )
    rows = tuple(
        (a.agency, a.events_in, a.event_rows, a.lost, a.late, a.repeated + a.entered_twice, a.records, a.second_records)
        for a in written.agencies
    )
    return Answer(
        id="world.agencies",
        section=SECTION,
        title="What each agency holds of it",
        sentence=f"{len(rows)} agencies keep files of their own, with faults of their own; what is true lies apart.",
        body=Table(columns, rows),
        method="Happened = written + in no file, checked for each agency when the files were written.",
        provenance=_provenance(world, "world.agencies"),
    )


def _returns_answer(world: World, sent: Sequence[ReturnWritten]) -> Sequence[Answer]:
    if not sent:
        return ()
    columns = (
        Column("file", "Return"),
        Column("form", "Form"),
        Column("covers", "Covers"),
        Column("rows", "Rows", "events"),
        Column("no_place", "Done and without a place in it", "events"),
        Column("outside", "Spells and points of other days", "events"),
        Column("twice", "Rows the same as another", "events"),
    )
    rows = tuple(
        (
            one.path.name,
            one.form,
            f"{one.first or 'the beginning'} to {one.last}",
            sum(one.rows.values()),
            sum(one.unplaced.values()),
            one.outside,
            one.twice,
        )
        for one in sent
    )
    returned = Answer(
        id="world.returns",
        section=SECTION,
        title="The statutory returns that children's services would send",
        sentence=f"{len(sent)} returns are written without any fault of recording; what has no place in one is counted "
        "in returns/left_out.csv by activity and reason.",
        body=Table(columns, rows),
        method="Written by the forms by which casetrail reads returns; docs/returns.md says what becomes of what.",
        provenance=_provenance(world, "world.returns"),
    )
    return (returned,)
