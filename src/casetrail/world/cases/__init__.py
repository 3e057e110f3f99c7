"""Hand-made cases: agencies' files and an inquiry file, as a user would have them."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

from casetrail.errors import OutputError

CASES = ("two_waits",)


def write_case(name: str, folder: Path) -> Path:
    """Write the files of a made-up case into `folder`; returns the inquiry file. Raises OutputError."""
    origin = resources.files("casetrail.world.cases").joinpath(name)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for item in origin.iterdir():
            if item.name.endswith((".csv", ".toml")):
                (folder / item.name).write_bytes(item.read_bytes())
    except OSError as failure:
        raise OutputError(
            f"The made-up case cannot be written ({type(failure).__name__}).",
            where=str(folder),
            todo="Name a folder you may write to with --out, and close its files if they are open in Excel.",
        ) from None
    return folder / "inquiry.toml"
