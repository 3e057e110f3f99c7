"""The rows of a quarantine as a workbook shows them: an id over what is shown, cells as text, and the way back."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from casetrail.inquiry.quarantine_kept import Decision, Kept, Which
from casetrail.records.cells import ERROR, LOSSY, NATIVE

Texts = Mapping[str, str | None]

# What a cell of a workbook holds at most.
MOST_SIGNS = 32_767
CUT = " … (cut here)"
_ERROR_SHOWN = "#error"
# An identifier of a sign in a workbook, as some programs leave it in the text.
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
# What XML cannot hold: a workbook with one of these does not open.
_NO_SIGN = re.compile("[\ud800-\udfff\ufffe\uffff]")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f]")
_ISO = re.compile(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?Z?)?", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One record of the quarantine: its place, why it is there, its cells as the file has them, and what stands."""

    source: str
    sha256: str
    table: str
    file: str
    sheet: str | None
    record: int
    line: int | None
    aside: bool
    shut: bool
    reasons: tuple[Mapping[str, str | None], ...]
    cells: Texts = field(repr=False)
    raw: str | None = field(repr=False)
    decision: Decision | None = field(repr=False)

    @property
    def which(self) -> Which:
        return self.source, self.sha256, self.file, self.table, self.sheet, self.record

    @property
    def now(self) -> Texts:
        """The cells as they are read: mended where a decision stands."""
        return self.cells if self.decision is None else {**self.cells, **self.decision.mend.cells}

    @property
    def place(self) -> str:
        """File, sheet or table, record and line, in words."""
        parts = [self.file, f"sheet {self.sheet}" if self.sheet else "", self.table, f"record {self.record}"]
        word = "row" if self.sheet else "line"
        return ", ".join(part for part in (*parts, "" if self.line is None else f"{word} {self.line}") if part)

    def id_of(self, cells: Texts) -> str:
        """A name for the record that shows these cells: another file, place or content has another."""
        told = json.dumps([*map(str, self.which), self.raw, [[name, shown(text)] for name, text in cells.items()]])
        return f"row-{hashlib.sha256(told.encode()).hexdigest()[:20]}"


def rows_of(kept: Kept, stands: Mapping[Which, Decision]) -> Iterator[Row]:
    """The rows of a kept quarantine, in order of sources, tables and records."""
    for batch in kept.rows.to_batches(max_chunksize=10_000):
        for told in batch.to_pylist():
            yield _row(told, kept.files[told["source"]], stands)


def _row(told: Mapping[str, Any], sha256: str, stands: Mapping[Which, Decision]) -> Row:
    which = (told["source"], sha256, told["file"], told["table"], told["sheet"], told["record"])
    return Row(
        source=told["source"],
        sha256=sha256,
        table=told["table"],
        file=told["file"],
        sheet=told["sheet"],
        record=told["record"],
        line=told["line"],
        aside=told["aside"],
        shut=told["shut"],
        reasons=tuple(told["reasons"]),
        cells=dict(told["cells"]),
        raw=told["raw"],
        decision=stands.get(which) if told["mended"] else None,
    )


def shown(text: str | None) -> str:
    """A cell as a workbook shows it: always text, native dates in ISO 8601."""
    if text is None:
        return ""
    if text.startswith(ERROR):
        return _ERROR_SHOWN
    plain = _NO_SIGN.sub("\ufffd", text.removeprefix(NATIVE).removeprefix(LOSSY))
    return plain if len(plain) <= MOST_SIGNS else plain[: MOST_SIGNS - len(CUT)] + CUT


def is_cut(text: str | None) -> bool:
    """Whether a cell is too long to be shown whole."""
    return text is not None and len(text) > MOST_SIGNS


def same(left: str, right: str) -> bool:
    """Whether two texts are one, whatever a spreadsheet program does to ends of lines and signs nobody sees."""
    return _plain(left) == _plain(right)


def _plain(text: str) -> str:
    whole = _ESCAPED.sub(lambda hit: chr(int(hit[1], 16)), text)
    return _CONTROL.sub("", whole.replace("\r\n", "\n").replace("\r", "\n")).strip()


def taken(text: str | None, was: str | None) -> str | None:
    """A cell from a workbook as it should read; ISO text in the place of a native date is one."""
    if text is None or text.isspace():
        return None
    if was is not None and was.startswith(NATIVE) and _ISO.fullmatch(text.strip()):
        return NATIVE + text.strip().replace("T", " ")
    return text
