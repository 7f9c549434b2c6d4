"""Webhooks: signed calls that reach a real receiver once, go on trying, and reach nobody inside."""

import base64
import hmac
import json
import socket
import ssl
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from threading import Thread

import pytest
import requests.adapters
import time_machine
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.notices.hook_calls import tell_hooks, try_hook
from app.notices.items import Item
from app.notices.signature import make_secret
from app.rights import ALL, Person, Right, Role
from app.services import find_services
from app.store import hooks
from app.store.hooks import EnteredHook
from app.store.notice_models import Hook, HookDelivery
from app.store.people_models import Account
from tests.notices.waiting import LOOK, REVIEW, Waiting, make_teller
from tests.people.accounts import add_account
from tests.sending.webhook_receiver import Receiver, make_certificate, receiving

SECRET = make_secret()
NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
PUBLIC = "https://campaigns.example"


@pytest.fixture
def certificate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a certificate that calls of this test trust."""
    path = make_certificate(tmp_path / "receiver.pem")
    monkeypatch.setattr(requests.adapters, "DEFAULT_CA_BUNDLE_PATH", str(path))
    return path


@pytest.fixture
def receiver(certificate: Path) -> Iterator[Receiver]:
    with receiving(204, certificate) as receiver:
        yield receiver


def add_hook(app: Flask, url: str, *keys: str) -> Hook:
    services = find_services(app)
    locked = services.connections.vault.lock(SECRET)
    with services.store.writing() as session:
        return hooks.add(session, EnteredHook("Chat", url, list(keys or [ALL]), locked), who="Anna")


def tell(app: Flask, waiting: Waiting, now: datetime = NOW) -> None:
    """Look what waits, and call; *now* is when that is."""
    with time_machine.travel(now, tick=False):
        teller = replace(make_teller(app, waiting), public_url=PUBLIC)
        tell_hooks(teller.store, waiting.list_waiting, PUBLIC, now)
        deliver(app, now)


def deliver(app: Flask, now: datetime) -> None:
    with time_machine.travel(now, tick=False):
        make_teller(app, Waiting())._call_hooks()  # noqa: SLF001


def try_out(app: Flask, hook: Hook) -> str:
    """Call a hook as the page of hooks does, and give what it says."""
    connections = find_services(app).connections
    return try_hook(hook, connections.vault, connections.network)


def read_standing(app: Flask) -> hooks.Standing:
    with find_services(app).store.reading() as session:
        standing = hooks.read_standing(session, 1)
        session.expunge_all()
        return standing


@pytest.mark.usefixtures("anna")
def test_a_call_says_what_waits_for_whom_and_is_signed(
    app: Flask, receiver: Receiver, waiting: Waiting
) -> None:
    add_hook(app, receiver.url)
    tell(app, waiting)
    ((headers, event),) = receiver.came
    assert event == {
        "at": "2026-11-29T12:00:00+00:00",
        "items": [
            {
                "who": "Anna <anna@example.com>",
                "words": "Approve “Q4 Outreach”",
                "url": "https://campaigns.example/drafts/a/review",
            }
        ],
    }
    assert headers["webhook-timestamp"] == str(int(NOW.timestamp()))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode()
    signed += json.dumps(event, ensure_ascii=False).encode()
    digest = hmac.new(base64.b64decode(SECRET[6:]), signed, sha256).digest()
    assert headers["webhook-signature"] == f"v1,{base64.b64encode(digest).decode()}"


@pytest.mark.usefixtures("anna")
def test_what_was_told_is_not_told_again_while_it_waits(
    app: Flask, receiver: Receiver, waiting: Waiting
) -> None:
    add_hook(app, receiver.url)
    for minutes in (0, 5, 10):
        tell(app, waiting, NOW + timedelta(minutes=minutes))
    waiting.items["anna@example.com"].append(LOOK)
    tell(app, waiting, NOW + timedelta(minutes=15))
    words = [[item["words"] for item in event["items"]] for _, event in receiver.came]
    assert words == [[REVIEW.words], [LOOK.words]]
    assert read_standing(app) == hooks.Standing(0, [])


def test_a_hook_of_one_connection_is_told_of_nothing_else(
    app: Flask, receiver: Receiver, anna: Account, waiting: Waiting
) -> None:
    add_account(app, "ben@example.com", {"other": frozenset({Role.VIEWER})})
    waiting.items["ben@example.com"] = [LOOK]
    waiting.items["anna@example.com"].append(LOOK)
    waiting.at[LOOK] = "other"
    add_hook(app, receiver.url, "sandbox")
    tell(app, waiting)
    (event,) = [event for _, event in receiver.came]
    assert [(item["who"], item["words"]) for item in event["items"]] == [
        (f"Anna <{anna.email}>", REVIEW.words)
    ]


def test_alone_it_is_told_what_waits_for_whoever_is_there(app: Flask, receiver: Receiver) -> None:
    add_hook(app, receiver.url)
    tell(app, Waiting({"": [REVIEW]}))
    assert receiver.came[0][1]["items"][0]["who"] == ""


@pytest.mark.usefixtures("anna")
def test_what_is_not_taken_is_tried_again_with_growing_pauses_for_a_day(
    app: Flask, certificate: Path, waiting: Waiting
) -> None:
    with receiving(500, certificate) as receiver:
        add_hook(app, receiver.url)
        tell(app, waiting)
        calls = []
        for minutes in range(1, 3 * 24 * 60):
            before = len(receiver.came)
            if minutes in {1, 4, 13, 40, 121, 364, 724, 1084, 1444} or minutes % 97 == 0:
                deliver(app, NOW + timedelta(minutes=minutes))
            if len(receiver.came) > before:
                calls.append(minutes)
    assert calls == [1, 4, 13, 40, 121, 364, 724, 1084]
    assert len({headers["webhook-id"] for headers, _ in receiver.came}) == 1
    assert len({headers["webhook-timestamp"] for headers, _ in receiver.came}) == 9
    standing = read_standing(app)
    assert standing.waiting == 0
    (delivery,) = standing.failures
    assert (delivery.tries, delivery.next_at) == (9, None)
    assert delivery.failure == "It answered with status 500, not with one of 200 to 299."
    deliver(app, NOW + timedelta(days=31))
    assert read_standing(app).failures == []


@pytest.mark.usefixtures("anna")
def test_what_is_taken_at_a_later_try_is_over(
    app: Flask, certificate: Path, waiting: Waiting
) -> None:
    with receiving(503, certificate) as receiver:
        hook = add_hook(app, receiver.url)
        tell(app, waiting)
    with receiving(200, certificate) as receiver:
        with find_services(app).store.writing() as session:
            hooks.find(session, hook.id).url = receiver.url
        for minutes in (1, 2):
            deliver(app, NOW + timedelta(minutes=minutes))
        assert len(receiver.came) == 1
    assert read_standing(app) == hooks.Standing(0, [])
    with find_services(app).store.reading() as session:
        assert hooks.find(session, hook.id).delivered_at == NOW + timedelta(minutes=1)


@pytest.mark.usefixtures("anna")
def test_a_hook_that_is_switched_off_is_not_called(
    app: Flask, receiver: Receiver, waiting: Waiting
) -> None:
    hook = add_hook(app, receiver.url)
    store = find_services(app).store
    tell_hooks(store, waiting.list_waiting, PUBLIC, NOW)
    with store.writing() as session:
        hooks.set_active(session, hooks.find(session, hook.id), active=False, who="Anna")
    waiting.items["anna@example.com"].append(LOOK)
    tell(app, waiting)
    assert receiver.came == []
    with store.writing() as session:
        hooks.set_active(session, hooks.find(session, hook.id), active=True, who="Anna")
    tell(app, waiting)
    assert len(receiver.came) == 2
    with store.writing() as session:
        hooks.remove(session, hooks.find(session, hook.id), who="Anna")
    tell(app, waiting)
    assert len(receiver.came) == 2


@pytest.mark.usefixtures("anna")
def test_what_is_a_day_old_is_given_up_whatever_kept_it_back(
    app: Flask, receiver: Receiver, waiting: Waiting
) -> None:
    add_hook(app, receiver.url)
    tell_hooks(find_services(app).store, waiting.list_waiting, PUBLIC, NOW)
    deliver(app, NOW + timedelta(days=1, minutes=1))
    assert receiver.came == []
    assert read_standing(app).waiting == 0


def test_two_never_make_the_same_call(app: Flask, anna: Account, waiting: Waiting) -> None:
    add_hook(app, "https://chat.example")
    store = find_services(app).store
    tell_hooks(store, waiting.list_waiting, PUBLIC, NOW)
    with store.writing() as session:
        assert hooks.claim(session, NOW)
    with store.writing() as session:
        assert hooks.claim(session, NOW) is None


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("https://10.0.0.1/hook", "It could not be reached: its host has no public address."),
        ("https://169.254.169.254/", "It could not be reached: its host has no public address."),
        ("https://sandbox.invalid/", "It could not be reached: its host has no public address."),
        (
            "https://127.0.0.1:1",
            "It could not be reached within 5 seconds.",
        ),
    ],
)
def test_what_may_not_or_cannot_be_called_is_named(app: Flask, url: str, words: str) -> None:
    assert try_out(app, add_hook(app, url)) == words


def test_a_certificate_that_nobody_trusts_is_named(app: Flask, tmp_path: Path) -> None:
    with receiving(204, make_certificate(tmp_path / "other.pem")) as receiver:
        words = try_out(app, add_hook(app, receiver.url))
    assert words.startswith("Its certificate is not accepted")
    assert receiver.came == []


def close_at_once(caller: ssl.SSLSocket) -> None:
    """Close as who has nothing to say."""


def break_off(caller: ssl.SSLSocket) -> None:
    caller.unwrap().sendall(b"no record of TLS")


def answer_without_end(caller: ssl.SSLSocket) -> None:
    caller.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{")


def answer_at_length(caller: ssl.SSLSocket) -> None:
    caller.sendall(b"HTTP/1.1 202 Accepted\r\n\r\n" + b"x" * 1_100_000)


@contextmanager
def greeting(certificate: Path, answer: Callable[[ssl.SSLSocket], None]) -> Iterator[str]:
    """Take one request over TLS, answer it like this, and give the address for it."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)

    def serve(server: socket.socket) -> None:
        with suppress(OSError), context.wrap_socket(server.accept()[0], server_side=True) as caller:
            caller.settimeout(5)
            while b"}" not in caller.recv(65536):
                pass
            answer(caller)

    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(10)
        thread = Thread(target=serve, args=(server,))
        thread.start()
        yield f"https://127.0.0.1:{server.getsockname()[1]}"
        thread.join(timeout=10)


