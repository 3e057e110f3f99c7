"""The [demand.linkage] table of an inquiry file: how often linking erred, as a check of links by hand found it."""

from __future__ import annotations

from casetrail.demand.linkage.stated import StatedLinks
from casetrail.errors import InputError, InquiryError
from casetrail.inquiry.toml_reader import Section

_EXAMPLE = 'Write 0.05, [0.05, 0.02, 0.09] for a share with its interval, or "15/300" for a check of 300 links.'


def links_asked(table: Section) -> StatedLinks:
    """Shares of missed and of false links, for all pairs of lists and for single ones. Raises InquiryError."""
    table.only(("missed", "false", "pair"))
    missed, false = _texts(table, "missed"), _texts(table, "false")
    for one in table.tables("pair"):
        one.only(("lists", "missed", "false"))
        names = one.texts("lists")
        if len(names) != 2 or names[0] == names[1]:
            raise InquiryError(
                "A pair of lists is not two.", where=one.place, todo='Write lists = ["police", "health"].', code="pair"
            )
        pair = " + ".join(names)
        missed = (*missed, *(f"{pair}={text}" for text in _texts(one, "missed")))
        false = (*false, *(f"{pair}={text}" for text in _texts(one, "false")))
    return StatedLinks(missed, false)


def _texts(table: Section, key: str) -> tuple[str, ...]:
    """A share as a text, checked; empty where there is none."""
    value = table.values.get(key)
    if value is None:
        return ()
    parts = value if isinstance(value, list) else [value]
    if not parts or not all(isinstance(part, int | float | str) and not isinstance(part, bool) for part in parts):
        raise _wrong(table, key)
    text = ",".join(str(part) for part in parts)
    try:
        StatedLinks(missed=(text,)).rates(("one", "other"))
    except InputError:
        raise _wrong(table, key) from None
    return (text,)


def _wrong(table: Section, key: str) -> InquiryError:
    return InquiryError(
        f"The setting '{key}' is no share of links that err.", where=table.place, todo=_EXAMPLE, code="wrong_share"
    )
