"""The bytes of a request, and then of the next on its connection, until they are read.

So that whoever reads them never waits, a request is complete as soon as all of it is here, or so
much that it is refused anyway. Where it ends is found here only to wait for it: the server parses
it again and is given nothing beyond that end. If the two ever see different ends, something is left
over or missing (`is_read` is false), and the connection must not be used any further.

    Content-Length      the head, and so many bytes
    Transfer-Encoding   the head, the chunks to the one of no length, and the trailers
    neither             the head
"""

import re
from time import monotonic

_END = b"\r\n\r\n"
_FLAGS = re.IGNORECASE | re.MULTILINE
_LENGTH = re.compile(rb"^content-length[ \t]*:[ \t]*([0-9]{1,18})[ \t]*\r$", _FLAGS)
_IN_CHUNKS = re.compile(rb"^transfer-encoding[ \t]*:", _FLAGS)
_EXPECTS = re.compile(rb"^expect[ \t]*:[ \t]*100-continue[ \t]*\r$", _FLAGS)
_CHUNK = re.compile(rb"([0-9a-fA-F]{1,8})[ \t]*(;.*)?")
_LONGEST_CHUNK_LINE = 1024


class Arrival:
    """What has come of a request, and of what follows it, within bounds in bytes."""

    def __init__(self, most_line: int, most_head: int, most_body: int) -> None:
        self._most_line, self._most_head, self._most_body = most_line, most_head, most_body
        self._bytes = bytearray()
        self._end: int | None = 0
        self._begin()

    def _begin(self) -> None:
        del self._bytes[: self._end]
        self.began = monotonic() if self._bytes else None
        self.expects_go_ahead = False
        self._end = None
        self._is_short = False
        self._given = self._searched = self._body = self._chunk = self._content = 0
        self._length: int | None = None

    @property
    def is_complete(self) -> bool:
        return self._end is not None

    @property
    def is_read(self) -> bool:
        """Whether all of the request has been read, and nothing beyond it was asked for."""
        return self._given == self._end and not self._is_short

    def add(self, part: bytes) -> None:
        """Take what has come; nothing means that nothing more will."""
        self.began = self.began or monotonic()
        self._bytes += part
        if not part:
            self._end = len(self._bytes)
        elif self._end is None:
            self._end = self._find_end()

    def read(self, most: int) -> bytes:
        """Give so many of the request's bytes; none if there are no more."""
        part = bytes(self._bytes[self._given : min(self._given + most, self._end or 0)])
        self._given += len(part)
        self._is_short = self._is_short or not part
        return part

    def go_on(self) -> None:
        """Forget the request, and begin with what has come of the next."""
        self._begin()
        if self._bytes:
            self._end = self._find_end()

    def _find_end(self) -> int | None:
        if not self._body and not self._find_body():
            return len(self._bytes) if self._has_too_much_head() else None
        if self._length is None:
            return self._find_end_of_chunks()
        if self._length > self._most_body:
            return len(self._bytes)
        end = self._body + self._length
        return end if end <= len(self._bytes) else None

    def _has_too_much_head(self) -> bool:
        """Tell of a head that goes on whether it, its first line or its last is too long."""
        size = len(self._bytes)
        first, last = self._bytes.find(b"\r\n"), size - self._bytes.rfind(b"\r\n")
        return size > self._most_head or max(first, last) > self._most_line

    def _find_body(self) -> bool:
        """Find where the body begins and how long it is, once all of the head is here."""
        end = self._bytes.find(_END, self._searched)
        self._searched = max(0, len(self._bytes) - len(_END) + 1)
        if end < 0:
            return False
        self._body = self._chunk = end + len(_END)
        head = bytes(self._bytes[: self._body])
        self.expects_go_ahead = bool(_EXPECTS.search(head))
        if not _IN_CHUNKS.search(head):
            length = _LENGTH.search(head)
            self._length = int(length[1]) if length else 0
        return True

    def _find_end_of_chunks(self) -> int | None:
        """Find the end of the last chunk, or of what is malformed or too large."""
        while (end := self._bytes.find(b"\r\n", self._chunk)) >= 0:
            line = _CHUNK.fullmatch(self._bytes[self._chunk : end])
            if line is None:
                return len(self._bytes)
            if not (length := int(line[1], 16)):
                trailers = self._bytes.find(_END, end)
                return trailers + len(_END) if trailers >= 0 else self._find_excess(end)
            begins = end + 2
            if self._content + min(length, len(self._bytes) - begins) > self._most_body:
                return len(self._bytes)
            if begins + length + 2 > len(self._bytes):
                return None
            self._content += length
            self._chunk = begins + length + 2
        return self._find_excess(self._chunk)

    def _find_excess(self, begins: int) -> int | None:
        """Bound a line or trailers that do not end, and chunks that are nearly all lines."""
        is_long = len(self._bytes) - begins > _LONGEST_CHUNK_LINE
        is_large = len(self._bytes) - self._body > 2 * self._most_body + self._most_head
        return len(self._bytes) if is_long or is_large else None
