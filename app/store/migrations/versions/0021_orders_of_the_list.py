"""The list can be sorted by more, and a batch knows who has made it."""

import sqlalchemy as sa
from alembic import op

from app.store.collation import make_sort_key

revision = "0021"
down_revision = "0020"

_BY_CODE_POINT = sa.String().with_variant(sa.String(collation="C"), "postgresql")
_DRAFT = sa.table("draft", sa.column("id", sa.String), sa.column("name_key", sa.String))
_NOT_SENT = sa.text("state IS NULL")


def upgrade() -> None:
    """Add what it goes by, and the indexes.

    An index by state and readiness is none of those: PostgreSQL does not know that what is under
    one readiness is in order where the state before it is compared with NULL.
    """
    op.add_column("batch", sa.Column("made_by", sa.String, nullable=False, server_default=""))
    op.add_column(
        "draft", sa.Column("hours_key", _BY_CODE_POINT, nullable=False, server_default="none")
    )
    op.execute("UPDATE draft SET hours_key = hours WHERE hours <> ''")
    op.add_column(
        "draft", sa.Column("day_key_down", sa.Date, nullable=False, server_default="0001-01-01")
    )
    op.execute("UPDATE draft SET day_key_down = first_day WHERE first_day IS NOT NULL")
    _make_name_keys(op.get_bind())
    op.create_index("ix_draft_by_first_day_down", "draft", ["day_key_down", "sequence"])
    op.create_index("ix_draft_by_hours", "draft", ["hours_key", "sequence"])
    op.create_index("ix_draft_by_hours_down", "draft", ["hours", "sequence"])
    op.create_index("ix_draft_by_type", "draft", ["type", "sequence"])
    op.drop_index("ix_draft_by_readiness", "draft")
    op.create_index(
        "ix_draft_by_readiness",
        "draft",
        ["readiness", "sequence"],
        sqlite_where=_NOT_SENT,
        postgresql_where=_NOT_SENT,
    )


def _make_name_keys(connection: sa.Connection) -> None:
    """Let names be sorted without their accents; most have none."""
    rows = connection.execute(sa.select(_DRAFT.c.id, _DRAFT.c.name_key)).all()
    changed = [
        {"draft": draft_id, "name_key": key}
        for draft_id, before in rows
        if not before.isascii() and (key := make_sort_key(before)) != before
    ]
    if changed:
        change = sa.update(_DRAFT).where(_DRAFT.c.id == sa.bindparam("draft"))
        connection.execute(change.values(name_key=sa.bindparam("name_key")), changed)
