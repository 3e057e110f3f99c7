"""Write the statutory returns of a made-up authority, and an inquiry on each kind of them."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from casetrail.errors import WorldError
from casetrail.records import form_names
from casetrail.records.returns.library import form
from casetrail.records.writing import SHAPES as FILES
from casetrail.records.writing import Chronicle, Occasion, ReturnWritten, Shape, write_return
from casetrail.world.holdings.inquiry_file import MARK
from casetrail.world.holdings.writing import write_bytes

FOLDER = "returns"
AGENCY = "social care"
# What each return comes as; a year of its own, or one for all that is known on the last day.
SHAPES: dict[str, Shape] = {
    "annex-a": "xlsx",
    "cin-census": "xml",
    "ssd": "csv",
    "ssda903": "csv",
}
# Extracts of the other agencies in forms of their own, and whose they are.
LOCAL: dict[str, str] = {
    "health-attendances": "health",
    "police-incidents": "police",
    "police-notices": "police",
    "school-concerns": "school",
}
_YEARLY = ("cin-census", "ssda903")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnsAsked:
    """Which returns to write: names of formats, and of which years (empty: all that end in the world's years).

    `shapes`: what some of them come as, where it is not the ordinary one.
    """

    names: tuple[str, ...]
    years: tuple[int, ...] = ()
    shapes: Mapping[str, Shape] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """The first and the last day of the world."""

    started: date
    ended: date


def returns_asked(names: str, years: Sequence[int] = (), *, parquet: bool = False) -> ReturnsAsked:
    """What was typed: names with commas, "all" returns or "local" extracts among them; "NAME:xml" says the shape.

    `parquet`: tables of a Standard Safeguarding Dataset as Parquet. Raises WorldError.
    """
    several = {"all": tuple(SHAPES), "local": tuple(LOCAL)}
    parts = [part.strip().partition(":") for part in names.split(",") if part.strip()]
    typed = [name.strip() for name, _, _ in parts]
    wanted = [name for one in typed for name in several.get(one, (one,))]
    strange = [name for name in wanted if name not in (*SHAPES, *LOCAL) or name not in form_names()]
    if strange or not wanted:
        raise WorldError(
            f"There is no return called {', '.join(strange)}." if strange else "No return is named.",
            where="--returns",
            todo=f"Use some of {', '.join((*SHAPES, *LOCAL))}, with commas between; all returns, local extracts.",
            code="unknown_return",
        )
    shapes: dict[str, Shape] = {"ssd": "parquet"} if parquet else {}
    shapes |= {name.strip(): _shape(name.strip(), shape.strip()) for name, sign, shape in parts if sign}
    return ReturnsAsked(names=tuple(dict.fromkeys(wanted)), years=tuple(sorted(set(years))), shapes=shapes)


def _shape(name: str, typed: str) -> Shape:
    fits = [shape for shape in FILES if name in form_names() and shape.partition("-")[0] in form(name).containers]
    for shape in fits:
        if shape == typed:
            return shape
    raise WorldError(
        f"'{name}' is not written as '{typed}'.",
        where="--returns",
        todo=f"Write it as one of: {', '.join(fits)}." if fits else "Say the shape after the name of a return.",
        code="no_such_shape",
    )


def years_written(asked: ReturnsAsked, name: str, span: Span) -> tuple[int | None, ...]:
    """The years of a return: each year to 31 March that ends in the world; (None,) for one without a year.

    Raises WorldError where none ends in it, or one that is asked for does not.
    """
    if name not in _YEARLY:
        return (None,)
    there = [
        year for year in range(span.started.year, span.ended.year + 1) if span.started < date(year, 3, 31) <= span.ended
    ]
    there = [year for year in there if year >= form(name, None).years[0]]
    missing = [year for year in asked.years if year not in there]
    if missing or not there:
        listed = f"of {', '.join(str(year) for year in missing)} " if missing else ""
        raise WorldError(
            f"The return '{name}' {listed}ends on 31 March, outside the years of this world.",
            where="--returns, --returns-year",
            todo=f"Years that end in it: {', '.join(str(year) for year in there) or 'none'}. Make a longer world, or "
            "let it start on 1 April.",
            code="return_not_in_world",
        )
    return asked.years or tuple(there)


def write_returns(
    folder: Path, knows: Callable[[str], Chronicle], asked: ReturnsAsked, *, span: Span, joined: bool
) -> tuple[ReturnWritten, ...]:
    """Write the returns into `folder/returns`, and into `folder` an inquiry file for each kind of them.

    `knows` gives what an agency knows. The folder has the files of the agencies and their inquiry file. The same values
    give the same bytes. Raises WorldError, InquiryError, OutputError.
    """
    made: list[ReturnWritten] = []
    years = {name: years_written(asked, name, span) for name in asked.names}
    (folder / FOLDER).mkdir()
    for name in asked.names:
        shape: Shape = asked.shapes.get(name, SHAPES.get(name, "csv"))
        agency = LOCAL.get(name, AGENCY)
        known = knows(agency)
        written = []
        for year in years[name]:
            ending = f".{shape}" if shape in ("xml", "xlsx") else ""
            place = folder / FOLDER / f"{name.replace('-', '_')}{f'_{year}' if year else ''}{ending}"
            occasion = Occasion(known_to=span.ended, year=year)
            written.append(write_return(name, known, place, occasion=occasion, shape=shape))
        made += written
        text = _inquiry(folder, name, written, agency=agency, joined=joined)
        write_bytes(folder / f"inquiry_{name}.toml", text.encode("utf-8"))
    write_bytes(folder / FOLDER / "left_out.csv", _left_out(made).encode("utf-8"))
    return tuple(made)


def _left_out(made: Sequence[ReturnWritten]) -> str:
    """What the authority did that has no place in a return: counts by activity and reason."""
    out = io.StringIO(newline="")
    lines = csv.writer(out, lineterminator="\n")
    lines.writerow(["return", "what", "reason", "count"])
    for one in made:
        lines.writerows([one.path.name, what, reason, count] for (what, reason), count in one.unplaced.items())
        lines.writerow([one.path.name, "spells and points", "outside the days that this return covers", one.outside])
        lines.writerow([one.path.name, "rows", "the same as another in every cell", one.twice])
    return out.getvalue()


def _inquiry(folder: Path, name: str, made: Sequence[ReturnWritten], *, agency: str, joined: bool) -> str:
    """The agencies' inquiry file with the return in place of the agency's own files."""
    text = (folder / "inquiry.toml").read_text(encoding="utf-8")
    head, *sources = text.split("[[source]]\n")
    head = head[: head.index("[trail]")].removeprefix(MARK)
    others = [source for source in sources if f'agency = "{agency}"\n' not in source]
    about = [_source(name, one, agency=agency, joined=joined) for one in made]
    trail = "[trail]\nrepeat_window_days = 365\n\n"
    return "".join(
        [
            MARK,
            f"\n# The agency '{agency}' as '{name}' has it; the others as they keep their files.",
            head,
            trail,
            *(f"[[source]]\n{source}" for source in (*others, *about)),
        ]
    )


def _source(name: str, one: ReturnWritten, *, agency: str, joined: bool) -> str:
    yearly = one.path.stem.rpartition("_")[2].isdigit()
    lines = [
        f"name = {json.dumps(one.path.stem.replace('_', ' '))}",
        f'file = "{FOLDER}/{one.path.name}"',
        f'format = "{name}"',
        *([f"year = {one.year}"] if yearly else []),
        'origin = "made-up"',
        f'agency = "{agency}"',
        f'made_by = "{agency}"',
        f'judged_by_it = "{agency}"',
        *([f"covers_from = {one.first.isoformat()}"] if one.first else []),
        f"covers_to = {one.last.isoformat()}",
        f"person_scheme = {json.dumps('common number' if joined else form(name).person_scheme)}",
        "",
    ]
    return "\n".join(lines) + "\n"
