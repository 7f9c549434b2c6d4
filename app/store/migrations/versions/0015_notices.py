"""Who is told of what waits, and signed webhooks."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Add the tables of digests, of what was told, and of hooks."""
    op.create_table(
        "digest",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("rhythm", sa.String(8), nullable=False),
        sa.Column("at", sa.String(5), nullable=False),
        sa.Column("zone", sa.String(64), nullable=False),
        sa.Column("next_at", sa.DateTime()),
        sa.PrimaryKeyConstraint("account_id", name="pk_digest"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_digest_account_id"),
    )
    op.create_table(
        "told_item",
        sa.Column("subject", sa.String(32), nullable=False),
        sa.Column("item_hash", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("subject", "item_hash", name="pk_told_item"),
    )
    op.create_table(
        "hook",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("url", sa.String(2000), nullable=False),
        sa.Column("keys", sa.JSON(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("disabled_at", sa.DateTime()),
        sa.Column("delivered_at", sa.DateTime()),
        sa.PrimaryKeyConstraint("id", name="pk_hook"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "hook_delivery",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("hook_id", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.String(64), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.DateTime()),
        sa.Column("failed_at", sa.DateTime()),
        sa.Column("failure", sa.String(200), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_hook_delivery"),
        sa.ForeignKeyConstraint(["hook_id"], ["hook.id"], name="fk_hook_delivery_hook_id"),
        sa.UniqueConstraint("message_id", name="uq_hook_delivery_message_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_hook_delivery_by_hook", "hook_delivery", ["hook_id"])
    op.create_index("ix_hook_delivery_due", "hook_delivery", ["next_at"])
