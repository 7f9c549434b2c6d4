"""People: accounts, what they may do at which connection, and where they are signed in."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Add the tables of people."""
    op.create_table(
        "account",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("password", sa.String()),
        sa.Column("fs_uniquifier", sa.String(64), nullable=False),
        sa.Column("fs_webauthn_user_handle", sa.String(64)),
        sa.Column("tf_primary_method", sa.String(16)),
        sa.Column("tf_totp_secret", sa.String()),
        sa.Column("tf_phone_number", sa.String()),
        sa.Column("totp_counter", sa.Integer()),
        sa.Column("mf_recovery_codes", sa.JSON()),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_account"),
        sa.UniqueConstraint("email", name="uq_account_email"),
        sa.UniqueConstraint("fs_uniquifier", name="uq_account_fs_uniquifier"),
        sa.UniqueConstraint("fs_webauthn_user_handle", name="uq_account_fs_webauthn_user_handle"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "passkey",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("credential_id", sa.LargeBinary(1024), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.Integer(), nullable=False),
        sa.Column("transports", sa.JSON()),
        sa.Column("backup_state", sa.Boolean(), nullable=False),
        sa.Column("device_type", sa.String(64), nullable=False),
        sa.Column("extensions", sa.String()),
        sa.Column("create_datetime", sa.DateTime(), nullable=False),
        sa.Column("lastuse_datetime", sa.DateTime(), nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("usage", sa.String(16), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_passkey"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_passkey_account_id"),
        sa.UniqueConstraint("credential_id", name="uq_passkey_credential_id"),
    )
    op.create_table(
        "role_grant",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("connection_key", sa.String(32), nullable=False),
        sa.Column("role", sa.String(16), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "connection_key", "role", name="pk_role_grant"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_role_grant_account_id"),
    )
    op.create_table(
        "sign_in",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("key_hash", sa.String(64), nullable=False),
        sa.Column("began_at", sa.DateTime(), nullable=False),
        sa.Column("seen_at", sa.DateTime(), nullable=False),
        sa.Column("address", sa.String(64), nullable=False),
        sa.Column("agent", sa.String(200), nullable=False),
        sa.Column("ended_at", sa.DateTime()),
        sa.PrimaryKeyConstraint("id", name="pk_sign_in"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_sign_in_account_id"),
        sa.UniqueConstraint("key_hash", name="uq_sign_in_key_hash"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_sign_in_by_account", "sign_in", ["account_id"])
    op.create_table(
        "join_link",
        sa.Column("key_hash", sa.String(64), nullable=False),
        sa.Column("account_id", sa.Integer()),
        sa.Column("ends_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("key_hash", name="pk_join_link"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_join_link_account_id"),
    )
    op.create_index("ix_join_link_by_account", "join_link", ["account_id"])
    op.create_table(
        "sign_in_pace",
        sa.Column("subject", sa.String(64), nullable=False),
        sa.Column("clock", sa.String(36), nullable=False),
        sa.Column("arrival", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("subject", name="pk_sign_in_pace"),
    )
