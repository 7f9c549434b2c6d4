"""Submissions that somebody has to know of, whatever page they look at."""

from contextlib import suppress
from dataclasses import dataclass

from sqlalchemy.exc import OperationalError

from app.store.base import State
from app.submission import recover
from app.web.current import store

_OPEN = """
SELECT submission.id, submission.state, draft.name
FROM submission JOIN draft ON draft.id = submission.draft_id
WHERE submission.state IN ('SENDING', 'UNKNOWN') ORDER BY submission.id LIMIT 20"""


@dataclass(frozen=True)
class Attention:
    """Submissions that nobody knows the outcome of, and those that are under way: id and name."""

    unknown: list[tuple[int, str]]
    sending: list[tuple[int, str]]


def find_left_behind() -> None:
    """Call what a dead process was sending UNKNOWN; when that cannot be written, the next time."""
    with suppress(OperationalError):
        recover(store())


def attention() -> Attention:
    """Find them; one whose answer can no longer come is called UNKNOWN on the way."""
    find_left_behind()
    found = store().rows(_OPEN)
    return Attention(
        unknown=[(number, name) for number, state, name in found if state == State.UNKNOWN],
        sending=[(number, name) for number, state, name in found if state == State.SENDING],
    )
