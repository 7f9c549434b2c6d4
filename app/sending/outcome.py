"""What is known after an attempt to create a campaign."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Protocol

from app.remote.answers import Created
from app.remote.connection import Credentials
from app.remote.errors import NotSent, Refused, RemoteError, Unclear
from app.remote.exchange import Exchange
from app.store.base import State


class Api(Protocol):
    """What sends: `app.remote.client.CampaignApi`, or a stand-in."""

    connection: Credentials
    deadline: float

    def create_campaign(self, body: bytes) -> Created: ...


_ABOUT_THE_CAMPAIGN = frozenset({400, 409, 413, 422})
"""Status codes by which an API refuses what is in a campaign."""


@dataclass(frozen=True)
class Outcome:
    """What is known after one attempt to create a campaign; *retry_after* is in seconds."""

    state: State
    message: str = ""
    http_status: int | None = None
    answer: str = ""
    errors: Mapping[str, Sequence[str]] = field(default_factory=dict)
    campaign: Created | None = None
    retry_after: int | None = None
    exchange: Exchange | None = None

    @property
    def is_too_often(self) -> bool:
        """Whether the API took nothing, as it was asked too often."""
        return self.state is State.REFUSED and self.http_status == HTTPStatus.TOO_MANY_REQUESTS

    @property
    def is_failure(self) -> bool:
        """Whether nobody knows what became of it, or its answer says nothing about the campaign.

        That the API refuses what is in it, or asks for patience, is an answer.
        """
        if self.state is State.UNKNOWN:
            return True
        if self.exchange is None or self.state is State.CREATED:
            return False
        return self.state is not State.REFUSED or (
            self.http_status not in _ABOUT_THE_CAMPAIGN and not self.is_too_often
        )


def create_campaign(api: Api, body: bytes) -> Outcome:
    """Create a campaign from these bytes of JSON; every `RemoteError` becomes an outcome."""
    try:
        made = api.create_campaign(body)
    except NotSent as error:
        return _describe_failure(State.UNSENT, error)
    except Refused as error:
        return _describe_failure(State.REFUSED, error, error.errors, error.retry_after)
    except Unclear as error:
        return _describe_failure(State.UNKNOWN, error)
    return Outcome(
        State.CREATED, "", made.http_status, made.answer, campaign=made, exchange=made.exchange
    )


def _describe_failure(
    state: State,
    error: RemoteError,
    errors: Mapping[str, Sequence[str]] | None = None,
    retry_after: int | None = None,
) -> Outcome:
    return Outcome(
        state,
        error.message,
        error.status,
        error.answer,
        errors or {},
        retry_after=retry_after,
        exchange=error.exchange,
    )
