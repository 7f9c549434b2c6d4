"""Accounts: who can sign in, and what they may do at which connection.

While there is no active account, this machine's one person does everything without signing in.
"""

from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from secrets import token_hex

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app.campaign.contract.visible import read_name
from app.rights import ALL, Person, Role
from app.store import api_tokens, audit_trail, saved_views, sign_ins
from app.store.audit_trail import EventKind, name_account_chain
from app.store.chains import hash_document
from app.store.people_models import Account, Grant, GroupMember, Identity, JoinLink

ALL_ACCOUNTS = "accounts"
"""What a writer locks who changes whether there is an administrator, or any account."""

LONGEST_GROUP = 80
"""Characters of the name of a group."""

Roles = Mapping[str, frozenset[Role]]
"""Roles by the key of a connection, or `rights.ALL`."""


class NoSuchAccount(LookupError):
    """There is no account of this number."""


class EmailTaken(ValueError):
    """Another account has this e-mail address."""


class Begun(ValueError):
    """Somebody has used this account: what they did is on record by their name and address."""


class LastAdministrator(ValueError):
    """Without this account, nobody could administer the others."""


_BEGINNINGS = frozenset(
    {
        EventKind.IDENTITY_LINKED,
        EventKind.PASSWORD_SET,
        EventKind.SHORTENED,  # What is gone from the record may be one of the others.
        EventKind.SIGNED_IN,
    }
)

_ANY = select(Account.id).where(Account.active).limit(1)


def is_any_active(session: Session) -> bool:
    """Tell whether anybody can sign in."""
    return session.scalar(_ANY) is not None


def normalise_email(email: str) -> str:
    """Write an e-mail address as it is compared: one that is spelled in wide letters is the same.

    Letters that are others stay so: “ß” and “ss” are those of two domains. What is no e-mail
    address stays what it is.
    """
    typed = email.strip()
    with suppress(EmailNotValidError):
        typed = validate_email(typed, check_deliverability=False, test_environment=True).normalized
    return typed.lower()


def find(session: Session, account_id: int) -> Account:
    """Find an account; raises `NoSuchAccount`."""
    account = session.get(Account, account_id)
    if account is None:
        raise NoSuchAccount(account_id)
    return account


def find_by_email(session: Session, email: str) -> Account | None:
    """Find the account of an e-mail address."""
    return session.scalar(select(Account).where(Account.email == normalise_email(email)))


def find_by_uniquifier(session: Session, uniquifier: str) -> Account | None:
    """Find the account that Flask-Security means in a session; none once its sign-ins are ended."""
    return session.scalar(select(Account).where(Account.fs_uniquifier == uniquifier))


def list_all(session: Session) -> list[Account]:
    """List all accounts by name."""
    return list(session.scalars(select(Account).order_by(func.lower(Account.name), Account.id)))


def describe_person(account: Account) -> Person:
    """Say who an account is, and what they may do."""
    roles: dict[str, set[Role]] = {}
    for grant in account.grants:
        roles.setdefault(grant.connection_key, set()).add(Role(grant.role))
    return Person(
        account.id,
        account.name,
        account.email,
        {key: frozenset(at_key) for key, at_key in roles.items()},
        groups=frozenset(member.name for member in account.groups),
    )


def find_as_now(session: Session, person: Person) -> Person:
    """Find what somebody may do by now, which is nothing once their account is closed.

    It stays so until the session ends: whoever changes their account waits, and is waited for.
    """
    if person.account_id is None:
        return person
    locked = select(Account).where(Account.id == person.account_id).with_for_update(read=True)
    account = session.scalars(locked, execution_options={"populate_existing": True}).one()
    return describe_person(account) if account.active else replace(person, roles={})


