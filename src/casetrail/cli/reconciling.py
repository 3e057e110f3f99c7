"""The verb reconcile: what was submitted beside what the other sources say."""

from __future__ import annotations

from casetrail.cli.looking import say
from casetrail.cli.making import today
from casetrail.cli.options import InquiryFile, Json, Out


def reconcile(file: InquiryFile, out: Out = None, json: Json = False) -> None:
    """Set a submitted return, or submitted figures, beside the other sources, and name every difference.

    The inquiry names the submission in \\[\\[reconcile]] tables. The rows that differ go to the work folder,
    by pseudonym.

    Example: [bold]casetrail reconcile inquiry.toml[/]
    """
    from casetrail import inquiry
    from casetrail.inquiry.reconciling import reconcile as reconciled

    wanted = inquiry.parse(file, today=today())
    found = reconciled(wanted)
    if out is not None:
        from casetrail.cli.looking import _pack

        _pack(found, out, wanted)
    say(found, "reconcile", json=json)
