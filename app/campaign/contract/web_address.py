"""Whether a text is a web address to which events can be sent, for the form and the sandbox.

RFC 3986 alone accepts hosts and ports to which no request can be made.
"""

import re
from ipaddress import IPv6Address
from socket import inet_aton
from urllib.parse import urlsplit

from rfc3986_validator import validate_rfc3986

_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_NUMBER = re.compile(r"\d+|0x[0-9a-f]*")
_LONGEST_NAME = 253


def is_web_address(text: str) -> bool:
    """Tell whether a request can be made to a text: an http(s) URI with a valid host and port."""
    # The library's pattern ends in "$", which also matches before a final line break.
    if text.endswith("\n") or not validate_rfc3986(text, rule="URI"):
        return False
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
    except ValueError:  # The port is above 65535, or the brackets contain no address.
        return False
    is_host = _is_ipv6 if "[" in parts.netloc else _is_ipv4_or_name
    return parts.scheme in {"http", "https"} and port != 0 and is_host(host)


def _is_ipv4_or_name(host: str) -> bool:
    """Tell whether a host is an IPv4 address or could be a name, with or without the final dot."""
    labels = host.removesuffix(".").split(".")
    if _NUMBER.fullmatch(labels[-1]):  # A host that ends in a number is read as IPv4.
        return _is_ipv4(host)
    return len(host) <= _LONGEST_NAME and all(map(_LABEL.fullmatch, labels))


def _is_ipv4(host: str) -> bool:
    try:
        inet_aton(host.removesuffix("."))
    except OSError:
        return False
    return True


def _is_ipv6(host: str) -> bool:
    try:
        IPv6Address(host)
    except ValueError:
        return False
    return True
