"""The verb judges: inspection grades beside the figures of the years before and after."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from casetrail.cli.looking import say
from casetrail.cli.options import Json, Out, day


def judges(
    judgements: Annotated[
        Path | None,
        typer.Option("--judgements", help="Your table of successive judgements.", show_default=False),
    ] = None,
    known_to: Annotated[
        date | None,
        typer.Option("--known-to", help="Day to which they are known.", parser=day, metavar="DATE", show_default=False),
    ] = None,
    tenures: Annotated[
        Path | None,
        typer.Option("--tenures", help="Your table of tenures (codes, no names).", show_default=False),
    ] = None,
    measure: Annotated[
        str | None, typer.Option("--measure", help="One measure, not all of them.", show_default=False)
    ] = None,
    made_up: Annotated[bool, typer.Option("--made-up", help="The table is made up, and is to be labelled so.")] = False,
    seed: Annotated[int, typer.Option("--seed", help="Seed of what is drawn.", min=0)] = 1,
    out: Out = None,
    json: Json = False,
) -> None:
    """Do inspection grades go with the figures of the years before or after? How long does a grade stand?

    Examples: [bold]casetrail judges[/] · [bold]casetrail judges --judgements grades.csv --known-to 2026-06-30[/] ·
    [bold]casetrail judges --tenures tenures.csv --measure re-referrals-12-months[/]
    """
    from casetrail.inquiry.judging import Judged, judge_answers

    found = judge_answers(Judged(judgements, known_to, tenures, measure, made_up, seed))
    if out is not None:
        from casetrail.inquiry.running import publish_compare

        publish_compare(found, out, title="Inspection grades beside published figures", as_of="as published")
    say(found, "judges", json=json)
