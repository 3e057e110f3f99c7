"""One tree of errors; one exit code per class.

Every message says what is wrong, where, and what to do about it. No message carries a value from a
person's record: a place (file, sheet, record, column) and a code are enough to find the row.
"""

from __future__ import annotations


class CasetrailError(Exception):
    """Base of every error casetrail raises on purpose.

    `what` states the fault, `where` the place, `todo` the way out. `code` is stable and can be
    searched for in the manual.
    """

    exit_code = 1

    def __init__(self, what: str, *, where: str = "", todo: str = "", code: str = "") -> None:
        self.what = what
        self.where = where
        self.todo = todo
        self.code = code or type(self).__name__
        super().__init__(what)

    def __str__(self) -> str:
        parts = [self.what]
        if self.where:
            parts.append(f"Where: {self.where}")
        if self.todo:
            parts.append(f"What to do: {self.todo}")
        return "\n".join(parts)


class InquiryError(CasetrailError):
    """The inquiry file cannot be understood."""

    exit_code = 3


class InputError(CasetrailError):
    """An extract cannot be read at all (a single bad row is quarantined instead)."""

    exit_code = 4


class ProtectionError(CasetrailError):
    """Personal data would be used without the basis that the rules of evidence ask for."""

    exit_code = 5


class StoreError(CasetrailError):
    """The database engine failed; its own words are withheld because they can quote a record."""

    exit_code = 6


class OutputError(CasetrailError):
    """A result cannot be written: folder, permissions, space, or a file open elsewhere."""

    exit_code = 7


class StatuteError(CasetrailError):
    """No calendar or timescale is known for the place and day asked for."""

    exit_code = 8


class MissingExtraError(CasetrailError):
    """An optional part of casetrail is not installed."""

    exit_code = 9

    def __init__(self, extra: str, *, needed_for: str) -> None:
        super().__init__(
            f"The optional part '{extra}' is not installed; it is needed for {needed_for}.",
            todo=f'python -m pip install "casetrail[{extra}]"',
        )


class IntegrityError(CasetrailError):
    """A promise that must hold exactly does not hold: an identity, a hash, a count of rows."""

    exit_code = 10


class UnknownNameError(CasetrailError):
    """A name asked for (authority, year, person, figure) is not in the data."""

    exit_code = 11


class WorldError(CasetrailError):
    """A made-up world cannot be made as asked: unknown scenario, parameter out of range, model without a way out."""

    exit_code = 12
