"""The speed bars of the design's section 6 that concern the trail: ratios measured side by side, checked.

    python bench/run.py [--only NAME] [--small] [--large]

Exits 1 when a bar is missed. `--small` runs everything on a tenth of the data, to try the bench itself: nothing is
kept. `--large` adds 100 million events under 8 GB, which takes some minutes and 30 GB of disc.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from groups import GROUPS, Size
from lines import Line, keep, render

HERE = Path(__file__).parent
LIBRARIES = ("duckdb", "numpy", "numba", "pyarrow")


def load() -> float:
    """Mean of processes wanting a processor over the last minute; 0 where the system does not say."""
    return round(os.getloadavg()[0], 1) if hasattr(os, "getloadavg") else 0.0


def about() -> dict[str, object]:
    """Date, commit, versions and machine; no path and no name of the machine."""
    described = subprocess.run(
        ["git", "describe", "--always", "--dirty"], cwd=HERE, capture_output=True, text=True, check=False
    )
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "commit": described.stdout.strip() or "unknown",
        "machine": f"{os.cpu_count()} x {platform.machine()} {platform.system()}",
        "python": platform.python_version(),
        **{name: version(name) for name in LIBRARIES},
    }


def main() -> int:
    """Run the groups asked for; 1 when a bar is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", choices=[*GROUPS], help="one group of lines")
    parser.add_argument("--small", action="store_true", help="a tenth of the data; nothing is kept")
    parser.add_argument("--large", action="store_true", help="also 100 million events")
    asked = parser.parse_args()
    names = [asked.only] if asked.only else [name for name in GROUPS if name != "large" or asked.large]
    size = Size.small() if asked.small else Size.full()
    said, before = about(), load()
    lines: list[Line] = []
    for name in names:
        for line in GROUPS[name](size):
            print(line, flush=True)
            lines.append(line)
    if not asked.small:
        keep(HERE / "results.jsonl", lines, {**said, "load before": before, "load after": load()})
        render(HERE / "results.jsonl", HERE / "results.md")
    missed = [line for line in lines if line.holds is False]
    print(f"{len(lines)} lines, {len(missed)} missed" + (" (small: ratios mean little)" if asked.small else ""))
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
