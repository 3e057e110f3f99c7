"""What stands beside every answer on audits, and how it says where it comes from."""

from __future__ import annotations

from casetrail.compare.audit.rated import Rated
from casetrail.figures import Origin, Provenance, SourceRef
from casetrail.stats.known_truth import scored

DRAW, RATINGS, BESIDE, FILES, LQAS = (f"audit.{what}" for what in ("draw", "ratings", "beside", "files", "lqas"))
SECTION = "Do indicators see what audits see?"

NO_WORKER = (
    "No rater and no worker is named or set in an order. Raters are numbers that hold for one run; a case's worker is "
    "never read."
)
BODIES = "Units are bodies, such as teams or authorities. A table of single workers is not what this is for."
NOT_A_SCORE = "An audit grades a file. It is no score of a child or a family, and none is made from it."
PAPER = (
    "A file is what was written down: good work can stand in a poor file, and a good file does not show that a child "
    "was seen, heard or safe."
)
NO_LEAGUE = "Bodies stand in the order of their names. Where intervals overlap, nobody is shown to be better."
NO_RECORDS = "No record stands behind this: it is what chance does when files are drawn at random."


def arithmetic(question: str, **parameters: object) -> Provenance:
    """For answers that need no record: the parameters alone give them again."""
    source = SourceRef("exact chances of drawing files", "", Origin.MADE_UP, note="no records")
    return Provenance(question, Origin.MADE_UP, (source,), parameters=tuple(sorted(parameters.items())))


def of_ratings(rated: Rated) -> Provenance:
    """The file of ratings by hash, and how it was read."""
    return Provenance(RATINGS, rated.source.origin, (rated.source,), parameters=(("read", dict(rated.read)),))


def known_truth(method: str) -> str:
    """How a method did on made-up worlds, or that the code as installed is not scored."""
    return scored(method, "audit")


def percent(share: float) -> str:
    """A share in per cent with one decimal, without a needless one."""
    return f"{100 * share:.1f} %".replace(".0 %", " %")


def files(count: int) -> str:
    """A number of files with its noun."""
    return f"{count:,} {'file' if count == 1 else 'files'}"
