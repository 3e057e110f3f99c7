"""What a reconciliation says: counts side by side, the parts of each difference, and how each measure is defined."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from casetrail.figures import Answer, Column, Provenance, Refusal, SourceRef, Table
from casetrail.inquiry.reconcile_match import EFFECT, Part, Told
from casetrail.inquiry.reconcile_measures import Measure
from casetrail.trail import joint_origin
from casetrail.trail.waiting import slug

SECTION = "What was submitted, and what the records say"
PART_WORDS: dict[Part, str] = {
    "agrees": "the same day on both sides",
    "other day": "another day within the tolerance; both count",
    "other day, submitted alone counts": "another day, by which only the submission counts it",
    "other day, others alone count": "another day, by which only the other sources count it",
    "same day, submitted alone counts": "the same day, but the submission alone counts it (end or earlier one)",
    "same day, others alone count": "the same day, but the others alone count it (end or earlier one)",
    "twice in the submission": "counted twice in the submission",
    "twice in the others": "counted twice in the other sources",
    "near in the others": "in the other sources under another definition",
    "near in the submission": "in the submission under another definition",
    "set aside in the others": "a row of that person was set aside in the other sources",
    "set aside in the submission": "a row of that person was set aside in the submission",
    "no date in the others": "a row of that person in the other sources has no date that can be read",
    "no date in the submission": "a row of that person in the submission has no date that can be read",
    "person not in the others": "of a person whom the other sources do not have",
    "person not in the submission": "of a person whom the submission does not have",
    "not in the others": "only in the submission",
    "not in the submission": "only in the other sources",
}


@dataclass(frozen=True, slots=True)
class Compared:
    """One measure on both sides; None: that side could not record it. `persons`: of the submission alone."""

    measure: Measure
    submitted: int | None
    recounted: int | None
    told: tuple[Told, ...] = ()
    persons: int | None = None

    @property
    def difference(self) -> int | None:
        """Submitted less recounted."""
        return None if self.submitted is None or self.recounted is None else self.submitted - self.recounted


@dataclass(frozen=True, slots=True)
class About:
    """Which submission, over which days, beside which sources, and what to say of them."""

    name: str
    days: str
    refs: tuple[SourceRef, ...]
    tolerance: int
    notes: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        return f"reconcile.{slug(self.name)}"


def refused(about: About, refusal: Refusal) -> tuple[Answer, ...]:
    """The one answer of a submission that cannot be set beside the other sources."""
    return (
        answer_of(
            about, "", f"{about.name}: not reconciled", "The two sides cannot be set beside each other.", refusal
        ),
    )


def pages(about: About, compared: Sequence[Compared]) -> tuple[Answer, ...]:
    """Three answers: the counts, the parts of each difference, the definitions."""
    return (_counts(about, compared), _parts(about, compared), _definitions(about, compared))


def _counts(about: About, compared: Sequence[Compared]) -> Answer:
    columns = (
        Column("measure", "Measure"),
        Column("submitted", "Submitted", "count"),
        Column("recounted", "In the other sources", "count"),
        Column("difference", "Difference", "count"),
        Column("persons", "Persons behind it", "persons"),
    )
    rows = tuple(
        (one.measure.title, one.submitted, one.recounted, one.difference, _persons_behind(one)) for one in compared
    )
    both = [one for one in compared if one.difference is not None]
    same = sum(all(told.part == "agrees" for told in one.told) for one in both)
    sentence = (
        f"{about.name}, {about.days}: {len(both)} measures stand on both sides; {same} of them agree row by row, and "
        "the differences of the others are named part by part."
        + _wordless([one.measure.id for one in compared if one.difference is None])
    )
    method = (
        "Each measure is counted in the submission and, by the same definition, in the other sources together; the "
        "same person, day and activity told by two sources is one. Persons behind it: of the rows that differ, and "
        "where none does, of all."
    )
    return answer_of(about, "", f"{about.name}: submitted and recounted", sentence, Table(columns, rows), method)


def _wordless(measures: Sequence[str]) -> str:
    """That a measure stands on one side alone tells of words, not of what happened."""
    if not measures:
        return ""
    return (
        f" No other source has a word that is known for {len(measures)} measures of the submission "
        f"({', '.join(measures)}): words of its own can be named in [reconcile.activities]."
    )


def _persons_behind(one: Compared) -> int | None:
    if one.difference is None:
        return one.persons
    differing = {told.person for told in one.told if told.part != "agrees"}
    return len(differing or {told.person for told in one.told})


def _parts(about: About, compared: Sequence[Compared]) -> Answer:
    columns = (
        Column("measure", "Measure"),
        Column("part", "Part"),
        Column("rows", "Rows", "count"),
        Column("effect", "Effect on the difference", "count"),
        Column("persons", "Persons", "count"),
        Column("fewest", "Fewest persons in a part of it", "persons"),
    )
    rows: list[tuple[str, str, int, int, int, int]] = []
    for one in compared:
        by_part = {part: [told for told in one.told if told.part == part] for part in EFFECT}
        found = {part: told for part, told in by_part.items() if told}
        persons = {part: len({one.person for one in told}) for part, told in found.items()}
        # One part alone must not come out by subtraction: where one is of few persons, all of the measure go with it.
        fewest = min(persons.values(), default=0)
        for part, told in found.items():
            rows.append(
                (one.measure.title, PART_WORDS[part], len(told), EFFECT[part] * len(told), persons[part], fewest)
            )
    method = (
        f"Rows of one person match on the same day, else on the nearest within {about.tolerance} days. Each row lands "
        "in one part, so that the effects add up to submitted less recounted. A row without a partner is looked for, "
        "in this order, among what stands close to the measure, rows without a date, and rows set aside: that such a "
        "row is the one is likely, not certain. Where a part is of few persons, all parts of its measure are withheld."
    )
    sentence = "Every row that counts on either side, in one part each; the effects add up to the difference."
    body: Table | Refusal = Table(columns, tuple(rows))
    if not rows:
        body = Refusal("no_rows", "Neither side has a row that counts in these days.")
    return answer_of(about, ".parts", f"{about.name}: what each difference is made of", sentence, body, method)


def _definitions(about: About, compared: Sequence[Compared]) -> Answer:
    columns = (
        Column("measure", "Measure"),
        Column("definition", "Counted is"),
        Column("source", "Source of the definition"),
        Column("checked", "Checked against the source"),
    )
    rows = tuple(
        (one.title, one.definition, one.source, "yes" if one.checked else "unchecked")
        for one in (found.measure for found in compared)
    )
    sentence = "What each measure counts; definitions marked unchecked are from memory of the guide that they name."
    return answer_of(
        about, ".definitions", f"{about.name}: how each measure is defined", sentence, Table(columns, rows)
    )


def answer_of(  # noqa: PLR0917  the words of one answer, in reading order
    about: About,
    suffix: str,
    title: str,
    sentence: str,
    body: Table | Refusal,
    method: str = "Definitions ship as data.",
) -> Answer:
    return Answer(
        id=f"{about.id}{suffix}",
        section=SECTION,
        title=title,
        sentence=sentence,
        body=body,
        method=method,
        caveats=about.notes,
        provenance=Provenance(
            f"{about.id}{suffix}",
            joint_origin([ref.origin for ref in about.refs]),
            about.refs,
            (("tolerance_days", about.tolerance), ("days", about.days)),
        ),
    )