@pytest.mark.parametrize("answer", [answer_without_end, answer_at_length])
def test_what_is_answered_with_a_success_is_taken_whatever_becomes_of_its_body(
    app: Flask, certificate: Path, answer: Callable[[ssl.SSLSocket], None]
) -> None:
    with greeting(certificate, answer) as url:
        assert try_out(app, add_hook(app, url)) == ""


@pytest.mark.parametrize("answer", [close_at_once, break_off])
def test_of_what_may_have_come_it_is_not_said_that_nothing_was_sent(
    app: Flask, certificate: Path, answer: Callable[[ssl.SSLSocket], None]
) -> None:
    with greeting(certificate, answer) as url:
        words = try_out(app, add_hook(app, url))
    assert words == "It broke the connection off, or did not answer within 5 seconds."


def test_what_nobody_came_to_call_within_a_day_is_said(
    app: Flask, anna: Account, receiver: Receiver, waiting: Waiting
) -> None:
    add_hook(app, receiver.url)
    tell_hooks(find_services(app).store, waiting.list_waiting, PUBLIC, NOW)
    deliver(app, NOW + timedelta(days=1, minutes=1))
    (delivery,) = read_standing(app).failures
    assert delivery.failure == "It was not taken within a day."


def test_all_that_waits_for_a_hook_that_does_not_answer_waits_for_its_next_try(
    app: Flask, anna: Account, waiting: Waiting
) -> None:
    add_hook(app, "https://127.0.0.1:1")
    store = find_services(app).store
    tell_hooks(store, waiting.list_waiting, PUBLIC, NOW)
    waiting.items["anna@example.com"].append(LOOK)
    tell(app, waiting)
    with store.reading() as session:
        query = select(HookDelivery).order_by(HookDelivery.id)
        deliveries = session.scalars(query).all()
        assert [delivery.tries for delivery in deliveries] == [1, 0]
        assert {delivery.next_at for delivery in deliveries} == {NOW + timedelta(minutes=1)}


