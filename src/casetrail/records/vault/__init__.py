"""The identity vault: names, birth dates, addresses and identifiers, encrypted, apart from the analysis store."""

from __future__ import annotations

from casetrail.records.vault.folder import SourceInVault, Vault, VaultFault
from casetrail.records.vault.keyfile import VaultKey, check_recipient, make_key, open_key
from casetrail.records.vault.sealed import seal, unseal

__all__ = [
    "SourceInVault",
    "Vault",
    "VaultFault",
    "VaultKey",
    "check_recipient",
    "make_key",
    "open_key",
    "seal",
    "unseal",
]
