"""Which addresses may be called: public ones, and those that whoever runs the app allows.

People type where calls go, and this machine sees more of the network than they may. So a host name
is resolved here, once for each call; one address that is not public refuses all of them; and the
connection goes to an address that was looked at, never again by the name, whose answer may change
in between. The name stays in the TLS greeting, the certificate check and the header Host.

Any port may be called: a gateway of a client has one of its own, and a public host shows the same
ports to everyone.

The package requests-hardened does a part of it: it looks at the first address only, tries no
second one when that is down, resolves outside of the deadline, and can allow no host or network.
"""

import socket
from collections.abc import Iterable
from dataclasses import dataclass, replace
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Self
from urllib.parse import urlsplit

from requests import PreparedRequest, RequestException
from urllib3.exceptions import HTTPError

from app.campaign.hosts import Address, is_public, read_address, unwrap


class NoPublicAddress(HTTPError):
    """A host that may not be called, or that there is not: no difference can be told.

    Else whoever types names could find out which there are in the network inside.
    """


@dataclass(frozen=True)
class AllowedHosts:
    """What may be called besides public addresses: hosts by name, networks, and this machine."""

    names: frozenset[str] = frozenset()
    networks: tuple[IPv4Network | IPv6Network, ...] = ()
    this_machine: bool = False

    @classmethod
    def of(cls, entries: Iterable[str]) -> Self:
        """Read host names and networks, as the setting ALLOW_PRIVATE_HOSTS has them."""
        names, networks = set(), []
        for entry in entries:
            try:
                networks.append(ip_network(entry))
            except ValueError:
                names.add(_normalise(entry))
        return cls(frozenset(names), tuple(networks))

    def add_this_machine(self) -> Self:
        return replace(self, this_machine=True)

    def has(self, host: str, address: Address) -> bool:
        """Tell whether a host may be called at an address that it leads to."""
        inner = unwrap(address)
        return (
            is_public(inner)
            or (self.this_machine and inner.is_loopback)
            or _normalise(host) in self.names
            or any(inner in network for network in self.networks)
        )


NOTHING_ELSE = AllowedHosts()


def resolve(host: str, port: int, allowed: AllowedHosts) -> list[str]:
    """Find the addresses of a host, in the order in which to try them.

    Raises `NoPublicAddress` if there is none, or if one of them may not be called.
    """
    if "%" in host:  # A zone names an interface of this machine, which no public address needs.
        raise NoPublicAddress
    try:
        answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        addresses = list(dict.fromkeys(ip_address(answer[4][0]) for answer in answers))
    except (OSError, ValueError) as error:  # A name that cannot be one is a ValueError.
        raise NoPublicAddress from error
    if not addresses or not all(allowed.has(host, address) for address in addresses):
        raise NoPublicAddress
    return [str(address) for address in addresses]


def may_be_called(url: str, allowed: AllowedHosts) -> bool:
    """Tell by its writing alone whether a URL's host may be called; a name is resolved later."""
    host = _read_called_host(url)
    if not host or "%" in host:
        return False
    name = _normalise(host)
    if name == "localhost" or name.endswith(".localhost"):  # RFC 6761, 6.3
        return allowed.has(name, ip_address("127.0.0.1"))
    address = read_address(name)
    return address is None or allowed.has(name, address)


def _read_called_host(url: str) -> str:
    """Read the host as the call will, in ASCII; it is empty for one that cannot be called."""
    request = PreparedRequest()
    try:
        request.prepare_url(url, None)
        return urlsplit(request.url or "").hostname or ""
    except (RequestException, HTTPError, ValueError):
        return ""


def _normalise(host: str) -> str:
    return host.casefold().removesuffix(".")
