"""Read Parquet: native dates stay dates, numbers become the text an identifier would be written in."""

from __future__ import annotations

import math
from collections.abc import Collection
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from casetrail.errors import InputError
from casetrail.records.cells import NATIVE, Coded, ColumnBuilder, Grid, Progress, plural
from casetrail.records.delimited import check_names
from casetrail.records.files import reading
from casetrail.records.sheettext import number_text

_BATCH = 65_536


def read_columnar(
    path: Path, *, mapped: Collection[str], wanted: Collection[str] | None, progress: Progress | None
) -> Grid:
    """Read a Parquet file. `wanted` None keeps all columns of a readable type.

    Raises InputError when the file is damaged, or a mapped column is of a type that has no text (a list, a
    structure, bytes).
    """
    with reading(path):
        try:
            with pq.ParquetFile(path) as file:
                names = tuple(file.schema_arrow.names)
                check_names(names, path.name, mapped)
                kept = {name: file.schema_arrow.field(name).type for name in names if wanted is None or name in wanted}
                wrong = _unreadable(kept, mapped, path)
                columns, rows = _columns(file, [name for name in kept if name not in wrong], progress)
        except (pa.ArrowException, UnicodeDecodeError):
            raise _damaged(path) from None
        except OSError as fault:
            # Arrow says so of damaged pages too; what the operating system says has a number.
            if fault.errno is not None:
                raise
            raise _damaged(path) from None
    return Grid(
        file=path.name,
        format="parquet",
        columns=columns,
        names=names,
        record=np.arange(1, rows + 1, dtype=np.int64),
        marked=True,
        notes=(f"{plural(len(wrong), 'column')} of a type without text: not looked at.",) if wrong else (),
    )


def _damaged(path: Path) -> InputError:
    return InputError(
        "The Parquet file is damaged, or written in a way that cannot be read.",
        where=path.name,
        todo="Write it again.",
        code="bad_parquet",
    )


def _unreadable(types: dict[str, Any], mapped: Collection[str], path: Path) -> list[str]:
    """Columns whose type has no text. Raises InputError when one of them is mapped."""
    wrong = [name for name, kind in types.items() if not _has_text(kind)]
    for name in wrong:
        if name in mapped:
            raise InputError(
                f"The column '{name}' is of a type that cannot be read as text or time.",
                where=path.name,
                todo="Write it as text, number, date or timestamp.",
                code="unreadable_type",
            )
    return wrong


def _has_text(kind: pa.DataType) -> bool:
    inner = kind.value_type if pa.types.is_dictionary(kind) else kind
    tests = (
        pa.types.is_string,
        pa.types.is_large_string,
        pa.types.is_string_view,
        pa.types.is_integer,
        pa.types.is_floating,
        pa.types.is_decimal,
        pa.types.is_boolean,
        pa.types.is_date,
        pa.types.is_timestamp,
        pa.types.is_time,
        pa.types.is_null,
    )
    return any(test(inner) for test in tests)


def _columns(file: pq.ParquetFile, names: list[str], progress: Progress | None) -> tuple[dict[str, Coded], int]:
    builders = {name: ColumnBuilder() for name in names}
    rows = 0
    for batch in file.iter_batches(batch_size=_BATCH, columns=names):
        for name in names:
            builders[name].extend(_texts(batch.column(name)))
        rows += batch.num_rows
        if progress:
            progress(rows)
    written = file.metadata.num_rows
    if names and rows != written:
        # Damage can hide rows without a word from Arrow.
        raise pa.ArrowInvalid("rows are missing")
    return {name: builder.finish() for name, builder in builders.items()}, written


def _texts(array: pa.Array) -> list[str | None]:
    """The cells of a column as text; what was a date or a time is marked."""
    kind = array.type
    if pa.types.is_dictionary(kind):
        array = array.dictionary_decode()
        kind = array.type
    if pa.types.is_date(kind):
        return _marked(pc.strftime(array, "%Y-%m-%d"))
    if pa.types.is_timestamp(kind):
        zoned = kind.tz is not None
        plain = array.cast(pa.timestamp("us", "UTC" if zoned else None), safe=False)
        return _marked(pc.strftime(plain, "%Y-%m-%d %H:%M:%S" + ("Z" if zoned else "")))
    if pa.types.is_floating(kind):
        return [None if cell is None or math.isnan(cell) else number_text(cell) for cell in array.to_pylist()]
    return [None if cell is None else cell for cell in array.cast(pa.string()).to_pylist()]


def _marked(array: pa.Array) -> list[str | None]:
    return [None if cell is None else NATIVE + cell for cell in array.to_pylist()]
