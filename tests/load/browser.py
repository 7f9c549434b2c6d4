"""A browser as far as load needs one: one kept connection, the session's cookie and its token."""

from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPResponse
from typing import Any
from urllib.parse import urlencode

from tests.hidden_fields import find_token

TIMEOUT = 30
_FORM = "application/x-www-form-urlencoded"


class Wrong(Exception):
    """An answer with another status than the one that belongs there."""


@dataclass(frozen=True)
class Answer:
    """What came back: where a redirect leads, and the text."""

    location: str
    text: str


class Browser:
    """One person's browser."""

    def __init__(self, port: int, timeout: float = TIMEOUT) -> None:
        self._connection = HTTPConnection("127.0.0.1", port, timeout=timeout)
        self._origin = f"http://127.0.0.1:{port}"
        self._cookie = self._token = ""

    def enter(self) -> None:
        """Open a form, for the cookie and the token that every other one takes."""
        self._token = find_token(self.get("/drafts/new/e1e1e1e1e1e1e1e1").text)

    def get(self, path: str, status: int = 200) -> Answer:
        return self._ask("GET", path, None, status)

    def post(self, path: str, fields: Mapping[str, Any], status: int = 200) -> Answer:
        """Post these fields as a form of the app's own page would."""
        return self._ask("POST", path, {"csrf_token": self._token, **fields}, status)

    def close(self) -> None:
        self._connection.close()

    def _ask(self, method: str, path: str, fields: Mapping[str, Any] | None, status: int) -> Answer:
        body = None if fields is None else urlencode(fields, doseq=True).encode()
        headers = {"Cookie": self._cookie} if self._cookie else {}
        if body is not None:
            headers |= {"Content-Type": _FORM, "Origin": self._origin}
        self._connection.request(method, path, body, headers)
        response = self._connection.getresponse()
        text = response.read().decode()
        self._keep_cookie(response)
        if response.status != status:
            raise Wrong(f"{method} {path.split('/')[1] or '/'}: {response.status}, not {status}")
        return Answer(response.headers.get("Location", ""), text)

    def _keep_cookie(self, response: HTTPResponse) -> None:
        for cookie in response.headers.get_all("Set-Cookie", []):
            if cookie.startswith("session-"):
                self._cookie = cookie.partition(";")[0]
