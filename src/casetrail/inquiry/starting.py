"""Write an inquiry file with comments, its mapping guessed from files where some are given."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from casetrail.errors import OutputError
from casetrail.figures import Origin
from casetrail.inquiry.starting_forms import lines_of, sighted
from casetrail.inquiry.starting_joins import Joined, joined, latest_day
from casetrail.inquiry.work_folder import unwritable, write_whole
from casetrail.records import Inspection, ReturnLook, form
from casetrail.records.cells import plural

_HEAD = """\
# An inquiry: which extracts, of which agencies, for what. Text stands in "quotes", dates and numbers without.
# Every setting is explained in docs/inquiry-file.md. Lines that start with # are off.

[inquiry]
title = "Name this inquiry"
as_of = {as_of}                 # {said}: later dates are set aside as wrong
nation = "england-and-wales"       # or "scotland", "northern-ireland": which bank holidays count
open_ends = "last_event"           # "as_of": a case that nobody closed runs on to as_of

# Real personal records need all four answers; without them casetrail refuses to read.
# [protection]
# purpose = "why these records may be used"
# controllers = ["who answers for them"]
# lawful_basis = "on what basis in law"
# retain_until = {next_year}      # after this day casetrail refuses them; `casetrail purge` removes all it wrote

# Names, dates of birth, addresses and numbers are kept only in a vault, for those who have its key.
# [vault]
# recipients = ["age1…"]             # a public key, as `casetrail vault init KEYFILE` prints it

[trail]
repeat_window_days = 365           # a second event of a kind within so many days is a repeat
# repeat_activities = ["call received"]
# [[trail.wait]]                   # from the first event of one kind to the next of another
# start = "officer requested"
# finish = "officer allocated"
# [[trail.span]]                   # between two dates of the whole case, against the case's own limit
# start = "startdate"
# finish = "enddate"
# limit = "deadline"
# [[trail.asked]]                  # people in a role reported something: was anybody sent to ask them?
# role = "neighbour"
# activity = "neighbour asked"

