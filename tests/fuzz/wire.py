"""Requests as the bytes that they are, and a client that sends whatever it is given.

Ordinary clients refuse to send what this is for: line feeds in an address, wrong lengths,
half of a character.
"""

import socket
from dataclasses import dataclass, field
from http.client import HTTPException, HTTPResponse
from time import perf_counter

PATIENCE = 20
_OF_THE_SESSION = {"Cookie", "X-CSRFToken"}


class NoAnswer(Exception):
    """The connection ended, or the time, before an answer came."""


@dataclass(frozen=True)
class Request:
    """One request; one that is not *whole* may be hung up on, and is the last of its connection."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    whole: bool = True
    length: int | None = None

    def content(self, port: int) -> bytes:
        """Write it all down, with a Host and a Content-Length unless it has its own."""
        headers = list(self.headers)
        if "host" not in {name.lower() for name, _ in headers}:
            headers.insert(0, ("Host", f"127.0.0.1:{port}"))
        if self.body or self.length is not None or self.method == "POST":
            length = len(self.body) if self.length is None else self.length
            headers.append(("Content-Length", str(length)))
        lines = [
            f"{self.method} {self.target} HTTP/1.1",
            *(f"{key}: {value}" for key, value in headers),
        ]
        head = "\r\n".join(lines) + "\r\n\r\n"
        return head.encode("utf-8", "surrogatepass") + self.body

    def __str__(self) -> str:
        body = repr(self.body[:200]) + ("…" if len(self.body) > 200 else "") if self.body else ""
        headers = [
            f"{key}: {value[:80]!r}" for key, value in self.headers if key not in _OF_THE_SESSION
        ]
        return " ".join([self.method, self.target[:300], body, *headers])


@dataclass(frozen=True)
class Answer:
    """What came back, and how many seconds it took."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    seconds: float = 0.0

    @property
    def text(self) -> str:
        return self.body.decode(errors="replace")


class Client:
    """One kept connection, made anew whenever it has ended."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._socket: socket.socket | None = None

    def send(self, request: Request) -> Answer:
        """Send a request and read its answer; raises `NoAnswer`."""
        began = perf_counter()
        try:
            return self._sent(request, began)
        except (OSError, HTTPException) as error:
            self.close()
            taken = perf_counter() - began
            raise NoAnswer(f"{type(error).__name__} after {taken:.1f} s: {error}") from error

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _sent(self, request: Request, began: float) -> Answer:
        if not request.whole:
            self.close()
        if self._socket is None:
            self._socket = socket.create_connection(("127.0.0.1", self._port), timeout=PATIENCE)
        self._socket.sendall(request.content(self._port))
        if not request.whole:
            self._socket.shutdown(socket.SHUT_WR)  # Or the server would wait for what is missing.
        with HTTPResponse(self._socket, method=request.method) as response:
            response.begin()
            body, is_last = response.read(), response.will_close
            headers = {name.lower(): value for name, value in response.getheaders()}
        if is_last or not request.whole:
            self.close()
        return Answer(response.status, headers, body, perf_counter() - began)
