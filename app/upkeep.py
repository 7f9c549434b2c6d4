"""Commands for whoever runs the app: new keys for the tokens, and a look at the event trail."""

from typing import cast

import click
from flask import current_app
from flask.cli import with_appcontext

from app.connections import Connections
from app.store import trail
from app.store.database import Store
from app.store.saved_connections import saved
from app.store.trail import Kind
from app.store.vault import CannotUnlock, Vault


@click.command("rotate-tokens")
@with_appcontext
def rotate_tokens() -> None:
    """Encrypt every saved token by a new key; the app may be running.

    With keys from TOKEN_KEYS, the first of them is the new one.
    """
    vault = cast(Connections, current_app.extensions["connections"]).vault
    if vault.is_file:
        vault.add_key()
    count, lost = _relock(vault)
    if vault.is_file and not lost:
        vault.drop_old_keys()
    click.echo(f"{count} token{'' if count == 1 else 's'} encrypted by the new key.")
    if lost:
        raise click.ClickException(
            f"No key decrypts the token of {', '.join(lost)}. Enter it again on the "
            "connection's page; the older keys are kept."
        )
    if not vault.is_file:
        click.echo("Now take the older keys out of TOKEN_KEYS, and start the app again.")


@click.command("verify-trail")
@click.option("--head", default="", help="A hash noted earlier that has to be in the trail.")
@with_appcontext
def verify_trail(head: str) -> None:
    """Follow the chain of the event trail from its beginning; ends with 1 if it is broken."""
    with _store().reading() as session:
        found = trail.verify(session, head)
    if found.fault:
        raise click.ClickException(f"The event trail does not hold. {found.fault}")
    click.echo(f"The event trail holds: {found.count} events, the last one's hash is {found.head}.")


COMMANDS = (rotate_tokens, verify_trail)


def _relock(vault: Vault) -> tuple[int, list[str]]:
    """Encrypt all tokens anew, and count them and name those that no key decrypts."""
    count, lost = 0, []
    with _store().writing() as session:
        for one in saved(session):
            try:
                one.token = vault.relock(one.token)
                count += 1
            except CannotUnlock:
                lost.append(one.name)
        trail.record(session, Kind.TOKENS_ROTATED, count=count)
    return count, lost


def _store() -> Store:
    return cast(Store, current_app.extensions["store"])
