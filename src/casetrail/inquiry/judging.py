"""Judge the judges: inspection grades beside published figures, and how much goes with a change of director."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from casetrail.compare.judges import inspection_answers, read_judgements, read_tenures, tenure_answer
from casetrail.errors import InputError
from casetrail.figures import Answer, Origin
from casetrail.inquiry.stamping import stamped
from casetrail.public import shipped_panel

DEFAULT_MEASURE = "re-referrals-12-months"


@dataclass(frozen=True, slots=True)
class Judged:
    """Judgements that ship, or a table of successive ones known to a day; or a table of tenures beside one measure."""

    judgements: Path | None = None
    known_to: date | None = None
    tenures: Path | None = None
    measure: str | None = None
    made_up: bool = False
    seed: int = 1


def judge_answers(asked: Judged) -> tuple[Answer, ...]:
    """Grades beside figures, or the share of variance that goes with tenures.

    Raises: InputError for a table that cannot be read, UnknownNameError for a measure, ProtectionError for names.
    """
    if asked.tenures is not None:
        origin = Origin.MADE_UP if asked.made_up else Origin.REAL
        panel = shipped_panel(asked.measure or DEFAULT_MEASURE)
        found: tuple[Answer, ...] = (tenure_answer(panel, read_tenures(asked.tenures, origin=origin), asked.seed),)
    elif asked.judgements is not None:
        if asked.known_to is None:
            raise InputError(
                "It is not said to which day the judgements are known.",
                where=asked.judgements.name,
                todo="A grade that still stands has no end: say --known-to DATE, the day the table was made.",
            )
        origin = Origin.MADE_UP if asked.made_up else Origin.PUBLIC_AGGREGATE
        table = read_judgements(asked.judgements, known_to=asked.known_to, origin=origin)
        found = inspection_answers(_measures(asked), judgements=table, seed=asked.seed)
    else:
        found = inspection_answers(_measures(asked), seed=asked.seed)
    return stamped(_with_request(answer, asked) for answer in found)


def judged_again(request: Mapping[str, Any], table: Path | None) -> tuple[Answer, ...]:
    """The answers of a request that a provenance holds; `table` is the user's own, where there was one."""
    known_to = request.get("known_to")
    return judge_answers(
        Judged(
            judgements=table if request.get("judgements") else None,
            known_to=date.fromisoformat(known_to) if known_to else None,
            tenures=table if request.get("tenures") else None,
            measure=request.get("measure"),
            made_up=bool(request.get("made_up")),
            seed=int(request["seed"]),
        )
    )


def _measures(asked: Judged) -> list[str] | None:
    return None if asked.measure is None else [asked.measure]


def _with_request(answer: Answer, asked: Judged) -> Answer:
    """What was asked, so that it can be asked again; of a table of the user's only the name."""
    table = asked.tenures or asked.judgements
    request: dict[str, object] = {
        "judges": True,
        "judgements": asked.judgements is not None,
        "tenures": asked.tenures is not None,
        "known_to": None if asked.known_to is None else asked.known_to.isoformat(),
        "measure": asked.measure,
        "made_up": asked.made_up,
        "seed": asked.seed,
    }
    if table is not None:
        request["table"] = table.name
    parameters = (*answer.provenance.parameters, ("request", request))
    return replace(answer, provenance=replace(answer.provenance, parameters=parameters))
