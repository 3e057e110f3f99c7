"""The made-up authority. For now it holds one hand-made case with known answers; the simulator comes after."""

from casetrail.world.cases import CASES, write_case

__all__ = ["CASES", "write_case"]
