"""Commands about people: add one, give a link, list them, and go back to one machine alone."""

from collections import Counter
from functools import partial

import click
from flask import current_app
from flask.cli import with_appcontext
from werkzeug.datastructures import MultiDict

from app.campaign.contract.visible import make_name_key
from app.forms.account import AccountForm
from app.people.letters import write_second_step_change
from app.people.mail import PATIENCE
from app.rights import ALL, EVERYWHERE, Role
from app.services import connections, find_services, store
from app.store import accounts, join_links
from app.store.accounts import ALL_ACCOUNTS, EmailTaken, Roles, describe_person, list_administrators
from app.store.people_models import Account

_WHO = "the command line"
_NO_ADMINISTRATOR = "Nobody could look after people: make the link of an administrator first."
_ADDRESS = click.option(
    "--address",
    default="",
    help="Where the app is reached; else PUBLIC_URL, the first of TRUSTED_HOSTS, or this machine.",
)


_ONE_PERSON = "Nobody can sign in: whoever uses this machine may do everything."
_NOBODY_YET = (
    "Nobody can sign in, and nothing is served until somebody makes the first account: "
    "`people add` prints a link for it."
)


@click.group("people")
def people_commands() -> None:
    """Say who can sign in."""


@people_commands.command("list")
@with_appcontext
def list_people() -> None:
    """List the accounts, and what each may do."""
    with store().reading() as session:
        everybody = accounts.list_all(session)
    for account in everybody:
        closed = "" if account.active else " (closed)"
        click.echo(f"{account.email}  {account.name}{closed}: {_describe_roles(account)}")
    if not any(account.active for account in everybody):
        click.echo(_NOBODY_YET if current_app.config["IS_REACHABLE"] else _ONE_PERSON)


@people_commands.command("add")
@click.argument("email")
@click.option("--name", default="", help="By which others know them; else the e-mail address.")
@click.option(
    "--role",
    "roles",
    multiple=True,
    metavar="ROLE[@CONNECTION]",
    help=f"One of {', '.join(Role)}, at all connections or at one. The first account is an "
    "administrator.",
)
@_ADDRESS
@with_appcontext
def add(email: str, name: str, roles: tuple[str, ...], address: str) -> None:
    """Add a person, and print the link by which they set a password."""
    form = AccountForm(MultiDict({"email": email, "name": name or email}))
    if not form.validate():
        raise click.BadParameter((form.errors.get("email") or form.errors["name"])[0])
    rights = _read_roles(roles)
    try:
        with store().writing(ALL_ACCOUNTS) as session:
            if not accounts.is_any_active(session):
                rights = {ALL: frozenset({Role.ADMINISTRATOR})}
            who, address_of = str(form.name.data), str(form.email.data)
            account = accounts.add(session, address_of, who, rights, who=_WHO)
            key = join_links.make(session, account, who=_WHO)
    except EmailTaken as error:
        raise click.ClickException("Another account has this e-mail address.") from error
    click.echo(f"{account.email} is there: {_describe_roles(account)}.")
    _echo_link(address, key)


@people_commands.command("link")
@click.argument("email")
@click.option(
    "--without-second-step", is_flag=True, help="Take codes and passkeys away: the phone is lost."
)
@_ADDRESS
@with_appcontext
def make_link(email: str, address: str, *, without_second_step: bool) -> None:
    """Print a link by which a person sets a new password; a closed account is opened again."""
    with store().writing(ALL_ACCOUNTS) as session:
        account = _find(accounts.find_by_email(session, email))
        is_one = Role.ADMINISTRATOR in describe_person(account).roles.get(ALL, frozenset())
        if not is_one and not any(map(accounts.has_own_proof, list_administrators(session))):
            raise click.ClickException(_NO_ADMINISTRATOR)
        accounts.set_active(session, account, active=True, who=_WHO)
        if without_second_step:
            accounts.remove_second_step(session, account, who=_WHO)
        key = join_links.make(session, account, who=_WHO)
    _echo_link(address, key)
    if without_second_step:
        find_services().outbox.post(partial(write_second_step_change, account.email, account.name))
        find_services().background.drain(PATIENCE)


@people_commands.command("alone")
@click.option("--yes", is_flag=True, help="Do it without asking.")
@with_appcontext
def go_alone(*, yes: bool) -> None:
    """Close all accounts, so that whoever uses this machine may do everything again."""
    if not yes:
        click.confirm("Close all accounts? Nobody can sign in then.", abort=True)
    with store().writing() as session:
        count = accounts.close_all(session, who=_WHO)
    click.echo(f"{count} closed. `people link` opens one again.")


def _find(account: Account | None) -> Account:
    if account is None:
        raise click.ClickException("No account has this e-mail address.")
    return account


def _echo_link(address: str, key: str) -> None:
    address = address or current_app.config["ADDRESS"]
    click.echo(f"{address.rstrip('/')}/join/{key}")
    click.echo(f"It sets a password, once, within {join_links.HOURS} hours.")


def _read_roles(typed: tuple[str, ...]) -> Roles:
    """Read roles as they are typed on the command line."""
    known = connections().list_all()
    keys = {make_name_key(connection.name): connection.key for connection in known}
    counts = Counter(make_name_key(connection.name) for connection in known)
    roles: dict[str, set[Role]] = {}
    for text in typed:
        role, _, name = text.partition("@")
        if role not in set(Role):
            raise click.BadParameter(f"There is no role “{role}”: it is one of {', '.join(Role)}.")
        if name and not counts[make_name_key(name)]:
            raise click.BadParameter(f"There is no connection “{name}”.")
        if name and counts[make_name_key(name)] > 1:
            raise click.BadParameter(f"Several connections look like “{name}”. Rename them.")
        if name and Role(role) in EVERYWHERE:
            raise click.BadParameter(f"The role {role} is one at all connections.")
        roles.setdefault(keys[make_name_key(name)] if name else ALL, set()).add(Role(role))
    return {key: frozenset(at_key) for key, at_key in roles.items()}


def _describe_roles(account: Account) -> str:
    names = {connection.key: connection.name for connection in connections().list_all()}
    phrases = [
        f"{', '.join(sorted(at_key))} at {names.get(key, key) if key else 'all connections'}"
        for key, at_key in sorted(describe_person(account).roles.items())
    ]
    return "; ".join(phrases) or "may do nothing yet"


COMMANDS = (people_commands,)
