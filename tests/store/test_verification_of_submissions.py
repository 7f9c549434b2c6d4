"""Whatever is changed of submissions and calls shows, and what became of one never does."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text

from app.campaign.contract.payload import build_payload, encode_payload
from app.campaign.contract.payload import compute_digest as digest_of
from app.store import audit_trail, request_log, submissions
from app.store.audit_trail import EventKind, name_draft_chain
from app.store.base import State
from app.store.chains import hash_document
from app.store.database import Store
from app.store.models import Submission
from app.store.records import LoggedCall
from tests.factories import outbound
from tests.fakes import ANSWERS, FakeApi
from tests.sending.presses import destination, look_up, press, queue_and_claim, submit
from tests.store.files import file_of
from tests.store.older import copy_as_revision
from tests.store.tampering import NO_SEALS, Sent, forge, sealed, tamper, verdict

pytestmark = pytest.mark.slow

_SECOND = """
INSERT INTO submission (draft_id, draft_version, connection, connection_key, is_sandbox, stamp,
    hurries, url, body, digest, state, who, approved_by, without_approval, claimed_at, token,
    lease_boot, lease_ends, message, errors, answer, resolved_by)
SELECT draft_id, draft_version, connection, connection_key, is_sandbox, stamp, hurries, url,
    body, digest, 'REFUSED', who, approved_by, without_approval, claimed_at, '{token}', lease_boot,
    lease_ends, message, errors, answer, resolved_by
FROM submission"""

_SECOND_CALL = """
INSERT INTO exchange (submission_id, connection_key, connection, at, method, url, request_headers,
    request_body, response_headers, response_body, outcome)
SELECT NULL, connection_key, connection, at, method, url, request_headers, request_body,
    response_headers, response_body, outcome
