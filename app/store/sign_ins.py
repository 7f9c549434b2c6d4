"""Where people are signed in: kept on the server, so that each sign-in can be seen and ended.

The browser has a random key, and the database its hash. A sign-in ends when nobody has used it
for `IDLE`, after `LONGEST` in any case, and whenever somebody ends it.
"""

from datetime import UTC, datetime, timedelta
from secrets import token_urlsafe

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from app.store import audit_trail
from app.store.audit_trail import EventKind, name_account_chain
from app.store.people_models import Account, SignIn
from app.store.random_keys import hash_key

IDLE = timedelta(hours=8)
"""How long a sign-in lasts that nobody uses."""

LONGEST = timedelta(days=7)
"""How long a sign-in lasts at most."""

SEEN_EVERY = timedelta(minutes=5)
"""How often it is written down that a sign-in is used."""

_KEPT = timedelta(days=90)
_LONGEST_AGENT = 200


def begin(  # noqa: PLR0913  Each is a fact of its own.
    session: Session, account: Account, *, address: str, agent: str, who: str, by: str
) -> str:
    """Sign somebody in at a browser, *by* some proof, and give the key of it."""
    now, key = datetime.now(UTC), token_urlsafe(32)
    row = SignIn(
        account_id=account.id,
        key_hash=hash_key(key),
        began_at=now,
        seen_at=now,
        address=address,
        agent=agent[:_LONGEST_AGENT],
    )
    session.add(row)
    session.flush()
    chain = name_account_chain(account.id)
    facts = {"sign_in": row.id, "address": address, "by": by}
    audit_trail.record(session, EventKind.SIGNED_IN, chain, who=who, **facts)
    return key


def forget_old(session: Session) -> None:
    """Delete what nobody has used for long: it is on the trail when somebody signed in."""
    session.execute(delete(SignIn).where(SignIn.seen_at < datetime.now(UTC) - _KEPT))


def find(session: Session, key: str, now: datetime) -> SignIn | None:
    """Find the sign-in of a key; `None` if it has ended."""
    sign_in = session.scalar(select(SignIn).where(SignIn.key_hash == hash_key(key)))
    if sign_in is None or sign_in.ended_at:
        return None
    is_over = now - sign_in.seen_at > IDLE or now - sign_in.began_at > LONGEST
    return None if is_over else sign_in


def renew(session: Session, sign_in_id: int) -> str:
    """Give a sign-in another key, and end the use of the one that it had."""
    key = token_urlsafe(32)
    session.execute(update(SignIn).where(SignIn.id == sign_in_id).values(key_hash=hash_key(key)))
    return key


def note_use(session: Session, sign_in_id: int, now: datetime) -> None:
    """Write down that a sign-in is used."""
    session.execute(update(SignIn).where(SignIn.id == sign_in_id).values(seen_at=now))


def list_open(session: Session, account_id: int) -> list[SignIn]:
    """List where an account is signed in, the one that was used last first."""
    now = datetime.now(UTC)
    is_open = (
        SignIn.account_id == account_id,
        SignIn.ended_at.is_(None),
        SignIn.seen_at >= now - IDLE,
        SignIn.began_at >= now - LONGEST,
    )
    query = select(SignIn).where(*is_open).order_by(SignIn.seen_at.desc(), SignIn.id.desc())
    return list(session.scalars(query))


def end(session: Session, account_id: int, sign_in_id: int, *, who: str) -> None:
    """End one sign-in of an account; does nothing if it has ended."""
    sign_in = session.get(SignIn, sign_in_id)
    if sign_in is None or sign_in.account_id != account_id or sign_in.ended_at:
        return
    sign_in.ended_at = datetime.now(UTC)
    chain = name_account_chain(account_id)
    audit_trail.record(session, EventKind.SIGN_IN_ENDED, chain, who=who, sign_in=sign_in_id)


def end_all(session: Session, account_id: int, but: str = "") -> None:
    """End all sign-ins of an account but the one of a key."""
    is_open = (
        SignIn.account_id == account_id,
        SignIn.ended_at.is_(None),
        SignIn.key_hash != hash_key(but),
    )
    session.execute(update(SignIn).where(*is_open).values(ended_at=datetime.now(UTC)))
