"""The verb vault: make a key, look who a person is, check, change keys. The only place that asks for a secret."""

from __future__ import annotations

import getpass
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from casetrail.cli.making import today
from casetrail.cli.options import InquiryFile, Json, KnownOn

if TYPE_CHECKING:
    from casetrail.inquiry import Inquiry
    from casetrail.inquiry.vault_showing import Viewing
    from casetrail.records.vault import SourceInVault, VaultFault, VaultKey

app = typer.Typer(
    name="vault",
    no_args_is_help=True,
    rich_markup_mode="rich",
    help="Who persons are, kept apart from what happened: a key, a look with a reason, a check.\n\n"
    "The secret key comes from --key FILE, CASETRAIL_VAULT_KEY_FILE, CASETRAIL_VAULT_KEY, or is asked for; a "
    "passphrase from CASETRAIL_VAULT_PASSPHRASE, or is asked for. Nothing takes either on the command line.",
)

KEY_FILE, KEY_TEXT, PASSPHRASE = "CASETRAIL_VAULT_KEY_FILE", "CASETRAIL_VAULT_KEY", "CASETRAIL_VAULT_PASSPHRASE"

Key = Annotated[Path | None, typer.Option("--key", help="The file with the secret key.", show_default=False)]
Reason = Annotated[str, typer.Option("--reason", help="Why you need to see it; goes to the view log.")]
AtInquiry = Annotated[Path, typer.Option("--inquiry", help="The inquiry file.")]


@app.command()
def init(
    file: Annotated[
        Path, typer.Argument(help="The key file to make; keep it away from the inquiry.", show_default=False)
    ],
    without: Annotated[
        bool, typer.Option("--no-passphrase", help="Protect the file by its permissions alone.")
    ] = False,
) -> None:
    """Make a key and say what the inquiry file needs. The secret key stays in the file.

    Example: [bold]casetrail vault init /secure/case.key[/]
    """
    from casetrail.cli.saying import out
    from casetrail.records.vault import make_key

    key = make_key(file, passphrase=None if without else _new_passphrase(), today=today())
    console = out()
    console.print(
        f"Written: {file}. Who has it{'' if without else ' and the passphrase'} can open the vault; if it is",
        soft_wrap=True,
    )
    console.print("lost, nobody can. Keep a copy in a safe place, and none beside the inquiry.")
    console.print("Add to the inquiry file:\n")
    console.print(f'\\[vault]\nrecipients = \\["{key.recipient}"]\n', soft_wrap=True)
    console.print("Then: casetrail read INQUIRY.toml")


@app.command()
def show(
    person: Annotated[str, typer.Argument(help="A pseudonym; with --scheme, the identifier as an agency writes it.")],
    file: AtInquiry = Path("inquiry.toml"),
    scheme: Annotated[
        str | None, typer.Option("--scheme", help="The person_scheme of the identifier.", show_default=False)
    ] = None,
    reason: Reason = "",
    key: Key = None,
    known_on: KnownOn = None,
    json: Json = False,
) -> None:
    """One person's names and dates of birth, beside the trail. Asks a reason; every look is written down first.

    Example: [bold]casetrail vault show 4711 --scheme "common number" --reason "review of the case" --key case.key[/]
    """
    from casetrail import inquiry
    from casetrail.cli.saying import print_answers, print_json
    from casetrail.inquiry.vault_showing import names_of
    from casetrail.publish import envelope
    from casetrail.publish.envelope import INTERNAL, origin_of

    wanted = inquiry.parse(file, today=today())
    viewing = _viewing(reason)
    opened = _opened(wanted, key)
    # The trail first: it reads in what has changed, and says when there is no such person.
    trail = inquiry.show(wanted, person, scheme=scheme, reason=reason, known_on=known_on, today=today())
    names = names_of(wanted, person, scheme=scheme, key=opened, viewing=viewing)
    if json:
        print_json(envelope("vault-show", origin_of([names, *trail]), [names, *trail], internal=True))
        return
    print_answers([names], stamp=INTERNAL, hint=False)
    print_answers(trail)


