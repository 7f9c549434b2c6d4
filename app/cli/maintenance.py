"""Commands for the operator of the app: new keys for the tokens, and a look at the records."""

import json
from typing import TextIO

import click
from flask.cli import with_appcontext
from sqlalchemy.exc import DatabaseError

from app.campaign.formatting import format_count
from app.services import find_services
from app.store import audit_trail, hooks, seals
from app.store.audit_trail import INSTANCE, EventKind
from app.store.database import Store
from app.store.evidence_file import check_evidence, describe_archived, describe_proof
from app.store.file_lock import Busy
from app.store.saved_connections import read_connections
from app.store.vault import BadKeys, CannotUnlock, Vault
from app.store.verification import Verification, verify

_PATIENCE = 10
_NOTE = "The newest seal is {seal}. Note it somewhere else: verify-trail --seal proves more then."


@click.command("rotate-tokens")
@with_appcontext
def rotate_tokens() -> None:
    """Encrypt every saved token by a new key; the app may be running.

    With keys from TOKEN_KEYS, the first of them is the new one.
    """
    try:
        vault = find_services().connections.vault
        # Two at once would each take away the keys that the other has just encrypted by.
        with vault.unchanged(_PATIENCE):
            _rotate(vault)
    except Busy as error:
        raise click.ClickException(
            "Tokens are being encrypted anew, or a backup is made or brought back. Try again later."
        ) from error
    except DatabaseError as error:
        raise click.ClickException(_describe_unusable(error)) from error
    except (BadKeys, OSError) as error:
        raise click.ClickException(f"The keys cannot be read or written. {error}") from error


@click.command("verify-trail")
@click.option("--seal", default="", help="A seal noted earlier, which has to be in the trail.")
@with_appcontext
def verify_trail(seal: str) -> None:
    """Hold the event trail, submissions and calls to their hashes; ends with 1 if one is wrong."""
    try:
        verdict = _verify_and_seal(seal)
    except DatabaseError as error:
        raise click.ClickException(_describe_unusable(error)) from error
    if verdict.fault:
        raise click.ClickException(f"The event trail does not hold. {verdict.fault}")
    click.echo(f"The event trail holds: {verdict.events} events in {verdict.chains} chains.")
    _check_archives()
    click.echo(_NOTE.format(seal=verdict.seal))


@click.command("verify-evidence")
@click.argument("file", type=click.File(encoding="utf-8"))
@click.option("--seal", default="", help="A seal noted earlier, which has to be in the file.")
def verify_evidence(file: TextIO, seal: str) -> None:
    """Hold an evidence file to its own hashes, without a database; ends with 1 if one is wrong."""
    try:
        document = json.load(file)
        fault = check_evidence(document, seal)
    except (ValueError, RecursionError) as error:
        raise click.ClickException("This is no evidence file of Campaign Builder.") from error
    except OSError as error:
        raise click.ClickException(f"{file.name} cannot be read: {error.strerror}.") from error
    if fault:
        raise click.ClickException(f"The evidence does not hold. {fault}")
    click.echo(
        "The evidence holds: payloads, answers of the API, calls, events and what was said of "
        "findings are what their hashes say, and the campaign is what its events say. What the "
        "rules said when the file was made (judged_now) is held by nothing: judge it anew."
    )
    if left := describe_archived(document):
        click.echo(left)
    if seal:
        click.echo(describe_proof(document, seal))
    else:
        click.echo("That all of it was made up is only ruled out by a seal noted earlier (--seal).")


COMMANDS = (rotate_tokens, verify_trail, verify_evidence)


def _rotate(vault: Vault) -> None:
    if vault.is_file:
        vault.add_key()
    count, lost = _relock(vault)
    if vault.is_file and not lost:
        vault.drop_old_keys()
    click.echo(f"{format_count(count, 'token')} encrypted by the new key.")
    if lost:
        raise click.ClickException(
            f"No key decrypts the token of {', '.join(lost)}. Enter it again on the "
            "connection's page, or make the webhook anew; the older keys are kept."
        )
    if not vault.is_followed:
        click.echo("Now take the older keys out of TOKEN_KEYS, and start the app again.")
    elif not vault.is_file:
        click.echo("Now take the older keys out of the file that TOKEN_KEYS_FILE names.")


def _relock(vault: Vault) -> tuple[int, list[str]]:
    """Encrypt all tokens anew, and count them and name those that no key decrypts.

    What is entered meanwhile waits for this transaction, and is encrypted by the new key.
    """
    count, lost = 0, []
    with _store().writing() as session:
        for connection in read_connections(session):
            try:
                connection.token = vault.relock(connection.token)
                count += 1
            except CannotUnlock:
                lost.append(connection.name)
        for hook in hooks.list_all(session):
            try:
                hook.secret = vault.relock(hook.secret)
                count += 1
            except CannotUnlock:
                lost.append(f"the webhook {hook.name}")
        audit_trail.record(session, EventKind.TOKENS_ROTATED, INSTANCE, count=count)
    return count, lost


def _verify_and_seal(noted: str) -> Verification:
    with _store().reading() as session:
        verdict = verify(session, noted)
    if verdict.fault:
        return verdict
    with _store().writing() as session:  # What is noted now vouches for all that is there now.
        seals.seal(session)
    with _store().reading() as session:
        return verify(session)


def _check_archives() -> None:
    """Hold the archives to the trail as well, and name those that are elsewhere."""
    archiver = find_services().archiver
    with _store().reading() as session:
        archived = audit_trail.read_archived(session)
    try:
        fault = next(archiver.find_faults(archived), "")
    except OSError as error:
        raise click.ClickException(
            f"{error.filename} cannot be read ({error.strerror})."
        ) from error
    if fault:
        raise click.ClickException(f"The event trail does not hold. {fault}")
    if absent := archiver.list_absent(archived):
        click.echo(
            f"Archives that are not in {archiver.folder}, to be held to it by verify-archive:"
        )
        click.echo("\n".join(f"  {name}" for name in absent))


def _describe_unusable(error: DatabaseError) -> str:
    return f"The database cannot be used ({error.orig})."


def _store() -> Store:
    return find_services().store
