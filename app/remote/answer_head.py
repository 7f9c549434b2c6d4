"""The head of an answer, by more than `http.client` looks at.

It passes over 100 alone, and takes any other interim answer for the final one; and where the
connection ends within a head, it takes what came of that for the whole.
"""

from http import HTTPStatus
from http.client import HTTPException, HTTPResponse
from typing import Any

_ENDS = (b"\r\n", b"\n")


class CutHead(HTTPException):
    """The connection ended before the empty line that ends a head."""


class FinalAnswer(HTTPResponse):
    """The final answer to a request, whose head has come whole."""

    def begin(self) -> None:
        """Read the head, once; raises `CutHead`, and whatever the base does."""
        received, lines = self.fp, _Lines(self.fp)
        self.fp: Any = lines
        super().begin()
        if self.fp is lines:
            self.fp = received
        if lines.last not in _ENDS:
            raise CutHead

    def _read_status(self) -> Any:
        """Read a status line; an interim one is called 100, which the base passes over."""
        version, status, reason = super()._read_status()  # type: ignore[misc]
        is_interim = HTTPStatus.SWITCHING_PROTOCOLS < status < HTTPStatus.OK
        return version, HTTPStatus.CONTINUE if is_interim else status, reason


class _Lines:
    """Something that is read by lines, and the last of them."""

    last = b""

    def __init__(self, file: Any) -> None:
        self._file = file

    def readline(self, limit: int = -1) -> bytes:
        self.last = self._file.readline(limit)
        return self.last

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)
