"""The settings that name servers: the database's and the queue's addresses, and their passwords."""

from urllib.parse import unquote

from psycopg import ProgrammingError
from psycopg.conninfo import make_conninfo
from redis.connection import parse_url
from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from app.setting_values import BadSetting
from app.settings_table import POSTGRESQL


def read_database_url(url: str, name: str) -> URL:
    """Read the address of a PostgreSQL database; raises `BadSetting` that calls it by *name*."""
    try:
        address = make_url(url)
    except (ArgumentError, ValueError):  # They quote what they could not read.
        raise BadSetting(
            f"{name} cannot be read. It is like {POSTGRESQL}, "
            "with signs like @ and / in a password as %40 and %2F."
        ) from None
    if address.drivername != "postgresql":
        raise BadSetting(f"{name} does not begin with postgresql://, the only kind there is.")
    return address


def check_queue_url(url: str) -> None:
    """Check that the driver of a queue can read its address."""
    try:
        if url.startswith("postgresql://"):
            make_conninfo(url)
        elif url.startswith(("redis://", "rediss://")):
            parse_url(url)  # type: ignore[no-untyped-call]
        else:
            raise BadSetting("QUEUE_URL begins with postgresql://, redis:// or rediss://.")
    except (ProgrammingError, ValueError, TypeError) as error:
        if isinstance(error, BadSetting):
            raise
        raise BadSetting(
            "QUEUE_URL cannot be read: look at its port and what follows “?”, and write signs "
            "like @ and / in its password as %40 and %2F."
        ) from None


def find_passwords(url: str) -> tuple[str, ...]:
    """Find the passwords in the address of a server, as they are written and as they are meant."""
    host, _, query = url.partition("://")[2].partition("?")
    user = host.rpartition("@")[0]
    named = (part.partition("=") for part in query.split("&"))
    written = [user.partition(":")[2], *(value for name, _, value in named if name == "password")]
    return tuple({*written, *map(unquote, written)})
