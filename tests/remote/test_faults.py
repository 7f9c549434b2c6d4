"""What fails on the way: before the request has left it may be sent again, after that never."""

import gzip
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event, Thread
from time import monotonic
from typing import Any

import pytest
from requests import PreparedRequest, Response
from requests.adapters import BaseAdapter, HTTPAdapter

from app.remote.addresses import NOTHING_ELSE
from app.remote.call import LARGEST_ANSWER, Broken, Call
from app.remote.client import CampaignApi
from app.remote.connection import Credentials
from app.remote.errors import NotSent, Unclear
from tests.remote.wire import BODY, HERE, TOKEN, error_after, http, success

pytestmark = pytest.mark.slow

SELF_SIGNED = Path(__file__).parent / "self_signed.pem"
BROKE = "The connection broke before the answer was complete."


class Hurried(HTTPAdapter):
    """The adapter that is always used, with less patience."""

    def send(self, request: PreparedRequest, *args: Any, **options: Any) -> Response:
        return super().send(request, *args, **options | {"timeout": 0.05})


def create(url: str, adapter: BaseAdapter | None = None) -> None:
    connection = Credentials("VoiceAIWrapper", url, TOKEN)
    adapters = {url: adapter} if adapter else None
    CampaignApi(connection, adapters, allowed=HERE).create_campaign(BODY)


@contextmanager
def silent() -> Iterator[socket.socket]:
    """Let callers in, and say nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server


@contextmanager
def greeting(greet: Callable[[socket.socket], None]) -> Iterator[str]:
    """Greet one caller like this, and give the address for it."""

    def wait(server: socket.socket) -> None:
        with server.accept()[0] as caller, suppress(OSError):  # The caller may hang up on us.
            greet(caller)

    with silent() as server:
        server.settimeout(10)
        thread = Thread(target=wait, args=(server,))
        thread.start()
        yield f"https://127.0.0.1:{port(server)}"
        thread.join()


def without_tls(caller: socket.socket) -> None:
    caller.recv(65536)
    caller.sendall(http(400))


def with_own_certificate(caller: socket.socket) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(SELF_SIGNED)
    with context.wrap_socket(caller, server_side=True) as greeted:
        greeted.recv(1)


def port(server: socket.socket) -> int:
    return int(server.getsockname()[1])


def closed_port() -> int:
    with silent() as server:
        return port(server)


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"HTTP/1.1 ",
        b"what is this?\r\n\r\n",
        http(201, success())[:-1],
        http(422, '{"message": "No."}')[:-1],
        b"HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n20\r\n{",
        b"HTTP/1.1 400 Bad Request\r\nContent-Ty",
        b"HTTP/1.1 429 Too Many Requests\r\nRetry-After: 3",
        b"HTTP/1.1 403",
        b"HTTP/1.1 103 Early Hints\r\n\r\n",
    ],
    ids=[
        "none",
        "a word",
        "not HTTP",
        "half",
        "half a no",
        "half a chunk",
        "half a head",
        "half a wait",
        "half a status",
        "only what comes before",
    ],
)
def test_an_answer_that_breaks_off_leaves_it_open_and_nothing_is_repeated(answer: bytes) -> None:
    error = error_after(answer)

    assert type(error) is Unclear
    assert error.message == BROKE


def test_an_answer_that_cannot_be_unpacked_leaves_it_open() -> None:
    error = error_after(http(201, b"not gzip", "Content-Encoding: gzip"))

    assert type(error) is Unclear
    assert error.message == "The answer is compressed, and could not be read."


@pytest.mark.parametrize(
    "answer",
    [
        http(201, b" " * (LARGEST_ANSWER + 1)),
        http(302, b" " * (LARGEST_ANSWER + 1), "Location: /elsewhere"),
        http(201, gzip.compress(b" " * 50 * LARGEST_ANSWER), "Content-Encoding: gzip"),
    ],
    ids=["plain", "of a redirect", "compressed"],
)
def test_an_answer_that_is_too_large_is_not_read_to_its_end(answer: bytes) -> None:
    assert type(error_after(answer)) is Unclear


def test_a_silent_server_is_given_up_and_not_asked_again() -> None:
    with silent() as server:
        with pytest.raises(Unclear, match=BROKE):
            create(f"http://127.0.0.1:{port(server)}", Hurried())

        server.accept()[0].close()
        server.setblocking(False)
        with pytest.raises(BlockingIOError):
            server.accept()


def test_a_name_server_that_never_answers_holds_a_call_no_longer_than_its_deadline(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    is_over = Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_options: is_over.wait(30))
    call = Call("POST", "https://api.example/", b"{}")
    began = monotonic()
    with pytest.raises(Broken) as raised:
        call.make({}, 0.2, NOTHING_ELSE)
    is_over.set()

    assert not raised.value.was_sent
    assert monotonic() - began < 10


def test_a_refused_connection_sends_nothing() -> None:
    with pytest.raises(NotSent, match=r"^VoiceAIWrapper could not be reached\.$"):
        create(f"http://127.0.0.1:{closed_port()}")


def test_a_name_without_an_address_sends_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_args: object, **_options: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)

    with pytest.raises(NotSent):
        create("https://api.example")


@pytest.mark.parametrize("host", ["a" * 64, "a..example", "*.example", "xn--a"])
def test_a_name_that_cannot_be_one_sends_nothing(host: str) -> None:
    with pytest.raises(NotSent):
        create(f"https://{host}")


def test_a_server_without_tls_gets_nothing() -> None:
    with greeting(without_tls) as url, pytest.raises(NotSent):
        create(url)


def test_a_server_that_does_not_greet_gets_nothing() -> None:
    with silent() as server, pytest.raises(NotSent):
        create(f"https://127.0.0.1:{port(server)}", Hurried())


def test_a_certificate_that_nobody_vouches_for_gets_nothing() -> None:
    with greeting(with_own_certificate) as url, pytest.raises(NotSent) as raised:
        create(url)

    assert "certificate verify failed" in str(raised.value.__cause__)