def test_what_is_new_for_a_hook_is_tried_soon_whatever_is_old_there(
    app: Flask, anna: Account, receiver: Receiver, waiting: Waiting
) -> None:
    hook, store = add_hook(app, "https://127.0.0.1:1"), find_services(app).store
    tell(app, waiting)
    for minutes in (1, 4, 13, 40, 121):
        deliver(app, NOW + timedelta(minutes=minutes))
    waiting.items["anna@example.com"].append(LOOK)
    tell_hooks(store, waiting.list_waiting, PUBLIC, NOW + timedelta(minutes=363))
    for minutes in (364, 365, 366):
        deliver(app, NOW + timedelta(minutes=minutes))
    with store.writing() as session:
        hooks.find(session, hook.id).url = receiver.url
    deliver(app, NOW + timedelta(minutes=375))
    assert [event["items"][0]["words"] for _, event in receiver.came] == [LOOK.words]


def test_a_delivery_that_another_process_has_given_up_meanwhile_is_noted(
    app: Flask, anna: Account, waiting: Waiting
) -> None:
    add_hook(app, "https://127.0.0.1:1")
    store = find_services(app).store
    tell_hooks(store, waiting.list_waiting, PUBLIC, NOW)
    with store.writing() as session:
        due = hooks.claim(session, NOW)
        assert due
    later = NOW + timedelta(days=1, minutes=1)
    with store.writing() as session:
        assert hooks.claim(session, later) is None
    with store.writing() as session:
        hooks.note_failure(session, due.id, "No answer.", later, was_answered=False)
    (delivery,) = read_standing(app).failures
    assert (delivery.next_at, delivery.failure) == (None, "No answer.")


