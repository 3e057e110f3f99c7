"""Which column of a file of cases is which: by name, or as the user says."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from casetrail.errors import InputError

# Names seen in extracts; compared without capitals and signs. Nothing is told from the cells.
COLUMNS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "case": ("case", "case id", "caseid", "case number", "assessment id", "record id", "child id", "child", "id"),
        "opened": (
            *("opened", "opened at", "date opened", "start", "start date", "started", "referral date"),
            *("date of referral", "assessment start date", "assessmentactualstartdate"),
        ),
        "closed": (
            *("closed", "closed at", "date closed", "end", "end date", "ended", "completed", "date completed"),
            *("completion date", "assessment end date", "assessmentauthorisationdate"),
        ),
        "limit": ("limit", "limit days", "days allowed", "measure", "timescale"),
        "clock_stopped": ("clock stopped", "stopped", "paused", "date stopped", "date paused"),
        "clock_restarted": ("clock restarted", "restarted", "resumed", "date restarted", "date resumed"),
        "cancelled": ("cancelled", "canceled", "is cancelled", "voided"),
        "reopened_of": ("reopened of", "reopens", "reopened from", "continues"),
        "rereferral": ("rereferral", "rereferral date", "re referral date", "rereferred", "next referral"),
        "privileged": ("privileged", "legally privileged", "legal privilege"),
        "recorded_days": ("recorded days", "recorded duration", "duration", "working days", "days taken"),
    }
)
NEEDED = ("opened", "closed")
_SIGNS = re.compile(r"[^a-z0-9]+")


def find_columns(names: Sequence[str], told: Mapping[str, str], *, where: str) -> dict[str, str]:
    """Our column to the file's, for those that are there; what the user says goes before what names tell.

    Raises: InputError when a needed column is not found, the user names one that is not there, or one that is not ours.
    """
    unknown = [ours for ours in told if ours not in COLUMNS]
    absent = [theirs for theirs in told.values() if theirs not in names]
    if unknown or absent:
        what = f"There is no use called '{unknown[0]}'." if unknown else f"The file has no column '{absent[0]}'."
        raise InputError(
            what,
            where=where,
            todo=f"Write --column USE=NAME. Uses: {', '.join(COLUMNS)}. `casetrail read FILE` lists the columns.",
            code="unknown_column",
        )
    folded: dict[str, str] = {}
    for name in names:
        folded.setdefault(_folded(name), name)
    found = dict(told)
    for ours, known in COLUMNS.items():
        hit = next((folded[name] for name in known if name in folded and folded[name] not in found.values()), None)
        if ours not in found and hit is not None:
            found[ours] = hit
    missing = [name for name in NEEDED if name not in found]
    if missing:
        raise InputError(
            f"No column was found for: {', '.join(missing)}.",
            where=where,
            todo=f"Name it, for example --column {missing[0]}=NAME; `casetrail read FILE` lists the columns.",
            code="missing_column",
        )
    return {ours: found[ours] for ours in COLUMNS if ours in found}


def _folded(name: str) -> str:
    return _SIGNS.sub(" ", name.casefold()).strip()
