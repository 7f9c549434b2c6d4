"""What is public is what IANA's registries of special-purpose addresses leave over."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import pytest

from app.campaign.hosts import Address, is_public, read_address, unwrap

# IANA IPv4 and IPv6 Special-Purpose Address Registries, "Globally Reachable" other than true,
# and the multicast spaces.
REGISTRY = """
0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24
192.0.2.0/24 192.88.99.0/24 192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24
224.0.0.0/4 240.0.0.0/4 255.255.255.255/32 ::/128 ::1/128 64:ff9b:1::/48 100::/64 100:0:0:1::/64
2001::/32 2001:2::/48 2001:10::/28 2001:db8::/32 2002::/16 3fff::/20 5f00::/16 fc00::/7 fe80::/10
fec0::/10 ff00::/8"""
METADATA = """
169.254.169.254 169.254.170.2 169.254.0.23 169.254.42.42 100.100.100.200 168.63.129.16 192.0.0.192
fd00:ec2::254 fd20:ce::254 fd00:c1::a9fe:a9fe fe80::a9fe:a9fe"""
PUBLIC = """
1.1.1.1 8.8.8.8 93.184.216.34 100.63.255.255 100.128.0.0 126.255.255.255 128.0.0.1 172.15.255.255
172.32.0.0 192.0.1.0 192.167.255.255 192.169.0.0 198.17.255.255 198.20.0.0 223.255.255.255
2001:4860:4860::8888 2606:4700::1111 2a00::1 2003::1 3ffe::1 ::ffff:8.8.8.8 64:ff9b::8.8.8.8"""


@pytest.mark.parametrize("network", REGISTRY.split())
def test_the_ends_of_a_special_network_are_not_public(network: str) -> None:
    space = ip_network(network)
    for address in (space[0], space[-1], space[space.num_addresses // 2]):
        assert not is_public(address)


@pytest.mark.parametrize("address", METADATA.split())
def test_no_metadata_of_a_cloud_is_public(address: str) -> None:
    assert not is_public(ip_address(address))


@pytest.mark.parametrize("address", PUBLIC.split())
def test_the_addresses_beside_them_are_public(address: str) -> None:
    assert is_public(ip_address(address))


@pytest.mark.parametrize("inner", ["127.0.0.1", "10.0.0.1", "169.254.169.254", "100.64.0.1"])
@pytest.mark.parametrize(
    "outer", ["::ffff:{}", "::{}", "::ffff:0:{}", "64:ff9b::{}", "64:ff9b:1::{}", "2001::{}"]
)
def test_an_address_that_carries_a_private_one_is_not_public(outer: str, inner: str) -> None:
    assert not is_public(ip_address(outer.format(inner)))


def test_nothing_is_public_that_python_does_not_call_global() -> None:
    numbers = range(0, 1 << 32, (1 << 32) // 20_011)
    wide = range(0, 1 << 128, (1 << 128) // 20_011)
    addresses: list[Address] = [*map(IPv4Address, numbers), *map(IPv6Address, wide)]
    for address in addresses:
        assert address.is_global or not is_public(address)


def test_a_zone_does_not_make_an_address_another() -> None:
    assert unwrap(ip_address("2606:4700::1%eth0")) == ip_address("2606:4700::1")


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("127.1", "127.0.0.1"),
        ("2130706433", "127.0.0.1"),
        ("0x7f000001", "127.0.0.1"),
        ("0177.0.0.01", "127.0.0.1"),
        ("10.258", "10.0.1.2"),
        ("::1", "::1"),
    ],
)
def test_an_address_is_read_in_every_notation_of_networks(host: str, address: str) -> None:
    assert read_address(host) == ip_address(address)


@pytest.mark.parametrize("host", ["a.example", "1.2.3.4.5", "256.1.1.1.", "[::1]", "::g", ""])
def test_what_is_a_name_is_not_an_address(host: str) -> None:
    assert read_address(host) is None
