"""A small made-up world with all its returns, made once.

CASETRAIL_RETURNS_CHILDREN makes it larger: `just returns` runs the same tests on 5,000 children.
"""

from __future__ import annotations

import os

import pytest

from casetrail.world import World

from .returned import Returned, returned


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Returned:
    """Eight hundred children over three years, more of them looked after than elsewhere."""
    children = int(os.environ.get("CASETRAIL_RETURNS_CHILDREN", "800"))
    world = World(children=children, years=3, seed=11, changes={"people.placed": 0.03})
    return returned(tmp_path_factory.mktemp("returns") / "made", world)
