"""Calls reach public addresses, and nothing of the network inside, however it is written."""

import socket
import ssl
from collections.abc import Iterator, Sequence
from time import perf_counter
from typing import Any

import pytest
from requests.exceptions import InvalidURL

from app.remote.addresses import (
    NOTHING_ELSE,
    AllowedHosts,
    NoPublicAddress,
    may_be_called,
    resolve,
)
from app.remote.call import Broken, Call
from app.remote.client import CampaignApi
from app.remote.connection import Credentials
from app.remote.errors import NotSent
from tests.remote.test_faults import SELF_SIGNED, greeting
from tests.remote.wire import BODY, HERE, TOKEN, http, success
from tests.servers import answering

LOOPBACK = """
127.0.0.1 127.1 127.0.1 127.8.8.8 127.255.255.254 0177.0.0.1 0177.1 00177.0.0.01 0x7f.0.0.1 0x7f.1
0X7F.0.0.1 0x7f000001 0x7F.0x0.0x0.0x1 0x000000007f000001 2130706433 017700000001 127.0.0.0x1
127.0.0.1. localhost LOCALHOST localhost. a.localhost a.b.localhost. 0 0.0.0.0 0x0 00 0.0 ０.0.0.0
[::1] [0:0:0:0:0:0:0:1] [0000::0001] [::ffff:127.0.0.1] [::ffff:7f00:1] [::FFFF:127.0.0.1]
[::127.0.0.1] [::] [::1%25lo] [::1%lo] [64:ff9b::127.0.0.1] [64:ff9b::7f00:1] １２７.0.0.1
127。0。0。1 127．0．0．1 127｡0｡0｡1 ①②⑦.0.0.1 ⑫⑦.⓪.⓪.① ｌｏｃａｌｈｏｓｔ 𝟏𝟐𝟕.𝟎.𝟎.𝟏
loc\u00adalhost 127.0.0.1%2e %31%32%37.0.0.1 127%2e0.0.1 127.0.0.1%00 [::ffff:0x7f.1]"""
INSIDE = """
10.0.0.1 10.1 0xa.1 012.0.0.1 167772161 172.16.0.1 172.31.255.255 192.168.0.1 192.168.1 0xc0a80001
3232235521 100.64.0.1 100.127.255.254 169.254.169.254 169.254.43518 0xa9fea9fe 2852039166
0251.0376.0251.0376 0251.254.169.254 100.100.100.200 168.63.129.16 192.0.0.192 198.18.0.1
192.0.2.1 203.0.113.1 224.0.0.1 240.0.0.1 255.255.255.255 192.88.99.1 [fd00::1] [fd00:ec2::254]
[fe80::1] [fe80::1%25eth0] [fec0::1] [ff02::1] [::ffff:10.0.0.1] [::ffff:a9fe:a9fe]
[64:ff9b::a9fe:a9fe] [64:ff9b:1::1] [2002:7f00:1::] [2002:a9fe:a9fe::1] [2001:0:7f00:1::]
[2001:db8::1] [3fff::1] [100::1] [5f00::1] 169.254.169.254. １６９.254.169.254"""
PUBLIC = """
api.example api.example. bücher.example xn--bcher-kva.example 8.8.8.8 0x08080808 134744072
[2606:4700::1111] [::ffff:8.8.8.8] [64:ff9b::8.8.8.8] 127.0.0.1.example localhost.example
notlocalhost 1.1.1.1.nip.io a_b.example"""


@pytest.fixture
def nobody() -> Iterator[int]:
    """Listen on all of this machine, for the test's end to see that nobody called; gives a port."""
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_server(("::1", server.getsockname()[1]), family=socket.AF_INET6) as other,
    ):
        yield server.getsockname()[1]
        for listening in (server, other):
            listening.setblocking(False)
            with pytest.raises(BlockingIOError):
                listening.accept()


