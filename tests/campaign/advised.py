"""Campaigns without advice to begin with, and the advice that they get."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypeAlias

import pytest

from app.campaign.contract.problems import Advice
from tests import factories
from tests.campaign.meanings import NOW, explain_values
from tests.factories import inbound


def outbound(**changes: Any) -> dict[str, Any]:
    """Build a campaign without advice: its attempts come at different times of day."""
    return factories.outbound(**{"max_daily_attempts": 2} | changes)


Campaign: TypeAlias = Callable[..., dict[str, Any]]
BOTH_TYPES = pytest.mark.parametrize("campaign", [inbound, outbound])


def advice(values: dict[str, Any], now: datetime = NOW) -> list[Advice]:
    return list(explain_values(values, now).advice)


def at(year: int, month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=UTC)