def test_a_fault_in_what_waits_for_one_hook_is_no_other_hooks_and_nothing_is_told_twice(
    app: Flask, anna: Account, receiver: Receiver, waiting: Waiting
) -> None:
    add_hook(app, receiver.url)
    broken = add_hook(app, receiver.url, "sandbox")
    store, faulty = find_services(app).store, False

    def list_waiting(session: Session, person: Person) -> Sequence[Item]:
        if faulty and not person.may(Right.VIEW, "elsewhere"):
            raise KeyError(REVIEW)
        return waiting.list_waiting(session, person)

    for minutes, faulty in ((0, False), (1, True), (2, False)):
        now = NOW + timedelta(minutes=minutes)
        if faulty:
            waiting.items["anna@example.com"].append(LOOK)
        tell_hooks(store, list_waiting, PUBLIC, now)
        deliver(app, now)
    words = [[item["words"] for item in event["items"]] for _, event in receiver.came]
    assert sorted(words) == [[REVIEW.words], [REVIEW.words], [LOOK.words], [LOOK.words]]
    assert broken.id == 2


def test_a_test_says_that_it_is_one(app: Flask, receiver: Receiver) -> None:
    assert try_out(app, add_hook(app, receiver.url)) == ""
    ((_, event),) = receiver.came
    assert (event["test"], event["items"]) == (True, [])


def test_a_secret_that_no_key_reads_is_named(app: Flask) -> None:
    hook = add_hook(app, "https://chat.example")
    hook.secret = b"nothing"
    words = try_out(app, hook)
    assert words == "Its secret can no longer be read: delete this hook, and make another."


def test_secrets_are_kept_encrypted_and_encrypted_anew(app: Flask, instance: Path) -> None:
    hook = add_hook(app, "https://chat.example")
    assert SECRET.encode() not in hook.secret
    done = app.test_cli_runner().invoke(args=["rotate-tokens"])
    assert done.output == "1 token encrypted by the new key.\n"
    services = find_services(app)
    with services.store.reading() as session:
        again = hooks.find(session, hook.id).secret
    assert again != hook.secret
    assert services.connections.vault.unlock(again) == SECRET