@pytest.fixture
def nobody_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let it fail to ask a name server."""

    def fail(*_args: object, **_options: object) -> None:
        pytest.fail("A name was resolved.")

    monkeypatch.setattr(socket, "getaddrinfo", fail)


class Resolver:
    """Answers for names with the next of these lists of addresses, and notes who was asked for."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *answers: Sequence[str]) -> None:
        self.asked: list[str] = []
        self._answers = list(answers)
        self._real = socket.getaddrinfo
        monkeypatch.setattr(socket, "getaddrinfo", self._answer)

    def _answer(self, host: str, port: int, *args: Any, **options: Any) -> Any:
        if not host.endswith(".example"):
            return self._real(host, port, *args, **options)
        self.asked.append(host)
        kinds = {True: socket.AF_INET6, False: socket.AF_INET}
        return [
            (kinds[":" in address], socket.SOCK_STREAM, 6, "", (address, port))
            for address in self._answers.pop(0)
        ]


def call(host: str, port: int, allowed: AllowedHosts = NOTHING_ELSE) -> Call:
    """Call a host over HTTP; raises `Broken`."""
    made = Call("GET", f"http://{host}:{port}/", headers={"Connection": "close"})
    made.make({}, 2, allowed)
    return made


@pytest.mark.parametrize("host", f"{LOOPBACK} {INSIDE}".split())
def test_a_call_reaches_nothing_inside_however_it_is_written(host: str, nobody: int) -> None:
    with pytest.raises(Broken) as raised:
        call(host, nobody)

    assert not raised.value.was_sent
    assert isinstance(raised.value.__cause__, NoPublicAddress | InvalidURL)


@pytest.mark.parametrize("host", f"{LOOPBACK} {INSIDE}".split())
@pytest.mark.usefixtures("nobody_asks")
def test_a_form_refuses_it_without_asking_anybody(host: str) -> None:
    assert may_be_called(f"https://{host}/", NOTHING_ELSE) is False


@pytest.mark.parametrize("host", PUBLIC.split())
@pytest.mark.usefixtures("nobody_asks")
def test_a_form_takes_what_is_public_and_every_name(host: str) -> None:
    assert may_be_called(f"https://{host}/", NOTHING_ELSE)


