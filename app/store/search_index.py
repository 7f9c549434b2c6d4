"""The indexes of texts, which each database keeps by means of its own (`dialects`)."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import TableClause, bindparam, column, delete, insert, table
from sqlalchemy.orm import Session

from app.store.base import Words

DRAFT_INDEX = table("draft_search", column("rowid"), column("text", Words()))
"""What was typed in each draft, by `Draft.sequence`."""

CALL_INDEX = table(
    "exchange_search",
    column("rowid"),
    column("connection_key", Words()),
    column("text", Words()),
)
"""What stands in each call of the request log, by its number."""


def replace_row(session: Session, index: TableClause, old: int | None, **row: Any) -> None:
    """Put a row into an index in the place of the one with this number."""
    replace_rows(session, index, [old], [row])


def replace_rows(
    session: Session,
    index: TableClause,
    old: Sequence[int | None],
    rows: Sequence[Mapping[str, Any]],
) -> None:
    """Put rows into an index in the place of those with these numbers; there is one at least."""
    is_old = delete(index).where(index.c.rowid == bindparam("old"))
    session.execute(is_old, [{"old": number} for number in old])
    session.execute(insert(index), [dict(row) for row in rows])
