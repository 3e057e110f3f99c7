"""Published panels of the same bodies, each with the verdict of its gates: what a comparison is made on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from casetrail.compare.quality import Quality, assess_all
from casetrail.public.panel import Panel
from casetrail.public.shipped import shipped_panels

SHIPPED = "shipped"


@dataclass(frozen=True, slots=True)
class Collection:
    """Panels by measure, in the order of their table, with their quality. `name` says which table."""

    name: str
    qualities: Mapping[str, Quality]

    @property
    def shipped(self) -> bool:
        """Whether these are the published figures that ship, of which casetrail knows more than the table says."""
        return self.name == SHIPPED

    @property
    def panels(self) -> tuple[Panel, ...]:
        return tuple(q.panel for q in self.qualities.values())

    @property
    def periods(self) -> tuple[str, ...]:
        """Every period of any panel, in order."""
        return tuple(dict.fromkeys(p for panel in self.panels for p in panel.periods))


def collected(name: str, panels: Sequence[Panel], flows: Mapping[str, tuple[str, str]] | None = None) -> Collection:
    """Judge the panels of a table; `flows` as for `assess_all`."""
    return Collection(name, assess_all(panels, flows))


@lru_cache(maxsize=1)
def shipped_collection() -> Collection:
    """The figures that ship."""
    return collected(SHIPPED, shipped_panels())
