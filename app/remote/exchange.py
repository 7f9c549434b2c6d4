"""One call as it went over the wire, with everything secret already taken out."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Exchange:
    """A request and its answer, as far as there was one.

    *at* is when the call began (aware, UTC); *status* is `None` if no answer began, and
    *response_body* what could be read of it.
    """

    at: datetime
    duration_ms: int
    method: str
    url: str
    request_headers: Mapping[str, str]
    request_body: str
    status: int | None
    response_headers: Mapping[str, str]
    response_body: str
