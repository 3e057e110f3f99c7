"""A small made-up world with all its returns, made once."""

from __future__ import annotations

import pytest

from casetrail.world import World

from .returned import Returned, returned


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Returned:
    """Eight hundred children over three years, more of them looked after than elsewhere."""
    world = World(children=800, years=3, seed=11, changes={"people.placed": 0.03})
    return returned(tmp_path_factory.mktemp("returns") / "made", world)
