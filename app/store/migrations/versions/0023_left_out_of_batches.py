"""A batch knows how many of those that were chosen its maker may not send."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    """Add the count; of the batches that are there, nobody knows it."""
    op.add_column("batch", sa.Column("withheld", sa.Integer, nullable=False, server_default="0"))
