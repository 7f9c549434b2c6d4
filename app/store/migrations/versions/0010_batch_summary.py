"""What all items of a batch come to is kept with it: to add up very many takes seconds."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Add the sums; a batch that is being reviewed gets them the next time it is looked at."""
    days = sa.Column("calling_days", sa.Integer, nullable=False, server_default="0")
    findings = sa.Column("findings", sa.JSON, nullable=False, server_default="{}")
    op.add_column("batch", days)
    op.add_column("batch", findings)
