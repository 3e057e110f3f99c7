"""What a workbook that came back decides: row by row, what is new, what is known, what cannot be taken and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from casetrail.inquiry.mend_sheet import MendSheet, SheetRow
from casetrail.inquiry.quarantine_kept import Decision, Which
from casetrail.inquiry.quarantine_rows import Row, is_cut, same, shown, taken
from casetrail.inquiry.quarantine_sheet import heading
from casetrail.records import Mend
from casetrail.records.cells import MARKS

# How each row of the workbook was taken, in words for whoever mended.
WORDS: Mapping[str, str] = {
    "untouched": "left alone",
    "mended": "mended anew",
    "replaced": "mended otherwise than before: the later mend counts",
    "again": "mended as before already",
    "undone": "taken back: read as the file has it",
    "as_in_the_file": "as in the file, though mended since: the mend stays; write yes under [undo] to take it back",
    "nothing_to_undo": "marked [undo], but there is no mend to take back",
    "unknown_id": "with an [id] that is none of this quarantine: edited, of another inquiry, or of an older reading",
    "no_id": "without an [id]: added by hand, not taken",
    "source_changed": "of a source whose file has changed since: write a new workbook and mend there",
    "earlier": "written before a later mend of the same record, and changed: write a new workbook and mend there",
    "twice": "there twice with different cells: neither was taken",
    "formula": "with a formula or an error in a cell: write the value",
    "too_long": "with a cell too long for a workbook: mend the file itself",
    "shut": "of a record that is not kept because it is, or may be, legally privileged: mend the file itself",
    "deleted": "no longer in the workbook: they stay as they are",
    "column_gone": "with a column taken out: its cells count as left alone",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Deciding:
    """The decisions that are new, how many rows were taken how, and where those are that could not be taken."""

    fresh: tuple[Decision, ...]
    counts: Mapping[str, int]
    places: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class _Known:
    """A record that an id stands for: `state` says which of its contents the workbook was written with."""

    row: Row
    state: str  # file | stands | earlier


@dataclass(slots=True)
class _Book:
    sheet: MendSheet
    on: str
    fresh: dict[Which, Decision] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    places: dict[str, list[str]] = field(default_factory=dict)

    def say(self, how: str, place: str) -> None:
        self.counts[how] += 1
        self.places.setdefault(how, []).append(place)

    def unsay(self, place: str) -> None:
        """Take back how a row was taken."""
        for how in [how for how, places in self.places.items() if place in places and how != "column_gone"]:
            self.places[how].remove(place)
            self.counts[how] -= 1
            if not self.counts[how]:
                del self.counts[how], self.places[how]

    def decide(self, row: Row, cells: Mapping[str, str | None], *, undone: bool = False) -> None:
        mend = Mend(
            file=row.file,
            table=row.table,
            sheet=row.sheet,
            record=row.record,
            cells=dict(cells),
            was={} if row.raw is not None else {name: row.cells.get(name) for name in cells},
            raw=row.raw,
        )
        about = {"on": self.on, "workbook": self.sheet.sha256, "undone": undone}
        self.fresh[row.which] = Decision(source=row.source, sha256=row.sha256, mend=mend, **about)  # type: ignore[arg-type]


def decided(
    sheet: MendSheet, rows: Iterable[Row], *, files: Mapping[str, str], earlier: Sequence[Decision], on: str
) -> Deciding:
    """Compare a workbook with the quarantine as it is.

    `files` are the hashes of the sources as they are, `earlier` all decisions ever taken, `on` is today.
    """
    book = _Book(sheet, on)
    known: dict[str, _Known] = {}
    past: dict[Which, list[Decision]] = {}
    for one in earlier:
        past.setdefault(one.which, []).append(one)
    for row in rows:
        known |= _ids(row, past.get(row.which, ()))
    stale = {source for source, sha256 in sheet.files.items() if files.get(source, sha256) != sha256}
    seen: dict[str, SheetRow] = {}
    for given in sheet.rows:
        if given.source in stale:
            book.say("source_changed", given.place)
        elif not given.id:
            book.say("no_id", given.place)
        elif given.id not in known:
            book.say("unknown_id", given.place)
        elif given.id in seen:
            _twice(book, known[given.id], seen[given.id], given)
        else:
            seen[given.id] = given
            _take(book, known[given.id], given)
    _missing(book, stale)
    places = {how: tuple(found) for how, found in book.places.items()}
    return Deciding(fresh=tuple(book.fresh.values()), counts=dict(book.counts), places=places)


def _ids(row: Row, earlier: Sequence[Decision]) -> dict[str, _Known]:
    """Every id that a workbook may have been written with for this record."""
    ids = {
        row.id_of({**row.cells, **one.mend.cells}): _Known(row, "earlier") for one in earlier if one.which == row.which
    }
    ids[row.id_of(row.cells)] = _Known(row, "file")
    if row.decision is not None:
        ids[row.id_of(row.now)] = _Known(row, "stands")
    return ids


def _twice(book: _Book, known: _Known, first: SheetRow, given: SheetRow) -> None:
    """A row copied as it is changes nothing; with other cells nobody can say which is meant."""
    if first.cells == given.cells and first.undo == given.undo:
        return
    book.fresh.pop(known.row.which, None)
    book.unsay(first.place)
    book.say("twice", f"{first.place} and {given.place}")


def _take(book: _Book, known: _Known, given: SheetRow) -> None:
    row = known.row
    base = row.now if known.state == "stands" else row.cells
    changed = _changed(book, row, base, given)
    if given.undo:
        if row.decision is None:
            book.say("nothing_to_undo", given.place)
        else:
            book.decide(row, {}, undone=True)
            book.say("undone", given.place)
        return
    why = _refused(row, base, changed, given)
    if changed and (why or known.state == "earlier"):
        book.say(why or "earlier", given.place)
        return
    cells = {name: taken(given.cells[heading(name)], row.cells.get(name)) for name in changed}
    book.say(_decide(book, known, cells), given.place)


def _decide(book: _Book, known: _Known, changed: Mapping[str, str | None]) -> str:
    """Take the changed cells of one record; says how."""
    row, stands = known.row, known.row.decision
    if not changed:
        return "as_in_the_file" if stands is not None and known.state == "file" else "untouched"
    before = dict(stands.mend.cells) if stands is not None and known.state == "stands" else {}
    cells = {name: text for name, text in {**before, **changed}.items() if text != row.cells.get(name)}
    if stands is None:
        book.decide(row, cells)
        return "mended"
    if cells == dict(stands.mend.cells):
        return "again"
    book.decide(row, cells, undone=not cells)
    return "replaced" if cells else "undone"


def _changed(book: _Book, row: Row, base: Mapping[str, str | None], given: SheetRow) -> list[str]:
    """The columns in which the workbook says otherwise than it was written."""
    gone = [name for name in row.cells if heading(name) not in given.cells]
    if gone:
        book.say("column_gone", given.place)
    there = [name for name in row.cells if heading(name) in given.cells]
    return [
        name
        for name in there
        if heading(name) in given.formulas or not same(shown(base.get(name)), shown(given.cells[heading(name)]))
    ]


def _refused(row: Row, base: Mapping[str, str | None], changed: Sequence[str], given: SheetRow) -> str:
    texts = [given.cells[heading(name)] or "" for name in changed]
    if row.shut:
        return "shut"
    if any(heading(name) in given.formulas for name in changed) or any(text[:1] == MARKS[1] for text in texts):
        return "formula"
    return "too_long" if any(is_cut(base.get(name)) for name in changed) else ""


def _missing(book: _Book, stale: set[str]) -> None:
    """Rows that were written and are there no more."""
    written = sum(count for source, count in book.sheet.counts.items() if source not in stale)
    there = len({given.id for given in book.sheet.rows if given.source not in stale and given.id})
    if written > there:
        book.counts["deleted"] = written - there
