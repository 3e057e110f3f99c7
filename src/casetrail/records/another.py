"""Whether a heading speaks of another person than the one a row is about: who called, a parent, a worker, a suspect."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal, TypeAlias

Other: TypeAlias = Literal["worker", "third party"]

_HUMPS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_SIGNS = re.compile(r"[^a-z0-9&]+")
# Beginnings, so that plurals and what people run together ("mothersname", "callername") are seen as well.
_WORKER = re.compile(
    r"(?:(?:social|key|case|support|youth|allocated|lead)?(?:worker|officer|offcr|practitioner|clinician)|doctor|"
    r"nurse|midwife|consultant|teacher|headteacher|judge|solicitor|counsel|barrister|reviewer|manager|supervisor|"
    r"coordinator|therapist|psycholog|paramedic|sergeant|constable|inspector|collar|oic|gp|iro|sw|staff|author|"
    r"professional|guardianadlitem|advocate|chair|assessor|caseholder)(?:s|name|id|ref|code|dob|no)*"
)
_THIRD = re.compile(
    r"(?:caller|informant|reporter|reportee|reportingperson|referrer|notifier|witness|neighbour|neighbor|"
    r"(?:grand|step|foster|god|birth|adoptive)*(?:mother|father|parent|mum|dad|carer|son|daughter)|guardian|partner|"
    r"spouse|husband|wife|sibling|(?:half|step)?(?:brother|sister)|aunt|uncle|cousin|relative|kin|nok|perpetrator|"
    r"perp|abuser|offender|suspect|accused|defendant|mc|putative)(?:s|name|names|id|ref|code|type|dob|nhs|no|address|"
    r"surname|forename|al)*"
)
_TWO = re.compile(
    r"\b(?:reporting (?:person|party)|emergency contact|made by|reported by|recorded by|created by|next of kin|"
    r"household member|other (?:adult|person|party|child)|significant other|contact (?:name|person|address))\b"
)


@lru_cache(maxsize=16384)
def of_another(heading: str) -> Other | None:
    """Which other person a heading names: somebody who works with the case, a third party, or None: nobody."""
    plain = _HUMPS.sub(" ", heading).casefold().replace("'s", "").replace("’s", "")
    words = [word for word in _SIGNS.split(plain) if word]
    if any(_THIRD.fullmatch(word) for word in words):
        return "third party"
    if any(_WORKER.fullmatch(word) for word in words):
        return "worker"
    return "third party" if _TWO.search(" ".join(words)) else None


def speaks_of_another(heading: str) -> bool:
    """Whether a heading names another person, so that it never tells who the person of the row is."""
    return of_another(heading) is not None
