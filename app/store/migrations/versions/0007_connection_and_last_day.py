"""A draft's connection and last day have columns: the list and the overlaps ask for them."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Add the columns, and fill them with what was typed."""
    op.add_column(
        "draft", sa.Column("connection_key", sa.String, nullable=False, server_default="")
    )
    op.add_column("draft", sa.Column("last_day", sa.Date))
    op.execute(
        "UPDATE draft SET connection_key = coalesce(json_extract(answers, '$.connection'), ''), "
        "last_day = date(json_extract(answers, '$.end_date'))"
    )
