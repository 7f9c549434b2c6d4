"""How long an API wants to be left alone: the header ``Retry-After`` (RFC 9110, 10.2.3).

urllib3 reads both ways of writing it, and no more than `LONGEST` is believed. But it carries a
31 February over into March, and Python reads no number of thousands of digits.
"""

from collections.abc import Mapping
from email.utils import parsedate_to_datetime

from requests.structures import CaseInsensitiveDict
from urllib3.exceptions import InvalidHeader
from urllib3.util import Retry

LONGEST = 24 * 60 * 60
"""Seconds; a longer wait is capped."""

_RETRY = Retry(retry_after_max=LONGEST)
_MOST_CHARACTERS = 1000


def read_seconds_to_wait(headers: Mapping[str, str]) -> int | None:
    """Read the header as whole seconds from now, `LONGEST` at most; `None` if there is none."""
    value = CaseInsensitiveDict(headers).get("Retry-After", "")[:_MOST_CHARACTERS]
    try:
        if not value.strip().isdigit():
            parsedate_to_datetime(value)  # Raises for a day or an hour that there is not.
        return round(_RETRY.parse_retry_after(value))
    except (InvalidHeader, ValueError, OverflowError):
        return None