@app.command()
def check(file: InquiryFile, key: Key = None, json: Json = False) -> None:
    """What is in the vault, by counts; with the key also whether every file is whole. Shows no value.

    Example: [bold]casetrail vault check inquiry.toml --key case.key[/]
    """
    from dataclasses import asdict

    from casetrail import inquiry
    from casetrail.cli.saying import print_json
    from casetrail.inquiry.vault_showing import check_vault

    wanted = inquiry.parse(file, today=today())
    opened = _opened(wanted, key) if key is not None or _in_environment() else None
    listed, faults = check_vault(wanted, opened)
    if json:
        sources = [asdict(about) for about in listed]
        told = {"schema": "casetrail/vault-check/1", "opened": opened is not None, "sources": sources}
        print_json({**told, "faults": [asdict(fault) for fault in faults]})
    else:
        _say(listed, faults, opened=opened is not None)
    if faults:
        raise typer.Exit(10)


def _say(listed: tuple[SourceInVault, ...], faults: tuple[VaultFault, ...], *, opened: bool) -> None:
    from rich.markup import escape

    from casetrail.cli.saying import out

    for about in listed:
        kinds = ", ".join(f"{count:,} {kind.replace('_', ' ')}" for kind, count in about.fields.items()) or "nothing"
        out().print(f"[bold]{escape(about.source)}[/]  {about.persons:,} persons: {kinds}", soft_wrap=True)
    for fault in faults:
        out().print(f"[bold red]{fault.code}[/]  {escape(fault.source)}: {fault.file}", soft_wrap=True)
    if opened and not faults:
        out().print("Every file opens with this key and is whole.")
    elif not opened:
        out().print("[dim]Not opened: give --key FILE to look whether every file is whole.[/]")


@app.command()
def rekey(file: InquiryFile, key: Key = None) -> None:
    """Encrypt the vault anew for the public keys that the inquiry names now. The key that opens it so far is needed.

    Example: [bold]casetrail vault rekey inquiry.toml --key old.key[/]
    """
    from casetrail import inquiry
    from casetrail.cli.saying import out
    from casetrail.inquiry.vault_showing import change_keys
    from casetrail.store import exclusive

    wanted = inquiry.parse(file, today=today())
    opened = _opened(wanted, key)
    with exclusive(inquiry.WorkFolder(wanted.work).lock_file):
        count = change_keys(wanted, opened, _viewing("change of keys"))
    out().print(
        f"{count:,} entries are encrypted anew. Copies made before still open with the old keys.", soft_wrap=True
    )


def _viewing(reason: str) -> Viewing:
    from casetrail.inquiry.vault_showing import Viewing

    try:
        by = getpass.getuser()
    except (OSError, KeyError, ImportError):
        by = "not told by the system"
    return Viewing(reason=reason, by=by, today=today())


def _in_environment() -> bool:
    return bool(os.environ.get(KEY_FILE) or os.environ.get(KEY_TEXT))


def _opened(wanted: Inquiry, key: Path | None) -> VaultKey:
    """The secret key: a file named, a file or a text in the environment, or typed."""
    from casetrail.errors import ProtectionError
    from casetrail.inquiry.vault_showing import refuse_beside
    from casetrail.records.vault import open_key
    from casetrail.records.vault.keyfile import is_locked, key_of

    file = key or (Path(os.environ[KEY_FILE]) if os.environ.get(KEY_FILE) else None)
    if file is not None:
        locked = is_locked(file)
        refuse_beside(file, wanted, locked=locked)
        return open_key(file, passphrase=_passphrase() if locked else None)
    if os.environ.get(KEY_TEXT):
        return key_of(os.environ[KEY_TEXT], where=KEY_TEXT)
    if sys.stdin.isatty():
        return key_of(typer.prompt("Secret key of the vault", hide_input=True), where="the key typed")
    raise ProtectionError(
        "The vault opens only with its secret key.",
        todo=f"Add --key FILE, or set {KEY_FILE}.",
        code="key_missing",
    )


def _passphrase() -> str | None:
    if PASSPHRASE in os.environ:
        return os.environ[PASSPHRASE]
    return typer.prompt("Passphrase", hide_input=True) if sys.stdin.isatty() else None


def _new_passphrase() -> str:
    from casetrail.errors import ProtectionError

    if PASSPHRASE in os.environ:
        return os.environ[PASSPHRASE]
    if not sys.stdin.isatty():
        raise ProtectionError(
            "A passphrase is needed, and nobody is there to type it.",
            todo=f"Set {PASSPHRASE}, or say --no-passphrase.",
            code="passphrase_missing",
        )
    return str(typer.prompt("Passphrase (at least 8 signs)", hide_input=True, confirmation_prompt=True))
