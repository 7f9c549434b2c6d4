"""A check of a webhook address sends one event, marked as a test, and tells what came of it."""

import json
import re
import socket
from pathlib import Path

import pytest
import requests.adapters

from app.connections import Network
from app.remote.addresses import AllowedHosts
from app.sending import webhook_check
from app.sending.webhook_check import TooSoon, check_webhook
from app.store import request_log
from app.store.database import Store
from app.store.records import LoggedCall
from app.store.verification import verify
from tests.remote.wire import HERE
from tests.sending.webhook_receiver import DAYS, make_certificate, receiving
from tests.servers import answering, free_port


def check(url: str, store: Store, allowed: AllowedHosts = HERE) -> LoggedCall:
    """Check an address, and give what the log has of it."""
    call_id = check_webhook(url, Network({}, 2.0, allowed), store)
    with store.reading() as session:
        return request_log.find(session, call_id)


@pytest.fixture
def certificate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a certificate that calls of this test trust."""
    path = make_certificate(tmp_path / "receiver.pem")
    monkeypatch.setattr(requests.adapters, "DEFAULT_CA_BUNDLE_PATH", str(path))
    return path


def test_one_event_is_sent_and_says_that_it_is_a_test(store: Store) -> None:
    with receiving() as receiver:
        call = check(receiver.url, store)

    ((headers, event),) = receiver.came
    assert event["test"] is True
    assert event.keys() == {"test", "message", "sent_at"}
    assert headers["X-Campaign-Builder"] == "test"
    assert headers["Content-Type"] == "application/json"
    assert json.loads(call.request_body) == event
    assert re.fullmatch(
        r"It answers with status 204\. It took \d+ ms\. The address is not encrypted: anybody on "
        r"the way can read the events\.",
        call.outcome,
    )


def test_over_https_it_tells_the_version_and_the_days_of_the_certificate(
    store: Store, certificate: Path
) -> None:
    with receiving(200, certificate) as receiver:
        outcome = check(receiver.url, store).outcome

    assert outcome.endswith(f"TLS 1.3; the certificate expires in {DAYS} days.")


@pytest.mark.parametrize(
    ("days", "words"), [(0, "expires within a day."), (1, "expires in 1 day.")]
)
def test_a_certificate_that_ends_soon_is_told_in_words(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, days: int, words: str
) -> None:
    path = make_certificate(tmp_path / "receiver.pem", days)
    monkeypatch.setattr(requests.adapters, "DEFAULT_CA_BUNDLE_PATH", str(path))
    with receiving(200, path) as receiver:
        assert check(receiver.url, store).outcome.endswith(words)


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (200, "It answers with status 200. It took"),
        (302, "status 302, a redirect, which may not be followed: enter the address"),
        (404, "status 404, not with one of 200 to 299"),
        (500, "status 500, not with one of 200 to 299"),
    ],
)
def test_each_answer_has_its_words(store: Store, status: int, words: str) -> None:
    with receiving(status) as receiver:
        assert words in check(receiver.url, store).outcome


def test_a_certificate_that_nobody_vouches_for_is_told_and_nothing_is_sent(
    store: Store, tmp_path: Path
) -> None:
    with receiving(200, make_certificate(tmp_path / "receiver.pem")) as receiver:
        outcome = check(receiver.url, store).outcome

    assert outcome.startswith("Its certificate is not accepted: self-signed certificate")
    assert not receiver.came


def test_what_is_inside_is_not_called(store: Store) -> None:
    with answering() as (address, came):
        outcome = check(address.url, store, AllowedHosts()).outcome

    assert outcome == "It could not be reached: its host has no public address."
    assert not came


def test_what_is_silent_is_told_after_the_deadline(store: Store) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}/"
        call_id = check_webhook(url, Network({}, 0.3, HERE), store)

    with store.reading() as session:
        outcome = request_log.find(session, call_id).outcome
    assert outcome == "It did not answer within 0.3 seconds."


def test_what_cannot_be_reached_is_told(store: Store) -> None:
    outcome = check(f"http://127.0.0.1:{free_port()}/", store).outcome
    assert outcome == "It could not be reached. Check the host name and the port."


def test_what_breaks_off_is_told(store: Store) -> None:
    with answering(b"") as (address, _came):
        outcome = check(address.url, store).outcome
    assert outcome == "It broke the connection off before its answer was complete."


def test_neither_the_log_nor_the_result_has_a_secret_of_the_address(store: Store) -> None:
    with receiving() as receiver:
        url = receiver.url.replace("//", "//ada:pa55word@") + "?key=s3cret"
        call = check(url, store)

    document = json.dumps(request_log.write_document(call))
    assert "pa55word" not in document
    assert "s3cret" not in document
    assert "YWRhOnBhNTV3b3Jk" not in document
    assert call.url == receiver.url.replace("//", "//[secret]@") + "?[secret]"


def test_two_checks_are_two_seconds_apart(store: Store) -> None:
    with receiving() as receiver:
        check(receiver.url, store)
        with pytest.raises(TooSoon):
            check(receiver.url, store)
    assert len(receiver.came) == 1


def test_the_trail_vouches_for_what_was_logged(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhook_check, "_PACE", webhook_check._PACE._replace(rate=0))  # noqa: SLF001
    with receiving() as receiver:
        check(receiver.url, store)
        check(receiver.url, store)
    with store.reading() as session:
        assert verify(session).fault == ""
