"""Counts of persons in the cells of a table: whole numbers, or what is wrong with the first that is none."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from casetrail.compare.tables.cells import read_cell
from casetrail.public.panel import Why
from casetrail.records.cells import Coded

Ints = npt.NDArray[np.int64]
LARGEST = 10**9

_WRONG = {
    "blank": ("a count is blank.", "Write 0 where there was nobody; a blank is not 0."),
    "not_a_number": ("a count is no number.", "Write a whole number of persons."),
    "withheld": (
        "a count was withheld by whoever published the table.",
        "A withheld count is not 0: ask for the count, or leave out the list that makes it small.",
    ),
    "negative_count": ("a count is below 0.", "A count of persons is 0 or more."),
    "fractional_count": (
        "a count is no whole number.",
        "Give counts of persons as they were counted; weighted or corrected tables are not for this method.",
    ),
    "too_large": ("a count is above a thousand million.", "Give a count of persons."),
}


def whole_numbers(column: Coded) -> tuple[Ints, tuple[int, str, str, str] | None]:
    """The counts of a column; and of the first cell that is none: row, words, what to do and code."""
    read = [_read(text) for text in column.values]
    numbers = np.array([*(n for n, _ in read), 0], dtype=np.int64)[column.codes]
    faults = [*(fault for _, fault in read), "blank"]
    for row, code in enumerate(column.codes.tolist()):
        fault = faults[code]
        if fault:
            return numbers, (row, *_WRONG[fault], fault)
    return numbers, None


def _read(text: str) -> tuple[int, str]:
    number, why = read_cell(text)
    if why in (Why.WITHHELD, Why.WITHHELD_OR_MISSING, Why.NOT_AVAILABLE, Why.NOT_APPLICABLE, Why.UNRELIABLE):
        return 0, "withheld"
    if why is not Why.PUBLISHED:
        return 0, "not_a_number"
    if number < 0:
        return 0, "negative_count"
    if number > LARGEST:
        return 0, "too_large"
    return (int(number), "") if number == int(number) else (0, "fractional_count")
