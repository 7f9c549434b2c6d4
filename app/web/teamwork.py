"""What a campaign's pages say of the people about it."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.store import comments
from app.web.access import find_person


@dataclass(frozen=True)
class Teamwork:
    """Who looks after a draft, how many comments on it are open, and who else has it open now."""

    draft_id: str
    assignee: str
    open_comments: int
    others: list[str]


def find_teamwork(session: Session, draft_id: str) -> Teamwork:
    """Find what there is to say of the people about a draft."""
    assignee = comments.find_assignee(session, draft_id)
    return Teamwork(
        draft_id,
        assignee.name if assignee else "",
        comments.count_open(session, draft_id),
        comments.list_present(session, draft_id, find_person().account_id),
    )
