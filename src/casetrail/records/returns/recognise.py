"""Which return a file or folder is, told from its elements, its headings or its sheets."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import cast

from lxml import etree

from casetrail.errors import InputError
from casetrail.records.delimited import Dialect, read_head
from casetrail.records.files import files_in, reading, unpacked
from casetrail.records.returns.forms import Form
from casetrail.records.returns.headings import Fit, fitting
from casetrail.records.returns.library import form, form_names
from casetrail.records.returns.tables import container_of
from casetrail.records.workbook import sheet_heads
from casetrail.records.xes import refuse_doctype

_LOOKED_AT = 1 << 16
# A lone file whose few headings fit by chance must not be taken for a return.
_FEWEST_HEADINGS = 4


def recognised(path: Path) -> str | None:
    """The name of the format that a file or folder is in; None when it is no return known here.

    Raises InputError when a file cannot be read at all.
    """
    votes: Counter[str] = Counter()
    for file in files_in(path) if path.is_dir() else [path]:
        kind = container_of(file)
        if kind == "xml":
            votes.update(_of_xml(file))
        elif kind is not None:
            votes.update(_of_headings(file, kind))
    if not votes:
        return None
    return min(votes, key=lambda name: (-votes[name], name))


def _of_xml(path: Path) -> list[str]:
    """By elements met at the beginning."""
    with reading(path):
        with unpacked(path) as stream:
            refuse_doctype(stream, path)
        with unpacked(path) as stream:
            start = stream.read(_LOOKED_AT)
    parser = etree.XMLPullParser(events=("start",), resolve_entities=False, no_network=True, recover=True)
    try:
        parser.feed(start)
    except etree.XMLSyntaxError:
        return []
    seen = [cast("etree._Element", element).tag.rpartition("}")[2] for _, element in parser.read_events()]
    found = []
    for name in form_names():
        about = form(name)
        rooted = not about.roots or (bool(seen) and seen[0] in about.roots)
        if "xml" in about.containers and rooted and set(about.signs) & set(seen):
            found.append(name)
    return found


def _of_headings(path: Path, kind: str) -> list[str]:
    found = []
    for called, headings in _headings(path, kind):
        fits = [(fit.score, name) for name in form_names() if (fit := _fit(headings, form(name), called, kind))]
        if fits and len([heading for heading in headings if heading]) >= _FEWEST_HEADINGS:
            found.append(max(fits)[1])
    return found


def _fit(headings: list[str], about: Form, called: str, kind: str) -> Fit | None:
    return fitting(headings, about, called=(called,)) if kind in about.containers else None


def _headings(path: Path, kind: str) -> list[tuple[str, list[str]]]:
    stem = path.name.split(".")[0]
    try:
        if kind == "csv":
            return [(stem, read_head(path, Dialect()))]
        if kind == "xlsx":
            return [(name, row) for name, rows in sheet_heads(path).items() for row in rows]
        return [(stem, _parquet_names(path))]
    except InputError as fault:
        if fault.code in ("empty_file", "no_header", "duplicate_column"):
            return []
        raise


def _parquet_names(path: Path) -> list[str]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    with reading(path):
        try:
            return list(pq.read_schema(path).names)
        except pa.ArrowException:
            return []
