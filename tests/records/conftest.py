"""Reading made-up extracts in tests, and the way to the reference data."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from casetrail.figures import Origin
from casetrail.records import Extract, Keys, SourceSpec, read_source

AS_OF = date(2010, 12, 31)
SIMPLE = {"person": ("who",), "activity": ("what",), "at": ("when",)}

Read = Callable[..., Extract]


@pytest.fixture
def shared_trails() -> Path:
    folder = Path(__file__).parents[2].parent / "shared" / "data" / "trails"
    if not folder.is_dir():
        pytest.skip("the reference data is not beside the checkout (../shared/data/trails)")
    return folder


@pytest.fixture(scope="session")
def keys() -> Keys:
    return Keys(bytes(range(32)))


@pytest.fixture
def read(tmp_path: Path, keys: Keys) -> Read:
    """Write bytes or text to a file and read it as a made-up source; other settings go to the source."""

    def reading(content: bytes | str | None = None, name: str = "calls.csv", **settings: Any) -> Extract:
        path = tmp_path / name
        if content is not None:
            path.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
        as_of = settings.pop("as_of", AS_OF)
        first_row_no = settings.pop("first_row_no", 0)
        progress = settings.pop("progress", None)
        settings = {"name": "police", "origin": Origin.MADE_UP, "columns": SIMPLE} | settings
        spec = SourceSpec(path=path, **settings)
        return read_source(spec, keys=keys, as_of=as_of, first_row_no=first_row_no, progress=progress)

    return reading


@pytest.fixture
def faults() -> Callable[[Extract], list[tuple[int, int | None, str | None, str]]]:
    """The quarantine as (record, line, column, code)."""

    def listed(extract: Extract) -> list[tuple[int, int | None, str | None, str]]:
        return [(row["record"], row["line"], row["column"], row["code"]) for row in extract.quarantine.to_pylist()]

    return listed
