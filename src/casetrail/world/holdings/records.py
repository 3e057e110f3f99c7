"""The local records of one agency: who has one, who has two, and which contact went to which."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from casetrail.world.holdings.clock import Flags, Micros
from casetrail.world.holdings.names import Numbers
from casetrail.world.holdings.parameters import AgencyFaults


@dataclass(frozen=True, slots=True)
class LocalRecords:
    """Records in the order in which they were opened: `row` of the person, first and last contact, first or second.

    `of_contact` is the record of each contact that was given.
    """

    row: Numbers
    opened_us: Micros
    last_us: Micros
    second: Flags
    of_contact: Numbers


def local_records(row: Numbers, us: Micros, *, rates: AgencyFaults, rng: np.random.Generator) -> LocalRecords:
    """Open a record for each person at the first contact, and for some a second one at a later contact.

    `row` and `us` say who and when of each contact that the agency wrote down. Whoever has two contacts or more gets
    a second record with a drawn chance, opened at a contact drawn from the later ones.
    """
    order = np.lexsort((us, row))
    who = row[order]
    starts = np.flatnonzero(np.concatenate([[True], who[1:] != who[:-1]])) if len(who) else np.zeros(0, dtype=np.int64)
    counts = np.diff(np.append(starts, len(who)))
    nth = np.arange(len(who)) - np.repeat(starts, counts)
    chance, when = rng.random((2, len(starts)))
    opens = (counts >= 2) & (chance < rates.second_record)
    opened_at = 1 + np.floor(when * (counts - 1)).astype(np.int64)
    to_second = rng.random(len(who)) < rates.rows_to_second
    opens, opened_at = np.repeat(opens, counts), np.repeat(opened_at, counts)
    second = opens & ((nth == opened_at) | ((nth > opened_at) & to_second))
    return _numbered(order, row, us=us, second=second)


def _numbered(order: Numbers, row: Numbers, *, us: Micros, second: Flags) -> LocalRecords:
    which = np.empty(len(order), dtype=np.int64)
    which[order] = row[order] * 2 + second
    keys, of_contact = np.unique(which, return_inverse=True)
    opened = np.full(len(keys), np.iinfo(np.int64).max)
    last = np.full(len(keys), np.iinfo(np.int64).min)
    np.minimum.at(opened, of_contact, us)
    np.maximum.at(last, of_contact, us)
    by_time = np.lexsort((keys, opened))
    rank = np.empty(len(keys), dtype=np.int64)
    rank[by_time] = np.arange(len(keys))
    keys = keys[by_time]
    return LocalRecords(keys // 2, opened[by_time], last[by_time], keys % 2 == 1, rank[of_contact])
