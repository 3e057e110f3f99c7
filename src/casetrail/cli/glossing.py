"""The verb glossary: bodies and terms with their days, and what came after them."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import typer

from casetrail.cli.looking import say
from casetrail.cli.options import Json, Out, day


def glossary(
    term: Annotated[str | None, typer.Argument(help="A body or term, or a part of it.", show_default=False)] = None,
    on: Annotated[
        date | None,
        typer.Option("--on", help="What stood for it on that day.", parser=day, metavar="DATE", show_default=False),
    ] = None,
    out: Out = None,
    json: Json = False,
) -> None:
    """Bodies and terms of child protection with the days on which they began and ended, and what came after.

    Examples: [bold]casetrail glossary LSCB[/] · [bold]casetrail glossary "care quality commission" --on 2008-06-01[/] ·
    [bold]casetrail glossary --on 2007-08-03[/]
    """
    from casetrail.inquiry.glossing import glossary as looked_up

    found = looked_up(term, on)
    if out is not None:
        from casetrail.inquiry.running import publish_compare

        publish_compare(found, out, title="Bodies and terms, with their days", as_of="as known to this version")
    say(found, "glossary", json=json)
