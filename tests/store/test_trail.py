"""The event trail: everything is on it, and nobody changes it unseen."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from app.store import drafts, trail
from app.store.base import State
from app.store.database import Store
from app.store.models import Draft
from app.store.trail import Kind, Verdict, details
from tests.factories import inbound, typed


def verdict(store: Store, head: str = "") -> Verdict:
    with store.reading() as session:
        return trail.verify(session, head)


def kinds(store: Store, draft_id: str) -> list[str]:
    with store.reading() as session:
        return [event.kind for event in trail.of_draft(session, draft_id)]


def tampered(store: Store, statement: str) -> None:
    """Change the table as somebody with the file could, past the triggers."""
    with store.writing() as session:
        for change in ("update", "delete"):
            session.execute(text(f"DROP TRIGGER IF EXISTS no_{change}_of_events"))
        session.execute(text(statement))


@pytest.fixture
def draft_id(store: Store, saved: Callable[..., str]) -> str:
    made = saved(inbound())
    for number in range(1, 4):
        with store.writing() as session:
            answers = typed(inbound(name=f"Front desk {number}"))
            drafts.save(session, made, answers, over=number, who="Ada")
    return made


def test_an_edit_tells_who_changed_what_from_what_to_what(store: Store, draft_id: str) -> None:
    with store.reading() as session:
        last = trail.of_draft(session, draft_id)[-1]
    assert (last.kind, last.who) == ("edited", "Ada")
    assert details(last)["fields"] == {"name": ["Front desk 2", "Front desk 3"]}


def test_saving_what_is_there_already_is_no_event(store: Store, draft_id: str) -> None:
    with store.writing() as session:
        drafts.save(session, draft_id, typed(inbound(name="Front desk 3")), over=4)
    assert kinds(store, draft_id) == ["created", "edited", "edited", "edited"]


def test_deleting_and_bringing_back_are_on_it(store: Store, draft_id: str) -> None:
    with store.writing() as session:
        drafts.delete(session, draft_id)
    with store.writing() as session:
        drafts.restore(session, draft_id)
    assert kinds(store, draft_id)[-2:] == ["deleted", "restored"]


def test_a_submission_tells_what_was_sent_where_and_what_was_answered(
    store: Store, sent: Callable[[State], int]
) -> None:
    sent(State.CREATED)
    with store.reading() as session:
        (draft,) = session.query(Draft)
        events = {event.kind: details(event) for event in trail.of_draft(session, draft.id)}
    assert events["sent"]["connection"] == "VoiceAIWrapper"
    assert events["sent"]["url"] == "https://api.example/api/v2/voice-campaigns"
    assert {"findings", "rules", "zone_data", "app"} <= events["sent"].keys()
    assert (events["answered"]["state"], events["answered"]["campaign_id"]) == (
        "CREATED",
        "Q2FtcGFpZ246MQ==",
    )


def test_an_untouched_trail_holds(store: Store, draft_id: str) -> None:
    found = verdict(store)
    assert (found.count, found.fault) == (4, "")
    assert verdict(store, found.head).fault == ""


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ("UPDATE event SET who = 'Eve' WHERE id = 2", "Event 2 was changed."),
        ("UPDATE event SET details = '{}' WHERE id = 4", "Event 4 was changed."),
        ("UPDATE event SET draft_id = NULL WHERE id = 1", "Event 1 was changed."),
        ("DELETE FROM event WHERE id = 2", "Event 2 is missing."),
        ("DELETE FROM event WHERE id = 4", "Events are missing at the end."),
        ("DELETE FROM event", "Events are missing at the end."),
        ("UPDATE event SET before = hash WHERE id = 3", "does not follow the one before it."),
    ],
)
def test_any_change_of_the_trail_shows(
    store: Store, draft_id: str, statement: str, fault: str
) -> None:
    tampered(store, statement)
    assert fault in verdict(store).fault


def test_a_trail_that_was_made_up_anew_does_not_have_a_hash_noted_earlier(
    store: Store, draft_id: str
) -> None:
    assert verdict(store, "0" * 63 + "1").fault == f"No event has the hash {'0' * 63}1."


@pytest.mark.parametrize("statement", ["UPDATE event SET who = 'Eve'", "DELETE FROM event"])
def test_the_database_itself_refuses_to_change_it(
    store: Store, draft_id: str, statement: str
) -> None:
    with pytest.raises(IntegrityError, match="never changed"), store.writing() as session:
        session.execute(text(statement))


def test_a_second_look_at_the_same_thing_is_no_further_review(store: Store, draft_id: str) -> None:
    for digest in ("a", "a", "b"):
        with store.writing() as session:
            trail.record_review(session, draft_id, digest=digest, connection="Client A")
    assert kinds(store, draft_id).count(Kind.REVIEWED) == 2


def test_what_anybody_types_can_be_hashed(store: Store) -> None:
    odd: dict[str, Any] = {"said": "“für” \u2028 \U0001f600 \x00", "list": [1, None, {"a": ""}]}
    with store.writing() as session:
        trail.record(session, Kind.EDITED, draft_id="a", who="Zoë", **odd)
    assert verdict(store).fault == ""
