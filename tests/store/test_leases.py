"""A lease ends by a clock that nobody can set."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from app.store.leases import grant_lease


@pytest.mark.parametrize("days", [-400, 1, 400])
def test_a_changed_wall_clock_ends_no_lease(days: int) -> None:
    lease = grant_lease(60)
    with time_machine.travel(datetime.now(UTC) + timedelta(days=days)):
        assert not lease.is_over
        assert grant_lease(0).is_over


def test_a_lease_of_before_the_machine_was_started_is_over() -> None:
    assert replace(grant_lease(60), boot="another start").is_over
