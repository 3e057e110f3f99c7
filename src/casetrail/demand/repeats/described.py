"""Repeat counts with what is known of the persons: columns of names and of numbers made into a regression's design."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np

from casetrail.demand.repeats.covariates import Floats, Known, known


@dataclass(frozen=True, slots=True)
class Cell:
    """`persons` persons with these `labels` (one for each column of names) and `numbers`, recorded `times` times."""

    labels: tuple[str, ...]
    numbers: tuple[float, ...]
    times: int
    persons: int


@dataclass(frozen=True, slots=True)
class Described:
    """Columns of names (`by`) and of numbers (`along`), and every cell."""

    by: tuple[str, ...]
    along: tuple[str, ...]
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Designed:
    """The design of a regression, and how to read it.

    `groups`: column, level and the rows of `known` (bool) that have it. `terms`: for each column of the design but the
    first, in words what is compared, and the number by which its coefficient is to be divided.
    """

    known: Known
    groups: tuple[tuple[str, str, Floats], ...]
    terms: tuple[tuple[str, float], ...]


def designed(of: Described) -> Designed:
    """A constant, one column for each level but the commonest, and one for each column of numbers in its own spread.

    Nobody's cells (0 persons) stay rows. Raises: ValueError as `covariates.known` does.
    """
    rows = len(of.cells)
    columns: list[Floats] = [np.ones(rows)]
    names, groups, terms = ["constant"], [], []
    for at, column in enumerate(of.by):
        labels = np.array([cell.labels[at] for cell in of.cells])
        held: Counter[str] = Counter()
        for cell in of.cells:
            held[cell.labels[at]] += cell.persons
        # Equally many: by name, so that the same table gives the same design.
        order = sorted(held, key=lambda label: (-held[label], label))
        groups += [(column, label, labels == label) for label in sorted(held)]
        for label in order[1:]:
            columns.append((labels == label).astype(np.float64))
            names.append(f"{column}: {label}")
            terms.append((f"{column}: {label}, beside {order[0]}", 1.0))
    for at, column in enumerate(of.along):
        numbers = np.array([cell.numbers[at] for cell in of.cells])
        spread = float(np.std(numbers)) or 1.0
        columns.append((numbers - numbers.mean()) / spread)
        names.append(column)
        terms.append((f"{column}: one more", spread))
    design = np.column_stack(columns)
    times, persons = ([getattr(cell, name) for cell in of.cells] for name in ("times", "persons"))
    return Designed(known(names, design, times, persons), tuple(groups), tuple(terms))
