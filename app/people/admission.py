"""Who may come in by a provider of sign-in: the account that is theirs, or a new one.

Whoever was here before is known by the provider's subject. The first time an account is found by
its e-mail address: one that the provider has verified, of a domain that the settings allow.
"""

import logging
from collections.abc import Iterable

from email_validator import EmailNotValidError, validate_email
from sqlalchemy.orm import Session

from app.campaign.contract.visible import is_plain, tidy
from app.people.provider import Proof
from app.provider_settings import GroupRole, ProviderSettings
from app.rights import Role
from app.store import accounts, identities
from app.store.accounts import LastAdministrator, Roles
from app.store.identities import OtherIdentity
from app.store.people_models import Account

_LONGEST_NAME, _LONGEST_EMAIL = 80, 254
_UNUSABLE = "Your e-mail address cannot be used here."
_log = logging.getLogger(__name__)


class NotAdmitted(Exception):
    """The provider knows them, and they may not come in; the message says why."""


class Closed(NotAdmitted):
    """Their account was closed."""


def find_known(session: Session, proof: Proof) -> Account | None:
    """Find the account that somebody has, or would be linked to."""
    account = identities.find_account(session, proof.issuer, proof.subject)
    if account is None and proof.email:
        return accounts.find_by_email(session, proof.email)
    return account


def admit(session: Session, settings: ProviderSettings, proof: Proof) -> Account:
    """Give the account of somebody, with the roles of their groups; raises `NotAdmitted`."""
    granted = {entry for entry in settings.roles if entry.group in proof.groups}
    account = identities.find_account(session, proof.issuer, proof.subject)
    is_new = False
    if account is None:
        _check_email(settings, proof)
        account = accounts.find_by_email(session, proof.email)
        if account is None:
            account, is_new = _add(session, settings, proof, granted), True
        _check_open(account)
        _link(session, account, settings, proof)
    _check_open(account)
    if settings.roles and not is_new:
        _set_roles(session, account, settings, granted)
    return account


def _check_open(account: Account) -> None:
    if not account.active:
        raise Closed("Your account here is closed.")


def _check_email(settings: ProviderSettings, proof: Proof) -> None:
    """Hold somebody who is not known to an address that is theirs, and of an allowed domain.

    Letters that look alike are those of two people, so only an address of plain ones is taken for
    that of an account.
    """
    if not proof.email:
        raise NotAdmitted("The sign-in provider has not verified an e-mail address of yours.")
    if not (proof.email.isascii() and proof.email.isprintable()):
        raise NotAdmitted(_UNUSABLE)
    domain = accounts.normalise_email(proof.email).rpartition("@")[2]
    if settings.domains and domain not in settings.domains:
        raise NotAdmitted(f"E-mail addresses at {domain} are not let in here.")


def _link(session: Session, account: Account, settings: ProviderSettings, proof: Proof) -> None:
    try:
        identities.link(session, account, proof.issuer, proof.subject, who=_name(settings))
    except OtherIdentity as error:
        raise NotAdmitted(
            "The account with your e-mail address belongs to somebody else at the sign-in provider."
        ) from error


def _add(
    session: Session, settings: ProviderSettings, proof: Proof, granted: Iterable[GroupRole]
) -> Account:
    """Add the account of somebody whose domain is allowed, and to whom a group gives a role."""
    roles = _gather({(entry.key, entry.role) for entry in granted})
    if not settings.domains or not roles:
        raise NotAdmitted("You have no account here, and no group of yours gives you one.")
    try:
        email = validate_email(proof.email, check_deliverability=False, test_environment=True)
    except EmailNotValidError as error:
        raise NotAdmitted(_UNUSABLE) from error
    if len(email.normalized) > _LONGEST_EMAIL:
        raise NotAdmitted(_UNUSABLE)
    name = tidy(proof.name)
    if not (len(name) <= _LONGEST_NAME and is_plain(name)):
        name = email.normalized[:_LONGEST_NAME]
    return accounts.add(session, email.normalized, name, roles, who=_name(settings))


def _set_roles(
    session: Session, account: Account, settings: ProviderSettings, granted: Iterable[GroupRole]
) -> None:
    """Set what groups can give to what they give now; what they cannot give stays as it is.

    The last administrator stays one, whatever their groups: nobody could look after people.
    """
    decided = {(entry.key, entry.role) for entry in settings.roles}
    before = {
        (key, role)
        for key, at_key in accounts.describe_person(account).roles.items()
        for role in at_key
    }
    roles = _gather((before - decided) | {(entry.key, entry.role) for entry in granted})
    try:
        accounts.set_roles(session, account, roles, who=_name(settings))
    except LastAdministrator:
        _log.warning(
            "No group makes account %s an administrator, and it is the last one: its roles stay.",
            account.id,
        )


def _gather(pairs: Iterable[tuple[str, Role]]) -> Roles:
    roles: dict[str, set[Role]] = {}
    for key, role in pairs:
        roles.setdefault(key, set()).add(role)
    return {key: frozenset(at_key) for key, at_key in roles.items()}


def _name(settings: ProviderSettings) -> str:
    """Name who decides, for the trail."""
    return f"sign-in by {settings.host}"
