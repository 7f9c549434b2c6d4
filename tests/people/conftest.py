"""Anna, who can sign in; and a provider of sign-in, with apps that know it."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import BytecodeCache

from app import create_app
from app.services import find_services
from app.settings import Settings
from app.store.people_models import Account
from tests.people.accounts import add_account, is_signed_in, make_client, sign_in
from tests.people.oidc_provider import FakeProvider, running_provider
from tests.people.visits import ANNA, Make


@pytest.fixture
def provider() -> Iterator[FakeProvider]:
    """Run a provider at which Anna is about to sign in."""
    with running_provider() as provider:
        provider.person = dict(ANNA)
        yield provider


@pytest.fixture
def make(
    settings: Settings,
    provider: FakeProvider,
    fresh_instance: Path,
    compiled_templates: BytecodeCache,
) -> Iterator[Make]:
    """Make apps that know the provider, with somebody who looks after people."""
    made = []

    def make_app(**changes: Any) -> Flask:
        copytree(fresh_instance, settings.instance)
        app = create_app(replace(settings, provider=provider.make_settings(**changes)))
        app.jinja_env.bytecode_cache = compiled_templates
        made.append(app)
        add_account(app, "head@example.com")
        return app

    yield make_app
    for app in made:
        find_services(app).doorbell.stop()
        find_services(app).sender.stop()
        find_services(app).store.engine.dispose()


@pytest.fixture
def account(app: Flask) -> Account:
    return add_account(app)


@pytest.fixture
def signed_in(app: Flask, account: Account) -> FlaskClient:
    """Give a browser in which Anna is signed in."""
    client = make_client(app)
    sign_in(client)
    assert is_signed_in(client)
    return client
