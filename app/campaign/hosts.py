"""Which hosts are public: whoever is outside can reach them, and they are nobody's inner network.

An address may carry another one (RFC 4291, 6052), and then that one decides. Of IPv6 only the
global unicast space is public (RFC 4291, 2.4): the rest is reserved, and Python calls parts of it
global. The exceptions inside it are in IANA's registries of special-purpose addresses.
"""

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from socket import inet_aton

Address = IPv4Address | IPv6Address

_UNICAST = IPv6Network("2000::/3")
_NAT64 = IPv6Network("64:ff9b::/96")
_NOT_PUBLIC = tuple(
    map(
        ip_network,
        (
            "168.63.129.16/32",  # Azure's metadata, at an address that is otherwise public
            "192.0.0.0/24",  # IETF assignments
            "192.88.99.0/24",  # relays of 6to4
            "2001::/23",  # IETF assignments: Teredo, ORCHID, benchmarks
            "2001:db8::/32",  # documentation
            "2002::/16",  # 6to4: it carries an address of IPv4, and nobody serves there any more
            "3fff::/20",  # documentation
        ),
    )
)


def is_public(address: Address) -> bool:
    """Tell whether an address is one of the public internet, and so is one that it carries."""
    address = unwrap(address)
    if address.is_multicast or address.is_reserved or not address.is_global:
        return False
    if isinstance(address, IPv6Address) and address not in _UNICAST:
        return False
    return not any(address in network for network in _NOT_PUBLIC)


def unwrap(address: Address) -> Address:
    """Give the address of IPv4 that one of IPv6 stands for, mapped or for NAT64; else itself."""
    if not isinstance(address, IPv6Address):
        return address
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped or IPv6Address(int(address))  # Without the zone, if it has one.


def read_address(host: str) -> Address | None:
    """Read a numeric address as networks do: 127.1 and 0x7f.1 are 127.0.0.1, too."""
    try:
        return ip_address(host) if ":" in host else IPv4Address(inet_aton(host))
    except (OSError, ValueError):
        return None