def add(session: Session, email: str, name: str, roles: Roles, *, who: str) -> Account:
    """Add an account, which has no password yet; raises `EmailTaken`.

    The first one has the views of who worked at this machine before.
    """
    if find_by_email(session, email):
        raise EmailTaken(email)
    is_first = not is_any_active(session)
    account = Account(
        email=normalise_email(email),
        name=name,
        active=True,
        fs_uniquifier=token_hex(),
        created_at=datetime.now(UTC),
        grants=_make_grants(roles),
        groups=[],
        webauthn=[],
    )
    session.add(account)
    session.flush()
    if is_first:
        saved_views.hand_over(session, account.id)
    delete_links(session, None)
    _record(session, EventKind.ACCOUNT_ADDED, account, who, roles=write_roles(roles))
    return account


def add_first(session: Session, email: str, name: str) -> Account:
    """Add the account that looks after the others; one that was closed is opened again."""
    everything = {ALL: frozenset({Role.ADMINISTRATOR})}
    account = find_by_email(session, email)
    if account is None:
        return add(session, email, name, everything, who="")
    if not is_any_active(session):
        saved_views.hand_over(session, account.id)
    set_roles(session, account, everything, who="")
    set_active(session, account, active=True, who="")
    return account


def has_begun(session: Session, account: Account) -> bool:
    """Tell whether somebody has ever set a password for an account, or signed in to it."""
    events = audit_trail.read_chain(session, name_account_chain(account.id))
    return has_own_proof(account) or any(event.kind in _BEGINNINGS for event in events)


def correct(session: Session, account: Account, email: str, name: str, *, who: str) -> None:
    """Give an account that nobody has used yet another name and e-mail address.

    Its links go, as whoever was meant by the old address may have one. Raises `Begun` and
    `EmailTaken`.
    """
    if has_begun(session, account):
        raise Begun(account.id)
    if find_by_email(session, email) not in {None, account}:
        raise EmailTaken(email)
    before = {"name": account.name, "email": account.email}
    account.name, account.email = name, normalise_email(email)
    delete_links(session, account.id)
    _record(session, EventKind.ACCOUNT_CORRECTED, account, who, name=name, before=before)


def set_roles(session: Session, account: Account, roles: Roles, *, who: str) -> None:
    """Give an account these roles and no others, and end its sign-ins.

    Raises `LastAdministrator`.
    """
    before = describe_person(account).roles
    if roles == before:
        return
    if Role.ADMINISTRATOR not in roles.get(ALL, frozenset()):
        check_not_last(session, account)
    account.grants[:] = _make_grants(roles)
    delete_links(session, account.id)
    _record(
        session,
        EventKind.ROLES_SET,
        account,
        who,
        before=write_roles(before),
        roles=write_roles(roles),
    )
    end_sign_ins(session, account)


def set_groups(session: Session, account: Account, groups: Collection[str], *, who: str) -> None:
    """Let an account be of these groups and of no others, which ends its sign-ins.

    A group that is there keeps its spelling, by which a rule names it.
    """
    before = sorted(member.name for member in account.groups)
    names = session.scalars(select(GroupMember.name).distinct())
    known = {read_name(name): name for name in names}
    after = sorted({known.get(read_name(group), group) for group in groups})
    if after == before:
        return
    account.groups[:] = [GroupMember(name=name) for name in after]
    _record(session, EventKind.GROUPS_SET, account, who, before=before, groups=after)
    end_sign_ins(session, account)


def set_active(session: Session, account: Account, *, active: bool, who: str) -> None:
    """Let somebody sign in, or no longer, which ends their tokens; raises `LastAdministrator`."""
    if account.active == active:
        return
    if not active:
        check_not_last(session, account)
        end_sign_ins(session, account)
    api_tokens.end_all(session, account.id)  # Opened again it has none that was made meanwhile.
    account.active = active
    delete_links(session, account.id)
    kind = EventKind.ACCOUNT_OPENED if active else EventKind.ACCOUNT_CLOSED
    _record(session, kind, account, who)


def close_all(session: Session, *, who: str) -> int:
    """Let nobody sign in any more, so that this machine is one person's; gives how many there were.

    An account can be opened again.
    """
    accounts = [account for account in list_all(session) if account.active]
    for account in accounts:
        end_sign_ins(session, account)
        api_tokens.end_all(session, account.id)
        account.active = False
        _record(session, EventKind.ACCOUNT_CLOSED, account, who)
    session.execute(delete(JoinLink))
    return len(accounts)


