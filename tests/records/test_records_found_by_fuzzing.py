"""What spoilt files have found, each once more."""

from __future__ import annotations

import zipfile
from datetime import date

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from casetrail.errors import InputError
from casetrail.figures import Origin
from casetrail.records import SourceSpec, read_source
from casetrail.records.returns import form

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


def test_a_list_without_the_column_of_the_child(tmp_path, keys) -> None:
    """The heading was spoilt: the rows are set aside one by one, and the return as a whole is read."""
    table = form("annex-a").tables["list_2"]
    names = [name for name in table.columns if name != table.person]
    lines = [",".join(f'"{name}"' for name in names), ",".join("" for _ in names[1:]) + ",x"]
    (tmp_path / "list 2.csv").write_text("\n".join(lines), encoding="utf-8")
    spec = SourceSpec(name="s", path=tmp_path, origin=Origin.MADE_UP, columns={}, format="annex-a")
    found = read_source(spec, keys=keys, as_of=date(2026, 3, 31))
    assert (found.rows_in, found.rows_quarantined, found.events.num_rows) == (1, 1, 0)
    assert any("not in the file" in note for note in found.notes)


def test_a_workbook_with_a_member_of_no_name(read, tmp_path) -> None:
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w") as archive:
        archive.writestr("x", b"")
    # The name is one sign long; its length is set to nothing in the directory at the end.
    data = bytearray((tmp_path / "a.xlsx").read_bytes())
    at = data.rindex(b"PK\x01\x02")
    data[at + 28] = 0
    del data[at + 46]
    data[data.rindex(b"PK\x05\x06") + 12] -= 1
    with pytest.raises(InputError) as excinfo:
        read(bytes(data), name="a.xlsx")
    assert excinfo.value.code == "bad_workbook"
