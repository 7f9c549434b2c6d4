"""Links by which somebody sets a password, once: a first one, or one in place of a lost one.

Only a hash of a link's key is kept, so who reads the database can use none.
"""

from datetime import UTC, datetime, timedelta
from secrets import token_urlsafe

from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.store import accounts, audit_trail
from app.store.audit_trail import EventKind, name_account_chain
from app.store.people_models import Account, JoinLink
from app.store.random_keys import hash_key

WITHIN = timedelta(hours=48)
"""How long a link can be used."""

HOURS = WITHIN // timedelta(hours=1)

BY_MAIL = timedelta(minutes=30)
"""How long a link can be used that was sent by e-mail, where others may come to read it."""


class NoSuchLink(LookupError):
    """The link was used, is too old, or never was."""


def make(session: Session, account: Account, *, who: str) -> str:
    """Make a link for an account and give its key; an earlier one no longer works."""
    accounts.delete_links(session, account.id)
    chain = name_account_chain(account.id)
    audit_trail.record(session, EventKind.LINK_MADE, chain, who=who, email=account.email)
    return _keep(session, account.id)


def make_by_mail(session: Session, account: Account) -> str:
    """Make the link that somebody asked for by e-mail; an earlier one by e-mail no longer works.

    Nobody has signed in, so the trail names nobody. A link that an administrator made is kept
    unless it ends within 30 minutes: otherwise anybody could cancel it by asking for an e-mail.
    """
    is_as_short = JoinLink.ends_at <= datetime.now(UTC) + BY_MAIL
    session.execute(delete(JoinLink).where(JoinLink.account_id == account.id, is_as_short))
    chain = name_account_chain(account.id)
    audit_trail.record(session, EventKind.LINK_MADE, chain, email=account.email, by_mail=True)
    return _keep(session, account.id, BY_MAIL)


def make_first(session: Session) -> str:
    """Make the link of the first account and give its key; an earlier one goes on."""
    session.execute(delete(JoinLink).where(JoinLink.ends_at <= datetime.now(UTC)))
    return _keep(session, None)


def find(session: Session, key: str) -> JoinLink:
    """Find the link of a key; raises `NoSuchLink`.

    That of the first account no longer works once there is one.
    """
    link = session.get(JoinLink, hash_key(key))
    if link is None or link.ends_at <= datetime.now(UTC):
        raise NoSuchLink
    if link.account_id is None and accounts.is_any_active(session):
        raise NoSuchLink
    return link


def use_up(session: Session, link: JoinLink) -> None:
    """Let a link work no longer; nor do all that made a first account."""
    accounts.delete_links(session, None)
    session.execute(delete(JoinLink).where(JoinLink.key_hash == link.key_hash))


def _keep(session: Session, account_id: int | None, within: timedelta = WITHIN) -> str:
    key = token_urlsafe(24)
    ends_at = datetime.now(UTC) + within
    session.add(JoinLink(key_hash=hash_key(key), account_id=account_id, ends_at=ends_at))
    return key
