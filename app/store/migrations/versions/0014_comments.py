"""Comments with mentions, who looks after a draft next, and who has it open."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Add the tables of what people say to each other about a draft."""
    op.create_table(
        "comment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("draft_id", sa.String(32), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("resolved_by", sa.String(), nullable=False),
        sa.Column("resolved_at", sa.DateTime()),
        sa.PrimaryKeyConstraint("id", name="pk_comment"),
        _of_draft("comment"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_comment_by_draft", "comment", ["draft_id", "id"])
    op.create_table(
        "mention",
        sa.Column("comment_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("comment_id", "account_id", name="pk_mention"),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["comment.id"], name="fk_mention_comment_id", ondelete="CASCADE"
        ),
        _of_account("mention"),
    )
    op.create_index("ix_mention_by_account", "mention", ["account_id"])
    op.create_table(
        "assignment",
        sa.Column("draft_id", sa.String(32), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("draft_id", name="pk_assignment"),
        _of_draft("assignment"),
        _of_account("assignment"),
    )
    op.create_index("ix_assignment_by_account", "assignment", ["account_id"])
    op.create_table(
        "presence",
        sa.Column("draft_id", sa.String(32), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("seen_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("draft_id", "account_id", name="pk_presence"),
        _of_draft("presence"),
        _of_account("presence"),
    )


def _of_draft(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["draft_id"], ["draft.id"], name=f"fk_{table}_draft_id", ondelete="CASCADE"
    )


def _of_account(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=f"fk_{table}_account_id")
