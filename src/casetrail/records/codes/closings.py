"""How a referral, a case or a period of care ended: of what kind that is, and whether somebody was turned away."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from casetrail.records.codes.shipped import CLOSING, by_word, entries, folded, table


@dataclass(frozen=True, slots=True)
class Closing:
    """An ending in our words. `turned_away`: nothing was done for the child by this step; None: not known."""

    words: str
    kind: str
    turned_away: bool | None
    codes: tuple[str, ...] = ()


@cache
def closing_kinds() -> Mapping[str, tuple[str, bool | None]]:
    """Title of each kind of ending, and whether it turns somebody away."""
    return MappingProxyType({kind["name"]: (kind["title"], kind.get("turned_away")) for kind in table(CLOSING)["kind"]})


@cache
def closings() -> tuple[Closing, ...]:
    """All endings of the shared table."""
    kinds = closing_kinds()
    return tuple(
        Closing(entry["words"], entry["kind"], kinds[entry["kind"]][1], tuple(entry.get("codes", ())))
        for entry in entries(CLOSING)
    )


@cache
def _places() -> Mapping[str, int]:
    return by_word(CLOSING)


def closing(text: str) -> Closing | None:
    """The ending that a word, code or label means; None for a word that the table does not know."""
    at = _places().get(folded(text))
    return None if at is None else closings()[at]
