"""One call over the wire: on a connection of its own, within one deadline, and never repeated."""

from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from io import BytesIO
from socket import socket
from ssl import SSLSocket, cert_time_to_seconds
from time import monotonic

import requests
from requests.adapters import BaseAdapter
from urllib3.exceptions import DecodeError, HTTPError

from app.remote.addresses import AllowedHosts
from app.remote.deadline import Deadline, WatchedAdapter
from app.remote.exchange import Exchange
from app.remote.redaction import redact, redact_headers

CONNECT_TIMEOUT = 5.0
LARGEST_ANSWER = 1_000_000
_CHUNK = 16_384


class Broken(Exception):
    """No whole answer came; *was_sent* tells whether the request may have arrived."""

    def __init__(self, *, was_sent: bool) -> None:
        super().__init__(was_sent)
        self.was_sent = was_sent


class Outgoing(BytesIO):
    """The bytes of a request, which know whether anything has asked for them yet.

    The headers go first. While nothing has asked for the body, no server can have
    received a whole request, so none can have acted on it.
    """

    asked = False

    def __init__(self, content: bytes, deadline: Deadline) -> None:
        super().__init__(content)
        self._deadline = deadline

    def read(self, size: int | None = -1) -> bytes:
        if not self.asked and self._deadline.has_passed:
            raise TimeoutError("It is too late to send this.")
        self.asked = True
        return super().read(size)


@dataclass(frozen=True)
class Tls:
    """What a server showed of its encryption; *expires* is in seconds since 1970."""

    version: str
    expires: float


class TooLarge(requests.ConnectionError):
    """The answer is larger than is read."""


@dataclass
class Call:
    """A request, and what is learned of its answer; it still holds whatever is secret."""

    method: str
    url: str
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    status: int | None = None
    answer_headers: Mapping[str, str] = field(default_factory=dict)
    answer: bytes = b""
    is_whole: bool = False
    is_connected: bool = False
    tls: Tls | None = None
    at: datetime = field(default_factory=lambda: datetime.now(UTC))
    began: float = field(default_factory=monotonic)

    @property
    def text(self) -> str:
        return self.answer.decode("utf-8", errors="replace")

    def redact_text(self, secret: str) -> str:
        """Write the answer without the token, even if it was cut in the middle of one."""
        return redact(self.text, secret, is_whole=self.is_whole)

    def to_exchange(self, secret: str) -> Exchange:
        """Copy the call as it may be kept: without the token, the duration in milliseconds."""
        return Exchange(
            at=self.at,
            duration_ms=round((monotonic() - self.began) * 1000),
            method=self.method,
            url=redact(self.url, secret),
            request_headers=redact_headers(self.headers, secret),
            request_body=redact(self.body.decode("utf-8", errors="replace"), secret),
            status=self.status,
            response_headers=redact_headers(self.answer_headers, secret),
            response_body=self.redact_text(secret),
        )

    def make(
        self, adapters: Mapping[str, BaseAdapter], seconds: float, allowed: AllowedHosts
    ) -> None:
        """Send the request, once, and take the answer in; raises `Broken`.

        *adapters*, by the start of the URL, reach no network; elsewhere a call goes to public
        addresses and *allowed* ones. All of it ends within *seconds*.
        """
        deadline = Deadline(seconds)
        outgoing = Outgoing(self.body, deadline)
        try:
            with deadline:
                for start, adapter in adapters.items():
                    if self.url.startswith(start):
                        self._send(outgoing, adapter, deadline)
                        return
                with closing(WatchedAdapter(deadline, allowed, self._note_connection)) as adapter:
                    self._send(outgoing, adapter, deadline)
        except (requests.RequestException, HTTPError, OSError, UnicodeError) as error:
            # A body is asked for once all before it was sent; a request without one has none.
            was_sent = outgoing.asked or (self.is_connected and not self.body)
            raise Broken(was_sent=was_sent) from error

    def _send(self, outgoing: Outgoing, adapter: BaseAdapter, deadline: Deadline) -> None:
        """Send the request by an adapter alone.

        A session would read and take apart even a redirect that it is told not to follow, without
        a limit, and would fail at an address that is none.
        """
        data = outgoing if self.body else None
        request = requests.Request(self.method, self.url, self.headers, data=data).prepare()
        self.headers = dict(request.headers)
        timeout = min(CONNECT_TIMEOUT, deadline.left), deadline.left
        with adapter.send(request, timeout=timeout, stream=True) as response:
            self.status, self.answer_headers = response.status_code, dict(response.headers)
            self._read(response, deadline)

    def _read(self, response: requests.Response, deadline: Deadline) -> None:
        while chunk := response.raw.read1(_CHUNK, decode_content=True):
            self.answer += chunk
            if len(self.answer) > LARGEST_ANSWER:
                self.answer = self.answer[:LARGEST_ANSWER]
                raise TooLarge
            if deadline.has_passed:
                break
        if deadline.has_passed:  # It is this that may have ended the answer.
            raise requests.Timeout("The answer took too long.")
        self.is_whole = True

    def _note_connection(self, connection: socket) -> None:
        self.is_connected = True
        if isinstance(connection, SSLSocket):
            self._note_tls(connection)

    def _note_tls(self, connection: SSLSocket) -> None:
        certificate = connection.getpeercert() or {}
        expires = cert_time_to_seconds(str(certificate.get("notAfter")))
        self.tls = Tls((connection.version() or "TLS").replace("TLSv", "TLS "), expires)


def describe_unread(error: Broken) -> str:
    """Say why an answer that came was not read to its end; nothing if it did not all come."""
    if isinstance(error.__cause__, TooLarge):
        return "The answer was larger than 1 MB, and was not read to its end."
    if isinstance(error.__cause__, DecodeError):
        return "The answer is compressed, and could not be read."
    return ""
