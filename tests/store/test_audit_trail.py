"""The event trail: everything is on it, and nobody changes it unseen."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from app.store import audit_trail, drafts, seals
from app.store.acceptances import Reason, accept, judge
from app.store.audit_trail import EventKind, read_details
from app.store.base import State
from app.store.database import Store
from app.store.models import Draft
from app.store.verification import verify
from tests.factories import inbound, typed


def kinds(store: Store, draft_id: str) -> list[str]:
    with store.reading() as session:
        return [event.kind for event in audit_trail.read_draft_events(session, draft_id)]


@pytest.fixture
def draft_id(store: Store, saved: Callable[..., str]) -> str:
    made = saved(inbound())
    for number in range(1, 4):
        with store.writing() as session:
            answers = typed(inbound(name=f"Front desk {number}"))
            drafts.save(session, made, judge(answers), expected_version=number, who="Ada")
    return made


def test_an_edit_tells_who_changed_what_from_what_to_what(store: Store, draft_id: str) -> None:
    with store.reading() as session:
        last = audit_trail.read_draft_events(session, draft_id)[-1]
    assert (last.kind, last.who) == ("edited", "Ada")
    assert read_details(last)["fields"] == {"name": ["Front desk 2", "Front desk 3"]}


def test_saving_what_is_there_already_is_no_event(store: Store, draft_id: str) -> None:
    with store.writing() as session:
        drafts.save(
            session, draft_id, judge(typed(inbound(name="Front desk 3"))), expected_version=4
        )
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
        events = {
            event.kind: read_details(event)
            for event in audit_trail.read_draft_events(session, draft.id)
        }
    assert events["sent"]["connection"] == "VoiceAIWrapper"
    assert events["sent"]["url"] == "https://api.example/api/v2/voice-campaigns"
    assert {"findings", "rules", "zone_data", "app"} <= events["sent"].keys()
    assert (events["answered"]["state"], events["answered"]["campaign_id"]) == (
        "CREATED",
        "Q2FtcGFpZ246MQ==",
    )


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE event SET who = 'Eve'",
        "DELETE FROM event",
        pytest.param(
            "INSERT OR REPLACE INTO event SELECT * FROM event WHERE number = 2",
            marks=pytest.mark.sqlite,
        ),
        pytest.param(
            "REPLACE INTO event (chain, number, at, kind, who, details, before, hash) "
            "SELECT chain, number, at, kind, 'Eve', details, before, hash FROM event",
            marks=pytest.mark.sqlite,
        ),
        "UPDATE seal SET hash = ''",
        "DELETE FROM seal",
        pytest.param("INSERT OR REPLACE INTO seal SELECT * FROM seal", marks=pytest.mark.sqlite),
    ],
)
def test_the_database_itself_refuses_to_change_it(
    store: Store, draft_id: str, statement: str
) -> None:
    with store.writing() as session:
        seals.seal(session)
    with pytest.raises(IntegrityError, match="never changed"), store.writing() as session:
        session.execute(text(statement))


def test_what_stood_in_a_draft_is_found_by_its_version(store: Store, draft_id: str) -> None:
    with store.reading() as session:
        draft = drafts.find(session, draft_id)
        names = [
            audit_trail.find_answers_at(session, draft, version).get("name") for version in range(5)
        ]
    assert names == ["", "Front desk", "Front desk 1", "Front desk 2", "Front desk 3"]


def look(store: Store, draft_id: str, digest: str = "a", who: str = "Ada") -> None:
    with store.writing() as session:
        audit_trail.record_review(session, draft_id, digest=digest, connection="Client A", who=who)


def reviews(store: Store, draft_id: str) -> int:
    return kinds(store, draft_id).count(EventKind.REVIEWED)


def test_a_second_look_at_the_same_thing_is_no_further_review(store: Store, draft_id: str) -> None:
    for digest in ("a", "a", "b", "a", "b"):
        look(store, draft_id, digest)
    assert reviews(store, draft_id) == 2


def test_two_people_who_look_in_turn_have_each_looked_once(store: Store, draft_id: str) -> None:
    for who in ("Ada", "Bo", "Ada", "Bo"):
        look(store, draft_id, who=who)
    assert reviews(store, draft_id) == 2


def test_accepting_a_finding_and_saving_nothing_new_is_the_same_look(
    store: Store, draft_id: str
) -> None:
    look(store, draft_id)
    with store.writing() as session:
        answers = judge(typed(inbound(name="Front desk 3")))
        accept(session, drafts.find(session, draft_id), answers, Reason([], "Fine.", "Ada"))
        drafts.save(session, draft_id, answers, expected_version=4)
    look(store, draft_id)
    assert reviews(store, draft_id) == 1


@pytest.mark.parametrize("kind", [EventKind.ACCEPTED, EventKind.TAKEN_BACK, EventKind.CONFIRMED])
def test_a_word_about_findings_changes_nothing_that_was_reviewed(
    store: Store, draft_id: str, kind: EventKind
) -> None:
    look(store, draft_id, who="")
    with store.writing() as session:
        audit_trail.record(session, kind, audit_trail.name_draft_chain(draft_id), who="Ada")
    look(store, draft_id, who="Ada")  # The page comes back with the name that they gave.
    assert reviews(store, draft_id) == 1


def test_a_look_under_a_name_comes_on_top_of_one_under_none(store: Store, draft_id: str) -> None:
    look(store, draft_id, who="")
    look(store, draft_id, who="Ada")
    assert reviews(store, draft_id) == 2


@pytest.mark.parametrize(
    "kind", [EventKind.EDITED, EventKind.RESTORED, EventKind.SENT, EventKind.ANSWERED]
)
def test_a_look_after_something_was_done_is_a_further_review(
    store: Store, draft_id: str, kind: EventKind
) -> None:
    look(store, draft_id)
    with store.writing() as session:
        audit_trail.record(session, kind, audit_trail.name_draft_chain(draft_id))
    look(store, draft_id)
    assert reviews(store, draft_id) == 2


def test_what_anybody_types_can_be_hashed(store: Store) -> None:
    odd: dict[str, Any] = {"said": "“für” \u2028 \U0001f600 \x00", "list": [1, None, {"a": ""}]}
    with store.writing() as session:
        audit_trail.record(session, EventKind.RESTORED, "draft/a", who="Zoë", **odd)
    with store.reading() as session:
        assert verify(session).fault == ""
