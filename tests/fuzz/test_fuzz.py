"""Some hundred odd requests to the real server in this process; ``make fuzz`` sends many more."""

from collections.abc import Iterator

import pytest

from tests.fuzz.asking import ask
from tests.fuzz.generator import UNFORMED
from tests.fuzz.wire import Client
from tests.fuzz.world import World, settle
from tests.servers import Address

pytestmark = pytest.mark.slow

_SEED, _REQUESTS = 3, 400
_OF_ACCOUNTS = {"account", "approvals", "joining", "people", "provider", "recovery", "security"}
"""Blueprints of what there is only where people have accounts."""


@pytest.fixture
def world(site: Address) -> Iterator[World]:
    client = Client(site.port)
    yield settle(client)
    client.close()


def test_nothing_odd_makes_it_fail_or_hang_up(site: Address, world: World) -> None:
    asked = ask(site.port, world, _SEED, _REQUESTS)

    assert [str(finding) for finding in asked.findings] == []
    assert {"2xx", "3xx", "4xx"} <= asked.statuses.keys()
    assert asked.reached.keys() >= {"review 200", "send 302", "state 200", "evidence.json 200"}


def test_the_fields_of_all_that_is_posted_are_known(world: World) -> None:
    posted = {route.endpoint for route in world.routes if route.method == "POST"}
    known = world.forms.posted.keys() | UNFORMED.keys()

    assert {name for name in posted - known if name.split(".")[0] not in _OF_ACCOUNTS} == set()
    assert UNFORMED.keys() - posted == set()
    assert UNFORMED.keys() & world.forms.posted.keys() == set()
    assert {"show", "sort", "search"} <= world.forms.queries.keys()
