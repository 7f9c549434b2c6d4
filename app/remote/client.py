"""The API client: one method per call, and each call made once.

A create is never repeated by itself: the API has no idempotency key, and a second
campaign calls real people twice. So there are no retries, redirects are not followed,
and every call has a connection of its own, since a kept-alive one that the server is
just closing fails a request that may have been sent.
"""

from collections.abc import Mapping
from io import BytesIO
from time import monotonic

import requests
from requests.adapters import BaseAdapter
from urllib3.exceptions import HTTPError

from app.remote.answers import Created, created, errors_by_field, message
from app.remote.connection import Connection
from app.remote.errors import BadKey, NotSent, Refused, Unclear
from app.version import VERSION

CONNECT_TIMEOUT = 5.0
READ_TIMEOUT = 30.0
LARGEST_ANSWER = 1_000_000
_CHUNK = 16_384
_NOT_A_CLEAR_NO = (408,)  # A server that gave up waiting may have begun.


class Outgoing(BytesIO):
    """The bytes of a request, which know whether anything has asked for them yet.

    The headers go first. While nothing has asked for the body, no server can have
    received a whole request, so none can have acted on it.
    """

    asked = False

    def read(self, size: int | None = -1) -> bytes:
        self.asked = True
        return super().read(size)


class _Session(requests.Session):
    """A session that takes no answer for a redirect.

    `requests` reads and takes apart even one that it is told not to follow, without a
    limit, and fails at an address that is none.
    """

    def get_redirect_target(self, resp: requests.Response) -> None:
        return None


class CampaignApi:
    """The calls that this program makes, over one connection."""

    def __init__(
        self, connection: Connection, adapters: Mapping[str, BaseAdapter] | None = None
    ) -> None:
        """Call over this connection; *adapters* are mounted by the start of the URL."""
        self.connection = connection
        self._adapters = dict(adapters or {})

    def create_campaign(self, body: bytes) -> Created:
        """Create a voice campaign from these bytes of JSON.

        Raises `NotSent`, `Refused`, `BadKey` or `Unclear`.
        """
        status, answer = self._post(self.connection.campaigns_url, body)
        campaign = created(answer, status) if 200 <= status < 300 else None
        if campaign is None:
            raise _error(status, self.connection.without_token(answer))
        return campaign

    def _post(self, url: str, body: bytes) -> tuple[int, str]:
        outgoing = Outgoing(body)
        try:
            with (
                self._session() as session,
                session.post(
                    url,
                    data=outgoing,
                    headers=self._headers(),
                    timeout=(CONNECT_TIMEOUT, READ_TIMEOUT),
                    allow_redirects=False,
                    stream=True,
                ) as response,
            ):
                return response.status_code, _text(response)
        except (requests.RequestException, HTTPError, OSError) as error:
            if outgoing.asked:
                raise Unclear("The connection broke before the answer was complete.") from error
            raise NotSent(f"{self.connection.name} could not be reached.") from error

    def _session(self) -> requests.Session:
        session = _Session()
        session.trust_env = False  # A .netrc must not replace the token.
        for prefix, adapter in self._adapters.items():
            session.mount(prefix, adapter)
        return session

    def _headers(self) -> dict[str, str]:
        return {
            "Authorization": f"Bearer {self.connection.token}",
            "Content-Type": "application/json",
            "Accept": "application/json",
            "User-Agent": f"CampaignBuilder/{VERSION}",
            "Connection": "close",
        }


def _text(response: requests.Response) -> str:
    """Read an answer up to `LARGEST_ANSWER` bytes and within `READ_TIMEOUT` seconds."""
    ends, content = monotonic() + READ_TIMEOUT, b""
    while chunk := response.raw.read1(_CHUNK, decode_content=True):
        content += chunk
        if len(content) > LARGEST_ANSWER:
            raise requests.ConnectionError("The answer is too large.")
        if monotonic() > ends:
            raise requests.Timeout("The answer took too long.")
    return content.decode("utf-8", errors="replace")


def _error(status: int, answer: str) -> Refused | Unclear:
    """Name what an answer that is no documented success means for the person."""
    told = message(answer)
    if status in {401, 403}:
        return BadKey(told or "The token was not accepted.", status=status, answer=answer)
    if 400 <= status < 500 and status not in _NOT_A_CLEAR_NO:
        return Refused(
            told or f"The answer was status {status}, without a message.",
            status=status,
            answer=answer,
            errors=errors_by_field(answer),
        )
    return Unclear(
        told or f"The answer was status {status}, and no campaign.", status=status, answer=answer
    )
