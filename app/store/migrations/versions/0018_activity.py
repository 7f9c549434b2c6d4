"""What was done is found by its kind, and by who did it."""

from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    """Let a page of activity be read without all that was ever done."""
    op.create_index("ix_event_kind", "event", ["kind", "id"])
    op.create_index("ix_event_who", "event", ["who", "id"])
