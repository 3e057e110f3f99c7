"""One person's trail on one page, for inside the house: a reason is asked and the view is logged."""

from __future__ import annotations

from datetime import date

from casetrail.errors import ProtectionError
from casetrail.figures import Answer, Origin
from casetrail.inquiry.following import followed
from casetrail.inquiry.model import Inquiry
from casetrail.inquiry.reading import end_of_day_us
from casetrail.inquiry.stamping import stamped
from casetrail.inquiry.work_folder import WorkFolder
from casetrail.records import Keys
from casetrail.trail.asking import Asking
from casetrail.trail.person import events, learnt_later, spells


def show(
    inquiry: Inquiry,
    person: str,
    *,
    scheme: str | None = None,
    reason: str = "",
    known_on: date | None = None,
    today: date,
) -> tuple[Answer, ...]:
    """Events and spells of one person, and what was learnt later.

    `person` is a pseudonym, or with `scheme` the identifier as an agency writes it. Raises
    ProtectionError without a reason for real persons; UnknownNameError.
    """
    real = any(source.origin is Origin.REAL for source in inquiry.sources)
    if real and not reason.strip():
        raise ProtectionError(
            "Looking at one person's trail needs a reason; it is written to the view log.",
            todo='Add --reason "why you need to see it".',
            code="reason_missing",
        )
    work = WorkFolder(inquiry.work)
    with followed(inquiry, known_on=known_on) as (trail, _):
        pseudonym = person if scheme is None else Keys.load(work.key_file).person(scheme, person)
        number = trail.person_no(pseudonym)
        # Written before anything is looked up for the eye: for which purpose, and why.
        other = "made-up or published data"
        purpose = inquiry.protection.purpose if inquiry.protection else other
        work.add_view({"person": pseudonym, "what": "trail", "reason": reason or other, "purpose": purpose}, today)
        asking = Asking(trail, "all", None)
        found = [events(asking, person_no=number), spells(asking, person_no=number)]
        if known_on is not None:
            day = end_of_day_us(known_on, inquiry.zone)
            found.append(learnt_later(asking, person_no=number, known_on_us=day))
    return stamped(found)
