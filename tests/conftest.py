"""What all tests share: where the reference data are, and the closing line for CI."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

# How long one example takes depends on what else the machine does.
settings.register_profile("casetrail", deadline=None)
settings.load_profile("casetrail")

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared" / "data"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests on reference data are skipped for a stranger and mandatory where CASETRAIL_REQUIRE_SHARED is set."""
    if SHARED.is_dir() or os.environ.get("CASETRAIL_REQUIRE_SHARED") == "1":
        return
    reason = "the reference data (../shared/data) are not beside this checkout"
    for item in items:
        if "shared" in item.keywords:
            item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture
def shared() -> Path:
    """The folder of reference data."""
    if not SHARED.is_dir():
        if os.environ.get("CASETRAIL_REQUIRE_SHARED") == "1":
            pytest.fail("the reference data (../shared/data) must be beside this checkout")
        pytest.skip("the reference data (../shared/data) are not beside this checkout")
    return SHARED
