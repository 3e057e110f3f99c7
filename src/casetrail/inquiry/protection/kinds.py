"""Which kind of personal data a column is: by the form or the mapping where they say it, else by its heading."""

from __future__ import annotations

import re

from casetrail.records.another import of_another
from casetrail.records.extract import ColumnHeld

# A heading is a guess, and the document says so. The articles are those of the UK GDPR.
_BY_HEADING: tuple[tuple[str, str], ...] = (
    (r"ethnic", "ethnic origin (special category, Article 9)"),
    (r"relig|faith", "religion (special category, Article 9)"),
    (r"sexual.?orient", "sexual orientation (special category, Article 9)"),
    (
        r"disab|health|diagnos|complaint|immunis|dental|mental|sdq|(?:^|_)sdq|substance|pregnan|autis|medical|sen\b|ehcp",
        "health or disability (special category, Article 9)",
    ),
    (
        r"offen[cs]e|offend|convict|crime|criminal|arrest|remand|suspect|youth.?justice",
        "criminal offences (Article 10)",
    ),
    (
        r"abuse|neglect|categor(?:y|ies).?of.?need|primary.?need|^cin$",
        "category of abuse or need (special category, Article 9; may tell of criminal offences, Article 10)",
    ),
    (
        r"legal.?status|^ls$|court.?order|order.?type",
        "legal status (may tell of special categories, Article 9, or of criminal offences, Article 10)",
    ),
    (r"immigra|asylum|uasc|nationality", "nationality or immigration"),
    (r"\bsex\b|gender", "sex or gender"),
    (r"death|died", "death"),
)
_COMPILED = tuple((re.compile(pattern, re.IGNORECASE), kind) for pattern, kind in _BY_HEADING)

IDENTITY_WORDS = {
    "family_name": "family name",
    "given_names": "given names",
    "full_name": "full name",
    "birth_date": "date of birth",
    "address": "address",
    "postcode": "postcode",
    "identifier": "identifier of a person",
    "hidden": "number of a record, code of a worker, or other detail that is not kept",
}
NARRATIVE = "free narrative: special categories (Article 9) and criminal offences (Article 10) may be anywhere in it"
_NARRATIVE = re.compile(
    r"^text$|narrative|remark|comment|\bnotes?\b|free.?text|description|summary|details|circumstances|log.?text|\bmo\b",
    re.IGNORECASE,
)
_BIRTH = re.compile(r"d\.?o\.?b(?![a-z])|birth", re.IGNORECASE)
_NAME = re.compile(r"name(?![a-z])", re.IGNORECASE)
_POLICE = re.compile(r"incident|clos|type|outcome|result|status|disposal|domestic|risk|kind|category|decision", re.I)
_PSEUDONYMS = {"person", "household", "incident", "episode", "event_id"}


def other_of(column: ColumnHeld) -> str:
    """Whom else than the person of the row a column holds, in words; empty: nobody by its heading."""
    if column.identity not in ("", "hidden"):
        return ""
    if "worker" in column.feeds or (who := of_another(column.column)) == "worker":
        return "names or codes of workers"
    if who == "third party" and not column.feeds:
        if _BIRTH.search(column.column):
            return "dates of birth of another person"
        return "names of third parties" if _NAME.search(column.column) else "details of third parties"
    return ""


def is_narrative(column: ColumnHeld) -> bool:
    """Whether a column is one of free text, by its heading."""
    return column.identity in ("", "hidden") and _NARRATIVE.search(column.column) is not None


def kind_of(column: ColumnHeld, *, police: bool = False) -> str:
    """The kind of personal data in words; `police`: of a record of the police, which tells of offences."""
    if column.identity not in ("", "hidden"):
        return IDENTITY_WORDS.get(column.identity, column.identity)
    if other := other_of(column):
        return other
    guessed = [kind for pattern, kind in _COMPILED if pattern.search(column.column)]
    if is_narrative(column):
        guessed.append(NARRATIVE)
    if police and _POLICE.search(column.column) and not any("Article 10" in kind for kind in guessed):
        guessed.append("police record, which may tell of criminal offences (Article 10)")
    if column.identity and not guessed:
        return IDENTITY_WORDS[column.identity]
    return "; ".join(guessed) if guessed else "about the case"


def is_special(column: ColumnHeld, *, police: bool = False) -> bool:
    """Whether the heading suggests a special category or criminal offences."""
    return "Article" in kind_of(column, police=police)


def becomes(column: ColumnHeld, *, vault: bool) -> str:
    """Where the cells of a column go, in words; true of the code as it is."""
    places = []
    if column.identity and column.identity != "hidden":
        places.append("identity vault, encrypted" if vault else "not kept as it is: no vault")
    keyed = [ours for ours in column.feeds if ours in _PSEUDONYMS]
    if keyed:
        places.append(f"keyed pseudonym ({', '.join(keyed)})")
    if "worker" in column.feeds:
        places.append("code of a worker, keyed anew in each run")
    open_ = [ours for ours in column.feeds if ours not in _PSEUDONYMS and ours not in ("worker", "privileged")]
    if open_:
        places.append(f"analysis store, as it is ({', '.join(open_)})")
    if "privileged" in column.feeds:
        places.append("decides which rows are refused")
    return "; ".join(places) or "read, and not kept"
