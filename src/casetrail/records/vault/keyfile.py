"""Keys of the vault: the file that holds the secret one, and the public ones that an inquiry names.

A key file is as `age-keygen` writes it, or the same encrypted with a passphrase as `age -p` does: the vault can be
opened without casetrail. It is made once, is never written over, and belongs outside the folder of the inquiry.
"""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pyrage

from casetrail.errors import InputError, InquiryError, OutputError, ProtectionError
from casetrail.records.keys import write_new

_MARK = "AGE-SECRET-KEY-"
_PUBLIC = "age1"
_LOCKED = "-----BEGIN AGE ENCRYPTED FILE-----"
_MOST_BYTES = 65_536
_SHORTEST_PASSPHRASE = 8


@dataclass(frozen=True, slots=True)
class VaultKey:
    """The secret key of a vault, in memory only and never shown; `recipient` is the public one."""

    identity: pyrage.x25519.Identity = field(repr=False)

    @property
    def recipient(self) -> str:
        """What an inquiry names, so that the vault is written for this key."""
        return str(self.identity.to_public())


def check_recipient(text: str, *, where: str) -> str:
    """A public key as an inquiry names it. Raises ProtectionError for a secret key, InquiryError for anything else."""
    plain = text.strip()
    if _MARK in plain.upper():
        raise ProtectionError(
            "The secret key of the vault stands in the inquiry file.",
            where=where,
            todo="Take it out, treat it as lost, and make another: `casetrail vault init FILE`. An inquiry names the "
            f"public key only, which begins with {_PUBLIC}.",
            code="vault_secret_in_inquiry",
        )
    try:
        return str(pyrage.x25519.Recipient.from_str(plain))
    except pyrage.RecipientError:
        raise InquiryError(
            "A recipient of the vault is no public key of the kind age X25519.",
            where=where,
            todo=f"Write the line that `casetrail vault init FILE` prints; it begins with {_PUBLIC}.",
            code="vault_recipient",
        ) from None


def make_key(path: Path, *, passphrase: str | None, today: date) -> VaultKey:
    """Make a key and write it to a new file, encrypted with the passphrase where one is given.

    Raises OutputError when there is a file already or it cannot be written; ProtectionError for a short passphrase.
    """
    if passphrase is not None and len(passphrase) < _SHORTEST_PASSPHRASE:
        raise ProtectionError(
            f"The passphrase has fewer than {_SHORTEST_PASSPHRASE} signs.",
            todo="Choose a longer one: several words that do not belong together.",
            code="passphrase_short",
        )
    key = VaultKey(pyrage.x25519.Identity.generate())
    text = f"# created: {today.isoformat()}\n# public key: {key.recipient}\n{key.identity}\n".encode("ascii")
    content = text if passphrase is None else pyrage.passphrase.encrypt(text, passphrase, armored=True)
    try:
        write_new(path, content)
    except FileExistsError:
        raise OutputError(
            "There is a file of this name already; a key is never written over, since what it opens would be lost.",
            where=str(path),
            todo="Give another name.",
            code="key_exists",
        ) from None
    except OSError as failure:
        raise OutputError(
            f"The key file cannot be written ({type(failure).__name__}).",
            where=str(path),
            todo="Give a folder that exists, has space and may be written to.",
            code="key_not_written",
        ) from None
    return key


def is_locked(path: Path) -> bool:
    """Whether a key file asks for a passphrase. Raises InputError when it cannot be read."""
    return _content(path)[0].startswith(_LOCKED)


def open_key(path: Path, *, passphrase: str | None = None) -> VaultKey:
    """The secret key in a file.

    Raises InputError when the file cannot be read or is no key file; ProtectionError when others may read a
    file without passphrase, or the passphrase is missing or wrong.
    """
    text, mode = _content(path)
    if text.startswith(_LOCKED):
        return _unlocked(text, passphrase, path)
    if os.name != "nt" and mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise ProtectionError(
            "Others on this machine may read the key file, and it has no passphrase.",
            where=str(path),
            todo=f'Run: chmod 600 "{path}"',
            code="key_open_to_others",
        )
    return key_of(text, where=str(path))


def key_of(text: str, *, where: str) -> VaultKey:
    """The secret key in the text of a key file. Raises InputError when there is not exactly one."""
    found = [line.strip() for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    try:
        (only,) = found
        return VaultKey(pyrage.x25519.Identity.from_str(only))
    except (ValueError, pyrage.IdentityError):
        raise InputError(
            "This holds no key of the vault, or more than one.",
            where=where,
            todo="Give the file that `casetrail vault init` or `age-keygen` wrote.",
            code="key_damaged",
        ) from None


def _unlocked(text: str, passphrase: str | None, path: Path) -> VaultKey:
    if passphrase is None:
        raise ProtectionError(
            "The key file asks for a passphrase.",
            where=str(path),
            todo="Type it when asked, or set CASETRAIL_VAULT_PASSPHRASE.",
            code="passphrase_missing",
        )
    try:
        inner = pyrage.passphrase.decrypt(text.encode("ascii", errors="replace"), passphrase)
    except pyrage.DecryptError:
        raise ProtectionError(
            "The passphrase does not open the key file, or the file is damaged.",
            where=str(path),
            todo="Try again; a passphrase that is lost cannot be found by anybody.",
            code="passphrase_wrong",
        ) from None
    return key_of(inner.decode("ascii", errors="replace"), where=str(path))


def _content(path: Path) -> tuple[str, int]:
    """Text and mode of a file, both of the very file that was opened."""
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            text = file.read(_MOST_BYTES).decode("ascii", errors="replace")
    except OSError as failure:
        raise InputError(
            f"The key file of the vault cannot be read ({type(failure).__name__}).",
            where=str(path),
            todo="Check the path; without its key the vault cannot be opened by anybody.",
            code="key_not_read",
        ) from None
    return text.lstrip(), mode
