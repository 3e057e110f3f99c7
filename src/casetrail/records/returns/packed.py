"""Cells that hold a JSON object or array: each part checked by itself, never a value of it in a finding."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import NoReturn

import numpy as np

from casetrail.records.cells import MARKS, Coded
from casetrail.records.returns.findings import NOTE, SUSPICIOUS, Severity, TableBook
from casetrail.records.returns.forms import ColumnForm, Packed
from casetrail.records.returns.spelling import code_reader

# Columns of the dataset are 4,000 signs wide at most; a cell far beyond that is something else.
_LONGEST = 20_000
_YES_OR_NO = {"y", "n", "yes", "no", "true", "false", "1", "0"}

Said = tuple[str, str]  # code of a finding, and which part of the form it is about


class _NotPackedError(ValueError):
    """The text is no JSON of the kind that a packed cell may hold."""


def check_packed(column: Coded, form: ColumnForm, book: TableBook) -> None:
    """Tell what is wrong in the cells of a packed column; each distinct text is parsed once."""
    packed = form.packed
    if packed is None:
        return
    readers = {name: code_reader(ColumnForm(name=name, codes=codes)) for name, codes in packed.parts.items() if codes}
    item = code_reader(ColumnForm(name=form.name, codes=packed.items))
    told: dict[Said, list[int]] = {}
    for at, text in enumerate(column.values):
        if text[0] not in MARKS:
            for said in dict.fromkeys(_faults(text, packed, readers, item)):
                told.setdefault(said, []).append(at)
    for (code, part), places in told.items():
        flags = np.zeros(len(column.values) + 1, dtype=np.bool_)
        flags[places] = True
        severity: Severity = NOTE if code in ("unknown_part", "code_spelt_otherwise") else SUSPICIOUS
        addition = f"Part {part}." if part else ""
        book.mark(flags[column.codes], code, severity, column=form.name, addition=addition)


def _faults(
    text: str, packed: Packed, readers: dict[str, Callable[[str], str]], item: Callable[[str], str]
) -> Iterable[Said]:
    try:
        parts = _parts(text)
    except (ValueError, RecursionError):
        return [("not_packed", "")]
    if packed.items:
        # An array names what holds; an object says yes or no of each.
        said = [_of_code(name, packed.items, item, "") for name, _ in parts if name]
        answers = [value for _, value in parts if value is not None]
        strange = [("unknown_code", "") for value in answers if value and value.casefold() not in _YES_OR_NO]
        return [*filter(None, said), *strange]
    faults: list[Said] = []
    for name, value in parts:
        if value is None or name not in packed.parts:
            faults.append(("unknown_part", ""))
        elif value.strip() and name in readers:
            fault = _of_code(value.strip(), packed.parts[name], readers[name], name)
            faults += [fault] if fault else []
    return faults


def _of_code(text: str, codes: Iterable[str], read: Callable[[str], str], part: str) -> Said | None:
    found = read(text)
    if not found:
        return "unknown_code", part
    return None if text in codes else ("code_spelt_otherwise", part)


def _parts(text: str) -> list[tuple[str, str | None]]:
    """Names and values of an object, or the texts of an array with None for a value. Raises ValueError."""
    if len(text) > _LONGEST:
        raise _NotPackedError
    # Numbers stay text: one of a thousand digits is no reason to compute.
    whole = _READER.decode(text.strip())
    if isinstance(whole, _Object):
        return [(name, _plain(value)) for name, value in whole]
    if isinstance(whole, list):
        return [(_plain(value), None) for value in whole]
    raise _NotPackedError


class _Object(list[tuple[str, object]]):
    """The pairs of a JSON object, as they stand."""


def _object(pairs: list[tuple[str, object]]) -> _Object:
    if len({name for name, _ in pairs}) < len(pairs):
        raise _NotPackedError
    return _Object(pairs)


def _plain(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None or isinstance(value, str):
        return value or ""
    raise _NotPackedError


def _refused(_: str) -> NoReturn:
    raise _NotPackedError


# Line ends inside comments come bare where a database puts the text together by hand.
_READER = json.JSONDecoder(
    parse_int=str, parse_float=str, parse_constant=_refused, object_pairs_hook=_object, strict=False
)