def test_a_name_is_resolved_once_and_called_at_that_address(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with answering(http(200, "{}")) as (address, came):
        resolver = Resolver(monkeypatch, ["127.0.0.1"], ["10.0.0.1"])
        made = call("api.example", address.port, HERE)

    assert made.status == 200
    assert resolver.asked == ["api.example"]
    assert f"Host: api.example:{address.port}".encode() in came[0]


def test_a_name_that_leads_elsewhere_the_next_time_is_looked_at_again(
    monkeypatch: pytest.MonkeyPatch, nobody: int
) -> None:
    resolver = Resolver(monkeypatch, ["93.184.216.34"], ["127.0.0.1"])
    assert resolve("api.example", nobody, NOTHING_ELSE) == ["93.184.216.34"]

    with pytest.raises(Broken) as raised:
        call("api.example", nobody)
    assert isinstance(raised.value.__cause__, NoPublicAddress)
    assert len(resolver.asked) == 2


@pytest.mark.parametrize(
    "addresses",
    [
        ["93.184.216.34", "127.0.0.1"],
        ["127.0.0.1", "93.184.216.34"],
        ["2606:4700::1111", "93.184.216.34", "::ffff:169.254.169.254"],
        [],
    ],
)
def test_one_address_inside_refuses_all_of_a_name(
    addresses: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    Resolver(monkeypatch, addresses)
    with pytest.raises(NoPublicAddress):
        resolve("api.example", 443, NOTHING_ELSE)


@pytest.mark.parametrize("host", ["[2606:4700::1111%25lo]", "[::1%1]", "[fd00::1%25eth0]"])
def test_a_host_with_a_zone_is_refused_whatever_is_allowed(host: str) -> None:
    anything = AllowedHosts.of(["::/0", "0.0.0.0/0"])
    assert not may_be_called(f"https://{host}/", anything)
    with pytest.raises(NoPublicAddress):
        resolve(host.strip("[]"), 443, anything)


@pytest.mark.slow
def test_the_name_stays_in_the_greeting_of_tls(monkeypatch: pytest.MonkeyPatch) -> None:
    names: list[str] = []

    def greet(caller: socket.socket) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(SELF_SIGNED)
        context.sni_callback = lambda _socket, name, _context: names.append(name)
        with context.wrap_socket(caller, server_side=True) as greeted:
            greeted.recv(1)

    Resolver(monkeypatch, ["127.0.0.1"])
    with greeting(greet) as url, pytest.raises(Broken):
        Call("GET", url.replace("127.0.0.1", "api.example")).make({}, 2, HERE)

    assert names == ["api.example"]


@pytest.mark.parametrize("addresses", [["::1", "127.0.0.1"], ["127.0.0.1", "::1"]])
def test_another_address_is_called_if_one_is_down(
    addresses: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with answering(http(200, "{}")) as (address, _came):
        Resolver(monkeypatch, addresses)
        made = call("api.example", address.port, AllowedHosts.of(["127.0.0.0/8", "::1"]))

    assert made.status == 200


@pytest.mark.parametrize(
    ("entries", "host", "address", "may"),
    [
        (["gateway.example"], "gateway.example", "10.0.0.1", True),
        (["Gateway.Example."], "gateway.example", "10.0.0.1", True),
        (["gateway.example"], "a.gateway.example", "10.0.0.1", False),
        (["10.0.0.0/8"], "gateway.example", "10.0.0.1", True),
        (["10.0.0.0/8"], "gateway.example", "::ffff:10.0.0.1", True),
        (["10.0.0.0/8"], "gateway.example", "11.0.0.1", True),
        (["10.0.0.0/8"], "gateway.example", "192.168.0.1", False),
        (["10.0.0.1"], "gateway.example", "10.0.0.2", False),
        (["fd00::/8"], "gateway.example", "fd12::1", True),
    ],
)
def test_what_is_allowed_is_a_name_or_a_network(
    entries: list[str], host: str, address: str, may: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    Resolver(monkeypatch, [address])
    try:
        resolve(host, 443, AllowedHosts.of(entries))
    except NoPublicAddress:
        assert not may
    else:
        assert may


def test_a_sandbox_may_be_on_this_machine_and_nothing_else_inside() -> None:
    with answering(http(201, success())) as (address, came):
        sandbox = Credentials("Sandbox", address.url, TOKEN, is_sandbox=True)
        CampaignApi(sandbox).create_campaign(BODY)
    assert len(came) == 1
    for host in ("10.0.0.1", "169.254.169.254", "[::ffff:192.168.0.1]", "[::]"):
        with pytest.raises(NotSent):
            CampaignApi(
                Credentials("Sandbox", f"https://{host}", TOKEN, is_sandbox=True)
            ).create_campaign(BODY)


def reason(
    host: str, monkeypatch: pytest.MonkeyPatch, *answers: Sequence[str]
) -> tuple[str, float]:
    """Create a campaign at a host, and give why it was not sent, and the seconds that took."""
    with monkeypatch.context() as patch:
        Resolver(patch, *answers)
        began = perf_counter()
        with pytest.raises(NotSent) as raised:
            CampaignApi(Credentials("Client A", f"https://{host}", TOKEN)).create_campaign(BODY)
        return raised.value.message, perf_counter() - began


def test_nobody_can_tell_what_there_is_inside(monkeypatch: pytest.MonkeyPatch, nobody: int) -> None:
    answers = [
        reason(f"127.0.0.1:{nobody}", monkeypatch),
        reason("127.0.0.1:9", monkeypatch),
        reason("10.255.255.1", monkeypatch),
        reason("db.example", monkeypatch, ["10.0.0.1"]),
        reason("none.example", monkeypatch, []),
    ]

    assert {message for message, _ in answers} == {
        "Client A could not be reached: its host has no public address."
    }
    assert max(seconds for _, seconds in answers) < 1  # No connection was waited for.
