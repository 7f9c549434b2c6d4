"""Sign-in by a provider in a real browser: its rules about forms, redirects and cookies hold."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from playwright.sync_api import expect

from app.settings import Settings
from tests.browser.operator import Operator
from tests.people.accounts import add_account
from tests.people.oidc_provider import FakeProvider, running_provider
from tests.people.visits import ANNA, BACK
from tests.servers import Address


@pytest.fixture
def provider() -> Iterator[FakeProvider]:
    """Run a provider that is another site than the app: by another name, not just a port."""
    with running_provider() as provider:
        provider.issuer = provider.issuer.replace("127.0.0.1", "localhost")
        provider.person = dict(ANNA)
        yield provider


@pytest.fixture
def settings(settings: Settings, provider: FakeProvider) -> Settings:
    return replace(settings, provider=provider.make_settings())


def test_the_way_to_a_provider_and_back(
    app: Flask, site: Address, provider: FakeProvider, any_operator: Operator
) -> None:
    add_account(app)
    provider.back = f"{site.url}{BACK}"
    page = any_operator.page
    page.goto("/requests")
    any_operator.press("Sign in at work")
    any_operator.sees_heading("Requests")
    expect(page.get_by_role("link", name="Anna", exact=True)).to_be_visible()
