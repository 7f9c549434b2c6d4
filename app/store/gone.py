"""What the event trail says is gone into archives: what verification has to find there no more."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.store import audit_trail
from app.store.archive_file import Numbers


@dataclass(frozen=True)
class Gone:
    """The numbers of submissions and calls, and each chain with its last number and hash there.

    The instance's chain says so, which is followed like any other.
    """

    submissions: Numbers
    calls: Numbers
    heads: frozenset[tuple[str, int, str]]
    is_on_record_twice: bool


def read_gone(session: Session) -> Gone:
    """Read what all archives on record hold; raises `ValueError` or the like for what is forged."""
    archived = audit_trail.read_archived(session)
    return Gone(
        Numbers(bounds for details in archived for bounds in details["submissions"]),
        Numbers(bounds for details in archived for bounds in details["calls"]),
        frozenset(
            (chain, number, hashed)
            for details in archived
            for chain, number, hashed in details["chains"]
        ),
        is_on_record_twice=len({details["sha256"] for details in archived}) < len(archived),
    )
