"""Where campaigns are sent, and with which token."""

from dataclasses import dataclass, field
from ipaddress import ip_address
from urllib.parse import urlsplit

from app.campaign.contract import CAMPAIGNS_PATH


class BadConnection(ValueError):
    """An address that must not be used; the message says what to change."""


@dataclass(frozen=True)
class Connection:
    """A base URL and a token, under a name; raises `BadConnection` for an unsafe URL."""

    name: str
    base_url: str
    token: str = field(repr=False)
    is_sandbox: bool = False

    def __post_init__(self) -> None:
        parts = urlsplit(self.base_url)
        if parts.username or parts.password:
            raise BadConnection("Take the user name and password out of the base URL.")
        if not parts.hostname or parts.query or parts.fragment:
            raise BadConnection("Give the base URL as https://host, without “?” or “#”.")
        if parts.scheme != "https" and not (parts.scheme == "http" and _is_here(parts.hostname)):
            raise BadConnection("Give a base URL that starts with https://.")

    @property
    def campaigns_url(self) -> str:
        return self.base_url.rstrip("/") + CAMPAIGNS_PATH


def _is_here(host: str) -> bool:
    """Tell whether a host name is this machine, where http is no risk."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
