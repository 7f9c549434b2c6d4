"""Send while the app is stopped and started again: a clean stop leaves nothing unknown."""

from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path

from sqlalchemy import func, select

from app.store.base import State
from app.store.models import Submission
from tests.faults.bed import AS_IT_IS, TestBed, open_test_bed, wait_until
from tests.faults.person import Person
from tests.postgresql import Server

_PEOPLE = 6


def unknown_after_restarts(
    folder: Path, creates: int, restarts: int, server: Server | None = None
) -> int:
    """Send so many campaigns to a healthy API, and count what nobody knows the outcome of.

    Every campaign must be there once at the end, or else `RuntimeError` is raised.
    """
    with open_test_bed(folder, program=AS_IT_IS, server=server) as place:
        names = [f"Campaign {number}" for number in range(creates)]
        drafts = {place.new_draft(name): name for name in names}
        done = count()
        reached = [0]

        def send(draft_id: str) -> None:
            _send(place, draft_id)
            reached[0] = next(done)

        with ThreadPoolExecutor(_PEOPLE) as people:
            sent = [people.submit(send, draft_id) for draft_id in drafts]
            for number in range(restarts):
                wait_until(lambda n=number: reached[0] >= creates * (n + 1) // (restarts + 2), 600)
                if place.stop() != 0:
                    raise RuntimeError("The app did not stop cleanly.")
                place.start()
            for future in sent:
                future.result()
        made = {campaign.name for campaign in place.ledger.read_page(creates * 2)}
        if made != set(names) or len(place.ledger.read_page(creates * 2)) != creates:
            raise RuntimeError("Not every campaign is there once.")
        return _count_unknown(place)


def _send(place: TestBed, draft_id: str) -> None:
    """Review, press and look, over again for as long as the app is away."""
    person = Person(place.url, draft_id)

    def is_sent() -> bool:
        try:
            page = person.look()
            if page.state in {"Created", "Unknown"}:
                return True
            person.review()
            person.press()
            return person.look().state in {"Created", "Unknown"}
        except OSError:  # It is just being started again.
            return False

    wait_until(is_sent, 600)


def _count_unknown(place: TestBed) -> int:
    with place.store.reading() as session:
        query = select(func.count()).where(Submission.state == State.UNKNOWN)
        return session.scalar(query) or 0
