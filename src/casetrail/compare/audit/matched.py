"""Units that have both an indicator and audited files, and what the joint model says of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from casetrail.compare.audit.rated import Indicators, Rated
from casetrail.figures import Refusal
from casetrail.stats.audit_model import FEWEST, Joint, Levels, joint_model
from casetrail.stats.audit_ratings import FEWEST_TWICE, AuditLevels, Ratings, audit_levels


@dataclass(frozen=True, slots=True)
class Both:
    """Units that have both, with their levels in the same order; `joint` None where `why` says it cannot be asked."""

    units: tuple[str, ...]
    share: tuple[float, ...]
    audit: AuditLevels
    joint: Joint | None
    why: Refusal | None
    lacking: tuple[int, int]


def matched(rated: Rated, indicator: Indicators, level: float) -> Both:
    """Units by name, upper and lower case alike; those that lack one of the two are counted."""
    numbers = {name.strip().casefold(): i for i, name in enumerate(rated.units)}
    known = rated.scored.known()
    with_files = set(np.unique(known.unit).tolist())
    pairs = [
        (at, numbers[name.strip().casefold()])
        for at, name in enumerate(indicator.units)
        if numbers.get(name.strip().casefold()) in with_files
    ]
    pairs.sort(key=lambda pair: indicator.units[pair[0]])
    rows = np.array([at for at, _ in pairs], dtype=np.int64)
    lacking = (len(indicator.units) - len(pairs), len(with_files) - len(pairs))
    names, share = tuple(indicator.units[at] for at, _ in pairs), tuple(float(indicator.share[at]) for at, _ in pairs)
    audit = audit_levels(_only(known, [number for _, number in pairs]) if pairs else known)
    why = _refused(len(pairs), audit)
    if why is not None:
        return Both(names, share, audit, None, why, lacking)
    sign = -1.0 if indicator.lower_is_better else 1.0
    joint = joint_model(Levels(sign * indicator.level[rows], indicator.variance[rows]), audit, level=level)
    if joint is None:
        why = Refusal("no_differences", "All units have the same value on one of the two.", ("other units",))
    elif joint.tells_nothing:
        why = Refusal(
            "audit_tells_nothing",
            f"Any correlation from {joint.low:.2f} to {joint.high:.2f} is possible: the audits differ so little beyond "
            f"their own error (reliability {joint.reliability[1]:.2f}) that they cannot bear the indicator out or not.",
            ("more files in each unit", "more units", "more files rated twice", "raters who agree better"),
        )
    return Both(names, share, audit, joint, why, lacking)


def _only(known: Ratings, order: list[int]) -> Ratings:
    """Ratings of these units, renumbered in this order."""
    place = np.full(max(int(known.unit.max()), *order) + 1, -1, dtype=np.int64)
    place[order] = np.arange(len(order))
    on = place[known.unit] >= 0
    return Ratings(place[known.unit[on]], known.file[on], known.rater[on], known.score[on], known.weight[on])


def _refused(units: int, audit: AuditLevels) -> Refusal | None:
    if units < FEWEST:
        return Refusal(
            "too_few_units",
            f"{units} units have both an indicator and audited files; fewer than {FEWEST} show no correlation.",
            ("more units", "the same names of units in both files"),
        )
    if audit.raters.files < FEWEST_TWICE:
        return Refusal(
            "rater_error_unknown",
            f"{audit.raters.files} files were rated by two raters; with fewer than {FEWEST_TWICE} the error of raters "
            "is not known, and nothing can be corrected for it.",
            ("a quarter of the files rated again by somebody else",),
        )
    if audit.freedom == 0:
        return Refusal("one_file_each", "No unit has two files: chance in drawing them is not known.", ("more files",))
    return None
