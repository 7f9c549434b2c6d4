"""Where campaigns are sent, and with which token."""

from dataclasses import dataclass, field
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from app.campaign.contract import CAMPAIGNS_PATH

_WHOLE = "Give the base URL as https://host, without “?” or “#”."


class BadConnection(ValueError):
    """An address that must not be used; the message says what to change."""


@dataclass(frozen=True)
class Connection:
    """A base URL and a token, under a name; raises `BadConnection` for an unsafe one."""

    name: str
    base_url: str
    token: str = field(repr=False)
    is_sandbox: bool = False

    def __post_init__(self) -> None:
        parts = _parts(self.base_url)
        if "@" in parts.netloc:
            raise BadConnection("Take the user name and password out of the base URL.")
        if not parts.hostname or not _is_plain(self.base_url):
            raise BadConnection(_WHOLE)
        if parts.scheme != "https" and not (parts.scheme == "http" and _is_here(parts.hostname)):
            raise BadConnection("Give a base URL that starts with https://.")
        if not self.token or not all("!" <= sign <= "~" for sign in self.token):
            raise BadConnection("Copy the token again: it has a space or a sign that no token has.")

    @property
    def campaigns_url(self) -> str:
        return self.base_url.rstrip("/") + CAMPAIGNS_PATH

    def without_token(self, text: str) -> str:
        """Take the token out of an answer, which may repeat it; the sandbox's is no secret."""
        return text if self.is_sandbox else text.replace(self.token, "[token]")


def _parts(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        _ = parts.port  # It is checked when it is read.
    except ValueError as error:
        raise BadConnection(_WHOLE) from error
    return parts


def _is_plain(url: str) -> bool:
    return url.isprintable() and not set(url) & set(" ?#\\")


def _is_here(host: str) -> bool:
    """Tell whether a host name is this machine, where http is no risk."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
