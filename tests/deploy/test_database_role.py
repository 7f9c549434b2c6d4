"""The role that a deployment makes in PostgreSQL is enough for the app, and no more."""

from collections.abc import Iterator
from pathlib import Path
from secrets import token_hex

import psycopg
import pytest

from app import create_app
from app.services import find_services
from app.settings import Settings
from tests.conftest import ON_POSTGRESQL
from tests.deploy.test_inside_tls import read_script
from tests.pages import Visitor, drain
from tests.postgresql import drop_database

pytestmark = pytest.mark.postgresql


@pytest.fixture
def role() -> Iterator[str]:
    """Run the script for a role of another name, which its database has, too; gives the name."""
    name = f"campaigns_{token_hex(8)}"
    with connect() as server:
        for statement in read_script():
            server.execute(statement.replace(b"campaigns", name.encode()))
    yield name
    drop_database(ON_POSTGRESQL, name)
    with connect() as server:
        server.execute(f"DROP ROLE {name}".encode())


def connect(url: str = ON_POSTGRESQL) -> psycopg.Connection:
    return psycopg.connect(url, autocommit=True)


def url_of(role: str, database: str) -> str:
    return f"{ON_POSTGRESQL.rpartition('/')[0]}/{database}".replace("postgres@", f"{role}@")


def test_the_app_works_with_a_role_that_owns_its_database_alone(role: str, instance: Path) -> None:
    app = create_app(Settings(instance=instance, database_url=url_of(role, role)))
    visitor = Visitor(app.test_client())
    form = visitor.press(visitor.open("/"), "sample", {})
    visitor.press(visitor.press(form, then="review"), "send")
    drain(app)
    assert "Created" in visitor.open("/").text
    find_services(app).store.engine.dispose()


@pytest.mark.parametrize(
    "deed",
    [
        "CREATE DATABASE other",
        "CREATE ROLE other",
        "ALTER ROLE CURRENT_USER SUPERUSER",
        "CHECKPOINT",
    ],
)
def test_the_role_may_do_nothing_else_on_the_server(role: str, deed: str) -> None:
    with (
        connect(url_of(role, role)) as server,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        server.execute(deed.encode())


def test_a_new_role_may_not_look_into_it(role: str) -> None:
    stranger = f"{role}_stranger"
    with connect() as server:
        server.execute(f"CREATE ROLE {stranger} LOGIN".encode())
        try:
            with pytest.raises(psycopg.OperationalError, match="permission denied"):
                connect(url_of(stranger, role))
        finally:
            server.execute(f"DROP ROLE {stranger}".encode())
