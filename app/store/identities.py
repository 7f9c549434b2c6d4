"""Who an account is at a provider of sign-in.

An account is known there by a subject, which is never given to anybody else (OpenID Connect Core,
2), and not by an e-mail address, which may be. So once it is linked to one, no other subject of
that issuer signs in to the account, whatever its e-mail address is.
"""

from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.store import accounts, audit_trail
from app.store.audit_trail import EventKind, name_account_chain
from app.store.people_models import Account, Identity


class OtherIdentity(ValueError):
    """The account is linked to another subject of this issuer."""


def find_account(session: Session, issuer: str, subject: str) -> Account | None:
    """Find the account of a subject."""
    identity = session.get(Identity, (issuer, subject))
    return session.get(Account, identity.account_id) if identity else None


def find(session: Session, issuer: str, account_id: int) -> Identity | None:
    """Find who an account is at an issuer."""
    of_account = (Identity.issuer == issuer, Identity.account_id == account_id)
    return session.scalar(select(Identity).where(*of_account))


def has_way_in(session: Session, account: Account) -> bool:
    """Tell whether somebody can sign in already, by what they know, hold or are elsewhere."""
    of_account = select(Identity.subject).where(Identity.account_id == account.id).limit(1)
    return accounts.has_own_proof(account) or session.scalar(of_account) is not None


def is_only_way_in(session: Session, account: Account) -> bool:
    """Tell whether somebody has no password and signs in by a provider, which decides on that."""
    of_account = select(Identity.subject).where(Identity.account_id == account.id).limit(1)
    return account.password is None and session.scalar(of_account) is not None


def list_all(session: Session, issuer: str) -> dict[int, Identity]:
    """List who is known at an issuer, by the ids of their accounts."""
    rows = session.scalars(select(Identity).where(Identity.issuer == issuer))
    return {identity.account_id: identity for identity in rows}


def link(session: Session, account: Account, issuer: str, subject: str, *, who: str) -> None:
    """Let a subject of an issuer sign in to an account from now on; raises `OtherIdentity`."""
    if find(session, issuer, account.id):
        raise OtherIdentity(account.id)
    session.add(
        Identity(issuer=issuer, subject=subject, account_id=account.id, linked_at=datetime.now(UTC))
    )
    session.flush()
    audit_trail.record(
        session,
        EventKind.IDENTITY_LINKED,
        name_account_chain(account.id),
        who=who,
        issuer=issuer,
        subject=subject,
    )


def unlink(session: Session, account: Account, issuer: str, *, who: str) -> None:
    """Let nobody of an issuer sign in to an account any more, and end its sign-ins.

    Does nothing if nobody could. Raises `LastAdministrator` if nobody could sign in then who looks
    after people.
    """
    identity = find(session, issuer, account.id)
    if identity is None:
        return
    if not accounts.has_own_proof(account):
        accounts.check_not_last(session, account)
    session.delete(identity)
    audit_trail.record(
        session,
        EventKind.IDENTITY_UNLINKED,
        name_account_chain(account.id),
        who=who,
        issuer=issuer,
        subject=identity.subject,
    )
    accounts.end_sign_ins(session, account)
