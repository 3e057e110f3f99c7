"""Plain twin of the tenures dealt anew: one dealing after the other, one tenure after the other."""

from __future__ import annotations

import numpy as np

from casetrail.stats.tau_b import Floats
from casetrail.stats.tenure_variance import Post


def plain_dealt_between(post: Post, keys: Floats) -> Floats:
    """Sum of squares between the tenures of one unit, dealt in the order of each row of `keys`."""
    found = np.empty(len(keys))
    for b, own in enumerate(keys):
        start, total = 0, 0.0
        for tenure in np.argsort(own):
            length = int(post.lengths[tenure])
            total += float(np.sum(post.rest[start : start + length])) ** 2 / length
            start += length
        found[b] = total
    return found
