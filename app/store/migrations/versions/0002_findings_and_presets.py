"""What rules of calling say of a draft, what was accepted of it, and named settings."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add columns and tables; what was found in drafts that are there is worked out when shown."""
    op.add_column("draft", sa.Column("accepted", sa.JSON, nullable=False, server_default="{}"))
    op.add_column("draft", sa.Column("findings", sa.JSON, nullable=False, server_default="{}"))
    op.add_column("draft", sa.Column("rules", sa.String(12), nullable=False, server_default=""))
    op.create_table(
        "preset",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("settings", sa.JSON, nullable=False),
        sa.Column("created_at", sa.DateTime, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_preset"),
        sa.UniqueConstraint("name", name="uq_preset_name"),
    )
