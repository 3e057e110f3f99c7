"""Which kind of personal data a column is: by the form or the mapping where they say it, else by its heading."""

from __future__ import annotations

import re

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
_PSEUDONYMS = {"person", "household", "incident", "episode", "event_id"}


def kind_of(column: ColumnHeld) -> str:
    """The kind of personal data in words."""
    if column.identity:
        return IDENTITY_WORDS.get(column.identity, column.identity)
    guessed = [kind for pattern, kind in _COMPILED if pattern.search(column.column)]
    return "; ".join(guessed) if guessed else "about the case"


def is_special(column: ColumnHeld) -> bool:
    """Whether the heading suggests a special category or criminal offences."""
    return "Article" in kind_of(column)


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
