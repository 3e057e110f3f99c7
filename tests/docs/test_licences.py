"""No GPL or AGPL package is installed with casetrail: checked over everything the lock file names."""

from __future__ import annotations

import re
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path

ROOT = Path(__file__).parents[2]
# LGPL is named here because its text contains "GPL": dynamic use of such a library is allowed.
_NOT_ALLOWED = re.compile(r"(?<!L)(?<!Lesser )\bA?GPL|GNU (Affero )?General Public", re.IGNORECASE)


def _licence(name: str) -> str | None:
    try:
        found = metadata(name)
    except PackageNotFoundError:
        return None
    classifiers = [c for c in found.get_all("Classifier") or [] if c.startswith("License")]
    expression = found.get("License-Expression") or (found.get("License") or "").split("\n", 1)[0]
    return " ; ".join([expression, *classifiers])


def test_no_copyleft_package_stands_in_the_lock() -> None:
    names = re.findall(r"^([A-Za-z0-9_.-]+)==", (ROOT / "requirements.lock").read_text(encoding="utf-8"), re.MULTILINE)
    assert len(names) > 20
    licences = {name: _licence(name) for name in names}
    installed = {name: text for name, text in licences.items() if text is not None}
    assert len(installed) > 20
    assert [name for name, text in installed.items() if _NOT_ALLOWED.search(text)] == []


def test_the_lock_carries_hashes_and_no_address() -> None:
    for lock in ("requirements.lock", "requirements-dev.lock"):
        text = (ROOT / lock).read_text(encoding="utf-8")
        assert "://" not in text
        assert text.count("--hash=sha256:") >= text.count("==")
