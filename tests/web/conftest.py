"""What tests of pages and of the API share."""

from collections.abc import Callable

import pytest
from flask import Flask

from app.store.people_models import Account
from tests.people.accounts import add_account
from tests.web.programs import Program, make_token
from tests.web.teams import Team, make_team


@pytest.fixture
def account(app: Flask) -> Account:
    return add_account(app)


@pytest.fixture
def team(app: Flask) -> Team:
    return make_team(app)


@pytest.fixture
def acme(add_connection: Callable[..., str]) -> str:
    """Give the key of another client than the sandbox."""
    return add_connection("Acme Dental")


@pytest.fixture
def program(app: Flask, account: Account) -> Program:
    """Give a program with a token of Anna's, who may do everything."""
    return Program(app, make_token(app, account))


@pytest.fixture
def alone(app: Flask) -> Program:
    """Give a program on a machine that has no accounts."""
    return Program(app)
