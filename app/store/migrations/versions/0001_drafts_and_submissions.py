"""Drafts, their search index, and submissions."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_MAY_EXIST = sa.text("state IN ('SENDING', 'CREATED', 'UNKNOWN')")


def upgrade() -> None:
    """Make the first tables."""
    op.create_table(
        "draft",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("place", sa.Integer, nullable=False),
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
        sa.PrimaryKeyConstraint("id", name="pk_draft"),
        sa.UniqueConstraint("place", name="uq_draft_place"),
    )
    op.create_index("ix_draft_by_name", "draft", ["name_key", "place"])
    op.create_index("ix_draft_by_first_day", "draft", ["day_key", "place"])
    op.create_index("ix_draft_by_state", "draft", ["state", "place"])

    op.create_table(
        "submission",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("draft_id", sa.String(32), nullable=False),
        sa.Column("draft_version", sa.Integer, nullable=False),
        sa.Column("connection", sa.String, nullable=False),
        sa.Column("is_sandbox", sa.Boolean, nullable=False),
        sa.Column("url", sa.String, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("claimed_at", sa.DateTime, nullable=False),
        sa.Column("settled_at", sa.DateTime),
        sa.Column("message", sa.String, nullable=False),
        sa.Column("errors", sa.JSON, nullable=False),
        sa.Column("http_status", sa.Integer),
        sa.Column("answer", sa.String, nullable=False),
        sa.Column("campaign_id", sa.String),
        sa.Column("campaign_name", sa.String),
        sa.Column("campaign_type", sa.String),
        sa.Column("campaign_status", sa.String),
        sa.Column("resolved_at", sa.DateTime),
        sa.PrimaryKeyConstraint("id", name="pk_submission"),
        sa.ForeignKeyConstraint(["draft_id"], ["draft.id"], name="fk_submission_draft_id"),
    )
    op.create_index("ix_submission_by_draft", "submission", ["draft_id", "id"])
    op.create_index(
        "one_campaign_per_draft",
        "submission",
        ["draft_id"],
        unique=True,
        sqlite_where=_MAY_EXIST,
        postgresql_where=_MAY_EXIST,
    )

    # Any part of a word is found at any size of the table; its row ids are draft.place.
    op.execute("CREATE VIRTUAL TABLE draft_search USING fts5(text, tokenize = 'trigram')")
