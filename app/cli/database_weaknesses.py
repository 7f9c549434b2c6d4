"""What is weak or broken in the database of an installation; it is only read, and not upgraded."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from time import time

from sqlalchemy import Connection, Engine, create_engine, func, inspect, select
from sqlalchemy.exc import DatabaseError, ProgrammingError
from sqlalchemy.orm import Session

from app.campaign.contract.wording import join_words
from app.cli.weaknesses import Weakness, broken, is_own_sandbox, weak
from app.host_settings import LOOPBACK
from app.sending.brought_back import FILE as NOTE
from app.sending.brought_back import is_missing_there, read_note
from app.server_addresses import read_database_url
from app.settings import Settings
from app.store.base import Base
from app.store.connection_models import SavedConnection
from app.store.dialects.postgresql import (
    CLOCK,
    CUT_OFF,
    ENCODING,
    HAS_MORE_RIGHTS,
    KNOWS_LETTERS,
    NOT_UTF8,
    OLDEST,
    PATIENCE,
    UNFINISHED_MOVE,
    VERSION,
)
from app.store.dialects.sqlite import MOVE_CUT_OFF, MOVED, MOVED_AWAY, is_move_cut_off
from app.store.migrations import HEAD, read_revision
from app.store.records import LoggedCall

MANY_CALLS = 200_000
"""Calls in the log above which somebody should decide for how long they are kept."""

MOST_SECONDS_APART = 5
_VERIFIED = {"verify-ca", "verify-full"}


def find_database_weaknesses(settings: Settings) -> Iterator[Weakness]:
    """Look at how the database is reached, and at what is in it."""
    if settings.database_url:
        yield from _check_tls(settings)
    elif (mark := settings.instance / MOVED).exists():
        what = MOVE_CUT_OFF if is_move_cut_off(mark) else MOVED_AWAY
        yield broken("database", f"From {settings.instance} {what}.")
        return
    elif not _locate(settings).exists():
        yield weak("database", f"{_locate(settings)} is not there yet. Start the app once.")
        return
    engine = _open(settings)
    try:
        with engine.connect() as connection:
            yield from _check_content(connection, settings)
    except DatabaseError as error:
        reason = " ".join(str(error.orig).split())
        advice = _advise(error, settings)
        yield broken("database", f"The database cannot be read ({reason}). {advice}")
    finally:
        engine.dispose()


def _advise(error: DatabaseError, settings: Settings) -> str:
    """Say what to do about a database that cannot be read."""
    if not settings.database_url:
        return f"Bring a backup of {_locate(settings)} back with restore."
    if isinstance(error, ProgrammingError):
        return "Give the role of DATABASE_URL its rights, as deploy/database/role.sql does."
    return "Start it, or mend DATABASE_URL."


def _locate(settings: Settings) -> Path:
    return settings.instance / "campaigns.sqlite3"


def _open(settings: Settings) -> Engine:
    if not settings.database_url:
        address = f"{_locate(settings).absolute().as_uri()}?mode=ro"
        return create_engine(
            "sqlite://", creator=lambda: sqlite3.connect(address, uri=True), hide_parameters=True
        )
    return create_engine(
        read_database_url(settings.database_url, "DATABASE_URL"),
        hide_parameters=True,
        connect_args={"connect_timeout": int(PATIENCE), "client_encoding": "utf8"},
    )


def _check_tls(settings: Settings) -> Iterator[Weakness]:
    url = read_database_url(settings.database_url, "DATABASE_URL")
    host = url.query.get("host", url.host or "")
    is_here = host in {*LOOPBACK, ""} or str(host).startswith("/")
    if not is_here and url.query.get("sslmode") not in _VERIFIED:
        yield weak(
            "database-tls",
            f"The connection to PostgreSQL on {host} may be read or answered by others. Add "
            "?sslmode=verify-full to DATABASE_URL, and sslrootcert= with its authority.",
        )


def _check_seals(connection: Connection, settings: Settings) -> Iterator[Weakness]:
    note = read_note(settings.instance / NOTE)
    with Session(connection) as session:
        if note and is_missing_there(session, note):
            yield broken(
                "records",
                f"The seal {note.number}, seen here at {note.at}, is missing: an older copy of the "
                "database was brought back. Look in VoiceAIWrapper before anything is sent.",
            )


def _check_content(connection: Connection, settings: Settings) -> Iterator[Weakness]:
    if settings.database_url:
        yield from _check_server(connection)
    revision = read_revision(connection)
    if inspect(connection).has_table(UNFINISHED_MOVE.name):
        yield broken("database", CUT_OFF)
        return
    if revision is None:
        yield weak("migrations", "The database has no tables yet. Start the app: it makes them.")
        return
    if revision > HEAD:
        yield broken("migrations", "The database is of a newer version. Install that version.")
        return
    if revision != HEAD:
        yield weak("migrations", "The database is of an older version. Start the app: it upgrades.")
        return
    if lacking := _list_lacking(connection):
        yield broken(
            "migrations",
            f"The database lacks {join_words(lacking)}, though it says that it has them. Bring a "
            "backup back that was made by a released version.",
        )
        return
    yield from _check_seals(connection, settings)
    yield from _check_log(connection, settings)
    yield from _check_connections(connection, settings)


def _list_lacking(connection: Connection) -> list[str]:
    """List the columns, as table.column, that the app reads and the database has not."""
    there = inspect(connection).get_multi_columns()
    names = {name: {column["name"] for column in columns} for (_, name), columns in there.items()}
    return [
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if column.name not in names.get(table.name, ())
    ]


def _check_server(connection: Connection) -> Iterator[Weakness]:
    if connection.scalars(VERSION).one() < OLDEST * 10_000:
        yield broken("database-version", f"PostgreSQL {OLDEST} or newer is needed. Upgrade it.")
    if connection.scalars(ENCODING).one() != "UTF8":
        yield broken("database-encoding", NOT_UTF8)
    elif not connection.scalars(KNOWS_LETTERS).one():
        yield weak(
            "database-locale",
            "A search finds Ö and ö apart, and É and é. Make the database with a locale that knows "
            "letters, such as C.UTF-8, and move what is in it.",
        )
    if connection.scalars(HAS_MORE_RIGHTS).one():
        yield weak(
            "database-role",
            "The role of DATABASE_URL may do more on its server than the app needs. Use one as "
            "deploy/database/role.sql makes it.",
        )
    apart = abs(connection.scalars(CLOCK).one() - time())
    if apart > MOST_SECONDS_APART:
        yield weak(
            "clock",
            f"This machine's clock and the database's are {apart:.0f} seconds apart. Let both "
            "follow a time server.",
        )


def _check_log(connection: Connection, settings: Settings) -> Iterator[Weakness]:
    calls = select(LoggedCall.id).limit(MANY_CALLS + 1).subquery()
    count = connection.scalar(select(func.count()).select_from(calls)) or 0
    if settings.keep.log is None and count > MANY_CALLS:
        yield weak(
            "retention",
            f"More than {MANY_CALLS:,} calls are in the request log, and nothing ever leaves it. "
            "Set KEEP_LOG_DAYS.",
        )


def _check_connections(connection: Connection, settings: Settings) -> Iterator[Weakness]:
    rows = connection.execute(
        select(SavedConnection.name, SavedConnection.base_url)
        .where(SavedConnection.is_sandbox.is_(other=False))
        .order_by(SavedConnection.name_key)
    )
    for name, base_url in rows:
        if is_own_sandbox(base_url, settings):
            yield weak(
                "sandbox-as-live",
                f"The connection “{name}” leads to the sandbox, and is shown as live. "
                "Say on its page that it is a sandbox.",
            )
