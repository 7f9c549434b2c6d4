"""Approval: what has to be approved, what was, and who has changed a draft."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"

_CHANGES = sa.text(
    "SELECT draft.id, event.who, event.kind, event.details "
    "FROM event JOIN draft ON event.chain = 'draft/' || draft.id "
    "WHERE event.kind IN ('created', 'edited') AND event.who <> '' ORDER BY draft.id, event.number"
)
_AT_ONCE = 1000


def upgrade() -> None:
    """Add the tables of approval, and read from the trail who has changed what there is."""
    op.create_table(
        "approval_rule",
        sa.Column("connection_key", sa.String(32), nullable=False),
        sa.Column("group_name", sa.String(80), nullable=False),
        sa.PrimaryKeyConstraint("connection_key", name="pk_approval_rule"),
    )
    op.create_table(
        "approval",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("draft_id", sa.String(32)),
        sa.Column("batch_id", sa.Integer()),
        sa.Column("draft_version", sa.Integer()),
        sa.Column("connection_key", sa.String(32), nullable=False),
        sa.Column("bound", sa.String(64), nullable=False),
        sa.Column("seen", sa.String(64), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("asked_by", sa.String(), nullable=False),
        sa.Column("asked_at", sa.DateTime()),
        sa.Column("decided_by", sa.String(), nullable=False),
        sa.Column("decided_at", sa.DateTime()),
        sa.Column("reason", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_approval"),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["draft.id"], name="fk_approval_draft_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["batch.id"], name="fk_approval_batch_id", ondelete="CASCADE"
        ),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_approval_by_draft", "approval", ["draft_id", "id"])
    op.create_index("ix_approval_by_batch", "approval", ["batch_id", "id"])
    op.create_index("ix_approval_by_state", "approval", ["state", "connection_key"])
    op.create_table(
        "draft_editor",
        sa.Column("draft_id", sa.String(32), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("is_author", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("draft_id", "who", name="pk_draft_editor"),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["draft.id"], name="fk_draft_editor_draft_id", ondelete="CASCADE"
        ),
    )
    op.create_table(
        "group_member",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "name", name="pk_group_member"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_group_member_account_id"),
    )
    for table in ("submission", "batch"):
        for name in ("approved_by", "without_approval"):
            op.add_column(table, sa.Column(name, sa.String(), nullable=False, server_default=""))
    op.add_column("batch", sa.Column("judged", sa.String(64), nullable=False, server_default=""))
    # A batch that is being reviewed is added up again, and then has what it lacks.
    op.execute("UPDATE batch SET digest = '' WHERE confirmed_at IS NULL")
    _note_editors()


def _note_editors() -> None:
    """Note who has made and changed each draft, and which version they made last."""
    connection, table = (
        op.get_bind(),
        sa.table("draft_editor", *map(sa.column, ("draft_id", "who", "is_author", "version"))),
    )
    known: dict[tuple[str, str], dict[str, object]] = {}
    for draft_id, who, kind, details in connection.execute(_CHANGES).all():
        row = known.setdefault((draft_id, who), {"is_author": False})
        row["is_author"] = row["is_author"] or kind == "created"
        row["version"] = json.loads(details)["version"]
    rows = [{"draft_id": draft_id, "who": who, **row} for (draft_id, who), row in known.items()]
    for start in range(0, len(rows), _AT_ONCE):
        connection.execute(sa.insert(table), rows[start : start + _AT_ONCE])
