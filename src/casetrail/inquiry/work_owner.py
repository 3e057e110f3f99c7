"""Whose a work folder is, and the key of its pseudonyms: neither is taken for another's, nor made anew unasked."""

from __future__ import annotations

import json
import os
from hashlib import blake2b
from pathlib import Path
from typing import Any

from casetrail.errors import InputError, OutputError
from casetrail.inquiry.model import Inquiry
from casetrail.inquiry.quarantine_kept import MENDED, QUARANTINE
from casetrail.inquiry.work_folder import STAMP, WorkFolder, write_whole
from casetrail.records import Keys
from casetrail.records.vault import Vault

_OWNER = "inquiry"


def claim(work: WorkFolder, inquiry: Inquiry) -> None:
    """Note in a prepared work folder whose it is; a folder without such a note is taken over.

    An inquiry is known by the place of its file as seen from the folder, or by its title: one of the two may change.
    Raises OutputError (code other_inquiry) when both are another's.
    """
    told, mine = refuse_another(work, inquiry.path, inquiry.title)
    if told and told.get(_OWNER) != mine:
        write_whole(work.root / STAMP, json.dumps({**told, _OWNER: mine}, indent=1))


def refuse_another(work: WorkFolder, file: Path, title: str) -> tuple[dict[str, Any], dict[str, str]]:
    """What the stamp of a work folder says (empty: nothing that can be read), and the note of this inquiry.

    Raises OutputError (code other_inquiry) when the folder is another's.
    """
    mine = {"file": _place(file, work.root), "title": _hash(title)}
    try:
        told = json.loads((work.root / STAMP).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}, mine
    known = told.get(_OWNER)
    if isinstance(known, dict) and all(known.get(name) != mine[name] for name in mine):
        raise OutputError(
            f"The work folder is that of another inquiry, '{known.get('file')}'.",
            where=str(work.root),
            todo="Name a folder of its own as `work` in this inquiry file. If it is the same inquiry with a new "
            "file name and a new title, give it back one of the two for one run.",
            code="other_inquiry",
        )
    return told, mine


def _place(file: Path, root: Path) -> str:
    """The inquiry file as seen from the work folder, so that both may be moved together."""
    try:
        return Path(os.path.relpath(file.resolve(), root.resolve())).as_posix()
    except ValueError:
        # On Windows another drive has no relative path.
        return file.resolve().as_posix()


def _hash(title: str) -> str:
    return blake2b(title.strip().encode("utf-8"), digest_size=16).hexdigest()


def keys_of(work: WorkFolder) -> Keys:
    """The pseudonym key of a work folder; made where nothing was written with one yet.

    Raises InputError (code key_missing) when something was, and the key is gone; and as `Keys.load` does.
    """
    if not work.key_file.exists() and (lost := _made_with_key(work)):
        raise InputError(
            "The key of the pseudonyms is missing, and the work folder holds what was made with it: "
            f"{', '.join(lost)}. With a new key nobody in it would be found again, and no mended row could be opened.",
            where=str(work.key_file),
            todo="Put the key file back, from a backup. If it is lost: `casetrail purge` on the inquiry removes all "
            "that was made with it, then read the sources anew; rows mended by hand must be mended again.",
            code="key_missing",
        )
    return Keys.load_or_create(work.key_file)


def _made_with_key(work: WorkFolder) -> list[str]:
    sealed = {QUARANTINE: "rows set aside", MENDED: "what was mended"}
    found = ["snapshots"] if any((work.root / "snapshots").glob("*.duckdb")) else []
    found += ["the identity vault"] if Vault(work.vault_folder, "").is_there else []
    found += [said for name, said in sealed.items() if (work.vault_folder / name).is_file()]
    if work.view_log.is_file() and work.view_log.stat().st_size:
        found.append("the view log")
    return found
