"""Write statutory returns out of plain values, by the same forms by which they are read."""

from __future__ import annotations

from casetrail.records.writing.chronicle import Chronicle, Happening, Holding, Occasion, Person
from casetrail.records.writing.write import SHAPES, ReturnWritten, Shape, write_return

__all__ = [
    "SHAPES",
    "Chronicle",
    "Happening",
    "Holding",
    "Occasion",
    "Person",
    "ReturnWritten",
    "Shape",
    "write_return",
]
