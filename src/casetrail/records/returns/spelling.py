"""Which code of a column a text means, in whatever spelling it stands."""

from __future__ import annotations

import re
from collections.abc import Callable

from casetrail.records.returns.forms import ColumnForm
from casetrail.records.returns.headings import folded

_CODE = re.compile(r"[A-Z]*\d+[A-Z]?|[A-Z]{4}")
# Words that stand before the number of a code; any other word would make a code of "place 3".
_BEFORE = (
    r"(?:(?:outcome|oc|ho|hooc|disposal|type|code|grade|gr|g|p|priority|tag|triage|category|cat|level|lvl|l|response"
    r"|acuity|esi|mts|no)[ .:]*){0,2}"
)
_BEHIND = r"(?:\s*[-–:.)(].*|\s+[A-Za-z].*)?"
_SHORT_NUMBER = re.compile(r"\d{1,2}[A-Za-z]?", re.ASCII)


def code_reader(form: ColumnForm) -> Callable[[str], str]:
    """Reads a text as a code of the column: the code as the form writes it, or "" where it is none."""
    known = {code: code for code in form.codes}
    spelt = {folded(text): code for code, others in form.codes.items() for text in (code, *others)}
    start, number = _leading(form), _numbered(form)

    def code_of(text: str) -> str:
        found = known.get(text.strip()) or spelt.get(folded(text), "")
        if not found and start is not None and (hit := start.match(text.strip())):
            found = hit[1].upper()
        if not found and number is not None and (hit := number.fullmatch(text.strip())):
            found = spelt[hit[1].casefold()]
        return found

    return code_of


def _numbered(form: ColumnForm) -> re.Pattern[str] | None:
    """A number among the codes and spellings, with a word such as grade before it, and more behind it."""
    texts = {*form.codes, *(text for others in form.codes.values() for text in others)}
    numbers = sorted((text for text in texts if _SHORT_NUMBER.fullmatch(text)), key=len, reverse=True)
    if not form.numbered or not numbers:
        return None
    return re.compile(f"{_BEFORE}0?({'|'.join(numbers)}){_BEHIND}", re.IGNORECASE | re.DOTALL)


def _leading(form: ColumnForm) -> re.Pattern[str] | None:
    """What a text looks like that begins with a code. Codes without a letter could be a number of any kind."""
    codes = [code for code in form.codes if _CODE.fullmatch(code) and not code.isdigit()]
    if not form.leading or not codes:
        return None
    longest = "|".join(sorted(codes, key=len, reverse=True))
    return re.compile(rf"(?:[a-z]\d?\)\s*)?[(\['‘]*({longest})(?![A-Za-z0-9])", re.IGNORECASE)
