"""Words that the trail's tables use: kinds of spell, reasons for limbo, levels and groupings."""

from __future__ import annotations

from typing import Literal, TypeAlias

HELD = "held"
JOINT = "joint"
LIMBO = "limbo"

SENT_NOT_ACCEPTED = "sent, not accepted"
AFTER_CLOSURE = "after closure"
NOBODY_RECORDED = "nobody recorded"

Level: TypeAlias = Literal["agency", "team"]
LEVELS: tuple[Level, ...] = ("agency", "team")

# Never "worker": a worker is not a grouping.
By: TypeAlias = Literal["all", "agency", "team", "period", "type", "person"]
OpenEnds: TypeAlias = Literal["last_event", "as_of"]
