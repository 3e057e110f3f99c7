"""Who a person is: what goes into the identity vault and never into the analysis store."""

from __future__ import annotations

from typing import Literal, TypeAlias, get_args

import pyarrow as pa

IdentityField: TypeAlias = Literal[
    "family_name", "given_names", "full_name", "birth_date", "address", "postcode", "identifier"
]
IDENTITY_FIELDS: tuple[IdentityField, ...] = get_args(IdentityField)

# These may stand beside a trail once the vault is open; addresses and identifiers serve to match and are never output.
SHOWN_FIELDS: tuple[IdentityField, ...] = ("family_name", "given_names", "full_name", "birth_date")

IDENTITY = pa.schema(
    [
        pa.field("person", pa.string(), nullable=False),  # keyed pseudonym
        pa.field("field", pa.string(), nullable=False),  # one of IDENTITY_FIELDS
        pa.field("label", pa.string(), nullable=False),  # the column of the source
        pa.field("value", pa.string(), nullable=False),  # as the source writes it; a birth date in ISO 8601
        pa.field("table", pa.string()),  # ? of a source of many tables
        pa.field("record", pa.int64(), nullable=False),  # where it stands first; 1 = first record below the header
    ]
)
