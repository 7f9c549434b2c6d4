"""The tables of what people do together: who has to approve what, and who has changed it."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, Enum, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.store.base import Base, Words


class ApprovalState(StrEnum):
    """What somebody has said of a campaign, or of a batch, that is to be sent."""

    ASKED = "ASKED"
    APPROVED = "APPROVED"
    REFUSED = "REFUSED"
    OVERRIDDEN = "OVERRIDDEN"


class ApprovalRule(Base):
    """That what goes to a connection has to be approved, and by whom.

    Without a row nobody has to; an empty *group_name* is anybody with the right to.
    """

    __tablename__ = "approval_rule"

    connection_key: Mapped[str] = mapped_column(Words(32), primary_key=True)
    group_name: Mapped[str] = mapped_column(Words(80), default="")


DECIDED = (ApprovalState.APPROVED, ApprovalState.REFUSED)
"""What an approver says: yes or no."""


class Approval(Base):
    """That a draft or a batch was asked for, approved, refused, or sent without.

    *bound* is the SHA-256 over all that was looked at: what is sent, where to, what was found and
    said of it, and who has to approve. *seen* is over the part of that which costs nothing to look
    up, and *draft_version* is of the draft. *reason* is why it was refused or overridden.
    """

    __tablename__ = "approval"

    id: Mapped[int] = mapped_column(primary_key=True)
    draft_id: Mapped[str | None] = mapped_column(ForeignKey("draft.id", ondelete="CASCADE"))
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("batch.id", ondelete="CASCADE"))
    draft_version: Mapped[int | None]
    connection_key: Mapped[str] = mapped_column(Words(32))
    bound: Mapped[str] = mapped_column(Words(64), default="")
    seen: Mapped[str] = mapped_column(Words(64), default="")
    digest: Mapped[str] = mapped_column(Words(64), default="")
    state: Mapped[ApprovalState] = mapped_column(Enum(ApprovalState, native_enum=False, length=10))
    asked_by: Mapped[str] = mapped_column(default="")
    asked_at: Mapped[datetime | None]
    decided_by: Mapped[str] = mapped_column(default="")
    decided_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(default="")

    __table_args__ = (
        Index("ix_approval_by_draft", "draft_id", "id"),
        Index("ix_approval_by_batch", "batch_id", "id"),
        Index("ix_approval_by_state", "state", "connection_key"),
        {"sqlite_autoincrement": True},
    )

    @property
    def is_approved(self) -> bool:
        return self.state is ApprovalState.APPROVED

    @property
    def is_decided(self) -> bool:
        """Whether an approver has said yes or no."""
        return self.state in DECIDED


class DraftEditor(Base):
    """That somebody, as the trail names them, has made a draft, or changed what it says.

    *version* is the last one that they made. Who wrote what a draft is a copy of is an author, too.
    """

    __tablename__ = "draft_editor"

    draft_id: Mapped[str] = mapped_column(
        ForeignKey("draft.id", ondelete="CASCADE"), primary_key=True
    )
    who: Mapped[str] = mapped_column(primary_key=True)
    is_author: Mapped[bool]
    version: Mapped[int]


class Comment(Base):
    """What somebody has written about a draft, open until somebody says that it is resolved."""

    __tablename__ = "comment"

    id: Mapped[int] = mapped_column(primary_key=True)
    draft_id: Mapped[str] = mapped_column(ForeignKey("draft.id", ondelete="CASCADE"))
    who: Mapped[str]
    text: Mapped[str]
    at: Mapped[datetime]
    resolved_by: Mapped[str] = mapped_column(default="")
    resolved_at: Mapped[datetime | None]

    __table_args__ = (
        Index("ix_comment_by_draft", "draft_id", "id"),
        {"sqlite_autoincrement": True},
    )


class Mention(Base):
    """That a comment names an account, which is to read it."""

    __tablename__ = "mention"

    comment_id: Mapped[int] = mapped_column(
        ForeignKey("comment.id", ondelete="CASCADE"), primary_key=True
    )
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)

    __table_args__ = (Index("ix_mention_by_account", "account_id"),)


class Assignment(Base):
    """Who looks after a draft next."""

    __tablename__ = "assignment"

    draft_id: Mapped[str] = mapped_column(
        ForeignKey("draft.id", ondelete="CASCADE"), primary_key=True
    )
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime]

    __table_args__ = (Index("ix_assignment_by_account", "account_id"),)


class Presence(Base):
    """When somebody was last seen with a draft open."""

    __tablename__ = "presence"

    draft_id: Mapped[str] = mapped_column(
        ForeignKey("draft.id", ondelete="CASCADE"), primary_key=True
    )
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    seen_at: Mapped[datetime]


class SavedView(Base):
    """What a person asks the list for, under a name; account 0 is the one person of a machine.

    *asked* is what the address of the list has, by its names there.
    """

    __tablename__ = "saved_view"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int]
    name: Mapped[str] = mapped_column(Words(40))
    asked: Mapped[dict[str, str]] = mapped_column(JSON)

    __table_args__ = (UniqueConstraint("account_id", "name", name="uq_saved_view_name"),)
