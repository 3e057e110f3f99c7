"""Reading made-up returns in tests."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from casetrail.figures import Origin
from casetrail.records import Extract, Keys, SourceSpec, read_source

AS_OF = date(2026, 3, 31)

ReadReturn = Callable[..., Extract]


@pytest.fixture
def read_return(keys: Keys) -> ReadReturn:
    """Read a path as a return of a format; other settings go to the source."""

    def reading(path: Path, format_: str, **settings: Any) -> Extract:
        as_of = settings.pop("as_of", AS_OF)
        first_row_no = settings.pop("first_row_no", 0)
        spec = SourceSpec(name="la", path=path, origin=Origin.MADE_UP, columns={}, format=format_, **settings)
        return read_source(spec, keys=keys, as_of=as_of, first_row_no=first_row_no)

    return reading


@pytest.fixture
def told() -> Callable[[Extract], list[tuple[str, int | None, str | None, str, str]]]:
    """The findings as (table, line, column, severity, code)."""

    def listed(extract: Extract) -> list[tuple[str, int | None, str | None, str, str]]:
        keys = ("table", "line", "column", "severity", "code")
        return [tuple(row[key] for key in keys) for row in extract.findings.to_pylist()]  # type: ignore[misc]

    return listed
