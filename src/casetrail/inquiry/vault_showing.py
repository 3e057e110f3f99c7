"""Who a person is, beside the trail: only with the key, for a purpose and a reason, and written down first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pyarrow as pa

from casetrail.errors import InquiryError, ProtectionError
from casetrail.figures import Answer, Column, Origin, Provenance, SourceRef, Table
from casetrail.inquiry.model import Inquiry
from casetrail.inquiry.stamping import stamped
from casetrail.inquiry.vault_keeping import vault_of
from casetrail.inquiry.work_folder import WorkFolder
from casetrail.inquiry.work_owner import claim, keys_of
from casetrail.records import Keys
from casetrail.records.vault import SourceInVault, Vault, VaultFault, VaultKey
from casetrail.schema.identity import SHOWN_FIELDS
from casetrail.trail import joint_origin

QUESTION = "vault.person"


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewing:
    """Who looks, on which day, and why; written to the view log before anything is opened."""

    reason: str
    by: str
    today: date


def vault_of_inquiry(inquiry: Inquiry) -> tuple[Vault, Keys]:
    """The vault of an inquiry whose sources were read. Raises InquiryError when it keeps none or none was written."""
    if not inquiry.keeps_identities:
        raise InquiryError(
            "The inquiry keeps no vault.",
            where=inquiry.path.name,
            todo="Make a key with `casetrail vault init FILE` and add the [vault] table it prints.",
            code="no_vault",
        )
    work = WorkFolder(inquiry.work)
    if work.is_prepared:
        claim(work, inquiry)
    if not work.is_prepared or not (vault := vault_of(work, keys := keys_of(work))).is_there:
        raise InquiryError(
            "Nothing is in the vault yet.",
            where=inquiry.path.name,
            todo="Read the sources in: `casetrail read INQUIRY.toml`.",
            code="vault_empty",
        )
    return vault, keys


def refuse_beside(key_file: Path, inquiry: Inquiry, *, locked: bool) -> None:
    """A key without passphrase in the very folder of what it opens protects nothing. Raises ProtectionError."""
    if not locked and key_file.resolve().is_relative_to(inquiry.work.resolve()):
        raise ProtectionError(
            "The key file lies, without a passphrase, in the work folder beside what it opens.",
            where=str(key_file),
            todo="Keep it elsewhere: on another drive, or in a folder that only those who may look can read.",
            code="key_beside_vault",
        )


def names_of(inquiry: Inquiry, person: str, *, scheme: str | None, key: VaultKey, viewing: Viewing) -> Answer:
    """Names and dates of birth of one person, as each source writes them; addresses and identifiers are counted only.

    Raises ProtectionError without a reason or with a wrong key, IntegrityError when the vault is not whole.
    """
    if not viewing.reason.strip():
        raise ProtectionError(
            "Opening the vault needs a reason, for made-up records too; it is written to the view log.",
            todo='Add --reason "why you need to see it".',
            code="reason_missing",
        )
    vault, keys = vault_of_inquiry(inquiry)
    pseudonym = person if scheme is None else keys.person(scheme, person)
    note(inquiry, viewing, person=pseudonym, what="names and dates of birth")
    found = vault.of_person(pseudonym, key)
    rows = tuple(
        _row(about, row) for about, table in found for row in table.to_pylist() if row["field"] in SHOWN_FIELDS
    )
    (answer,) = stamped([_answer(inquiry, found, rows)])
    return answer


def check_vault(inquiry: Inquiry, key: VaultKey | None) -> tuple[tuple[SourceInVault, ...], tuple[VaultFault, ...]]:
    """What the vault says of itself; with the key also which of its files are not whole."""
    vault, _ = vault_of_inquiry(inquiry)
    return vault.listed(), vault.check(key) if key else ()


def change_keys(inquiry: Inquiry, key: VaultKey, viewing: Viewing) -> int:
    """Encrypt the vault anew for the public keys that the inquiry names now; returns how many entries."""
    vault, _ = vault_of_inquiry(inquiry)
    note(inquiry, viewing, person="all", what="change of keys: entries encrypted anew, none shown")
    return vault.rekey(key, inquiry.vault.recipients if inquiry.vault else ())


def note(inquiry: Inquiry, viewing: Viewing, *, person: str, what: str) -> None:
    """One line of the view log, written before the vault is opened."""
    purpose = inquiry.protection.purpose if inquiry.protection else "made-up or published data"
    entry: dict[str, str | int] = {"person": person, "what": what, "reason": viewing.reason, "purpose": purpose}
    WorkFolder(inquiry.work).add_view({**entry, "by": viewing.by}, viewing.today)


def _row(about: SourceInVault, row: dict[str, object]) -> tuple[str, str, str, str]:
    place = f"{row['table']}, record {row['record']}" if row["table"] else f"record {row['record']}"
    return about.source, f"{str(row['field']).replace('_', ' ')} ({row['label']})", str(row["value"]), place


def _answer(
    inquiry: Inquiry, found: Sequence[tuple[SourceInVault, pa.Table]], rows: tuple[tuple[str, str, str, str], ...]
) -> Answer:
    unshown = sum(table.num_rows for _, table in found) - len(rows)
    sources = tuple(SourceRef(about.source, about.sha256, Origin(about.origin)) for about, _ in found)
    origins = [source.origin for source in sources] or [source.origin for source in inquiry.sources]
    counted = "nothing" if not rows else "1 entry" if len(rows) == 1 else f"{len(rows)} entries"
    return Answer(
        id=QUESTION,
        section="Who it is",
        title="Names and dates of birth in the vault",
        sentence=f"The vault has {counted} on names and birth of this person, from {len(found)} of "
        f"{len(inquiry.sources)} sources. Addresses and identifiers only serve to match and are not shown: "
        f"{unshown} kept.",
        body=Table(
            (
                Column("source", "Source"),
                Column("what", "What"),
                Column("written", "As written"),
                Column("at", "First in"),
            ),
            rows,
        ),
        method="As each source writes it; nothing was matched or corrected. A person whom a source does not name "
        "may still be in it.",
        caveats=("What differs between sources may be two spellings of one person, or two persons taken for one.",),
        provenance=Provenance(QUESTION, joint_origin(origins), sources),
        person_level=True,
    )
