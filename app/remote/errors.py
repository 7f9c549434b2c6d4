"""What can go wrong with a call, named by what may be done next.

RemoteError
├── NotSent     nothing left this machine        → safe to press again
├── Refused     the API answered no              → change something, then again
│   └── BadKey  … because of the token           → change the token
└── Unclear     it may or may not have happened  → look first; never repeat
"""

from collections.abc import Mapping, Sequence

from app.remote.exchange import Exchange


class RemoteError(Exception):
    """A call that did not end in a documented success; *message* is for the person.

    *status* is the HTTP status if there was an answer, and *answer* its raw text; `exchange`
    is the whole call, for the log.
    """

    exchange: Exchange | None = None

    def __init__(self, message: str, *, status: int | None = None, answer: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.status = status
        self.answer = answer


class NotSent(RemoteError):
    """The request did not leave this machine, so no campaign can have been created."""


class Refused(RemoteError):
    """The API answered that it will not do this.

    *errors* is its messages by field; *retry_after* the seconds that it wants to be left alone.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int | None = None,
        answer: str = "",
        errors: Mapping[str, Sequence[str]] | None = None,
        retry_after: int | None = None,
    ) -> None:
        super().__init__(message, status=status, answer=answer)
        self.errors = dict(errors or {})
        self.retry_after = retry_after


class BadKey(Refused):
    """The API did not accept the token."""


class Unclear(RemoteError):
    """The request may have arrived, and no answer says what became of it."""
