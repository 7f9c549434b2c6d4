"""Submissions wait in a queue, and each connection has its own pace."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

_MAY_EXIST = sa.text("state IN ('QUEUED', 'SENDING', 'CREATED', 'UNKNOWN')")
_IS_QUEUED = sa.text("state = 'QUEUED'")
_HAS_TO_WAIT = sa.text("retry_at IS NOT NULL")


def upgrade() -> None:
    """Add what the queue knows of a submission, its indexes, and the tables beside it."""
    for column in (
        sa.Column("stamp", sa.String(16), nullable=False, server_default=""),
        sa.Column("hurries", sa.Boolean, nullable=False, server_default=sa.false()),
    ):
        op.add_column("submission", column)
    op.drop_index("one_campaign_per_draft", "submission")
    _make_index("one_campaign_per_draft", ["draft_id"], _MAY_EXIST, unique=True)
    _make_index("ix_submission_queued", ["connection_key", "id"], _IS_QUEUED)
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


def _make_index(
    name: str, columns: list[str], where: sa.TextClause, *, unique: bool = False
) -> None:
    op.create_index(
        name, "submission", columns, unique=unique, sqlite_where=where, postgresql_where=where
    )
