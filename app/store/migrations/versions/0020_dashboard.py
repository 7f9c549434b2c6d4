"""A connection has the address of the vendor's dashboard."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    """Add the column; nobody has entered an address yet."""
    op.add_column(
        "connection", sa.Column("dashboard_url", sa.String, nullable=False, server_default="")
    )