def set_password(session: Session, account: Account, password_hash: str, *, who: str) -> None:
    """Give an account another password, and end its sign-ins and its links."""
    account.password = password_hash
    delete_links(session, account.id)
    _record(session, EventKind.PASSWORD_SET, account, who)
    end_sign_ins(session, account)


def remove_second_step(session: Session, account: Account, *, who: str) -> None:
    """Let the password alone sign in again: codes, recovery codes and passkeys are gone.

    Who has no password cannot sign in then: `check_passkeys_can_go` is to be asked before, unless
    a link sets one.
    """
    account.tf_primary_method = account.tf_totp_secret = account.totp_counter = None
    account.mf_recovery_codes = None
    account.webauthn.clear()
    _record(session, EventKind.SECOND_STEP_CHANGED, account, who, removed=True)
    end_sign_ins(session, account)


def check_passkeys_can_go(session: Session, account: Account) -> None:
    """Check that somebody else looks after people, where an account signs in by passkeys alone.

    Raises `LastAdministrator`.
    """
    if account.password is None and account.webauthn:
        check_not_last(session, account)


def sign_out_everywhere(session: Session, account: Account, *, who: str) -> None:
    """End all sign-ins of an account, and put that on record."""
    end_sign_ins(session, account)
    _record(session, EventKind.SIGN_IN_ENDED, account, who, everywhere=True)


def distrust_sign_ins(session: Session) -> None:
    """End all sign-ins, tokens and links: what was ended may have come back with a backup."""
    for account in list_all(session):
        end_sign_ins(session, account)
        api_tokens.end_all(session, account.id)
    session.execute(delete(JoinLink))


def delete_links(session: Session, account_id: int | None) -> None:
    """Let no link be used that was made before; without an account, those of a first one."""
    session.execute(delete(JoinLink).where(JoinLink.account_id == account_id))


def end_sign_ins(session: Session, account: Account) -> None:
    """End all sign-ins of an account."""
    account.fs_uniquifier = token_hex()
    sign_ins.end_all(session, account.id)


def stamp_rights(person: Person) -> str:
    """Name the roles and groups that somebody has, by a SHA-256: others have another."""
    return hash_document({"roles": write_roles(person.roles), "groups": sorted(person.groups)})


def write_roles(roles: Roles) -> dict[str, list[str]]:
    """Write roles out as JSON has them."""
    return {key: sorted(roles[key]) for key in sorted(roles)}


def _make_grants(roles: Roles) -> list[Grant]:
    return [
        Grant(connection_key=key, role=role.value)
        for key, at_key in roles.items()
        for role in at_key
    ]


def check_not_last(session: Session, account: Account) -> None:
    """Raise `LastAdministrator` if without this account nobody could look after people.

    Another administrator has to be able to sign in, and one who needs no provider if there is one.
    """
    if not account.active or not _is_administrator(account):
        return
    others = [other for other in list_administrators(session) if other.id != account.id]
    if any(map(has_own_proof, others)):
        return
    by_provider = select(Identity).where(Identity.account_id.in_(other.id for other in others))
    # The provider may be gone one day, so the last who needs none stays.
    if has_own_proof(account) or session.scalar(by_provider.limit(1)) is None:
        raise LastAdministrator(account.id)


def list_administrators(session: Session) -> list[Account]:
    """List who may sign in and looks after the others, whether they ever did or not."""
    return [
        account for account in list_all(session) if account.active and _is_administrator(account)
    ]


def has_own_proof(account: Account) -> bool:
    """Tell whether somebody can sign in without a provider: with a password or a passkey."""
    return bool(account.password or account.webauthn)


def _is_administrator(account: Account) -> bool:
    return Role.ADMINISTRATOR in describe_person(account).roles.get(ALL, frozenset())


def _record(
    session: Session, kind: EventKind, account: Account, who: str, **details: object
) -> None:
    chain = name_account_chain(account.id)
    audit_trail.record(session, kind, chain, who=who, email=account.email, **details)
