"""The app as the tests use it: the real one, on an empty folder, with its real sandbox."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import create_app
from app.remote.client import CampaignApi
from app.sandbox.ledger import Ledger
from app.settings import Settings
from app.store.database import Store
from tests.pages import Visitor
from tests.servers import Address, serving


@pytest.fixture
def instance(tmp_path: Path) -> Path:
    return tmp_path / "instance"


@pytest.fixture
def app(instance: Path) -> Flask:
    return create_app(Settings(instance=instance))


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def visitor(client: FlaskClient) -> Visitor:
    """Sit a person at a browser that runs no scripts."""
    return Visitor(client)


@pytest.fixture
def store(app: Flask) -> Store:
    found: Store = app.extensions["store"]
    return found


@pytest.fixture
def api(app: Flask) -> CampaignApi:
    found: CampaignApi = app.extensions["api"]
    return found


@pytest.fixture
def ledger(app: Flask) -> Ledger:
    """Read what the sandbox was sent."""
    found: Ledger = app.extensions["ledger"]
    return found


@pytest.fixture
def site(app: Flask) -> Iterator[Address]:
    """Put the app behind its real server, on a free port."""
    with serving(app) as address:
        yield address
