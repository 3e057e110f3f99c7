"""The Department's own series of medians by grade: facts as printed, added to nothing."""

from __future__ import annotations

from casetrail.compare.judges.words import NO_PERSON, SECTION
from casetrail.figures import Answer, Cell, Column, Origin, Provenance, Table
from casetrail.public.inspections import Grade, national_about, national_medians, national_source

_AFTER = tuple(sorted({m.years_after for m in national_medians()}))
COLUMNS = (
    Column("grade", "Judged"),
    *(Column(f"year_{k}", f"Year {k:+d}".replace("-", "−").replace("+0", "0"), "number", 2) for k in _AFTER),
    Column("change", "Last year less first", "number", 2),
)


def national_answer() -> Answer:
    """Median re-referral rates by grade, three years before to two years after the inspection."""
    about = national_about()
    by = {(m.grade, m.years_after): m.value for m in national_medians()}
    rows: list[tuple[Cell, ...]] = [
        (g.words, *(by[g, k] for k in _AFTER), round(by[g, _AFTER[-1]] - by[g, _AFTER[0]], 2)) for g in Grade
    ]
    return Answer(
        id="judges.national.re-referrals",
        section=SECTION,
        title=about["title"],
        sentence=_sentence(by),
        body=Table(COLUMNS, tuple(rows)),
        method="Medians as the Department printed them. How many authorities stand behind each is not printed, so "
        "there "
        "is no interval and no test.",
        provenance=Provenance("compare.judges.national", Origin.PUBLIC_AGGREGATE, (national_source(),)),
        caveats=(
            about["not_said"],
            "A median that moves after a low grade may move of itself; what follows such figures is not printed.",
            NO_PERSON,
        ),
    )


def _sentence(by: dict[tuple[Grade, int], float]) -> str:
    """The grades in the order of their medians before, and what became of the lowest grade's."""
    said = ", ".join(f"{by[g, -1]:.1f} % ({g.words})" for g in sorted(Grade, key=lambda g: by[g, -1]))
    moved = by[Grade.INADEQUATE, _AFTER[-1]] - by[Grade.INADEQUATE, 0]
    return (
        f"In the year before the inspection the median re-referral rates of the four grades were, lowest first, "
        f"{said}. "
        f"From the year of the inspection to two years after, that of authorities judged inadequate "
        f"{'rose' if moved > 0 else 'fell'} by {abs(moved):.1f} percentage points."
    )