# [[compare]]                      # adds a page on published figures
# authority = "Haringey"
# year = "2009-10"
"""

_COLUMNS = {
    "person": "who it is about: this agency's own identifier (becomes a keyed pseudonym)",
    "activity": "what happened",
    "at": "when it happened",
    "end": "when it ended",
    "recorded": "when this agency came to know of it",
    "event_id": "number of the record: a second row with it is set aside",
    "team": "which team of the agency",
    "worker": "counted, never named",
    "state": "state the case is in after the event",
    "case_type": "kind of case",
    "passed_to": "agency or team the case was sent to",
    "incident": "number that links calls about one incident",
    "episode": "number that links the records of one episode",
    "reported_by_role": "neighbour, family, child, school, health …: a role, never a name",
    "closing_code": "filled when this event closes the case",
    "role": "holder, contributor, advocate …: what they were to the person",
    "from": "since when",
    "to": "until when; blank: still so",
    "reason_end": "why it ended",
}


def write_inquiry(files: tuple[Path, ...], out: Path, *, force: bool, today: date) -> str:
    """Write the inquiry file; returns one sentence on what was guessed. Raises InputError, OutputError."""
    if out.exists() and not force:
        raise OutputError(
            "There is an inquiry file already.",
            where=str(out),
            todo="Name another with --out, or write over it with --force.",
        )
    seen = [sighted(file, today) for file in files]
    looks = [one.look for one in seen]
    next_year = date(today.year + 1, 12, 31)
    as_of = latest_day(looks, today)
    said = (
        "the day the extracts were taken" if as_of == today else "the latest day in the files; say when they were taken"
    )
    parts = [_HEAD.format(as_of=as_of.isoformat(), said=said, next_year=next_year.isoformat())]
    if looks:
        found = joined(files, looks, _names(files))
        folder = out.resolve().parent
        for one, file, who in zip(seen, files, _whose(files, found), strict=True):
            place, look = _beside(file, folder), one.look
            parts.append(
                _return(look, who, place) + "\n".join([*lines_of(one.proposal), ""])
                if isinstance(look, ReturnLook)
                else _source(look, who, place)
            )
    else:
        parts.append(_example())
    try:
        write_whole(out, "\n".join(parts))
    except OSError as failure:
        raise unwritable(out, failure) from None
    if not looks:
        return "Fill in the source."
    plain = [look for look in looks if not isinstance(look, ReturnLook)]
    local = sum(one.proposal is not None for one in seen)
    guessed = sum(len(look.mapping) + len(look.dates) for look in plain)
    told = [f"{guessed} columns of {len(plain)} files were guessed: check each."] if plain else []
    for count, what in ((len(looks) - len(plain) - local, "statutory return"), (local, "local extract")):
        told += [f"{plural(count, what)} {'was' if count == 1 else 'were'} recognised."] if count else []
    return " ".join(told)


def _names(files: tuple[Path, ...]) -> list[str]:
    """A name for each file, made different where two files share one."""
    names: list[str] = []
    for file in files:
        stem = file.name.split(".")[0]
        names.append(stem if stem not in names else f"{stem} {names.count(stem) + len(names) + 1}")
    return names


def _beside(file: Path, folder: Path) -> str:
    try:
        return Path(os.path.relpath(file.resolve(), folder)).as_posix()
    except ValueError:
        # On Windows another drive has no relative path.
        return file.resolve().as_posix()


def _text(value: str) -> str:
    """A TOML text: JSON's escapes are valid in TOML."""
    return json.dumps(value, ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class _Whose:
    """How a source is called, which agency it is of, and the numbering of its persons (empty: not known)."""

    name: str
    agency: str
    scheme: str


def _whose(files: tuple[Path, ...], found: Joined) -> list[_Whose]:
    return [_Whose(*one) for one in zip(_names(files), found.agencies, found.schemes, strict=True)]


def _origin(look: Inspection | ReturnLook) -> str:
    known = look.origin.value if isinstance(look, Inspection) and look.origin else "real"
    others = ", ".join(f'"{one.value}"' for one in Origin if one.value != known)
    return f'origin = "{known}"                    # or {others}'


def _source(look: Inspection, who: _Whose, file: str) -> str:
    if look.holds == "people":
        return f"# {file}: {look.rows:,} records of who persons are. No source of events; it waits to be linked.\n"
    lines = [
        "[[source]]",
        f"name = {_text(who.name)}",
        f"file = {_text(file)}                    # {look.rows:,} records, {look.format}",
        *(['kind = "involvements"'] if look.holds == "involvements" else []),
        _origin(look),
        f"agency = {_text(who.agency)}                  # or map a column `agency` below",
        '# made_by = "who wrote these records"',
        '# judged_by_it = "the body that these records flatter or condemn"',
        '# checked_by = "who checked them"',
        "# covers_from = 2007-01-01         # without these, not recorded and not done cannot be told apart",
        "# covers_to = 2007-12-31",
        f"person_scheme = {_text(who.scheme)}           # sources with the same scheme share persons"
        if who.scheme
        else '# person_scheme = "case"           # sources with the same scheme share persons',
    ]
    if look.date_format is not None:
        formats = [_text(text) for text in (look.date_format, *look.more_date_formats)]
        lines.append(f"date_format = {formats[0] if len(formats) == 1 else '[' + ', '.join(formats) + ']'}")
    if look.precision is not None:
        lines.append(f"precision = {_text(look.precision)}")
    if look.delimiter not in (None, ","):
        lines.append(f"delimiter = {_text(str(look.delimiter))}")
    if len(look.sheets) > 1 and look.sheet is not None:
        lines.append(f"sheet = {_text(look.sheet)}                   # of {len(look.sheets)} sheets")
    lines += [f"# note: {note}" for note in look.notes]
    return "\n".join([*lines, *_mapping(look)]) + "\n"


def _return(look: ReturnLook, who: _Whose, file: str) -> str:
    format_, _, year = look.form.partition(" ")
    lines = [
        "[[source]]",
        f"name = {_text(who.name)}",
        f"file = {_text(file)}                    # {look.rows:,} rows, {look.title}",
        f"format = {_text(format_)}                # recognised: its form says what every column is",
        f"# year = {year}                       # the year of the return; without it, the one that fits",
        'origin = "real"                    # or "made-up", "public-pseudonymous", "public-aggregate"',
        '# made_by = "who wrote these records"',
        '# judged_by_it = "the body that these records flatter or condemn"',
        '# checked_by = "who checked them"',
        "# covers_from = 2007-01-01         # without these, not recorded and not done cannot be told apart",
        "# covers_to = 2007-12-31",
        f"# person_scheme = {_text(form(format_).person_scheme)}    # sources with the same scheme share persons",
        *(f"# cannot say: {line}" for line in look.cannot),
    ]
    return "\n".join(lines) + "\n"


def _mapping(look: Inspection) -> list[str]:
    lines = ["[source.columns]                   # guessed from names and contents: check each"]
    for ours, theirs in look.mapping.items():
        value = _text(theirs[0]) if len(theirs) == 1 else "[" + ", ".join(map(_text, theirs)) + "]"
        lines.append(f"{ours} = {value}   # {_COLUMNS.get(ours, '')}".rstrip(" #"))
    needed = ("person", "role", "from") if look.holds == "involvements" else ("person", "activity", "at")
    for ours in needed:
        if ours not in look.mapping and look.format != "xes":
            lines.append(f'# {ours} = ""   # NEEDED: {_COLUMNS[ours]}')
    used = {name for names in look.mapping.values() for name in names} | set(look.dates.values())
    used |= {name for names in look.identity.values() for name in names}
    spare = [column.name for column in look.columns if column.name not in used]
    if look.identity:
        lines.append(
            "# Who persons are: into the vault, or nowhere. Take the # away here and at [vault] above to keep it."
        )
        lines.append("# [source.identity]")
        keys = {"identifier": "identifiers"}
        lines += [f"# {keys.get(f, f)} = [{', '.join(map(_text, names))}]" for f, names in look.identity.items()]
    if spare:
        lines.append("# not used: " + ", ".join(_text(name) for name in spare))
    if look.dates:
        lines.append("[source.dates]                     # dates that belong to the whole case")
        lines += [f"{_text(ours)} = {_text(theirs)}" for ours, theirs in look.dates.items()]
    return lines


def _example() -> str:
    lines = [
        "[[source]]",
        'name = "police"',
        'file = "police.csv"                # CSV, XLSX, Parquet, XES; also .gz; beside this file',
        'origin = "real"                    # or "made-up", "public-pseudonymous", "public-aggregate"',
        'agency = "police"',
        '# date_format = "%d/%m/%Y %H:%M"   # needed where days and months stand the British way round',
        "[source.columns]                   # ours = theirs",
    ]
    shown = [
        f'{"" if ours in ("person", "activity", "at") else "# "}{ours} = "…"   # {said}'
        for ours, said in _COLUMNS.items()
    ]
    return "\n".join([*lines, *shown]) + "\n"
