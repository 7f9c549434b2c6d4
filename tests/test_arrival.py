"""A request is complete when all of it has come, however it comes, or more than may."""

import pytest

from app.arrival import Arrival
from tests.raw_http import ASKS, GET, POSTS, chunked

LINE, HEAD, BODY = 200, 500, 1000
IN_CHUNKS = POSTS + b"Transfer-Encoding: chunked\r\n\r\n"
REQUESTS = {
    "no body": ASKS,
    "a body": POSTS + b"content-LENGTH :  5\r\n\r\nhello",
    "an empty body": POSTS + b"Content-Length: 0\r\n\r\n",
    "chunks": IN_CHUNKS + chunked(b"hello") + chunked(b"you") + b"0\r\n\r\n",
    "chunks with more": IN_CHUNKS + b"5 ;a=b\r\nhello\r\n0\r\nX: x\r\n\r\n",
    "no chunk": IN_CHUNKS + b"0\r\n\r\n",
}


def begun() -> Arrival:
    return Arrival(LINE, HEAD, BODY)


@pytest.mark.parametrize("request_bytes", REQUESTS.values(), ids=REQUESTS)
def test_it_is_complete_with_its_last_byte(request_bytes: bytes) -> None:
    arrival = begun()
    for at in range(len(request_bytes)):
        assert not arrival.is_complete, at
        arrival.add(request_bytes[at : at + 1])

    assert arrival.is_complete
    assert arrival.read(1000) == request_bytes
    assert arrival.is_read


@pytest.mark.parametrize("request_bytes", REQUESTS.values(), ids=REQUESTS)
def test_what_comes_with_it_is_of_the_next(request_bytes: bytes) -> None:
    arrival = begun()
    arrival.add(request_bytes * 2 + b"GET")

    for _ in range(2):
        assert arrival.is_complete
        assert arrival.read(1000) == request_bytes
        arrival.go_on()
    assert not arrival.is_complete
    assert arrival.began


@pytest.mark.parametrize(
    "large",
    [
        b"GET /" + b"x" * LINE,
        b"GET /" + b"x" * LINE + b" HTTP/1.1\r\n",
        GET + b"X: " + b"x" * LINE,
        GET + b"X: x\r\n" * 100,
        POSTS + b"Content-Length: 1001\r\n\r\n",
        POSTS + b"Content-Length: 999999999999999999\r\n\r\nx",
        IN_CHUNKS + chunked(b"x" * (BODY + 1)),
        IN_CHUNKS + chunked(b"x") * 1000,
        IN_CHUNKS + b"1;" + b"x" * 2000,
        IN_CHUNKS + b"0\r\n" + b"X: x\r\n" * 1000,
    ],
    ids=lambda large: str(large[-20:]),
)
def test_more_than_may_come_is_not_waited_for(large: bytes) -> None:
    arrival = begun()
    arrival.add(large)

    assert arrival.is_complete


@pytest.mark.parametrize("size", [b"", b"x", b"-1", b"+1", b"0x1", b"1 1", b"1" * 9])
def test_malformed_chunks_are_not_waited_for(size: bytes) -> None:
    arrival = begun()
    arrival.add(IN_CHUNKS + size + b"\r\n")

    assert arrival.is_complete


def test_nothing_is_waited_for_from_a_caller_who_is_gone() -> None:
    arrival = begun()
    arrival.add(GET)
    arrival.add(b"")

    assert arrival.is_complete


def test_it_is_not_all_read_until_it_is_and_never_if_more_was_asked_for() -> None:
    arrival = begun()
    arrival.add(ASKS + ASKS)
    assert (arrival.read(len(ASKS) - 1), arrival.is_read) == (ASKS[:-1], False)
    assert (arrival.read(100), arrival.is_read) == (ASKS[-1:], True)

    assert (arrival.read(100), arrival.is_read) == (b"", False)


@pytest.mark.parametrize(("more", "expects"), [(b"Expect: 100-Continue\r\n", True), (b"", False)])
def test_it_may_expect_to_be_told_to_go_ahead(more: bytes, *, expects: bool) -> None:
    arrival = begun()
    arrival.add(POSTS + more + b"Content-Length: 1\r\n\r\n")

    assert arrival.expects_go_ahead == expects
