"""Two lists linked with error, in closed form."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TwoCorrected:
    """Persons truly on both lists, and all persons by the two-list estimate before and after (None: nobody on both)."""

    both: float
    total_before: float | None
    total_after: float | None


def two_lists(linked: int, on_first: int, on_second: int, *, missed: float, false: float) -> TwoCorrected:
    """Correct the overlap of two lists of `on_first` and `on_second` records, `linked` of which were joined.

    Of the links, a share `false` joins different persons; of the true pairs, a share `missed` was not found. The lists
    stay as long as they are, so `both = linked * (1 - false) / (1 - missed)`, and all persons are the product of the
    lists by it (Petersen). This is the correction of Ding & Fienberg (1994, Survey Methodology 20:149-158) and its
    generalisations (Di Consiglio & Tuoto 2015, Journal of Official Statistics 31:415-429; de Wolf, van der Laan & Zult
    2019, 35:577-597), written by shares of links and of true pairs: `from_chance` turns their chance into such a share.
    """
    both = linked * (1 - false) / (1 - missed)
    lists = on_first * on_second
    return TwoCorrected(both, lists / linked if linked else None, lists / both if both > 0 else None)


def from_chance(chance: float, linked: int, on_first: int, *, missed: float) -> float:
    """Share of links that are false when each record of the first list without a true pair is linked with `chance`.

    From `linked = both * (1 - missed) + chance * (on_first - both)`. Raises ValueError where no overlap fits that.
    """
    found = 1 - missed
    both = (linked - chance * on_first) / (found - chance) if found != chance else -1.0
    if linked <= 0 or not 0 <= both <= min(on_first, linked / found):
        raise ValueError("no overlap of the lists fits this chance and this share of missed links")
    return 1 - both * found / linked
