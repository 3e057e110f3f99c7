"""A relation: one `select` in a `.sql` file, with a header that says what goes in and what comes out."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

from casetrail.errors import IntegrityError

_HEADER = re.compile(r"^-- (?P<key>[a-z_]+): (?P<value>.*)$")


@dataclass(frozen=True, slots=True)
class Relation:
    """One relation as written: `inputs` are tables it reads, `columns` the names it returns, in order."""

    name: str
    text: str
    sha256: str
    says: str
    inputs: tuple[str, ...]
    columns: tuple[str, ...]
    parameters: tuple[str, ...]
    source: str


def _names(value: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in value.split(",") if part.strip() and part.strip() != "none")


def parse_relation(name: str, text: str) -> Relation:
    """Read the header of a relation. Raises IntegrityError when a header line is missing."""
    header: dict[str, str] = {}
    last = ""
    for line in text.splitlines():
        if not line.startswith("--"):
            break
        found = _HEADER.match(line)
        if found:
            last = found["key"]
            header[last] = found["value"].strip()
        elif last:
            header[last] += " " + line.removeprefix("--").strip()
    missing = [key for key in ("relation", "in", "out", "parameters", "source") if key not in header]
    if missing:
        raise IntegrityError(f"The relation '{name}' has no header line '{missing[0]}'.")
    return Relation(
        name=name,
        text=text,
        sha256=hashlib.sha256(text.encode()).hexdigest(),
        says=header["relation"],
        inputs=_names(header["in"]),
        columns=_names(header["out"]),
        parameters=_names(header["parameters"]),
        source=header["source"],
    )


@lru_cache(maxsize=256)
def load_relation(package: str, name: str) -> Relation:
    """Load `name`.sql from a package's `sql` folder. Raises FileNotFoundError when there is none."""
    text = resources.files(package).joinpath("sql", f"{name}.sql").read_text(encoding="utf-8")
    return parse_relation(name, text)
