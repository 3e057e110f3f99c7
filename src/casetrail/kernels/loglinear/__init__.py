"""Log-linear models on the table of all patterns but one: terms are sets of columns, written as bits of a number.

`tables` sums over subsets and supersets, `support` says whether estimates exist (by `elimination` and `simplex`),
`newton` fits one model in a `room` of its own, `lattice` fits all models of a family or finds the best of them.

Numba's cache looks at one file at a time; what is older than the newest of these files is dropped on import.
"""

from __future__ import annotations

from pathlib import Path

from casetrail.kernels.network import drop_stale

drop_stale(Path(__file__).parent)
