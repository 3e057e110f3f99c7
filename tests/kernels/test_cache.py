"""Compiled functions that are older than a file they call are dropped."""

from __future__ import annotations

import os
from pathlib import Path

from casetrail.kernels.network import drop_stale


def test_what_is_older_than_a_source_goes_and_what_is_newer_stays(tmp_path: Path) -> None:
    cache = tmp_path / "__pycache__"
    cache.mkdir()
    for name, age in (("loop.py", 100), ("queues.py", 300), ("__pycache__/old.nbi", 200), ("__pycache__/new.nbi", 400)):
        (tmp_path / name).write_text("x", encoding="utf-8")
        os.utime(tmp_path / name, (age, age))
    assert drop_stale(tmp_path) == 1
    assert [file.name for file in cache.iterdir()] == ["new.nbi"]
    assert drop_stale(tmp_path) == 0
