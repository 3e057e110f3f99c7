"""Which column of the source feeds which column of the event or involvement table.

All faults of a mapping are found here, before a record is read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from casetrail.errors import InquiryError
from casetrail.records.spec import SourceSpec

TRACE = "case:"  # in XES, the mark of an attribute that belongs to the whole trace

EVENT_IDS: tuple[str, ...] = ("person", "event_id", "household", "incident", "episode", "worker")
EVENT_TEXTS: tuple[str, ...] = (
    "activity",
    "agency",
    "team",
    "state",
    "case_type",
    "outcome",
    "severity",
    "passed_to",
    "reported_by_role",
    "told_by",
    "closing_code",
)
EVENT_TIMES = ("at", "end", "recorded")
INVOLVEMENT_IDS = ("person", "worker")
INVOLVEMENT_TEXTS = ("role", "agency", "team", "reason_end")
INVOLVEMENT_TIMES = ("from", "to", "recorded")
PRIVILEGED = "privileged"

XES_DEFAULTS: Mapping[str, tuple[str, ...]] = {
    "person": ("case:concept:name",),
    "activity": ("concept:name",),
    "at": ("time:timestamp",),
}


@dataclass(frozen=True, slots=True)
class Mapped:
    """A mapping that is whole: `columns` with the defaults of the format, by kind of cell."""

    columns: Mapping[str, tuple[str, ...]]
    constants: Mapping[str, str]
    ids: tuple[str, ...]
    texts: tuple[str, ...]
    times: tuple[str, str, str]  # start, end, recorded
    needed: tuple[str, ...]

    def source_columns(self, dates: Mapping[str, str]) -> tuple[str, ...]:
        """Every column of the source that is needed, each once, in order of the mapping."""
        wanted = [name for names in self.columns.values() for name in names] + list(dates.values())
        return tuple(dict.fromkeys(wanted))

    def origin_of(self, column: str) -> str | None:
        """The source columns behind one of our columns, for messages."""
        names = self.columns.get(column)
        return None if names is None else " / ".join(names)


def mapped(spec: SourceSpec, format_: str) -> Mapped:
    """Complete and check the mapping of a source. Raises InquiryError when it cannot work."""
    if spec.kind == "events":
        ids, texts, times = EVENT_IDS, EVENT_TEXTS, EVENT_TIMES
        needed: tuple[str, ...] = ("person", "activity", "at")
    else:
        ids, texts, times = INVOLVEMENT_IDS, INVOLVEMENT_TEXTS, INVOLVEMENT_TIMES
        needed = ("person", "role", "from")
    columns = {ours: tuple(theirs) for ours, theirs in spec.columns.items() if theirs}
    if format_ == "xes" and spec.kind == "events":
        missing = {ours for ours in XES_DEFAULTS if ours not in spec.constants}
        columns = {ours: XES_DEFAULTS[ours] for ours in XES_DEFAULTS if ours in missing} | columns
    constants = dict(spec.constants)
    if spec.agency and "agency" not in columns and "agency" not in constants:
        constants["agency"] = spec.agency
    _check_names(spec, columns, known=(*ids, *texts, *times, PRIVILEGED), constant=(*ids, *texts))
    absent = [ours for ours in needed if ours not in columns and ours not in constants]
    if absent:
        raise InquiryError(
            f"The mapping of a source of {spec.kind} needs {_listed(absent)}.",
            where=f"source '{spec.name}'",
            todo="Say in `columns` which column of the file holds it.",
            code="mapping_incomplete",
        )
    return Mapped(columns, constants, ids, texts, times, needed)


def _check_names(
    spec: SourceSpec,
    columns: Mapping[str, Sequence[str]],
    *,
    known: Sequence[str],
    constant: Sequence[str],
) -> None:
    where = f"source '{spec.name}'"
    for ours in columns:
        if ours not in known:
            raise InquiryError(
                f"There is no column '{ours}' to map to.{_near(ours, known)}",
                where=where,
                todo=f"Use one of: {', '.join(known)}.",
                code="mapping_unknown",
            )
    for ours, value in spec.constants.items():
        if ours in columns:
            raise InquiryError(
                f"'{ours}' has both a column and a constant.",
                where=where,
                todo="Keep one of the two.",
                code="mapping_twice",
            )
        if ours not in constant or not value.strip():
            raise InquiryError(
                f"'{ours}' cannot be given as a constant, or its constant is blank.",
                where=where,
                todo=f"Constants are possible for: {', '.join(constant)}.",
                code="mapping_constant",
            )
    for rank in spec.activity_rank.values():
        if not -(2**15) <= rank < 2**15:
            raise InquiryError(
                "A rank in activity_rank is out of bounds.",
                where=where,
                todo="Use whole numbers from 0 to 1000.",
                code="rank_bounds",
            )


def near_names(wanted: Iterable[str], present: Sequence[str]) -> str:
    """Each name that is missing, with the names in the file that look like it; other names are not shown.

    A file without a header has values where names should be: only names near to a declared one are said.
    """
    folded = {name.casefold(): name for name in present}
    parts = []
    for name in wanted:
        near = [folded[hit] for hit in get_close_matches(name.casefold(), folded, n=3, cutoff=0.6)]
        parts.append(f"'{name}'" + (f" (near: {_listed(near)})" if near else ""))
    return ", ".join(parts)


def _near(name: str, known: Sequence[str]) -> str:
    near = get_close_matches(name, known, n=1)
    return f" Did you mean '{near[0]}'?" if near else ""


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f"'{name}'" for name in names)
