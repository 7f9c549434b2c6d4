"""What somebody was told already, so that the same is not told twice while it waits.

What no longer waits is forgotten: if it waits again, that is news.
"""

from collections.abc import Collection

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.store.notice_models import ToldItem


def name_account_subject(account_id: int) -> str:
    """Name a person who is told."""
    return f"account/{account_id}"


def name_hook_subject(hook_id: int) -> str:
    """Name a hook that is told."""
    return f"hook/{hook_id}"


def claim_new(session: Session, subject: str, waiting: Collection[str]) -> set[str]:
    """Take what a subject was not told of all that is *waiting*, by hash, as told from now on."""
    of_subject = select(ToldItem.item_hash).where(ToldItem.subject == subject)
    hashes_before = set(session.scalars(of_subject))
    new = set(waiting) - hashes_before
    forget(session, subject, hashes_before - set(waiting))
    session.add_all(ToldItem(subject=subject, item_hash=item_hash) for item_hash in sorted(new))
    return new


def forget(session: Session, subject: str, item_hashes: Collection[str]) -> None:
    """Let a subject be told these again."""
    for item_hash in item_hashes:
        session.execute(
            delete(ToldItem).where(ToldItem.subject == subject, ToldItem.item_hash == item_hash)
        )


def forget_all(session: Session, subject: str) -> None:
    """Let a subject be told everything again."""
    session.execute(delete(ToldItem).where(ToldItem.subject == subject))
