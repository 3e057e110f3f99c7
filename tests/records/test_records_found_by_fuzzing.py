"""What spoilt files have found, each once more."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from casetrail.errors import InputError

COLUMNS = {"who": ["7"], "what": ["call"], "when": ["2020-01-02"]}


def test_a_parquet_file_whose_pages_hold_fewer_rows_than_it_says(read, tmp_path, monkeypatch) -> None:
    """Damage made Arrow give no row where the file says one: every cell would have been blank."""
    pq.write_table(pa.table(COLUMNS), tmp_path / "a.parquet")
    monkeypatch.setattr(pq.ParquetFile, "iter_batches", lambda *_, **__: iter(()))
    with pytest.raises(InputError) as excinfo:
        read(name="a.parquet")
    assert excinfo.value.code == "bad_parquet"


@pytest.mark.parametrize("at", [4, 8, 30, -20, -9])
def test_a_damaged_page_is_said_as_such(read, tmp_path, at) -> None:
    pq.write_table(pa.table({name: cells * 50 for name, cells in COLUMNS.items()}), tmp_path / "a.parquet")
    data = bytearray((tmp_path / "a.parquet").read_bytes())
    data[at : at + 4] = b"\xff\xff\xff\xff"
    with pytest.raises(InputError) as excinfo:
        read(bytes(data), name="a.parquet")
    assert excinfo.value.code == "bad_parquet"
