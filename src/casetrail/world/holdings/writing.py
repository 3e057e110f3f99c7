"""Write a table as CSV or Parquet so that it can be read again exactly."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pc_csv
import pyarrow.parquet as pq

from casetrail.errors import OutputError
from casetrail.world.holdings.clock import day_text, instant_text

TableFormat = Literal["csv", "parquet"]

_ROWS_AT_ONCE = 200_000
_NEEDS_QUOTES = '[",\r\n]'


@contextmanager
def writing(place: Path) -> Iterator[None]:
    """Failures of the disc as OutputError, with the place and the way out."""
    try:
        yield
    except OSError as failure:
        raise OutputError(
            f"The made-up world cannot be written ({type(failure).__name__}).",
            where=str(place),
            todo="Check that the folder may be written to and has space; close its files if Excel has them open.",
            code="not_written",
        ) from None


def write_table(table: pa.Table, path: Path) -> None:
    """Write a table by the ending of the path; instants become local time with its offset. Raises OutputError."""
    with writing(path):
        if path.suffix == ".parquet":
            # Numbers of records hardly repeat: trying to make a dictionary of them would only take time.
            words = [column.name for column in table.schema if pa.types.is_dictionary(column.type)]
            pq.write_table(table.replace_schema_metadata({"origin": "made-up"}), path, use_dictionary=words or False)
            return
        with path.open("wb") as file:
            file.write((",".join(table.column_names) + "\n").encode("ascii"))
            style = "needed" if any(_special(column) for column in table.itercolumns()) else "none"
            options = pc_csv.WriteOptions(include_header=False, quoting_style=style)
            for start in range(0, table.num_rows, _ROWS_AT_ONCE):
                part = table.slice(start, _ROWS_AT_ONCE)
                texts = [_written(column.combine_chunks()) for column in part.itercolumns()]
                pc_csv.write_csv(pa.table(texts, names=table.column_names), file, options)


def write_bytes(path: Path, content: bytes) -> None:
    """Write a small file whole. Raises OutputError."""
    with writing(path):
        path.write_bytes(content)


def _special(column: pa.ChunkedArray) -> bool:
    """Whether a cell holds a sign that CSV must quote."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        column = pa.chunked_array([chunk.dictionary for chunk in column.chunks], kind.value_type)
    elif not pa.types.is_string(kind):
        return False
    return bool(pc.any(pc.match_substring_regex(column, _NEEDS_QUOTES), min_count=0).as_py())


def _written(column: pa.Array) -> pa.Array:
    kind = column.type
    if pa.types.is_timestamp(kind) or pa.types.is_date(kind):
        known = None if not column.null_count else column.is_valid().to_numpy(zero_copy_only=False)
        whole = column.cast(pa.int64() if pa.types.is_timestamp(kind) else pa.int32()).fill_null(0)
        numbers = whole.to_numpy().astype("int64", copy=False)
        return instant_text(numbers, known) if pa.types.is_timestamp(kind) else day_text(numbers, known)
    return column.cast(pa.string())
