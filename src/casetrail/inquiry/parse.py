"""Parse an inquiry file."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from casetrail.errors import InquiryError, ProtectionError
from casetrail.figures import Origin
from casetrail.inquiry.demand_parse import demand_asked
from casetrail.inquiry.model import NATIONS, Inquiry, Protection, Standing
from casetrail.inquiry.reconcile_parse import reconcile_asked
from casetrail.inquiry.source_form import check_form, declared_form
from casetrail.inquiry.toml_reader import Section
from casetrail.inquiry.vault_parse import (
    check_identities,
    identity_columns,
    privileged_words,
    refuse_secret,
    vault_asked,
)
from casetrail.inquiry.work_folder import UNPACKED
from casetrail.records import form_names
from casetrail.records.spec import DEFAULT_UNKNOWN_DATES, SourceSpec
from casetrail.records.unpacking import is_archive
from casetrail.trail import Wanted
from casetrail.trail.waiting import slug

_SOURCE_KEYS = (
    "name", "file", "kind", "format", "origin", "agency", "made_by", "judged_by_it", "checked_by", "covers_from",
    "covers_to", "zone", "person_scheme", "date_format", "precision", "delimiter", "encoding", "sheet", "unknown_dates",
    "unknown_text", "activity_rank", "year", "records_activities", "columns", "constants", "dates", "form", "headings",
    "codes", "identity", "privileged_words",
)  # fmt: skip
_INQUIRY_KEYS = ("title", "as_of", "nation", "zone", "open_ends", "work", "out")


def parse(path: Path, *, today: date) -> Inquiry:
    """Read and check an inquiry file.

    `today` comes from the caller: no room reads the clock. Raises InquiryError; ProtectionError when
    real personal records have no purpose block or their time to be kept is over.
    """
    top = Section(_toml(path), path.name)
    refuse_secret(path)
    top.only(("inquiry", "protection", "vault", "source", "trail", "demand", "compare", "reconcile"))
    head = top.table("inquiry")
    head.only(_INQUIRY_KEYS)
    folder = path.resolve().parent
    zone = _zone(head, "Europe/London")
    tables = top.tables("source")
    vault = vault_asked(top)
    keep = vault is not None and vault.keep
    sources = tuple(replace(_source(table, folder, zone), keep_identities=keep) for table in tables)
    _check_sources(sources, path)
    check_identities(sources, vault, path)
    inquiry = Inquiry(
        path=path.resolve(),
        title=head.text("title"),
        as_of=head.day("as_of"),
        sources=sources,
        nation=head.choice("nation", NATIONS, "england-and-wales"),
        zone=zone,
        open_ends=head.choice("open_ends", ("last_event", "as_of"), "last_event"),  # type: ignore[arg-type]
        wanted=_wanted(top.table("trail")),
        records_activities=frozenset(a for table in tables for a in table.texts("records_activities")),
        protection=_protection(top),
        vault=vault,
        standings=tuple(_standing(table) for table in top.tables("compare")),
        demand=demand_asked(top.table("demand")),
        reconciles=reconcile_asked(
            top.tables("reconcile"), folder=folder, zone=zone, sources=tuple(one.name for one in sources)
        ),
        work=places(path)[0],
        out=places(path)[1],
    )
    _check_protection(inquiry, today)
    return _with_room(inquiry)


def _with_room(inquiry: Inquiry) -> Inquiry:
    """Archives are unpacked within the work folder, where `purge` and the next start find what was left."""

    def housed(spec: SourceSpec) -> SourceSpec:
        return replace(spec, room=inquiry.work / UNPACKED) if is_archive(spec.path) else spec

    asked = tuple(one if one.spec is None else replace(one, spec=housed(one.spec)) for one in inquiry.reconciles)
    return replace(inquiry, sources=tuple(map(housed, inquiry.sources)), reconciles=asked)


def places(path: Path) -> tuple[Path, Path]:
    """Work folder and pack folder of an inquiry file, however wrong the rest of it is. Raises InquiryError."""
    head = Section(_toml(path), path.name).table("inquiry")
    folder = path.resolve().parent
    return folder / head.text("work", f"{path.stem}.casetrail"), folder / head.text("out", f"{path.stem}-pack")


def title_of(path: Path) -> str:
    """The title in an inquiry file, however wrong the rest of it is; empty without one. Raises InquiryError."""
    return Section(_toml(path), path.name).table("inquiry").text("title", "")


def _toml(path: Path) -> Mapping[str, object]:
    try:
        # Notepad may put a byte-order mark in front, which TOML itself does not know.
        return tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except FileNotFoundError:
        todo = "Check the name, or write one with `casetrail init --from FILE`."
        raise InquiryError("There is no such inquiry file.", where=str(path), todo=todo) from None
    except UnicodeDecodeError:
        todo = "Save it again as UTF-8; in Notepad, choose the encoding under Save as."
        raise InquiryError("The inquiry file is not UTF-8 text.", where=str(path), todo=todo) from None
    except OSError as failure:
        todo = "Name the inquiry file itself, and check that you may read it."
        raise InquiryError(f"The file cannot be read ({type(failure).__name__}).", where=str(path), todo=todo) from None
    except tomllib.TOMLDecodeError as failure:
        todo = "Compare with an example: `casetrail init`. Text stands in quotes, dates without."
        raise InquiryError(f"This is not valid TOML: {failure}.", where=path.name, todo=todo) from None


def _zone(section: Section, default: str) -> str:
    name = section.text("zone", default)
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise InquiryError(
            "The time zone is not known.", where=section.place, todo='Write one such as "Europe/London".'
        ) from None
    return name


def _source(table: Section, folder: Path, zone: str) -> SourceSpec:
    table.only(_SOURCE_KEYS)
    check_form(table)
    form_file, headings, codes = declared_form(table, folder)
    formats = table.texts("date_format")
    columns, constants, dates = table.table("columns"), table.table("constants"), table.table("dates")
    ranks = table.table("activity_rank")
    return SourceSpec(
        name=table.text("name"),
        path=folder / table.text("file"),
        origin=Origin(table.choice("origin", [o.value for o in Origin])),
        columns={key: columns.texts(key) for key in columns.values},
        kind=table.choice("kind", ("events", "involvements"), "events"),  # type: ignore[arg-type]
        format=table.choice("format", ("auto", "csv", "parquet", "xlsx", "xes", *form_names()), "auto"),
        year=_year(table),
        form_file=form_file,
        headings=headings,
        codes=codes,
        constants={key: constants.text(key) for key in constants.values},
        dates={key: dates.text(key) for key in dates.values},
        agency=table.maybe_text("agency"),
        made_by=table.text("made_by", ""),
        judged_by_it=table.text("judged_by_it", ""),
        checked_by=table.text("checked_by", ""),
        covers_from=table.maybe_day("covers_from"),
        covers_to=table.maybe_day("covers_to"),
        zone=_zone(table, zone),
        person_scheme=table.text("person_scheme", "case"),
        date_format=formats[0] if formats else None,
        more_date_formats=formats[1:],
        precision=_precision(table),  # type: ignore[arg-type]
        delimiter=table.maybe_text("delimiter"),
        encoding=table.maybe_text("encoding"),
        sheet=table.maybe_text("sheet"),
        unknown_dates=_unknown_dates(table),
        unknown_text=table.texts("unknown_text"),
        activity_rank={key: ranks.number(key, 0) for key in ranks.values},
        identity=identity_columns(table),
        privileged_words=privileged_words(table),
    )


def _year(table: Section) -> int | None:
    if "year" not in table.values:
        return None
    year = table.number("year", 0)
    if not 1990 <= year <= 2199:
        raise InquiryError("The year of a return must be from 1990 to 2199.", where=table.place, todo="year = 2026")
    return year


def _precision(table: Section) -> str | None:
    return None if "precision" not in table.values else table.choice("precision", ("day", "minute"))


def _unknown_dates(table: Section) -> tuple[date, ...]:
    found = table.values.get("unknown_dates")
    if found is None:
        return DEFAULT_UNKNOWN_DATES
    if not isinstance(found, list) or not all(isinstance(item, date) for item in found):
        raise InquiryError(
            "The setting 'unknown_dates' must be a list of dates.", where=table.place, todo="[1900-01-01, 1970-01-01]"
        )
    return tuple(found)


def _check_sources(sources: tuple[SourceSpec, ...], path: Path) -> None:
    if not sources:
        raise InquiryError(
            "No source is declared.",
            where=path.name,
            todo="Add a [[source]] table, or write one with `casetrail init --from FILE`.",
        )
    names = [source.name.casefold() for source in sources]
    for i, name in enumerate(names):
        if name in names[:i]:
            raise InquiryError(
                "Two sources have the same name.",
                where=f"{path.name} [[source]] numbers {names.index(name) + 1} and {i + 1}",
                todo="Give each source a name of its own: figures cite sources by name.",
                code="same_name",
            )
    for source in sources:
        if source.covers_from and source.covers_to and source.covers_from > source.covers_to:
            raise InquiryError(
                "covers_from is after covers_to.",
                where=f"{path.name}, source '{source.name}'",
                todo="Swap them, or correct the one that is wrong.",
            )


# A hundred years: longer than any trail, and far from what microseconds can hold.
_LONGEST_WINDOW = 36_525


def _check_distinct(tables: tuple[Section, ...], keys: tuple[str, ...]) -> None:
    """Two entries whose answers would get one id, or an entry without a name, are errors here and not at the end."""
    seen: dict[tuple[str, ...], str] = {}
    for table in tables:
        names = tuple(table.text(key).strip() for key in keys)
        if not all(names):
            raise InquiryError("A name is empty.", where=table.place, todo=f"Fill in {' and '.join(keys)}.")
        short = tuple(slug(name) for name in names)
        if short in seen:
            raise InquiryError(
                "Two entries ask the same, or differ only in capitals or signs.",
                where=f"{seen[short]} and {table.place}",
                todo="Remove one of them.",
                code="asked_twice",
            )
        seen[short] = table.place


def _wanted(table: Section) -> Wanted:
    table.only(("repeat_window_days", "repeat_activities", "wait", "span", "asked"))
    for kind, keys in (
        ("wait", ("start", "finish")),
        ("span", ("start", "finish", "limit")),
        ("asked", ("role", "activity")),
    ):
        for item in table.tables(kind):
            item.only(keys)
        _check_distinct(table.tables(kind), keys[: 1 if kind == "asked" else 2])
    days = table.number("repeat_window_days", 365)
    if not 1 <= days <= _LONGEST_WINDOW:
        raise InquiryError(
            f"repeat_window_days must be from 1 to {_LONGEST_WINDOW}.",
            where=table.place,
            todo="Write 365, or leave it out.",
        )
    return Wanted(
        repeat_window_days=days,
        repeat_activities=table.texts("repeat_activities"),
        waits=tuple((t.text("start"), t.text("finish")) for t in table.tables("wait")),
        spans=tuple((t.text("start"), t.text("finish"), t.maybe_text("limit")) for t in table.tables("span")),
        asked=tuple((t.text("role"), t.text("activity")) for t in table.tables("asked")),
    )


def _standing(table: Section) -> Standing:
    table.only(("authority", "year"))
    return Standing(table.text("authority"), table.text("year"))


def _protection(top: Section) -> Protection | None:
    if "protection" not in top.values:
        return None
    table = top.table("protection")
    table.only(("purpose", "controllers", "lawful_basis", "retain_until"))
    found = Protection(
        table.text("purpose"), table.texts("controllers"), table.text("lawful_basis"), table.day("retain_until")
    )
    if not (found.purpose.strip() and found.lawful_basis.strip() and any(c.strip() for c in found.controllers)):
        raise ProtectionError(
            "The protection block has an empty answer.",
            where=table.place,
            todo="Say the purpose, who controls the data, and on what lawful basis.",
            code="protection_empty",
        )
    return found


def _check_protection(inquiry: Inquiry, today: date) -> None:
    if not inquiry.is_personal:
        return
    if inquiry.protection is None:
        raise ProtectionError(
            "A source holds real personal records, and the inquiry does not say why it may use them.",
            where=inquiry.path.name,
            todo="Add a [protection] table with purpose, controllers, lawful_basis and retain_until, or declare "
            "origin = "
            '"made-up", "public-pseudonymous" or "public-aggregate" if that is what the source is.',
            code="protection_missing",
        )
    if inquiry.protection.retain_until < today:
        raise ProtectionError(
            "The time for which these records may be kept is over.",
            where=f"{inquiry.path.name} [protection] retain_until",
            todo="Run `casetrail purge` on this inquiry, or have the controllers set a later day.",
            code="retention_over",
        )
