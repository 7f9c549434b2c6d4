"""The API client: one method per call, and each call made once.

A create is never repeated by itself: the API has no idempotency key, and a second
campaign calls real people twice. So there are no retries, redirects are not followed,
and every call has a connection of its own, since a kept-alive one that the server is
just closing fails a request that may have been sent.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import NoReturn

from requests.adapters import BaseAdapter

from app.campaign.contract.visible import drop_invisible
from app.campaign.formatting import shorten
from app.remote.addresses import NOTHING_ELSE, AllowedHosts, NoPublicAddress
from app.remote.answers import Created, find_errors, find_message, read_created
from app.remote.call import Broken, Call, describe_unread
from app.remote.connection import Credentials
from app.remote.errors import BadKey, NotSent, Refused, RemoteError, Unclear
from app.remote.exchange import Exchange
from app.remote.redaction import redact, redact_token
from app.remote.waiting import read_seconds_to_wait
from app.version import VERSION

DEADLINE = 30.0
"""Seconds that a call may take, its whole answer included."""

PROBE_DEADLINE = 5.0
"""Seconds that somebody waits for a test of a connection."""

_NOT_A_CLEAR_NO = (408,)  # A server that gave up waiting may have begun.
# RFC 9110: the request belongs elsewhere and was not carried out. After 302 and 303 it may
# have been: that is also how a finished POST is answered.
_ELSEWHERE = (301, 307, 308)


class CampaignApi:
    """The calls that this program makes, over one connection."""

    def __init__(
        self,
        connection: Credentials,
        adapters: Mapping[str, BaseAdapter] | None = None,
        deadline: float = DEADLINE,
        allowed: AllowedHosts = NOTHING_ELSE,
    ) -> None:
        """Call over this connection; *adapters* are mounted by the start of the URL.

        Besides public addresses it may be at *allowed* ones, and a sandbox on this machine.
        """
        self.connection = connection
        self._allowed = allowed.add_this_machine() if connection.is_sandbox else allowed
        self.deadline = deadline
        self._adapters = dict(adapters or {})

    def create_campaign(self, body: bytes) -> Created:
        """Create a voice campaign from these bytes of JSON.

        Raises `NotSent`, `Refused`, `BadKey` or `Unclear`.
        """
        call = Call("POST", self.connection.campaigns_url, body)
        self._make(call, self.deadline)
        status = call.status or 0
        campaign = read_created(call.text, status) if 200 <= status < 300 else None
        if campaign is None:
            self._fail(call, self._read_refusal(call) or self._make_unclear(call))
        exchange = call.to_exchange(self.connection.secret)
        campaign = self._remove_secret(campaign)
        return replace(campaign, answer=exchange.response_body, exchange=exchange)

    def _remove_secret(self, campaign: Created) -> Created:
        """Take the token out, and nothing that merely looks like one: that may be the id.

        Only now, as in the JSON a short one may be part of a key.
        """
        secret = self.connection.secret
        return replace(
            campaign,
            campaign_id=redact_token(campaign.campaign_id, secret),
            campaign_name=redact_token(campaign.campaign_name, secret),
            campaign_type=redact_token(campaign.campaign_type, secret),
            campaign_status=redact_token(campaign.campaign_status, secret),
        )

    def probe(self) -> Exchange:
        """Ask for the address with the token, which can create nothing, and give the call.

        Raises `NotSent`, `BadKey` for a token that is not accepted, `Refused` for a redirect,
        and `Unclear` for a server that fails or breaks off.
        """
        call = Call("GET", self.connection.campaigns_url)
        self._make(call, min(self.deadline, PROBE_DEADLINE))
        status = call.status or 0
        if status in {401, 403} or 300 <= status < 400:
            self._fail(call, self._read_refusal(call) or self._refuse_redirect(call))
        if not 200 <= status < 500:
            self._fail(call, self._make_unclear(call))
        return call.to_exchange(self.connection.secret)

    def _make(self, call: Call, seconds: float) -> None:
        """Make a call within these seconds, and put into it whatever is learned on the way."""
        call.headers = self._write_headers(call)
        try:
            call.make(self._adapters, seconds, self._allowed)
        except Broken as error:
            self._fail(call, self._describe_broken(call, error), error.__cause__)

    def _write_headers(self, call: Call) -> dict[str, str]:
        kind = {"Content-Type": "application/json"} if call.body else {}
        return {
            "Authorization": f"Bearer {self.connection.token}",
            **kind,
            "Accept": "application/json",
            "User-Agent": f"CampaignBuilder/{VERSION}",
            "Connection": "close",
        }

    def _fail(self, call: Call, error: RemoteError, cause: BaseException | None = None) -> NoReturn:
        """Raise an error with the whole call on it."""
        error.exchange = call.to_exchange(self.connection.secret)
        raise error from cause

    def _describe_broken(self, call: Call, error: Broken) -> RemoteError:
        if words := describe_unread(error):
            return Unclear(words)
        if error.was_sent or call.status is not None:
            return Unclear("The connection broke before the answer was complete.")
        if isinstance(error.__cause__, NoPublicAddress):
            return NotSent(
                f"{self.connection.name} could not be reached: its host has no public address."
            )
        return NotSent(f"{self.connection.name} could not be reached.")

    def _read_refusal(self, call: Call) -> Refused | None:
        """Read a clear refusal; `None` for any other answer."""
        status, answer, message = self._read_answer(call)
        if status in _ELSEWHERE:
            return self._refuse_redirect(call)
        if status in {401, 403}:
            return BadKey(message or "The token was not accepted.", status=status, answer=answer)
        if not 400 <= status < 500 or status in _NOT_A_CLEAR_NO:
            return None
        return Refused(
            message or f"The answer was status {status}, without a message.",
            status=status,
            answer=answer,
            errors=find_errors(answer),
            retry_after=read_seconds_to_wait(call.answer_headers) if status == 429 else None,
        )

    def _refuse_redirect(self, call: Call) -> Refused:
        status, answer, _ = self._read_answer(call)
        location = redact(call.answer_headers.get("Location", ""), self.connection.secret)
        address = shorten(drop_invisible(location), 200)
        return Refused(
            f"It answered with a redirect to {address or 'nowhere'}, which is not followed. If "
            "that is where the API is, enter it as the base URL.",
            status=status,
            answer=answer,
        )

    def _make_unclear(self, call: Call) -> Unclear:
        status, answer, message = self._read_answer(call)
        words = f" It says: {message}" if message else ""
        return Unclear(
            f"The answer was status {status}, and no campaign.{words}",
            status=status,
            answer=answer,
        )

    def _read_answer(self, call: Call) -> tuple[int, str, str]:
        """Give an answer's status, its text without secrets, and the message in it."""
        answer = call.redact_text(self.connection.secret)
        return call.status or 0, answer, find_message(answer)
