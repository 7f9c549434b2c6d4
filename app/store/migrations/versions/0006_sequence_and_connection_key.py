"""A draft's place in the order of changes is its sequence; a connection is named by its key.

What the trail binds stays as it is: documents and their digests keep the older name.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

_RENAMED = {"sequence": "place", "connection_key": "destination"}


def upgrade() -> None:
    """Rename the columns, and their constraints and indexes.

    SQLite renames a column in place, but no constraint: two tables are made anew. Alembic's
    batch mode would do that, too, in twice the time, and every new database comes by here.
    """
    _make_draft()
    _make_book()
    for table in ("submission", "exchange"):
        op.execute(f"ALTER TABLE {table} RENAME COLUMN destination TO connection_key")
    op.drop_index("ix_exchange_by_destination", "exchange")
    op.create_index("ix_exchange_by_connection", "exchange", ["connection_key", "id"])
    _make_search()


def _make_draft() -> None:
    _make_anew(
        "draft",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("answers", sa.JSON, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("type", sa.String(8)),
        sa.Column("name_key", sa.String, nullable=False),
        sa.Column("first_day", sa.Date),
        sa.Column("day_key", sa.Date, nullable=False),
        sa.Column("state", sa.String(10)),
        sa.Column("created_at", sa.DateTime, nullable=False),
        sa.Column("changed_at", sa.DateTime, nullable=False),
        sa.Column("deleted_at", sa.DateTime),
        sa.Column("accepted", sa.JSON, nullable=False, server_default="{}"),
        sa.Column("findings", sa.JSON, nullable=False, server_default="{}"),
        sa.Column("rules", sa.String(12), nullable=False, server_default=""),
        sa.PrimaryKeyConstraint("id", name="pk_draft"),
        sa.UniqueConstraint("sequence", name="uq_draft_sequence"),
    )
    op.create_index("ix_draft_by_name", "draft", ["name_key", "sequence"])
    op.create_index("ix_draft_by_first_day", "draft", ["day_key", "sequence"])
    op.create_index("ix_draft_by_state", "draft", ["state", "sequence"])


def _make_book() -> None:
    _make_anew(
        "book",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("connection_key", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("value", sa.String, nullable=False),
        sa.Column("nickname", sa.String, nullable=False),
        sa.Column("created_at", sa.DateTime, nullable=False),
        sa.Column("last_used_at", sa.DateTime),
        sa.PrimaryKeyConstraint("id", name="pk_book"),
        sa.UniqueConstraint("connection_key", "kind", "value", name="uq_book_connection_key"),
    )


def _make_anew(table: str, *parts: sa.Column[Any] | sa.Constraint) -> None:
    """Make a table anew, without its indexes, with the rows that are there."""
    columns = [part.name for part in parts if isinstance(part, sa.Column)]
    older = ", ".join(_RENAMED.get(name, name) for name in columns)
    op.create_table(f"{table}_anew", *parts)
    op.execute(
        f"INSERT INTO {table}_anew ({', '.join(columns)}) SELECT {older} FROM {table}"  # noqa: S608
    )
    op.drop_table(table)
    op.rename_table(f"{table}_anew", table)


def _make_search() -> None:
    """Copy the index of the log: no column of a virtual table can be renamed."""
    op.execute("ALTER TABLE exchange_search RENAME TO exchange_search_before")
    op.execute(
        "CREATE VIRTUAL TABLE exchange_search "
        "USING fts5(connection_key, text, tokenize = 'trigram')"
    )
    op.execute(
        "INSERT INTO exchange_search (rowid, connection_key, text) "
        "SELECT rowid, destination, text FROM exchange_search_before"
    )
    op.execute("DROP TABLE exchange_search_before")
