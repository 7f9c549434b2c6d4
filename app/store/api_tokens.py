"""Tokens by which programs act for an account: with some of its rights, and until a day.

Whoever makes a token sees it once, and the database has its hash. It can be ended at any time,
and ends with the account; what it may do follows what the account may do then.
"""

from datetime import UTC, datetime, timedelta
from secrets import token_urlsafe
from typing import NamedTuple

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.rights import Scope
from app.store import audit_trail
from app.store.audit_trail import EventKind, name_account_chain
from app.store.people_models import Account, ApiToken
from app.store.random_keys import hash_key

PREFIX = "cb_"
"""How each token begins, so that who finds one somewhere knows what it is."""

DAYS = (7, 30, 90, 365)
"""For how many days a token can be made."""

USED_EVERY = timedelta(minutes=5)
"""How often it is written down that a token is used."""


class Terms(NamedTuple):
    """What a token is called, how much it may do, and in how many days it ends."""

    name: str
    scope: Scope
    days: int


def make(session: Session, account_id: int, terms: Terms, *, who: str) -> str:
    """Make a token on these terms, and give it: it is nowhere to be found later."""
    now, key = datetime.now(UTC), PREFIX + token_urlsafe(32)
    row = ApiToken(
        account_id=account_id,
        name=terms.name,
        scope=terms.scope.value,
        key_hash=hash_key(key),
        made_at=now,
        ends_at=now + timedelta(days=terms.days),
    )
    session.add(row)
    session.flush()
    audit_trail.record(
        session,
        EventKind.TOKEN_MADE,
        name_account_chain(account_id),
        who=who,
        token=row.id,
        name=terms.name,
        scope=terms.scope.value,
        ends=row.ends_at.date().isoformat(),
    )
    return key


def find(session: Session, key: str, now: datetime) -> tuple[ApiToken, Account] | None:
    """Find a token and its account; `None` if it has ended, or never was."""
    query = select(ApiToken, Account).join(Account, Account.id == ApiToken.account_id)
    row = session.execute(query.where(ApiToken.key_hash == hash_key(key))).first()
    if row is None:
        return None
    token, account = row
    is_good = token.ended_at is None and now < token.ends_at and account.active
    return (token, account) if is_good else None


def note_use(session: Session, token_id: int, now: datetime) -> None:
    """Write down that a token is used."""
    session.execute(update(ApiToken).where(ApiToken.id == token_id).values(used_at=now))


def list_open(session: Session, account_id: int) -> list[ApiToken]:
    """List the tokens of an account that can be used, the newest first."""
    is_open = (
        ApiToken.account_id == account_id,
        ApiToken.ended_at.is_(None),
        ApiToken.ends_at > datetime.now(UTC),
    )
    return list(session.scalars(select(ApiToken).where(*is_open).order_by(ApiToken.id.desc())))


def end(session: Session, account_id: int, token_id: int, *, who: str) -> None:
    """End one token of an account; does nothing if it has ended."""
    token = session.get(ApiToken, token_id)
    if token is None or token.account_id != account_id or token.ended_at:
        return
    token.ended_at = datetime.now(UTC)
    chain = name_account_chain(account_id)
    audit_trail.record(
        session, EventKind.TOKEN_ENDED, chain, who=who, token=token_id, name=token.name
    )


def end_all(session: Session, account_id: int) -> None:
    """End all tokens of an account."""
    is_open = (ApiToken.account_id == account_id, ApiToken.ended_at.is_(None))
    session.execute(update(ApiToken).where(*is_open).values(ended_at=datetime.now(UTC)))
