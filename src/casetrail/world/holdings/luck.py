"""Random numbers by purpose: one agency's draws do not depend on which other agencies there are."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np


def luck(rng: np.random.Generator) -> Callable[..., np.random.Generator]:
    """A function from words to a generator. It takes one number from `rng`; the same words give the same draws."""
    base = int(rng.integers(0, 2**62))

    def of(*words: str) -> np.random.Generator:
        return np.random.default_rng([base, *"/".join(words).encode("utf-8")])

    return of
