"""A draft's place in the order of changes is its sequence; a connection is named by its key.

What the trail binds stays as it is: documents and their digests keep the older name.
"""

from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Rename the columns with their indexes, and make the index of the log anew.

    SQLite renames a column of a plain table in place, its indexes included.
    """
    _rename("draft", "place", "sequence")
    for table in ("submission", "exchange", "book"):
        _rename(table, "destination", "connection_key")
    with op.batch_alter_table("draft", recreate="always") as draft:
        draft.drop_constraint("uq_draft_place", type_="unique")
        draft.create_unique_constraint("uq_draft_sequence", ["sequence"])
    with op.batch_alter_table("book", recreate="always") as book:
        book.drop_constraint("uq_book_destination", type_="unique")
        book.create_unique_constraint("uq_book_connection_key", ["connection_key", "kind", "value"])
    op.drop_index("ix_exchange_by_destination", "exchange")
    op.create_index("ix_exchange_by_connection", "exchange", ["connection_key", "id"])
    _make_search()


def _rename(table: str, old: str, new: str) -> None:
    op.execute(f"ALTER TABLE {table} RENAME COLUMN {old} TO {new}")


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
