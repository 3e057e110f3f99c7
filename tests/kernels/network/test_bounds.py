"""Every index of the event loop checked, over many models, in a build of its own."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import numba
import pytest

from casetrail.kernels.network import loop

from .varied import digests

TESTS = Path(__file__).parents[2]
KERNEL = Path(loop.__file__).parent


def sources() -> str:
    """Hash of all that is compiled: Numba's own cache looks at one file at a time and not at those it calls."""
    texts = [file.read_bytes() for file in sorted(KERNEL.glob("*.py"))]
    return hashlib.sha256(b"".join([*texts, numba.__version__.encode()])).hexdigest()[:16]


# Compiling takes about a minute when the kernel has changed.
def test_no_index_leaves_its_array(pytestconfig: pytest.Config, tmp_path: Path) -> None:
    cache = pytestconfig.cache.mkdir(f"bounds-{sources()}") if getattr(pytestconfig, "cache", None) else tmp_path
    ran = subprocess.run(
        [sys.executable, "-m", "kernels.network.bounded"],
        env={
            **os.environ,
            "NUMBA_BOUNDSCHECK": "1",
            "NUMBA_CACHE_DIR": str(cache),
            "PYTHONPATH": os.pathsep.join([str(TESTS), str(KERNEL.parents[2])]),
        },
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr[-3000:]
    said = json.loads(ran.stdout.splitlines()[-1])
    assert said["unchecked"] == [], "wrong indices that were let through: the build does not check"
    assert said["digests"] == digests()
