# `just check` is the one test command. `python start.py check` installs all it needs and calls it.
set windows-shell := ["powershell.exe", "-NoLogo", "-Command"]

# list the recipes
default:
    @just --list

# lint, types, import rules, tests, docs examples
check: lint types imports test

lint:
    python -m ruff check .
    python -m ruff format --check .

types:
    python -m mypy

imports:
    lint-imports

test *ARGS:
    python -m pytest -n 2 --dist loadfile {{ARGS}}

# run the examples of the manual alone
docs:
    python -m pytest tests/docs

# score every estimator on made-up worlds with known truth, after the event loop against queueing theory (resumable)
truth *ARGS: queueing
    python bench/truth/run.py {{ARGS}}
    python bench/truth/studies.py

# the event loop against queueing theory: ten runs of a million customers for each network (resumable)
queueing *ARGS:
    python bench/truth/queueing.py {{ARGS}}

# ten thousand random models, event loop and plain twin event for event (`just check` runs three hundred)
twin $CASETRAIL_TWIN_MODELS="10000":
    python -m pytest -n 0 tests/kernels/network/test_twin.py -k random_models

# the statutory returns of 5,000 made-up children over three years, written, read again and compared
returns $CASETRAIL_RETURNS_CHILDREN="5000":
    python -m pytest -n 0 tests/inquiry -k "written" --durations=5
    python bench/returns_written.py {{CASETRAIL_RETURNS_CHILDREN}}

# spoilt files for every reader under a watchdog, and imports killed at fifty moments (resumable; figures in fuzz.jsonl)
fuzz INPUTS="100000" MOMENTS="50":
    python bench/fuzz/spoil.py --inputs {{INPUTS}} --out fuzz.jsonl
    python bench/fuzz/kill.py --moments {{MOMENTS}}

# the speed bars of the design, as ratios measured side by side
bench *ARGS:
    python bench/run.py {{ARGS}}

demo *ARGS:
    casetrail demo {{ARGS}}

# refresh the lock files (no index address gets into them)
lock:
    uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header pyproject.toml --group lock -o requirements.lock
    uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header pyproject.toml --group lock --group dev -o requirements-dev.lock

# a folder that installs casetrail with one command and no network: pip install --no-index --find-links wheelhouse casetrail
wheelhouse PLATFORM="win_amd64" PYTHON="3.11":
    python bench/wheelhouse.py --platform {{PLATFORM}} --python {{PYTHON}}
