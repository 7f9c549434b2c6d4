"""Where campaigns are sent, and with which token."""

from dataclasses import dataclass, field
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from app.campaign.contract.fields import CAMPAIGNS_PATH
from app.remote.addresses import AllowedHosts, may_be_called

LONGEST_TOKEN = 2000
LONGEST_URL = 2000
"""Characters. No API is known to ask for more; what is longer is a mistake of the clipboard."""

_SHORTEST_SECRET = 8
_WHOLE = "Give the base URL as https://host, without “?” or “#”."


class BadConnection(ValueError):
    """An address that must not be used; the message says what to change."""


@dataclass(frozen=True)
class Credentials:
    """A base URL and a token, under a name; raises `BadConnection` for an unsafe one."""

    name: str
    base_url: str
    token: str = field(repr=False)
    is_sandbox: bool = False

    def __post_init__(self) -> None:
        check_base_url(self.base_url)
        check_token(self.token)

    @property
    def campaigns_url(self) -> str:
        return join_campaigns_url(self.base_url)

    @property
    def secret(self) -> str:
        """The token, if it is one to hide: the built-in sandbox's is an ordinary word."""
        is_a_word = self.is_sandbox and len(self.token) < _SHORTEST_SECRET
        return "" if is_a_word else self.token


def check_base_url(url: str) -> None:
    """Raise `BadConnection` for an address to which no token must go."""
    if len(url) > LONGEST_URL:
        raise BadConnection(
            f"Shorten the base URL: Campaign Builder takes {LONGEST_URL:,} characters of it."
        )
    parts = _split(url)
    if "@" in parts.netloc:
        raise BadConnection("Take the user name and password out of the base URL.")
    if not parts.hostname or not _is_plain(url):
        raise BadConnection(_WHOLE)
    if parts.scheme != "https" and not (parts.scheme == "http" and _is_here(parts.hostname)):
        raise BadConnection("Give a base URL that starts with https://.")


def check_host(url: str, allowed: AllowedHosts) -> None:
    """Raise `BadConnection` for a host that by its writing is neither public nor *allowed*."""
    if not may_be_called(url, allowed):
        raise BadConnection(
            "Give the public host name of the API: this one cannot be called, or it is in a "
            "private or reserved network."
        )


def check_token(token: str) -> None:
    """Raise `BadConnection` for a text that cannot be a token."""
    if not token or not all("!" <= sign <= "~" for sign in token):
        raise BadConnection("Copy the token again: it has a space or a sign that no token has.")
    if len(token) > LONGEST_TOKEN:
        raise BadConnection(
            f"Copy the token again: Campaign Builder takes {LONGEST_TOKEN:,} characters of one."
        )


def find_origin(url: str) -> tuple[str, str, int | None]:
    """Split the origin off an address: scheme, host (in lower case) and port, `None` if not given.

    Raises `BadConnection`.
    """
    parts = _split(url)
    return parts.scheme, parts.hostname or "", parts.port


def join_campaigns_url(base_url: str) -> str:
    """Join a base URL and the path at which campaigns are created."""
    return base_url.rstrip("/") + CAMPAIGNS_PATH


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        _ = parts.port  # It is checked when it is read.
    except ValueError as error:
        raise BadConnection(_WHOLE) from error
    return parts


def _is_plain(url: str) -> bool:
    return url.isprintable() and not set(url) & set(" ?#\\")


def _is_here(host: str) -> bool:
    """Tell whether a host name is this machine, where http is no risk.

    A name under localhost is not: which machine answers for it depends on the resolver.
    """
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
