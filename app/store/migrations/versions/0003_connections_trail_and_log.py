"""Connections and their address book, the event trail and the request log."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_OPEN = sa.text("state IN ('SENDING', 'UNKNOWN')")


def upgrade() -> None:
    """Add columns and tables; the trail of what is there already begins with its next event."""
    for name, kind in (
        ("destination", sa.String(32)),
        ("who", sa.String),
        ("resolved_by", sa.String),
    ):
        op.add_column("submission", sa.Column(name, kind, nullable=False, server_default=""))
    op.add_column("submission", sa.Column("lease_until", sa.DateTime))
    op.add_column("submission", sa.Column("retry_at", sa.DateTime))
    op.create_index("ix_submission_by_digest", "submission", ["digest", "claimed_at"])
    op.create_index(
        "ix_submission_open", "submission", ["state"], sqlite_where=_OPEN, postgresql_where=_OPEN
    )
    op.create_table(
        "connection",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("name_key", sa.String, nullable=False),
        sa.Column("base_url", sa.String, nullable=False),
        sa.Column("token", sa.LargeBinary, nullable=False),
        sa.Column("is_sandbox", sa.Boolean, nullable=False),
        sa.Column("colour", sa.String(16), nullable=False),
        sa.Column("notes", sa.String, nullable=False),
        sa.Column("created_at", sa.DateTime, nullable=False),
        sa.Column("changed_at", sa.DateTime, nullable=False),
        sa.Column("disabled_at", sa.DateTime),
        sa.Column("tested_at", sa.DateTime),
        sa.Column("test_said", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_connection"),
        sa.UniqueConstraint("name_key", name="uq_connection_name_key"),
    )
    op.create_table(
        "book",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("destination", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("value", sa.String, nullable=False),
        sa.Column("nickname", sa.String, nullable=False),
        sa.Column("created_at", sa.DateTime, nullable=False),
        sa.Column("last_used_at", sa.DateTime),
        sa.PrimaryKeyConstraint("id", name="pk_book"),
        sa.UniqueConstraint("destination", "kind", "value", name="uq_book_destination"),
    )
    _make_trail()
    _make_log()


def _make_trail() -> None:
    op.create_table(
        "event",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("draft_id", sa.String(32)),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("who", sa.String, nullable=False),
        sa.Column("details", sa.String, nullable=False),
        sa.Column("before", sa.String(64), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_event"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_event_by_draft", "event", ["draft_id", "id"])
    # What the chain of hashes would show afterwards, the database refuses at once.
    for change in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER no_{change.lower()}_of_events BEFORE {change} ON event "
            "BEGIN SELECT RAISE(ABORT, 'the event trail is never changed'); END"
        )


def _make_log() -> None:
    op.create_table(
        "exchange",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("submission_id", sa.Integer),
        sa.Column("destination", sa.String(32), nullable=False),
        sa.Column("connection", sa.String, nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("duration_ms", sa.Integer),
        sa.Column("method", sa.String(8), nullable=False),
        sa.Column("url", sa.String, nullable=False),
        sa.Column("request_headers", sa.JSON, nullable=False),
        sa.Column("request_body", sa.String, nullable=False),
        sa.Column("status", sa.Integer),
        sa.Column("response_headers", sa.JSON, nullable=False),
        sa.Column("response_body", sa.String, nullable=False),
        sa.Column("outcome", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_exchange"),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.id"], name="fk_exchange_submission_id"
        ),
    )
    op.create_index("ix_exchange_by_submission", "exchange", ["submission_id"])
    op.execute("CREATE VIRTUAL TABLE exchange_search USING fts5(text, tokenize = 'trigram')")
