"""The inquiry file of a made-up authority: what makes `casetrail run` work on the agencies' files."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from casetrail.world.holdings.clock import ZONE
from casetrail.world.holdings.happened import Happened

MARK = "# A made-up authority: nobody in it exists, and no organisation is meant."

# Our column of an inquiry = the column of the files.
EVENT_COLUMNS = {
    "at": "at",
    "activity": "activity",
    "event_id": "event_ref",
    "household": "family_id",
    "incident": "incident_ref",
    "episode": "episode_ref",
    "team": "team",
    "worker": "worker",
    "end": "ended_at",
    "outcome": "outcome",
    "severity": "severity",
    "passed_to": "passed_to",
    "recorded": "recorded_at",
    "reported_by_role": "reported_by_role",
    "told_by": "told_by",
    "closing_code": "closing_code",
}
INVOLVEMENT_COLUMNS = {
    "role": "role",
    "from": "from",
    "to": "to",
    "recorded": "recorded_at",
    "team": "team",
    "worker": "worker",
    "reason_end": "reason_end",
}


# By which of its records an agency finds somebody to whom something happened. Social care and adult care are not among
# them: they are told by the others, and their lists would hardly be of their own.
OF_HARM = {
    "police": ("call received", "missing report"),
    "health": ("attended emergency department",),
    "school": ("concern logged",),
    "housing": ("complaint of harassment",),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFile:
    """A file of an agency that the inquiry names: its columns, and the activities in it (of events)."""

    agency: str
    file: str
    kind: Literal["events", "involvements"]
    columns: tuple[str, ...]
    activities: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """How figures cite it."""
        return self.agency if self.kind == "events" else f"{self.agency} involvements"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the inquiry asks beside its defaults: waits between two activities, and where work and pack go."""

    waits: tuple[tuple[str, str], ...] = ()
    work: str | None = None
    out: str | None = None


def inquiry_text(
    happened: Happened, sources: Iterable[SourceFile], *, people: Iterable[str], joined: bool, asked: Asked
) -> str:
    """The text of an inquiry file.

    `people`: files of identities, named in a comment only, since no setting takes them. `joined`: the agencies'
    records of one person share the common number; without it each agency numbers its own persons.
    """
    title = f"A made-up authority: scenario {happened.scenario}, seed {happened.seed}"
    lines = [
        MARK,
        "# Each agency kept files of its own. What is true stands apart and is not read here.",
        "#",
        "# Files of identities, made-up as well, which wait to be linked: " + (", ".join(people) or "none"),
        "#",
        "# Persons are joined by a common number that no real agency has."
        if joined
        else "# Each agency's persons stand alone until the records are linked.",
        "",
        "[inquiry]",
        f"title = {_text(title)}",
        f"as_of = {happened.ended.isoformat()}",
        'nation = "england-and-wales"',
        f"zone = {_text(ZONE)}",
        *(f"{name} = {_text(place)}" for name, place in (("work", asked.work), ("out", asked.out)) if place),
        "",
        "[trail]",
        "repeat_window_days = 365",
        *(
            line
            for start, finish in asked.waits
            for line in ("[[trail.wait]]", f"start = {_text(start)}", f"finish = {_text(finish)}")
        ),
        "",
    ]
    files = tuple(sources)
    lines += _lists(files)
    for source in files:
        lines += [*_source(source, happened, joined), ""]
    return "\n".join(lines)


def _lists(sources: Iterable[SourceFile]) -> list[str]:
    """The lists that `casetrail demand` counts: of harm alone, so that they are of those whose number is known."""
    lists = [
        (source.agency, [name for name in OF_HARM.get(source.agency, ()) if name in source.activities])
        for source in sources
    ]
    found = [(agency, activities) for agency, activities in lists if activities]
    if len(found) < 2:
        return []
    lines = ["# Whom each agency found by itself to have come to harm: what `casetrail demand` counts."]
    for agency, activities in found:
        lines += [
            "[[demand.list]]",
            f"name = {_text(agency)}",
            f"agencies = [{_text(agency)}]",
            f"activities = [{', '.join(_text(name) for name in activities)}]",
        ]
    return [*lines, ""]


def _source(source: SourceFile, happened: Happened, joined: bool) -> list[str]:
    known = EVENT_COLUMNS if source.kind == "events" else INVOLVEMENT_COLUMNS
    lines = [
        "[[source]]",
        f"name = {_text(source.name)}",
        f"file = {_text(source.file)}",
        f"kind = {_text(source.kind)}",
        'origin = "made-up"',
        f"agency = {_text(source.agency)}",
        f"made_by = {_text(source.agency)}",
        f"judged_by_it = {_text(source.agency)}",
        f"covers_from = {happened.started.isoformat()}",
        f"covers_to = {happened.ended.isoformat()}",
        f"person_scheme = {_text('common number' if joined else source.agency)}",
    ]
    if source.activities:
        lines.append(f"records_activities = [{', '.join(_text(name) for name in source.activities)}]")
    person = {"person": "common_number" if joined else "local_id"}
    return [*lines, "[source.columns]", *_mapping({**person, **known}, source.columns)]


def _mapping(known: Mapping[str, str], present: tuple[str, ...]) -> list[str]:
    return [f"{ours} = {_text(theirs)}" for ours, theirs in known.items() if theirs in present]


def _text(value: str) -> str:
    # TOML's quoted texts are JSON's, except that TOML wants DEL escaped as well.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
