"""Each hook has deliveries of its own: what becomes of one's leaves every other's alone."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from app.rights import ALL
from app.store import hooks, told_items
from app.store.database import Store
from app.store.hooks import EnteredHook
from app.store.notice_models import Hook
from app.store.told_items import name_hook_subject

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
LONG_AGO = 10 * MINUTE


@pytest.fixture
def two(store: Store) -> tuple[int, int]:
    """Add two hooks, for each of which a delivery waits; gives their numbers."""
    with store.writing() as session:
        made = [
            hooks.add(session, EnteredHook(name, "https://example.com", [ALL], b""), who="Ada").id
            for name in ("Chat", "Desk")
        ]
        for minutes, number in enumerate(made):
            hooks.enqueue(session, number, f"For {number}", NOW - LONG_AGO + minutes * MINUTE)
    return made[0], made[1]


def claim_body(session: Session) -> str | None:
    due = hooks.claim(session, NOW)
    return due.body if due else None


def test_to_delete_a_hook_loses_nothing_of_another(store: Store, two: tuple[int, int]) -> None:
    subjects = [name_hook_subject(number) for number in two]
    with store.writing() as session:
        for subject in subjects:
            told_items.claim_new(session, subject, {"item"})
    with store.writing() as session:
        hooks.remove(session, session.get_one(Hook, two[0]), who="Ada")
    with store.writing() as session:
        assert claim_body(session) == f"For {two[1]}"
        assert told_items.claim_new(session, subjects[1], {"item"}) == set()


def test_a_hook_that_does_not_answer_delays_no_other(store: Store, two: tuple[int, int]) -> None:
    with store.writing() as session:
        due = hooks.claim(session, NOW)
        assert due
        assert due.body == f"For {two[0]}"
        hooks.note_failure(session, due.id, "Silence.", NOW, was_answered=False)
    with store.writing() as session:
        assert claim_body(session) == f"For {two[1]}"


def test_what_waits_and_failed_is_told_of_its_own_hook(store: Store, two: tuple[int, int]) -> None:
    with store.writing() as session:
        due = hooks.claim(session, NOW)
        assert due
        hooks.note_failure(session, due.id, "Busy.", NOW)
        hooks.enqueue(session, two[0], "Once more", NOW)
    with store.reading() as session:
        first, second = (hooks.read_standing(session, number) for number in two)
    assert (first.waiting, [delivery.failure for delivery in first.failures]) == (2, ["Busy."])
    assert (second.waiting, second.failures) == (1, [])
