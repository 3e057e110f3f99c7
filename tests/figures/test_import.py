"""Importing casetrail is cheap and loads no heavy library."""

from __future__ import annotations

import subprocess
import sys

import casetrail


def test_import_loads_nothing_heavy() -> None:
    heavy = "{'duckdb', 'pyarrow', 'numpy', 'numba', 'scipy', 'altair', 'vl_convert', 'lxml', 'rich', 'typer'}"
    code = f"import casetrail, sys; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_public_names_load_when_used() -> None:
    for name in casetrail.__all__:
        assert getattr(casetrail, name).__name__ == name
    assert casetrail.__version__.count(".") == 2
    assert "Answer" in dir(casetrail)
    assert not hasattr(casetrail, "no_such_name")
