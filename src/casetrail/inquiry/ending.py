"""The end of retention: remove every file casetrail wrote for an inquiry."""

from __future__ import annotations

from pathlib import Path

from casetrail.errors import InquiryError
from casetrail.inquiry.parse import places
from casetrail.inquiry.work_folder import WorkFolder


def purge(file: Path) -> tuple[int, tuple[Path, ...]]:
    """Remove keys, snapshots, tables, logs and packs of an inquiry; the user's own files stay.

    Works on an inquiry whose time is over or whose sources have gone. Returns the number of files
    removed and the paths that could not be removed. Raises InquiryError when nothing was ever written.
    """
    work, _ = places(file)
    if not (work / "casetrail-work.json").is_file():
        raise InquiryError(
            "casetrail has written nothing for this inquiry, or it was purged before.", where=str(work), code="nothing"
        )
    return WorkFolder(work).purge()
