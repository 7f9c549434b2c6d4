"""The settings that name hosts: who is trusted, where people reach the app, and what is private."""

import re
from ipaddress import ip_address, ip_network
from urllib.parse import urlsplit

from app.setting_values import BadSetting, split_list
from app.settings_table import RANGE_API

LOOPBACK = ("127.0.0.1", "localhost")

_TRUSTED_HOST = re.compile(r"\.?[\w-]+(\.[\w-]+)*(:[0-9]+)?")
_HOST_NAME = re.compile(r"([A-Za-z0-9_-]+\.)*[A-Za-z_][A-Za-z0-9_-]*\.?")
"""It does not end in a number: that would be an address that is mistyped."""


def read_trusted_hosts(value: str) -> tuple[str, ...]:
    """Read host names, with a dot before one that stands for all under it."""
    hosts = split_list(value.lower())  # As browsers write them.
    for host in hosts:
        if not _TRUSTED_HOST.fullmatch(host):
            raise BadSetting(
                f"TRUSTED_HOSTS has “{host}”. Set it to host names alone, such as "
                "campaigns.example.com, with commas."
            )
    return hosts


def read_private_hosts(value: str) -> tuple[str, ...]:
    """Read host names and networks (RFC 4632, 3.1)."""
    entries = split_list(value)
    for entry in entries:
        if not (_is_network(entry) or _HOST_NAME.fullmatch(entry)):
            raise BadSetting(
                f"ALLOW_PRIVATE_HOSTS has “{entry}”. Set it to host names and networks, such as "
                "gateway.internal, 10.1.2.3 or 10.1.0.0/16, with commas."
            )
    return entries


def _is_network(entry: str) -> bool:
    try:
        ip_network(entry)
    except ValueError:
        return False
    return True


def read_trusted_proxy(address: str) -> str:
    """Read the address of a proxy; a name or a network would never be the one that connects."""
    if address not in {"", "*"}:
        try:
            return str(ip_address(address))
        except ValueError:
            raise BadSetting(
                f"TRUSTED_PROXY is “{address}”. Set it to the IP address from which the proxy "
                "connects, or to * where nothing but that proxy can connect."
            ) from None
    return address


def read_range_url(url: str) -> str:
    """Read where breached passwords are asked for; their digests follow the last slash."""
    if url and not re.fullmatch(r"https://[^/?#\s]+/([^?#\s]*/)?", url):
        raise BadSetting(
            f"BREACHED_PASSWORDS_URL is “{url}”. Set it to an address of https:// that ends in a "
            f"slash, such as {RANGE_API}."
        )
    return url


def read_public_url(url: str) -> str:
    """Read where people reach the app: a host alone, without what follows it."""
    if url and not _is_public_url(url):
        raise BadSetting(
            f"PUBLIC_URL is “{url}”. Set it to https:// and a host name, such as "
            "https://campaigns.example; http:// is for this machine alone."
        )
    return url.rstrip("/")


def _is_public_url(url: str) -> bool:
    """Tell whether a URL is of a host alone, and of one to which nobody can listen on the way."""
    try:
        parts = urlsplit(url)
        port, host = parts.port, parts.hostname or ""
    except ValueError:
        return False
    named = host if port is None else f"{host}:{port}"
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and host in LOOPBACK)
    is_host_alone = parts.netloc.lower() == named and parts.path in {"", "/"}
    ends_there = not parts.query and not parts.fragment
    return (
        bool(_HOST_NAME.fullmatch(host) or host in LOOPBACK)
        and is_safe
        and is_host_alone
        and ends_there
    )
