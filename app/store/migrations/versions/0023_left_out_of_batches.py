"""A batch knows how many of those that were chosen are not in it."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    """Add both counts; of the batches that are there, nobody knows them."""
    for name in ("elsewhere", "withheld"):
        op.add_column("batch", sa.Column(name, sa.Integer, nullable=False, server_default="0"))
