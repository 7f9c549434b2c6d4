"""The list can be sorted by hours, by type and by how far a campaign is."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"

_BY_CODE_POINT = sa.String().with_variant(sa.String(collation="C"), "postgresql")
_NOT_SENT = sa.text("state IS NULL")


def upgrade() -> None:
    """Add what it goes by, and the indexes.

    An index by state and readiness is none of those: PostgreSQL does not know that what is under
    one readiness is in order where the state before it is compared with NULL.
    """
    op.add_column(
        "draft", sa.Column("hours_key", _BY_CODE_POINT, nullable=False, server_default="none")
    )
    op.execute("UPDATE draft SET hours_key = hours WHERE hours <> ''")
    op.create_index("ix_draft_by_hours", "draft", ["hours_key", "sequence"])
    op.create_index("ix_draft_by_type", "draft", ["type", "sequence"])
    op.drop_index("ix_draft_by_readiness", "draft")
    op.create_index(
        "ix_draft_by_readiness",
        "draft",
        ["readiness", "sequence"],
        sqlite_where=_NOT_SENT,
        postgresql_where=_NOT_SENT,
    )
