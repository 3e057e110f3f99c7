"""What every answer on inspections says beside itself, and how it cites its sources."""

from __future__ import annotations

from casetrail.compare.judges.series import Series, not_in
from casetrail.compare.words import slug
from casetrail.figures import Origin, Provenance, SourceRef
from casetrail.public.inspections import judgement_titles
from casetrail.public.panel import Panel
from casetrail.stats.known_truth import scored

SECTION = "Judge the judges"
PERMUTATIONS = 999

YEARS_METHOD = (
    "Reporting years from April to March; year 0 is the one in which the inspection began. Figures are taken "
    "relative to the median of all bodies in the same year, and those that the gates call unfit are left out. "
    "Kendall's tau-b of grade and figure, with the standard error of Brown and Benedetti (Journal of the American "
    "Statistical Association 72, 1977, 309-315) over bodies. p: inspections (year and grade) dealt anew among the "
    "bodies that had one, all years tested at once by their greatest (Westfall and Young, 1993), then times the "
    "number of figures looked at."
)
AFTER_METHOD = (
    "Figure of the year after an inspection less that of the year before, and what follows figures like these "
    "where there was none: predicted from the last figure, the mean of three years and the mean of all years "
    "before, and what moved all bodies in that year, by least squares over years without an inspection in this "
    "table (regression to the mean: Galton, Journal of the Anthropological Institute 15, 1886, 246-263). Interval "
    "and p: t over bodies. Placebo: each inspection moved to another year of the same body."
)
NOT_QUALITY = (
    "A figure that does not go with a grade does not show that the grade is wrong: inspectors read files and talk "
    "to children and workers, and these figures count. Nor does one that goes with it show that the grade is "
    "right: both can rest on the same records."
)
LATEST_ONLY = (
    "Only the latest judgement of each body is in this table. Bodies judged low are inspected again sooner, so "
    "the low grades that are left are recent or stood out; and the years before an inspection hold earlier ones "
    "that are not listed, which the years without an inspection are taken for."
)
NOT_AN_EFFECT = (
    "What goes beyond is not yet an effect of the inspection: whoever chose whom to inspect may have known what "
    "was to come, and recording may change after a judgement as well as work."
)
NO_PERSON = "Grades and figures are of bodies; nothing here says anything about a person who worked there."


def part(series: Series) -> str:
    """The judgement in a sentence: `overall effectiveness (ILACS)`."""
    title = judgement_titles().get(series.judgement, series.judgement)
    return f"{title[:1].lower()}{title[1:]} ({series.framework})"


def beside(series: Series, panel: Panel | None = None) -> tuple[str, ...]:
    """What stands beside every answer on one series, and beside one panel."""
    said = [NOT_QUALITY]
    if series.latest_only:
        said.append(LATEST_ONLY)
    if series.undated:
        said.append(
            f"{series.undated} grades have no day of inspection in the source, and so no year; they are left out."
        )
    missing = 0 if panel is None else not_in(panel, series)
    if missing:
        said.append(f"{missing} grades are of bodies that the table of figures does not have; they are left out.")
    return (*said, NO_PERSON, known_truth("before_after_event.grades"))


def provenance(
    question: str, series: Series | None, panels: tuple[Panel, ...], *, seed: int | None = None, **more: object
) -> Provenance:
    """Both tables by hash, and what to ask again for the same figure."""
    sources: list[SourceRef] = [] if series is None else [series.source]
    sources += [p.source for p in panels if p.source not in sources]
    made_up = any(s.origin is Origin.MADE_UP for s in sources)
    asked: dict[str, object] = {"measures": ", ".join(p.measure.id for p in panels)} if panels else {}
    if series is not None:
        asked |= {"framework": series.framework, "judgement": series.judgement}
    return Provenance(
        question=f"compare.judges.{question}",
        origin=Origin.MADE_UP if made_up else sources[0].origin,
        sources=tuple(dict.fromkeys(sources)),
        parameters=tuple((asked | more).items()),
        seed=seed,
    )


def known_truth(method: str) -> str:
    """How a method did on made-up worlds, or that the code as installed is not scored."""
    return scored(method, "judges")


def short(name: str) -> str:
    """A name of the user's as it stands in an id: never too long for one."""
    return slug(name)[:40].strip("-") or "unnamed"


def figure(value: float, digits: int = 2) -> str:
    """A number with a true minus sign and its plus."""
    return f"{value:+.{digits}f}".replace("-", "−")


def p_words(p: float) -> str:
    """`p 0.03`, `p below 0.001`."""
    return "p below 0.001" if p < 0.001 else f"p {p:.2g}"