FROM exchange"""


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ("UPDATE submission SET state = 'REFUSED'", "The submission 1 was changed."),
        ("UPDATE submission SET campaign_id = 'other'", "The submission 1 was changed."),
        pytest.param(
            "UPDATE submission SET body = x'7b7d'",
            "The submission 1 was changed.",
            marks=pytest.mark.sqlite,
        ),
        ("UPDATE submission SET who = 'Eve'", "The submission 1 was changed."),
        ("UPDATE submission SET state = 'ODD'", "The submission 1 was changed."),
        pytest.param(
            "UPDATE submission SET claimed_at = 'never'",
            "The submission 1 was changed.",
            marks=pytest.mark.sqlite,
        ),
        ("UPDATE exchange SET response_body = '{}'", "The call 1 was changed."),
        ("UPDATE exchange SET status = 500", "The call 1 was changed."),
        pytest.param(
            "UPDATE exchange SET request_headers = 'no JSON'",
            "The call 1 was changed.",
            marks=pytest.mark.sqlite,
        ),
        ("DELETE FROM exchange", "The call 1 is missing."),
        ("UPDATE submission SET connection_key = 'other'", "The submission 1 was changed."),
        ("UPDATE submission SET retry_at = claimed_at", "The submission 1 was changed."),
        ("UPDATE exchange SET connection_key = 'other'", "The call 1 was changed."),
        ("UPDATE draft SET state = 'REFUSED'", "is not that of its submissions."),
        ("UPDATE draft SET state = NULL", "is not that of its submissions."),
        (_SECOND.format(token="forged"), "2 submissions are kept, and the trail knows of 1."),
        (_SECOND.format(token=""), "2 submissions are kept, and the trail knows of 1."),
        (_SECOND_CALL, "2 calls are kept, and the trail knows of 1."),
    ],
)
def test_changed_submissions_and_calls_show(
    store: Store, sent: Sent, statement: str, fault: str
) -> None:
    sent(State.CREATED)
    tamper(store, statement)
    assert verdict(store).fault.endswith(fault)


SENDING = [
    "UPDATE submission SET state = 'UNSENT'; UPDATE draft SET state = 'UNSENT'",
    pytest.param(
        "UPDATE submission SET body = x'7b7d', digest = '4a5e1e4b'", marks=pytest.mark.sqlite
    ),
    "UPDATE submission SET url = 'https://evil.example'",
    "UPDATE submission SET who = 'Eve'",
    "UPDATE submission SET connection = 'Other'",
    "UPDATE submission SET campaign_id = 'x'",
    "UPDATE exchange SET status = 201",
    "UPDATE exchange SET url = 'https://evil.example'",
    "UPDATE exchange SET submission_id = NULL; UPDATE submission SET id = 77",
]


@pytest.mark.parametrize("statements", SENDING)
def test_what_is_being_sent_is_held_to_the_press(
    store: Store, saved: Callable[..., str], statements: str
) -> None:
    reviewed, to = digest_of(encode_payload(build_payload(outbound()))), destination(FakeApi())
    queue_and_claim(press(saved(outbound()), reviewed=reviewed, to=to), store=store)
    noted = sealed(store)
    assert verdict(store, noted).fault == ""
    tamper(store, *statements.split("; "))
    assert verdict(store, noted).fault != ""


def test_no_other_event_binds_a_submission_to_something_else(store: Store, sent: Sent) -> None:
    sent(State.REFUSED)
    noted = sealed(store)
    with store.reading() as session:
        draft_id = session.get_one(Submission, 1).draft_id
    tamper(store, "UPDATE submission SET state = 'CREATED'", "UPDATE draft SET state = 'CREATED'")
    with store.writing() as session:
        bound = submissions.bind_submission(session, session.get_one(Submission, 1))
        audit_trail.record(session, EventKind.REVIEWED, name_draft_chain(draft_id), **bound)
    assert verdict(store, noted).fault == "The submission 1 was changed."


def test_an_outcome_that_no_seal_names_was_made_up(store: Store, sent: Sent) -> None:
    sent(State.REFUSED)
    with store.reading() as session:
        draft_id = session.get_one(Submission, 1).draft_id
    with store.writing() as session:
        audit_trail.record(session, EventKind.CORRECTED, name_draft_chain(draft_id))
    assert "is of a kind that is sealed" in verdict(store).fault


@pytest.mark.sqlite
def test_rows_are_counted_once(store: Store, sent: Sent, tmp_path: Path) -> None:
    """Set the schema back, so that the next start would count a row that was made up."""
    sent(State.CREATED)
    noted = sealed(store)
    tamper(store, _SECOND.format(token="x"))
    again = Store(copy_as_revision("0004", file_of(store), tmp_path / "older.sqlite3"))
    assert verdict(again, noted).fault == "2 submissions are kept, and the trail knows of 1."


def test_the_state_of_a_draft_is_that_of_its_newest_submission(
    store: Store, sent: Sent, saved: Callable[..., str]
) -> None:
    first = sent(State.UNKNOWN)
    look_up(store, first)
    with store.reading() as session:
        draft_id = session.get_one(Submission, first).draft_id
    api = FakeApi(ANSWERS[State.REFUSED])
    submit(
        draft_id,
        reviewed=digest_of(encode_payload(build_payload(outbound()))),
        store=store,
        api=api,
    )
    look_up(store, first)
    assert verdict(store).fault == ""


@pytest.mark.parametrize("state", ANSWERS)
def test_records_hold_whatever_has_become_of_a_submission(
    store: Store, sent: Sent, state: State
) -> None:
    sent(state)
    assert verdict(store).fault == ""


def test_records_hold_while_a_campaign_is_being_sent(
    store: Store, saved: Callable[..., str]
) -> None:
    reviewed, to = digest_of(encode_payload(build_payload(outbound()))), destination(FakeApi())
    queue_and_claim(press(saved(outbound()), reviewed=reviewed, to=to), store=store)
    assert verdict(store).fault == ""


def test_what_was_written_before_more_was_hashed_still_holds(store: Store, sent: Sent) -> None:
    sent(State.CREATED)
    with store.reading() as session:
        row = session.execute(text("SELECT * FROM event WHERE kind = 'answered'")).mappings().one()
        documents = {
            "submission": submissions.write_document(session.get_one(Submission, 1)),
            "call": request_log.write_document(session.get_one(LoggedCall, 1)),
        }
    details = json.loads(row["details"])
    for kind, document in documents.items():
        older = {name: document[name] for name in document.keys() - {"destination", "retry_at"}}
        details[f"{kind}_digest"] = hash_document(older)
    forge(store, row, details=json.dumps(details))
    tamper(store, *NO_SEALS)
    assert verdict(store).fault == ""
