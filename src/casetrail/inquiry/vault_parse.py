"""What an inquiry says of who persons are: which columns, and for which keys they are kept."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from casetrail.errors import InquiryError, ProtectionError
from casetrail.figures import Origin
from casetrail.inquiry.model import VaultAsked
from casetrail.inquiry.toml_reader import Section
from casetrail.records.mapping import EVENT_IDS
from casetrail.records.privilege import PRIVILEGED_WORDS
from casetrail.records.spec import SourceSpec
from casetrail.records.vault import check_recipient
from casetrail.schema.identity import IDENTITY_FIELDS

# In the inquiry file several columns of one kind stand in a list, hence the plural.
IDENTITY_KEYS = tuple("identifiers" if field == "identifier" else field for field in IDENTITY_FIELDS)
_SECRET = "AGE-SECRET-KEY-"  # noqa: S105  how a secret key begins; no key
_MOST_RECIPIENTS = 20


def refuse_secret(path: Path) -> None:
    """An inquiry file is passed round: a secret key in it, even in a comment, is secret no longer.

    Raises ProtectionError.
    """
    if _SECRET in path.read_text(encoding="utf-8", errors="replace").upper():
        check_recipient(_SECRET, where=path.name)


def vault_asked(top: Section) -> VaultAsked | None:
    """The [vault] table; None where there is none. Raises InquiryError, ProtectionError."""
    if "vault" not in top.values:
        return None
    table = top.table("vault")
    table.only(("keep", "recipients"))
    keep = table.values.get("keep", True)
    if not isinstance(keep, bool):
        raise InquiryError("The setting 'keep' must be true or false.", where=table.place, code="wrong_type")
    recipients = tuple(dict.fromkeys(check_recipient(one, where=table.place) for one in table.texts("recipients")))
    if keep != bool(recipients) or len(recipients) > _MOST_RECIPIENTS:
        raise InquiryError(
            f"A vault needs from 1 to {_MOST_RECIPIENTS} public keys." if keep else "Keys are named for no vault.",
            where=table.place,
            todo='Write recipients = ["age1…"] with what `casetrail vault init FILE` prints, or keep = false alone.',
            code="vault_recipients",
        )
    return VaultAsked(keep, recipients)


def identity_columns(table: Section) -> dict[str, tuple[str, ...]]:
    """The [source.identity] table: field of the vault = columns of the source. Raises InquiryError."""
    section = table.table("identity")
    section.only(IDENTITY_KEYS)
    found = {("identifier" if key == "identifiers" else key): section.texts(key) for key in section.values}
    _refuse_in_store(found, table)
    return {field: names for field, names in found.items() if names}


def privileged_words(table: Section) -> tuple[str, ...]:
    """Words by which a record counts as legally privileged: those said, else for real records those that ship."""
    if "privileged_words" in table.values:
        return tuple(word for word in table.texts("privileged_words") if word.strip())
    return PRIVILEGED_WORDS if table.values.get("origin") == Origin.REAL.value else ()


def _refuse_in_store(found: dict[str, tuple[str, ...]], table: Section) -> None:
    """A column of identity may become a pseudonym; as a text or date it would lie open in the analysis store."""
    columns, dates = table.table("columns"), table.table("dates")
    open_to_all = {name for ours in columns.values if ours not in EVENT_IDS for name in columns.texts(ours)}
    open_to_all |= {dates.text(name) for name in dates.values}
    for names in found.values():
        for name in names:
            if name in open_to_all:
                raise InquiryError(
                    f"The column '{name}' is mapped as identity and goes, by another mapping, into the analysis store.",
                    where=table.place,
                    todo="Take it out of `columns`, `dates` or `identity`: who a person is stays out of the store.",
                    code="identity_in_store",
                )


def check_identities(sources: Sequence[SourceSpec], vault: VaultAsked | None, path: Path) -> None:
    """Identity of real persons that is mapped and kept nowhere is a contradiction. Raises ProtectionError."""
    for source in sources:
        if source.identity and vault is None and source.origin is Origin.REAL:
            raise ProtectionError(
                "A source maps who real persons are, and the inquiry names no vault to keep it in.",
                where=f"{path.name}, source '{source.name}' [source.identity]",
                todo="Make a key with `casetrail vault init FILE` and add the [vault] table it prints; or take "
                "[source.identity] out; or say [vault] keep = false, and it is counted and kept nowhere.",
                code="vault_not_chosen",
            )
