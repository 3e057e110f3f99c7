"""What an inquiry says about one source: the contract between `inquiry` and `records`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Literal

from casetrail.figures import Origin

DEFAULT_UNKNOWN_DATES = (date(1900, 1, 1), date(1899, 12, 30), date(1899, 12, 31), date(9999, 12, 31))


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceSpec:
    """One extract of one agency, as declared in the inquiry file.

    `columns` maps a column of `schema.EVENT` (or `schema.INVOLVEMENT`) to one source column, or to several
    that are joined with "/"; the time columns are called at, end, recorded (events) and from, to, recorded
    (involvements). `dates` maps the name of a case-level dated fact to a source column. In XES, a trace
    attribute is written "case:NAME". Sources that share `person_scheme` share persons.

    `format` is "auto", a kind of file (csv, parquet, xlsx, xes), or the name of a statutory return
    (`records.returns.form_names`), whose form of the `year` then says all that `columns` would; `path` may then be
    a folder. `form_file` is a form of the user's own instead. `headings` (column of the form = headings of the file
    that make it) and `codes` (column of the form = code = other spellings) say where a place differs from the form.

    `date_format` and `more_date_formats` are tried in order.

    `identity` maps a field of `schema.identity` to source columns; a return says by its form which they are. What
    they hold is handed on for the vault only with `keep_identities`. A record in which one of `privileged_words` stands
    is set aside as legally privileged.

    `path` may be a zip archive of one such file, or of those of a return; `room` is the folder in which it is unpacked
    for as long as it is read (None: that of the system for what is temporary).
    """

    name: str
    path: Path
    origin: Origin
    columns: Mapping[str, tuple[str, ...]]
    kind: Literal["events", "involvements"] = "events"
    format: str = "auto"
    year: int | None = None
    form_file: Path | None = None
    headings: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    codes: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    dates: Mapping[str, str] = field(default_factory=dict)
    agency: str | None = None
    made_by: str = ""
    judged_by_it: str = ""
    checked_by: str = ""
    covers_from: date | None = None
    covers_to: date | None = None
    zone: str = "Europe/London"
    person_scheme: str = "case"
    date_format: str | None = None
    more_date_formats: tuple[str, ...] = ()
    precision: Literal["day", "minute"] | None = None
    delimiter: str | None = None
    encoding: str | None = None
    sheet: str | None = None
    unknown_dates: tuple[date, ...] = DEFAULT_UNKNOWN_DATES
    unknown_text: tuple[str, ...] = ()
    activity_rank: Mapping[str, int] = field(default_factory=dict)
    identity: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    keep_identities: bool = False
    privileged_words: tuple[str, ...] = ()
    room: Path | None = None
