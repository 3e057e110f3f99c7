"""An inquiry on records declared real, with a canary in every column: a value that must come out nowhere."""

from __future__ import annotations

from pathlib import Path

CANARY = "Zq7canary"
PROTECTION = """
[protection]
purpose = "learning from one case"
controllers = ["A Council"]
lawful_basis = "public task"
retain_until = 2099-12-31
"""

# Every column that the mapping knows. Agency, team, activity, state, role and the like are words of the
# service and stand in tables by design; the canary goes into all that tells of a person or a single record.
_COLUMNS = """
person = "child"
event_id = "ref"
household = "home"
incident = "incident"
episode = "episode"
worker = "worker"
activity = "what"
at = "when"
end = "until"
recorded = "entered"
team = "team"
outcome = "outcome"
severity = "severity"
"""
_HEADER = "ref,child,home,incident,episode,worker,what,when,until,entered,team,outcome,severity,free text"


def _row(n: int, **spoilt: str) -> str:
    """A record with a canary of its own in each column that may carry one."""
    mark = f"{CANARY}{n}"
    day = f"2007-01-{1 + n % 28:02}"
    cells = {
        "ref": f"{mark}-ref",
        "child": f"{CANARY}-child-{n % 12}",
        "home": f"{mark}-home",
        "incident": f"{CANARY}-incident-{n % 7}",
        "episode": f"{mark}-episode",
        "worker": f"{CANARY}-worker-{n % 3}",
        "what": ("call received", "visit", "meeting")[n % 3],
        "when": day,
        "until": day,
        "entered": day,
        "team": ("duty", "long term")[n % 2],
        "outcome": f"{mark}-outcome",
        "severity": f"{mark}-severity",
        "free text": f"{mark}-free text",
    } | spoilt
    return ",".join(cells.values())


def _spoilt() -> list[str]:
    """One record for each reason to set it aside, with a canary in the very cell that is wrong."""
    return [
        _row(101, when=f"{CANARY}-no-date"),
        _row(102, until=f"{CANARY}-no-date"),
        _row(103, entered=f"{CANARY}-no-date"),
        _row(104, when="31/02/2007"),
        _row(105, when="2028-01-01"),
        _row(106, until="2006-01-01"),
        _row(107, child=""),
        _row(108, what=""),
        _row(108, ref=f"{CANARY}1-ref"),
        _row(109) + f",{CANARY}-one-cell-too-many",
        _row(110, **{"free text": f'"{CANARY} never closed'}),
        f"{CANARY}-alone",
    ]


def real_inquiry(folder: Path, *, protection: str = PROTECTION, name: str = "inquiry.toml") -> Path:
    """Write files with canaries in good rows and bad, and an inquiry that declares them real."""
    lines = [_HEADER, *(_row(n) for n in range(1, 61)), *_spoilt()]
    text = "\n".join(lines) + "\n"
    (folder / "calls.csv").write_bytes(text.encode() + f"{CANARY},caf\xe9".encode("cp1252") + b"\n")
    (folder / "letters.csv").write_text(
        "child,role,from,to,worker\n"
        f"{CANARY}-child-1,advocate,2007-01-02,2007-02-01,{CANARY}-worker-9\n"
        f"{CANARY}-child-2,{CANARY}-role,2007-01-02,,x\n"
        f"{CANARY}-child-2,advocate,{CANARY},,x\n",
        encoding="utf-8",
    )
    file = folder / name
    file.write_text(
        '[inquiry]\ntitle = "One case"\nas_of = 2007-12-31\nwork = "work"\nout = "pack"\n'
        f"{protection}"
        '[[source]]\nname = "calls"\nfile = "calls.csv"\norigin = "real"\nagency = "social care"\n'
        f'person_scheme = "child"\n[source.columns]{_COLUMNS}[source.dates]\nopened = "free text"\n'
        '[[source]]\nname = "letters"\nfile = "letters.csv"\nkind = "involvements"\norigin = "real"\n'
        'agency = "advocacy"\nperson_scheme = "child"\n'
        '[source.columns]\nperson = "child"\nrole = "role"\nfrom = "from"\nto = "to"\nworker = "worker"\n',
        encoding="utf-8",
    )
    return file
