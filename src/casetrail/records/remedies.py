"""How a record that was set aside can be mended, by the code it was set aside under."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

REMEDIES: Mapping[str, str] = MappingProxyType(
    {
        "bad_encoding": "Write the cells as they should read; or export the file again in one encoding.",
        "unclosed_quote": "Write the cells of this line as they should read, each in its column.",
        "bad_quotes": "Write the cells of this line as they should read, each in its column.",
        "wrong_cell_count": "Write the cells of this line as they should read, each in its column.",
        "cell_too_long": "Write the cells of this line as they should read, each in its column.",
        "cell_error": "Write the value that the formula should have given.",
        "legally_privileged": "Leave it out. What is legally privileged is not kept here and cannot be mended here.",
        "missing_person": "Write the identifier; where several columns make it up, all of them.",
        "missing_activity": "Write what happened, as other records of the source do.",
        "missing_time": "Write when it happened, in the form of date of this source.",
        "missing_role": "Write the role of the person or body.",
        "unknown_role": "Write one of the roles that the message lists.",
        "id_precision_lost": "Write the identifier with all its digits, as text.",
        "not_a_date": "Write a date that exists, in the form of date of this source.",
        "ambiguous_date": "Write the date as 2007-03-04; or declare date_format, which mends all rows of its kind.",
        "implausible_date": "Write the right date; a day that is not known is left blank.",
        "after_as_of": "Write the right date; or correct as_of in the inquiry file.",
        "end_before_start": "Write the right start or the right end.",
        "outside_coverage": "Write the right date; or correct covers_from and covers_to in the inquiry file.",
        "duplicate_event_id": "Leave it if it stands twice; if it is another event, write its own event_id.",
        "unreadable_fact": "Write a date that exists, in the form of date of this source.",
        "conflicting_fact": "Write the same date in all records of the case.",
        "missing_required": "Write the identifier or date that is missing.",
        "stands_for_unknown": "Write the true date, if it is known.",
        "duplicate_row": "Leave it if it stands twice; if it is another record, write what differs.",
    }
)
_OTHER = "Write what the cell should hold."


def remedy(code: str) -> str:
    """What a person can do about a record set aside under this code."""
    return REMEDIES.get(code, _OTHER)
