"""Drafts and a connection that several screens are tested with."""

from collections.abc import Callable
from datetime import date

import pytest

from tests.factories import inbound, outbound
from tests.pages import Page, Visitor
from tests.web.screens.live_connection import ANSWERS


@pytest.fixture
def three(saved: Callable[..., str]) -> None:
    saved(outbound(name="Beta roofing"))
    saved(outbound(name="Alpha dental", start_date=date(2026, 12, 1)))
    saved(inbound(name="Gamma solar"))


@pytest.fixture
def made(visitor: Visitor) -> Page:
    """Enter a live connection."""
    return visitor.press(visitor.open("/connections/new"), "new", ANSWERS)
