"""Make a folder from which casetrail installs with one command and no network.

    pip install --no-index --find-links wheelhouse casetrail

The folder holds the wheels that requirements.lock names, for one platform, and casetrail's own wheel.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--platform", default="win_amd64")
    parser.add_argument("--python", default="3.11")
    parser.add_argument("--out", type=Path, default=HERE / "wheelhouse")
    given = parser.parse_args()
    given.out.mkdir(exist_ok=True)
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check"]
    wheels = ["--only-binary=:all:", "--platform", given.platform, "--python-version", given.python]
    lock = ["--require-hashes", "--no-deps", "-r", str(HERE / "requirements.lock")]
    subprocess.run([*pip, "download", "--quiet", *wheels, *lock, "--dest", str(given.out)], check=True)
    own = [*pip, "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", str(given.out), str(HERE)]
    subprocess.run(own, check=True)
    files = sorted(given.out.glob("*.whl"))
    size = sum(file.stat().st_size for file in files) / 1e6
    print(f"{len(files)} wheels, {size:.0f} MB, in {given.out.name}/ for {given.platform}, Python {given.python}")


if __name__ == "__main__":
    main()
