"""Who persons are, from the sources of an inquiry into its vault; and what the vault says of itself."""

from __future__ import annotations

from collections.abc import Sequence

from casetrail.inquiry.model import Inquiry
from casetrail.inquiry.work_folder import WorkFolder
from casetrail.records import Extract, Keys
from casetrail.records.vault import Vault


def mark_of(keys: Keys) -> str:
    """A mark of the pseudonym key: the same for the same key, and nothing of the key can be told from it."""
    return keys.thing("event", "fingerprint", "casetrail")


def vault_of(work: WorkFolder, keys: Keys) -> Vault:
    """The vault of a work folder."""
    return Vault(work.vault_folder, mark_of(keys))


def is_kept(vault: Vault, inquiry: Inquiry, stamp: str) -> bool:
    """Whether the vault is as the inquiry asks, for this reading of the sources: written so, or not there at all."""
    if not inquiry.keeps_identities:
        return not vault.is_there
    asked = inquiry.vault.recipients if inquiry.vault else ()
    return vault.is_of(stamp) and set(vault.recipients()) == set(asked)


def keep(vault: Vault, inquiry: Inquiry, extracts: Sequence[Extract], stamp: str) -> None:
    """Put what the sources say of persons in place of what the vault holds; where none is asked for, take it away."""
    if inquiry.vault is None or not inquiry.vault.keep:
        if vault.is_there:
            vault.remove()
        return
    tables = {(extract.spec.name, extract.spec.origin.value): extract.identities for extract in extracts}
    vault.replace(tables, inquiry.vault.recipients, stamp=stamp)
