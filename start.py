"""Install casetrail into .venv beside this file and run it. Needs Python 3.11 or later and nothing else.

python start.py demo     install, then run `casetrail demo`
python start.py check    install with the tools of development, then run every check (`just check`)
"""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from pathlib import Path

HERE = Path(__file__).resolve().parent
VENV = HERE / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")


def run(*command: str | Path, cwd: Path | None = None) -> None:
    """Run a command with the environment's programs first on the path; stop with its code when it fails."""
    path = os.pathsep.join([str(BIN), os.environ.get("PATH", "")])
    done = subprocess.run([str(part) for part in command], cwd=cwd, env={**os.environ, "PATH": path}, check=False)
    if done.returncode:
        sys.exit(done.returncode)


def install(lock: str, *, editable: bool) -> None:
    """Install exactly what the lock file names, by hash, and then casetrail itself."""
    if not PYTHON.exists():
        print("Making .venv …", flush=True)
        venv.create(VENV, with_pip=True)
    print(f"Installing what {lock} names …", flush=True)
    pip = (PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
    run(*pip, "--require-hashes", "-r", HERE / lock)
    run(*pip, "--no-deps", "--no-build-isolation", *(["--editable", str(HERE)] if editable else [str(HERE)]))


def main() -> None:
    if sys.version_info < (3, 11):
        sys.exit("casetrail needs Python 3.11 or later; this is " + sys.version.split()[0])
    wanted = sys.argv[1] if len(sys.argv) > 1 else ""
    if wanted == "demo":
        install("requirements.lock", editable=False)
        run(BIN / "casetrail", "demo", *sys.argv[2:])
    elif wanted == "check":
        install("requirements-dev.lock", editable=True)
        run(BIN / "just", "check", cwd=HERE)
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main()
