"""Reconcile what was submitted with what the other sources say; every difference has a name."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from casetrail.errors import InquiryError, IntegrityError
from casetrail.figures import Answer, Refusal, SourceRef
from casetrail.inquiry.model import Inquiry
from casetrail.inquiry.quarantine_kept import Standing, decisions
from casetrail.inquiry.reading import file_sha256
from casetrail.inquiry.reconcile_counts import figures_page, read_figures
from casetrail.inquiry.reconcile_items import Window, day_of
from casetrail.inquiry.reconcile_match import EFFECT, match
from casetrail.inquiry.reconcile_measures import Measure, measures
from casetrail.inquiry.reconcile_own import own_page
from casetrail.inquiry.reconcile_pages import PART_WORDS, About, Compared, pages, refused
from casetrail.inquiry.reconcile_parse import ReconcileAsked
from casetrail.inquiry.reconcile_read import How, SideRead, as_sent, beside, counted, read_side, with_words
from casetrail.inquiry.stamping import stamped
from casetrail.inquiry.work_folder import WorkFolder, write_whole
from casetrail.inquiry.work_owner import claim, keys_of
from casetrail.publish.envelope import INTERNAL
from casetrail.records import Keys
from casetrail.records.files import sha256_of_source
from casetrail.trail.waiting import slug

LIST = "reconciled-{}.csv"
_LISTED = (
    "measure",
    "part",
    "person",
    "day_submitted",
    "day_in_others",
    "place_submitted",
    "place_in_others",
    "effect",
    "stamp",
)


def reconcile(inquiry: Inquiry) -> tuple[Answer, ...]:
    """All reconciliations of an inquiry; a list of the rows that differ goes to the work folder, for inside the house.

    Raises InquiryError when nothing is asked; InputError; IntegrityError when parts do not add up.
    """
    if not inquiry.reconciles:
        raise InquiryError(
            "The inquiry names no submission.",
            where=inquiry.path.name,
            todo="Add a [[reconcile]] table with name, file, format, origin, from and to.",
            code="nothing_submitted",
        )
    work = WorkFolder(inquiry.work)
    work.prepare()
    claim(work, inquiry)
    keys = keys_of(work)
    return stamped(answer for asked in inquiry.reconciles for answer in _one(inquiry, asked, keys, work))


def _one(inquiry: Inquiry, asked: ReconcileAsked, keys: Keys, work: WorkFolder) -> tuple[Answer, ...]:
    specs = [spec for spec in inquiry.sources if not asked.against or spec.name in asked.against]
    files = {spec.name: file_sha256(spec.path) for spec in specs}
    how = How(keys, inquiry.as_of, Standing.of(decisions(work, keys), files), asked.activities)
    others = read_side(specs, how)
    words = dict(asked.activities)
    if asked.spec is None or asked.first is None or asked.last is None:
        ref = SourceRef(asked.name, sha256_of_source(asked.file), asked.origin)
        about = About(asked.name, "by period", (ref, *(one.ref for one in others)), asked.tolerance)
        return (figures_page(about, read_figures(asked.file), others, words),)
    # What was submitted is taken as it was sent: nothing of it is mended.
    (mine,) = read_side([asked.spec], replace(how, mends=Standing.of((), {})))
    window = Window(asked.first, asked.last)
    same = tuple(one for one in others if one.scheme == mine.scheme)
    about = About(
        asked.name,
        f"{asked.first.isoformat()} to {asked.last.isoformat()}",
        (mine.ref, *(one.ref for one in same or others)),
        asked.tolerance,
        _notes(others, same, window),
    )
    refusal = _refusal(mine, same, window)
    if refusal is not None:
        return refused(about, refusal)
    compared = [
        found
        for measure in measures()
        if (found := _compared(with_words(measure, words), mine, same, (window, asked.tolerance))) is not None
    ]
    _write_list(work.root / LIST.format(slug(asked.name)), compared)
    return (*pages(about, compared), *own_page(about, asked.spec, same, how))


def _notes(others: Sequence[SideRead], same: Sequence[SideRead], window: Window) -> tuple[str, ...]:
    """What a reader must know of the other sources: which could not be used, and which lack days."""
    notes = [
        f"Source '{one.name}' numbers persons in another way and is left out."
        for one in others
        if one not in same and same
    ]
    for one in same:
        first, last = one.covers
        if (first is not None and first > window.first) or (last is not None and last < window.last):
            notes.append(f"Source '{one.name}' does not cover all of these days: what it lacks may lie outside.")
    return tuple(notes)


def _refusal(mine: SideRead, same: Sequence[SideRead], window: Window) -> Refusal | None:
    if not same:
        return Refusal(
            "other_numbering",
            "No other source numbers persons as the submission does, so that no row can be told from another.",
            (
                "the same person_scheme in both, where their numbers are the same",
                "a table that joins the two numberings",
            ),
        )
    first, last = window.days
    for side, said in (([mine], "The submission"), (list(same), "The other sources")):
        if not any(first <= event.day <= last for one in side for event in one.events):
            return Refusal(
                "no_overlap",
                f"{said} hold nothing that any measure counts between {day_of(first)} and {day_of(last)}.",
                ("the days that the submission is about, as from and to", "an extract that covers these days"),
            )
    if not mine.persons & {person for one in same for person in one.persons}:
        return Refusal(
            "no_common_person",
            "Not one person is on both sides, although both say that they number persons in one way.",
            ("the number that both systems share, mapped as person",),
        )
    return None


def _compared(
    measure: Measure, mine: SideRead, others: Sequence[SideRead], rules: tuple[Window, int]
) -> Compared | None:
    """One measure on both sides; None where the submission does not hold it."""
    window, tolerance = rules
    if not mine.records(measure):
        return None
    submitted = as_sent(mine, measure, window)
    count = sum(item.counts for item in submitted)
    recording = [one for one in others if one.records(measure)]
    if not recording:
        return Compared(measure, count, None, persons=len({item.person for item in submitted if item.counts}))
    recounted = counted(recording, measure, window)
    sides = beside([mine], measure, sent=True), beside(others, measure, sent=False)
    found = Compared(
        measure,
        count,
        sum(item.counts for item in recounted),
        match(submitted, recounted, sides=sides, tolerance=tolerance),
    )
    if sum(EFFECT[told.part] for told in found.told) != found.difference:
        raise IntegrityError(
            "The parts of a difference do not add up to it: a fault of casetrail.", where=measure.id, code="parts_lost"
        )
    return found


def _write_list(path: Path, compared: Sequence[Compared]) -> None:
    """Every row that differs, with pseudonym, days and places: for inside the house."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(_LISTED)
    for one in compared:
        for told in one.told:
            if told.part != "agrees":
                both = (told.submitted, told.recounted)
                days = [day_of(item.day).isoformat() if item else "" for item in both]
                places = [item.place if item else "" for item in both]
                row = (one.measure.id, PART_WORDS[told.part], told.person, *days, *places, EFFECT[told.part], INTERNAL)
                writer.writerow(row)
    write_whole(path, "\ufeff" + out.getvalue())


def reconciled_again(inquiry: Inquiry, figure: str) -> Answer | None:
    """The answer of that id, asked anew; None when the inquiry does not ask it any more."""
    return next((answer for answer in reconcile(inquiry) if answer.id == figure), None)
