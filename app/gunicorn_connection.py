"""Connections of a server of which no thread ever waits for a caller to send.

Without TLS what has come is the request. With it, the bytes of the two are kept apart by memory
(`ssl.MemoryBIO`): what has come is decrypted, and what the handshake answers is sent, each as far
as it goes just then.
"""

import socket
from contextlib import suppress
from pathlib import Path
from ssl import (
    PROTOCOL_TLS_SERVER,
    MemoryBIO,
    SSLContext,
    SSLError,
    SSLWantReadError,
    TLSVersion,
)
from typing import Any

from app.arrival import Arrival

_PORTION = 65536
_GO_AHEAD = b"HTTP/1.1 100 Continue\r\n\r\n"


class Connection(socket.socket):
    """A connection on which a thread reads only what has come, and writes only for so long."""

    answer_seconds = 0.0
    arrival: Arrival
    is_leaving = False

    def take_in(self) -> bool:
        """Take in what has come, without waiting; tells whether a thread can go on with it."""
        if (part := self._receive()) is not None:
            self._add(part)
        if self.arrival.expects_go_ahead and not self.arrival.is_complete:
            self.arrival.expects_go_ahead = False
            self._send_now(_GO_AHEAD)
        return self.arrival.is_complete

    def _receive(self) -> bytes | None:
        """Receive what has come; `None` is nothing yet, and no bytes are the end."""
        try:
            return super().recv(_PORTION)
        except BlockingIOError:
            return None
        except OSError:
            return b""

    def _add(self, part: bytes) -> None:
        self.arrival.add(part)

    def _send_now(self, words: bytes) -> None:
        """Send a few bytes, for which nobody waits."""
        with suppress(OSError):
            super().send(words)

    def recv(self, bufsize: int, flags: int = 0) -> bytes:
        """Give of the request; nothing if there is no more of it."""
        return self.arrival.read(bufsize)

    def is_gone(self) -> bool:
        """Pass over what has come after the answer; tells whether nothing more will."""
        return self._receive() == b""

    def sendall(self, *args: Any) -> None:
        """Send as usual; raises `ConnectionResetError` for who does not read."""
        usual = self.gettimeout()
        self.settimeout(self.answer_seconds)
        try:
            super().sendall(*args)
        except TimeoutError as error:
            raise ConnectionResetError from error
        finally:
            self.settimeout(usual)


def make_tls(certificate: Path, key: Path) -> SSLContext:
    """Make what TLS is spoken by, 1.2 or newer; raises `OSError` for files that are no pair."""
    context = SSLContext(PROTOCOL_TLS_SERVER)
    context.minimum_version = TLSVersion.TLSv1_2
    context.load_cert_chain(certificate, key, password="")
    return context


class TlsConnection(Connection):
    """The same over TLS; who does not speak it is not answered."""

    def __init__(self, fileno: int, context: SSLContext) -> None:
        super().__init__(fileno=fileno)
        self._came, self._goes = MemoryBIO(), MemoryBIO()
        self._tls = context.wrap_bio(self._came, self._goes, server_side=True)
        self._is_open = False

    def _add(self, part: bytes) -> None:
        """Decrypt what has come, and take in what is the request's."""
        if part:
            self._came.write(part)
        else:
            self._came.write_eof()
        try:
            self._decrypt()
        except SSLWantReadError:
            self._flush()
        except SSLError:  # It is no TLS, or is refused, which the other side is told.
            self._flush()
            self.arrival.add(b"")

    def _decrypt(self) -> None:
        if not self._is_open:
            self._tls.do_handshake()
            self._is_open = True
            self._flush()
        while plain := self._tls.read(_PORTION):
            self.arrival.add(plain)
        self.arrival.add(b"")

    def _flush(self) -> None:
        if self._goes.pending:
            super()._send_now(self._goes.read())

    def _send_now(self, words: bytes) -> None:
        self._tls.write(words)
        self._flush()

    def sendall(self, data: Any, *flags: Any) -> None:
        """Encrypt and send; raises `ConnectionResetError` for who does not read."""
        if not self._is_open:
            raise ConnectionResetError
        view = memoryview(data).cast("B")
        for begin in range(0, len(view), _PORTION):
            self._tls.write(view[begin : begin + _PORTION])
            super().sendall(self._goes.read(), *flags)

    def send(self, data: Any, *flags: Any) -> int:
        """Send as `sendall` does; gunicorn says by it that a body may come."""
        self.sendall(data, *flags)
        return len(data)

    def shutdown(self, how: int) -> None:
        """Say that no more is sent, by TLS as well, so that nobody can have cut it short."""
        with suppress(SSLError):
            self._tls.unwrap()
        self._flush()
        super().shutdown(how)
