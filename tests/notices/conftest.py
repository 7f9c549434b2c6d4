"""Anna, and what waits for her."""

import pytest
from flask import Flask

from app.store.people_models import Account
from tests.notices.waiting import REVIEW, Waiting
from tests.people.accounts import add_account


@pytest.fixture
def anna(app: Flask) -> Account:
    return add_account(app)


@pytest.fixture
def waiting() -> Waiting:
    return Waiting({"anna@example.com": [REVIEW]})
