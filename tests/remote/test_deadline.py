"""One deadline bounds the whole call, however slowly the other side goes about it."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Event, Thread
from time import monotonic

import pytest
import time_machine

from app.remote.call import Outgoing
from app.remote.client import CampaignApi
from app.remote.connection import Credentials
from app.remote.deadline import Deadline
from app.remote.errors import NotSent, RemoteError, Unclear
from tests.remote.wire import BODY, HERE, TOKEN, http, success

SECONDS = 0.4
_EVERY = 0.02


@contextmanager
def dripping(answer: bytes, *, at_once: int = 0, scheme: str = "http") -> Iterator[str]:
    """Take one call and answer a byte at a time for ever, after the first *at_once* bytes."""
    gone = Event()

    def serve(server: socket.socket) -> None:
        with server.accept()[0] as caller, suppress(OSError):
            caller.settimeout(10)
            caller.recv(65536)
            caller.sendall(answer[:at_once])
            for letter in iter(lambda: answer[at_once : at_once + 1] or b" ", None):
                caller.sendall(letter)
                if gone.wait(_EVERY):
                    return

    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(10)
        thread = Thread(target=serve, args=(server,))
        thread.start()
        yield f"{scheme}://127.0.0.1:{server.getsockname()[1]}"
        gone.set()
        thread.join(timeout=10)


def error_of(url: str, seconds: float = SECONDS) -> tuple[RemoteError, float]:
    """Create a campaign there within these seconds, and give the error and how long it took."""
    api, began = (
        CampaignApi(Credentials("VoiceAIWrapper", url, TOKEN), deadline=seconds, allowed=HERE),
        monotonic(),
    )
    with pytest.raises(RemoteError) as raised:
        api.create_campaign(BODY)
    return raised.value, monotonic() - began


WHOLE = http(201, success())
HEAD = WHOLE.index(b"\r\n\r\n") + 4


@pytest.mark.parametrize(
    ("answer", "at_once"),
    [
        (b"H" * 60_000, 0),
        (b"HTTP/1.1 201 Created\r\nX-A: " + b"a" * 60_000, 24),
        (b"HTTP/1.1 400 Bad Request\r\n" + b"X-A: a\r\n" * 60_000, 26),
        (WHOLE, HEAD),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", 28),
    ],
    ids=["the status line", "a header", "many headers", "the body", "a body of any length"],
)
def test_a_slow_drip_ends_with_the_deadline(answer: bytes, at_once: int) -> None:
    with dripping(answer, at_once=at_once) as url:
        error, took = error_of(url)

    assert type(error) is Unclear
    assert took < 10 * SECONDS


def test_a_slow_greeting_ends_with_the_deadline_and_nothing_was_sent() -> None:
    with dripping(b"\x16\x03\x03\x40\x00" + b"\x02" * 20_000, scheme="https") as url:
        error, took = error_of(url)

    assert type(error) is NotSent
    assert took < 10 * SECONDS


def test_what_had_come_before_the_deadline_is_kept_for_the_log() -> None:
    with dripping(WHOLE, at_once=HEAD + 10) as url:
        error, _ = error_of(url)

    assert error.exchange is not None
    assert error.exchange.status == 201
    assert error.exchange.response_body.startswith(success()[:10])


def test_after_the_deadline_not_even_a_beginning_is_sent() -> None:
    with time_machine.travel("2026-11-23T12:00:00Z", tick=False) as clock, Deadline(30) as deadline:
        outgoing = Outgoing(BODY, deadline)
        clock.shift(31)  # As after a machine's sleep, in which no other clock has moved.
        with pytest.raises(TimeoutError):
            outgoing.read()
    assert not outgoing.asked


def test_what_has_begun_to_be_sent_is_sent_whole() -> None:
    with time_machine.travel("2026-11-23T12:00:00Z", tick=False) as clock, Deadline(30) as deadline:
        outgoing = Outgoing(BODY, deadline)
        begun = outgoing.read(3)
        clock.shift(31)
        assert begun + outgoing.read() == BODY


def test_a_call_that_is_in_time_is_left_alone() -> None:
    here, there = socket.socketpair()
    with Deadline(60) as deadline:
        deadline.watch(here)
    here.sendall(b"Still there.")
    assert there.recv(20) == b"Still there."
    here.close()
    there.close()


def test_many_addresses_that_do_not_answer_are_tried_no_longer_than_the_deadline(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    waits: list[float] = []
    monkeypatch.setattr("app.remote.deadline.resolve", lambda *_: ["127.0.0.1"] * 20)
    with time_machine.travel(1_800_000_000, tick=False) as clock:

        def wait(_address: object, timeout: float, **_options: object) -> socket.socket:
            waits.append(timeout)
            clock.shift(timeout)
            raise TimeoutError

        monkeypatch.setattr("urllib3.connection.connection.create_connection", wait)
        error, _ = error_of("https://api.example", seconds=12)
    assert type(error) is NotSent
    assert len(waits) > 1
    assert sum(waits) <= 12.1
