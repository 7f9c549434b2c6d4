"""The name of a preset is taken at its own connection alone."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"

_PRESET = sa.table(
    "preset",
    sa.column("id", sa.Integer),
    sa.column("settings", sa.JSON),
    sa.column("connection_key", sa.String),
)


def upgrade() -> None:
    """Note where each preset belongs: at its own connection, or at that of its ids."""
    with op.batch_alter_table("preset") as table:
        table.add_column(
            sa.Column("connection_key", sa.String(32), nullable=False, server_default="")
        )
        table.drop_constraint("uq_preset_name", type_="unique")
        table.create_unique_constraint("uq_preset_name", ["name", "connection_key"])
    connection = op.get_bind()
    for preset_id, settings in connection.execute(sa.select(_PRESET.c.id, _PRESET.c.settings)):
        if key := settings.get("connection") or settings.get("ids_of"):
            change = sa.update(_PRESET).where(_PRESET.c.id == preset_id)
            connection.execute(change.values(connection_key=key))
