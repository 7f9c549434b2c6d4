"""Submissions wait in a queue, alone or in batches, and each connection has its own pace."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

_MAY_EXIST = sa.text("state IN ('QUEUED', 'SENDING', 'CREATED', 'UNKNOWN')")
_IS_QUEUED = sa.text("state = 'QUEUED'")
_IS_OF_BATCH = sa.text("batch_id IS NOT NULL")
_HAS_TO_WAIT = sa.text("retry_at IS NOT NULL")


def upgrade() -> None:
    """Add what the queue knows of a submission, its indexes, and the tables beside it."""
    _make_batches()
    # Alembic adds no constraint to a table of SQLite's, which takes this one with its column.
    op.execute(
        "ALTER TABLE submission ADD COLUMN batch_id INTEGER "
        "CONSTRAINT fk_submission_batch_id REFERENCES batch (id)"
    )
    for column in (
        sa.Column("stamp", sa.String(16), nullable=False, server_default=""),
        sa.Column("hurries", sa.Boolean, nullable=False, server_default=sa.false()),
    ):
        op.add_column("submission", column)
    op.drop_index("one_campaign_per_draft", "submission")
    _make_index("one_campaign_per_draft", ["draft_id"], _MAY_EXIST, unique=True)
    _make_index("ix_submission_queued", ["connection_key", "batch_id", "id"], _IS_QUEUED)
    _make_index("ix_submission_batch", ["batch_id", "state", "settled_at"], _IS_OF_BATCH)
    _make_index("ix_submission_wait", ["connection_key", "retry_at"], _HAS_TO_WAIT)
    op.create_table(
        "throttle",
        sa.Column("connection_key", sa.String(32), nullable=False),
        sa.Column("rate", sa.Float, nullable=False),
        sa.Column("burst", sa.Integer, nullable=False),
        sa.Column("concurrency", sa.Integer, nullable=False),
        sa.Column("clock", sa.String(36), nullable=False),
        sa.Column("arrival", sa.Float, nullable=False),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("paused_at", sa.DateTime),
        sa.Column("pause_reason", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("connection_key", name="pk_throttle"),
    )
    op.create_table(
        "duty",
        sa.Column("name", sa.String(16), nullable=False),
        sa.Column("lease_boot", sa.String(36), nullable=False),
        sa.Column("lease_ends", sa.Float, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_duty"),
    )


def _make_batches() -> None:
    op.create_table(
        "batch",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("connection", sa.String, nullable=False),
        sa.Column("connection_key", sa.String(32), nullable=False),
        sa.Column("is_sandbox", sa.Boolean, nullable=False),
        sa.Column("stamp", sa.String(16), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("who", sa.String, nullable=False),
        sa.Column("created_at", sa.DateTime, nullable=False),
        sa.Column("confirmed_at", sa.DateTime),
        sa.Column("paused_at", sa.DateTime),
        sa.Column("stopped_at", sa.DateTime),
        sa.PrimaryKeyConstraint("id", name="pk_batch"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "batch_item",
        sa.Column("batch_id", sa.Integer, nullable=False),
        sa.Column("position", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("draft_id", sa.String(32), nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("seen", sa.String(80), nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("judged", sa.JSON, nullable=False),
        sa.Column("findings", sa.JSON, nullable=False),
        sa.Column("calling_days", sa.Integer, nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("reason", sa.String, nullable=False),
        sa.Column("submission_id", sa.Integer),
        sa.PrimaryKeyConstraint("batch_id", "position", name="pk_batch_item"),
        sa.ForeignKeyConstraint(["batch_id"], ["batch.id"], name="fk_batch_item_batch_id"),
        sa.ForeignKeyConstraint(["draft_id"], ["draft.id"], name="fk_batch_item_draft_id"),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.id"], name="fk_batch_item_submission_id"
        ),
    )
    op.create_index("ix_batch_item_by_state", "batch_item", ["batch_id", "state", "position"])
    op.create_index("ix_batch_item_by_digest", "batch_item", ["batch_id", "digest"])
    op.create_index("ix_batch_item_by_draft", "batch_item", ["batch_id", "draft_id"])


def _make_index(
    name: str, columns: list[str], where: sa.TextClause, *, unique: bool = False
) -> None:
    op.create_index(
        name, "submission", columns, unique=unique, sqlite_where=where, postgresql_where=where
    )
