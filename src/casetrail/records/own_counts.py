"""Numbers that a return writes beside its rows, such as how many referrals a child had: by pseudonym and day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from casetrail.records.aside import person_at
from casetrail.records.enclosed import enclosed
from casetrail.records.extract import Extract
from casetrail.records.keys import Keys
from casetrail.records.returns.reading import sight
from casetrail.schema.events import MICROSECONDS_PER_DAY


@dataclass(frozen=True, slots=True)
class OwnCount:
    """What one row says: of whom, on which day (since 1970), and how many."""

    person: str
    day: int
    number: int


def own_counts(
    extract: Extract, *, keys: Keys, as_of: date, places: tuple[tuple[str, str, str], ...]
) -> tuple[tuple[OwnCount, ...], ...]:
    """For each place (table, column of the number, column of the date): the rows that have all of it.

    Rows set aside and cells that are no whole number give none. Raises as reading does.
    """
    with enclosed(extract.spec) as at_hand:
        tables = {table.held.form.name: table for table in sight(at_hand.spec, as_of=as_of).tables}
    found = []
    for name, column, at in places:
        told: list[OwnCount] = []
        table = tables.get(name)
        cells = None if table is None else table.held.grid.columns.get(column)
        if table is not None and cells is not None and at in table.days:
            person = table.held.grid.columns[table.held.form.person]
            days = table.days[at]
            for row in np.flatnonzero(~table.book.unusable & days.known & ~cells.blank).tolist():
                text = cells.values[int(cells.codes[row])].strip()
                who = person_at(person, row, extract.spec.person_scheme, keys)
                if who is not None and text.isascii() and text.isdigit() and len(text) < 5:
                    told.append(OwnCount(who, int(days.us[row]) // MICROSECONDS_PER_DAY, int(text)))
        found.append(tuple(told))
    return tuple(found)
