"""Declared date formats: '%d/%m/%Y' and its like, read the same on every machine.

The standard library reads month names in the language of the machine and accepts more than was declared;
here the names are English and the whole text must follow the format.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from itertools import takewhile
from typing import TypeAlias

from casetrail.errors import InquiryError

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_LONG = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_PARTS = {
    "%d": r"(?P<day>\d{1,2})",
    "%m": r"(?P<month>\d{1,2})",
    "%Y": r"(?P<year>\d{4})",
    "%y": r"(?P<short>\d\d)",
    "%H": r"(?P<hour>\d{1,2})",
    "%I": r"(?P<half>\d{1,2})",
    "%M": r"(?P<minute>\d\d)",
    "%S": r"(?P<second>\d\d)",
    "%f": r"(?P<fraction>\d{1,9})",
    "%p": r"(?P<noon>[AaPp]\.?[Mm]\.?)",
    "%b": rf"(?P<name>(?i:{'|'.join(_MONTHS)}))",
    "%B": rf"(?P<name>(?i:{'|'.join(_LONG)}))",
    "%z": r"(?P<zone>Z|[+-]\d\d:?\d\d)",
    "%%": "%",
}

_PLAIN = frozenset("YmdHMSf")


@dataclass(frozen=True, slots=True)
class DeclaredFormat:
    """A date format ready to read with. `pivot` is the last year that a two-digit year can mean.

    `layout` says, sign for sign, what stands where when each numeral is written in full (see `regular`); it is empty
    for formats that have parts of another kind.
    """

    pattern: re.Pattern[str]
    has_time: bool
    pivot: int
    layout: tuple[str, ...] = ()

    def read(self, text: str) -> tuple[datetime, bool] | None:
        """The time written and whether it is only a day; None when the text does not follow the format."""
        hit = self.pattern.fullmatch(text)
        if hit is None:
            return None
        part = hit.groupdict()
        name = part.get("name")
        month = _MONTHS.index(name[:3].lower()) + 1 if name else int(part["month"])
        fraction = int((part.get("fraction") or "0")[:6].ljust(6, "0"))
        try:
            hour = _hour(part)
            written = datetime(
                _year(part, self.pivot),
                month,
                int(part["day"]),
                hour,
                int(part.get("minute") or 0),
                int(part.get("second") or 0),
                fraction,
                tzinfo=_zone(part.get("zone")),
            )
        except ValueError:
            return None
        return written, not self.has_time


SERIAL = "excel-serial"
_SERIAL = re.compile(r"(\d{5})(?:\.(\d+))?", re.ASCII)
_SERIAL_DAY_ZERO = datetime(1899, 12, 30)  # noqa: DTZ001  # a serial number has no zone


@dataclass(frozen=True, slots=True)
class SerialFormat:
    """Days since the end of 1899, as a spreadsheet counts them when a date came out as a number.

    Five digits before the point: 1927 to 2173. The part behind it is the time, to the nearest second.
    """

    def read(self, text: str) -> tuple[datetime, bool] | None:
        """The time counted and whether it is only a day; None when the text is no such number."""
        hit = _SERIAL.fullmatch(text)
        if hit is None or hit[1][0] == "0":
            return None
        seconds = round(float(f"0.{hit[2]}") * 86_400) if hit[2] else 0
        return _SERIAL_DAY_ZERO + timedelta(days=int(hit[1]), seconds=seconds), not seconds


@dataclass(frozen=True, slots=True)
class AnyFormat:
    """Several formats, tried in order. They agree on which comes first, day or month."""

    formats: tuple[DeclaredFormat | SerialFormat, ...]

    def read(self, text: str) -> tuple[datetime, bool] | None:
        """The time written and whether it is only a day; None when the text follows none of the formats."""
        return next((told for one in self.formats if (told := one.read(text)) is not None), None)


DateReader: TypeAlias = DeclaredFormat | SerialFormat | AnyFormat


def layouts_of(reader: DateReader) -> tuple[list[tuple[str, ...]], bool]:
    """The layouts of formats in the order in which they are tried, up to one without; and whether all have one."""
    formats = reader.formats if isinstance(reader, AnyFormat) else (reader,)
    layouts = list(takewhile(bool, (one.layout if isinstance(one, DeclaredFormat) else () for one in formats)))
    return layouts, len(layouts) == len(formats)


def declared_formats(texts: Sequence[str], *, pivot: int, where: str) -> DateReader:
    """Prepare one or several formats. Raises InquiryError as `declared_format` does, and when two contradict."""
    if len(texts) == 1:
        return _one(texts[0], pivot=pivot, where=where)
    # A year of four digits in front and hyphens: nobody takes such a text for one with the day first.
    open_ones = [text for text in texts if "%d" in text and "%m" in text and not text.startswith("%Y-%m-%d")]
    day_first = {text.index("%d") < text.index("%m") for text in open_ones}
    if len(day_first) > 1:
        raise _bad(open_ones[0], where, "another one beside it has day and month the other way round")
    return AnyFormat(tuple(_one(text, pivot=pivot, where=where) for text in dict.fromkeys(texts)))


def _one(text: str, *, pivot: int, where: str) -> DeclaredFormat | SerialFormat:
    return SerialFormat() if text == SERIAL else declared_format(text, pivot=pivot, where=where)


def day_part(text: str) -> str:
    """The part of a format that writes the day alone: "%d/%m/%Y" of "%d/%m/%Y %H:%M"."""
    kept = re.sub(r"%[HIMSfpz]", "\0", text)
    return re.sub(r"^[\0\s:.,T-]*\0[\s:.,T-]*|[\s:.,T-]*\0[\0\s:.,T-]*$", "", kept)


def _year(part: dict[str, str], pivot: int) -> int:
    if "year" in part:
        return int(part["year"])
    year = pivot - pivot % 100 + int(part["short"])
    return year if year <= pivot else year - 100


def _hour(part: dict[str, str]) -> int:
    if "half" not in part:
        return int(part.get("hour") or 0)
    hour = int(part["half"])
    if not 1 <= hour <= 12:
        raise ValueError
    return hour % 12 + (12 if part["noon"][0] in "Pp" else 0)


def _zone(text: str | None) -> timezone | None:
    if not text:
        return None
    if text == "Z":
        return UTC
    offset = timedelta(hours=int(text[1:3]), minutes=int(text[-2:]))
    return timezone(-offset if text[0] == "-" else offset)


def declared_format(text: str, *, pivot: int, where: str) -> DeclaredFormat:
    """Prepare a date format. Raises InquiryError when it is not one, or leaves day, month or year open."""
    pattern = ""
    seen: set[str] = set()
    at = 0
    while at < len(text):
        part = text[at : at + 2]
        if text[at] != "%":
            pattern += r"\s+" if text[at].isspace() else re.escape(text[at])
            at += 1
            continue
        if part not in _PARTS or (part in seen and part != "%%"):
            raise _bad(text, where, f"'{part}' is not known, or stands twice")
        pattern += _PARTS[part]
        seen.add(part)
        at += 2
    one_of = (("%d",), ("%m", "%b", "%B"), ("%Y", "%y"))
    if any(len(seen & set(group)) != 1 for group in one_of):
        raise _bad(text, where, "it needs day, month and year once each")
    if len(seen & {"%H", "%I"}) > 1 or ("%I" in seen) != ("%p" in seen):
        raise _bad(text, where, "hours are %H, or %I with %p")
    if seen & {"%M", "%S", "%f", "%z"} and not seen & {"%H", "%I"}:
        raise _bad(text, where, "minutes and seconds need the hour")
    return DeclaredFormat(re.compile(pattern, re.ASCII), bool(seen & {"%H", "%I"}), pivot, _layout(text))


def _layout(text: str) -> tuple[str, ...]:
    """The signs of a format of plain numerals; empty when it has other parts, or signs beyond ASCII."""
    signs: list[str] = []
    parts = iter(text)
    for sign in parts:
        part = next(parts) if sign == "%" else ""
        if part not in {"", *_PLAIN} or sign in _PLAIN or not sign.isascii():
            return ()
        signs += [part] * (4 if part == "Y" else 2) if part else [" " if sign.isspace() else sign]
    return tuple(signs)


def _bad(text: str, where: str, why: str) -> InquiryError:
    return InquiryError(
        f"The date_format '{text}' cannot be used: {why}.",
        where=where,
        todo="Write for example '%d/%m/%Y' or '%d/%m/%Y %H:%M'.",
        code="bad_date_format",
    )
