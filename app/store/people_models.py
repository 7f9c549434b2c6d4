"""The tables of people: accounts, what they may do, and where they are signed in.

Flask-Security reads and writes accounts and passkeys, so their columns have its names.
"""

from datetime import UTC, datetime

from flask_security import RoleMixin, UserMixin, WebAuthnMixin
from sqlalchemy import JSON, Float, ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.store.base import Base, Words


class Account(Base, UserMixin):
    """Somebody who can sign in; *version* grows with each change of the row.

    *password* is an argon2id hash. Another *fs_uniquifier* ends all sessions of the account;
    *tf_totp_secret* is encrypted, and *totp_counter* is that of the last code, which is used once.
    """

    __tablename__ = "account"

    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column()
    email: Mapped[str] = mapped_column(Words(254), unique=True)
    name: Mapped[str] = mapped_column(Words(80))
    active: Mapped[bool]
    password: Mapped[str | None]
    fs_uniquifier: Mapped[str] = mapped_column(Words(64), unique=True)
    fs_webauthn_user_handle: Mapped[str | None] = mapped_column(  # type: ignore[assignment]
        Words(64), unique=True
    )
    tf_primary_method: Mapped[str | None] = mapped_column(Words(16))
    tf_totp_secret: Mapped[str | None]
    tf_phone_number: Mapped[str | None]
    totp_counter: Mapped[int | None]
    mf_recovery_codes: Mapped[list[str] | None] = mapped_column(JSON)
    created_at: Mapped[datetime]

    webauthn: Mapped[list["Passkey"]] = relationship(  # type: ignore[assignment]
        lazy="selectin", cascade="all, delete-orphan", order_by="Passkey.id"
    )
    grants: Mapped[list["Grant"]] = relationship(lazy="selectin", cascade="all, delete-orphan")
    groups: Mapped[list["GroupMember"]] = relationship(
        lazy="selectin", cascade="all, delete-orphan", order_by="GroupMember.name"
    )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012
    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012

    @property
    def roles(self) -> list[RoleMixin]:  # type: ignore[override]
        """What Flask-Security calls roles: none, since ours are those at a connection."""
        return []


class Passkey(Base, WebAuthnMixin):
    """A passkey of an account, as WebAuthn describes it."""

    __tablename__ = "passkey"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column("account_id", ForeignKey("account.id"))
    credential_id: Mapped[bytes] = mapped_column(LargeBinary(1024), unique=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    sign_count: Mapped[int] = mapped_column(default=0)
    transports: Mapped[list[str] | None] = mapped_column(JSON)
    backup_state: Mapped[bool]
    device_type: Mapped[str] = mapped_column(Words(64))
    extensions: Mapped[str | None]
    create_datetime: Mapped[datetime] = mapped_column(default=lambda: datetime.now(UTC))
    lastuse_datetime: Mapped[datetime]
    name: Mapped[str] = mapped_column(Words(64))
    usage: Mapped[str] = mapped_column(Words(16))


class Grant(Base):
    """A role of an account at a connection; `rights.ALL` as the key is all connections."""

    __tablename__ = "role_grant"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    connection_key: Mapped[str] = mapped_column(Words(32), primary_key=True)
    role: Mapped[str] = mapped_column(Words(16), primary_key=True)


class GroupMember(Base):
    """That an account is of a group: a name by which a connection says who has to approve."""

    __tablename__ = "group_member"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    name: Mapped[str] = mapped_column(Words(80), primary_key=True)


class SignIn(Base):
    """Where an account is signed in, until *ended_at*; *key_hash* is of what its cookie holds.

    *address* and *agent* are of the browser, for people to tell one from another.
    """

    __tablename__ = "sign_in"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    key_hash: Mapped[str] = mapped_column(Words(64), unique=True)
    began_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    address: Mapped[str] = mapped_column(Words(64))
    agent: Mapped[str] = mapped_column(Words(200))
    ended_at: Mapped[datetime | None]

    __table_args__ = (
        Index("ix_sign_in_by_account", "account_id"),
        {"sqlite_autoincrement": True},
    )


class JoinLink(Base):
    """A link by which somebody sets a password, once: a first one, or one in place of a lost one.

    Without an account it is that of the first one, which may do everything.
    """

    __tablename__ = "join_link"

    key_hash: Mapped[str] = mapped_column(Words(64), primary_key=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    ends_at: Mapped[datetime]

    __table_args__ = (Index("ix_join_link_by_account", "account_id"),)


class ApiToken(Base):
    """A token by which a program acts for an account, until *ends_at* or until *ended_at*.

    *key_hash* is of the token, which is kept nowhere; *scope* is one of `rights.SCOPES`.
    """

    __tablename__ = "api_token"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    name: Mapped[str] = mapped_column(Words(80))
    scope: Mapped[str] = mapped_column(Words(8))
    key_hash: Mapped[str] = mapped_column(Words(64), unique=True)
    made_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]

    __table_args__ = (
        Index("ix_api_token_by_account", "account_id"),
        {"sqlite_autoincrement": True},
    )


class Identity(Base):
    """Who an account is at a provider of sign-in: one *subject* of each *issuer*, for good."""

    __tablename__ = "identity"

    issuer: Mapped[str] = mapped_column(Words(255), primary_key=True)
    subject: Mapped[str] = mapped_column(Words(255), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    linked_at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("account_id", "issuer"),)


class SignInPace(Base):
    """How often one account or network has tried to sign in: when the next try is due (GCRA).

    *subject* is a hash; *arrival* is in seconds on *clock*, as of `Throttle`.
    """

    __tablename__ = "sign_in_pace"

    subject: Mapped[str] = mapped_column(Words(64), primary_key=True)
    clock: Mapped[str] = mapped_column(Words(36), default="")
    arrival: Mapped[float] = mapped_column(Float, default=0.0)
