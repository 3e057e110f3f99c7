"""Options that several verbs share."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


def day(text: str) -> date:
    """A date as typed. Raises typer.BadParameter."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter("write the day as 2007-12-31") from None


class Group(StrEnum):
    """What a measure can be grouped by; never a worker."""

    ALL = "all"
    AGENCY = "agency"
    TEAM = "team"
    PERIOD = "period"
    TYPE = "type"
    PERSON = "person"


InquiryFile = Annotated[Path, typer.Argument(help="The inquiry file (TOML).", show_default=False)]
Json = Annotated[bool, typer.Option("--json", help="Print the JSON envelope instead of text.")]
Out = Annotated[Path | None, typer.Option("--out", help="Folder for the evidence pack.", show_default=False)]
Verbose = Annotated[
    bool, typer.Option("--verbose", help="Write casetrail.log here: stages and times, no record values.")
]
KnownOn = Annotated[
    date | None,
    typer.Option(
        "--known-on",
        help="Use only what was recorded by this day (2007-12-31).",
        parser=day,
        metavar="DATE",
        show_default=False,
    ),
]
