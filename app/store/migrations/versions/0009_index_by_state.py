"""Submissions are counted by what became of them, for those who watch over the app."""

from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Add the index that they are counted from."""
    op.create_index(
        "ix_submission_by_state",
        "submission",
        ["connection_key", "state", "resolved_at", "claimed_at"],
    )
