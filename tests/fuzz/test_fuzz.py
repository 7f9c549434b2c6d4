"""A few hundred odd requests to the real server in this process; ``make fuzz`` sends many more."""

import pytest

from tests.fuzz.asking import ask
from tests.fuzz.wire import Client
from tests.fuzz.world import settle
from tests.servers import Address

pytestmark = pytest.mark.slow

_SEED, _REQUESTS = 3, 400


def test_nothing_odd_makes_it_fail_or_hang_up(site: Address) -> None:
    client = Client(site.port)
    world = settle(client)
    client.close()

    asked = ask(site.port, world, _SEED, _REQUESTS)

    assert [str(finding) for finding in asked.findings] == []
    assert {"2xx", "3xx", "4xx"} <= asked.statuses.keys()
