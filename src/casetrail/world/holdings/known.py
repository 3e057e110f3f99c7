"""Who everybody is on the last day, as an authority without faults in its records would know it."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from casetrail.world.holdings.happened import Happened, checked
from casetrail.world.holdings.identity import NONE, make_identity
from casetrail.world.holdings.luck import luck
from casetrail.world.holdings.parameters import Faults
from casetrail.world.holdings.places import postcode_text


def who_they_are(happened: Happened, *, faults: Faults, rng: np.random.Generator) -> pa.Table:
    """One row for each person: `person`, `common_number`, `given_name`, `surname`, `postcode`.

    With the same bundle, faults and number taken from `rng` as `write_holdings`, the persons are the same. Raises
    WorldError when the bundle does not hold together.
    """
    world = checked(happened)
    truth = make_identity(world, faults.identity, rng=luck(rng)("identity"))
    everybody = np.arange(len(truth.person))
    last = np.full(len(everybody), world.end_us)
    name, second = (values[truth.surname.at(everybody, last)] for values in truth.surname.values)
    pool = pa.array(truth.surnames.full, pa.string())
    both = pc.binary_join_element_wise(pool.take(pa.array(name)), pool.take(pa.array(np.maximum(second, 0))), "-")
    (dwelling,) = (values[truth.dwelling.at(truth.home, last)] for values in truth.dwelling.values)
    return pa.table(
        {
            "person": pa.array(truth.person.astype(np.int32)),
            "common_number": truth.common_number,
            "given_name": pa.array(truth.given_names.full, pa.string()).take(pa.array(truth.given)),
            "surname": pc.if_else(pa.array(second == NONE), pool.take(pa.array(name)), both),
            "postcode": postcode_text(truth.places, dwelling),
        }
    )
