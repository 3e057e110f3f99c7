"""casetrail: evidence from linked case records. Public names load when first used."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from casetrail.errors import CasetrailError as CasetrailError
    from casetrail.figures import Answer as Answer
    from casetrail.figures import Estimate as Estimate
    from casetrail.figures import Refusal as Refusal
    from casetrail.figures import Table as Table

_HOME = {
    "CasetrailError": "casetrail.errors",
    "Answer": "casetrail.figures",
    "Estimate": "casetrail.figures",
    "Refusal": "casetrail.figures",
    "Table": "casetrail.figures",
}

__all__ = ["Answer", "CasetrailError", "Estimate", "Refusal", "Table"]


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import version

        return version("casetrail")
    if name in _HOME:
        return getattr(importlib.import_module(_HOME[name]), name)
    raise AttributeError(f"module 'casetrail' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
