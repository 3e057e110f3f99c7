"""A stranger's check of a pack: are these the very files that were published?"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from casetrail.errors import InputError
from casetrail.publish.folder import PROVENANCE, is_pack


@dataclass(frozen=True, slots=True)
class PackCheck:
    """What differs between a pack's files and its own list of hashes; all empty when it is whole."""

    changed: tuple[str, ...]
    missing: tuple[str, ...]
    extra: tuple[str, ...]

    @property
    def whole(self) -> bool:
        return not (self.changed or self.missing or self.extra)


def verify_pack(folder: Path) -> PackCheck:
    """Hash every file of a pack again and compare with its provenance.json.

    It proves that files and list agree, not who made them: compare the hash of provenance.json itself
    with one got elsewhere for that.

    Raises: InputError when the folder is not a pack.
    """
    stamp = folder / PROVENANCE
    if not stamp.is_file() or not is_pack(stamp.read_bytes()):
        raise InputError(
            "This folder is not an evidence pack.",
            where=str(folder),
            todo=f"Name a folder with a {PROVENANCE} that casetrail wrote.",
        )
    listed: dict[str, str] = json.loads(stamp.read_bytes()).get("files", {})
    found = {p.relative_to(folder).as_posix(): p for p in folder.rglob("*") if p.is_file() and p != stamp}
    both = sorted(listed.keys() & found.keys())
    return PackCheck(
        changed=tuple(n for n in both if hashlib.sha256(found[n].read_bytes()).hexdigest() != listed[n]),
        missing=tuple(sorted(listed.keys() - found.keys())),
        extra=tuple(sorted(found.keys() - listed.keys())),
    )
