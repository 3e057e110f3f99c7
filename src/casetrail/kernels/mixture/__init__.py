"""A mixture of independent binary columns, seen only where at least one column is 1: its density and its samplers.

`shape` says what a table, a prior and a place are; `density` is the logarithm of the posterior with the unseen number
and the concentration integrated out; `hamiltonian`, `gibbs` and `ladder` draw from it; `plain` is the slow twin.
"""

from __future__ import annotations

from pathlib import Path

from casetrail.kernels.network import drop_stale

# Numba's cache looks at one file at a time: what is older than the newest file of the folder is dropped.
drop_stale(Path(__file__).parent)
