"""Answers with the version of casetrail that made them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from importlib.metadata import version

from casetrail.figures import Answer


def stamped(found: Iterable[Answer]) -> tuple[Answer, ...]:
    """The same answers, each with the version in its provenance."""
    now = version("casetrail")
    return tuple(replace(a, provenance=replace(a.provenance, version=now)) for a in found)
