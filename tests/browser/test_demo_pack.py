"""The pack that `casetrail demo` writes, held to the same tests as the sample."""

from __future__ import annotations

from datetime import date

import pytest

from browser.test_page import (  # noqa: F401  collected here anew, with this module's `release`
    browser,
    test_axe_finds_nothing,
    test_no_sideways_scrolling_at_320,
    test_nothing_is_asked_of_any_network,
)
from casetrail.inquiry import demo
from casetrail.publish import Release

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Release:
    return demo(tmp_path_factory.mktemp("demo") / "casetrail-demo", today=date(2026, 1, 1)).release
