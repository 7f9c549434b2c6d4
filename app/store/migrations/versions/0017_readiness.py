"""How far a draft is from being sent is kept with it, and so are its hours."""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

from app.campaign.compliance.audience import read_audience
from app.campaign.contract.reading import read_answers
from app.campaign.explanation import find_all_problems
from app.store.readiness import count_problems, describe_hours, find_readiness

revision = "0017"
down_revision = "0016"

_AT_ONCE = 500
_DRAFT = sa.table(
    "draft",
    sa.column("id", sa.String),
    sa.column("answers", sa.JSON),
    sa.column("findings", sa.JSON),
    sa.column("problems", sa.JSON),
    sa.column("readiness", sa.String),
    sa.column("hours", sa.String),
    sa.column("zone", sa.String),
)


def upgrade() -> None:
    """Add the columns, and work out what they hold for the drafts that are there.

    Ten thousand drafts take some seconds. Rules are not asked again: what they said is there.
    """
    for column in (
        sa.Column("problems", sa.JSON, nullable=False, server_default="{}"),
        sa.Column("readiness", sa.String(10), nullable=False, server_default="INCOMPLETE"),
        sa.Column("hours", sa.String, nullable=False, server_default=""),
        sa.Column("zone", sa.String, nullable=False, server_default=""),
    ):
        op.add_column("draft", column)
    change = (
        sa.update(_DRAFT)
        .where(_DRAFT.c.id == sa.bindparam("draft"))
        .values({name: sa.bindparam(name) for name in ("problems", "readiness", "hours", "zone")})
    )
    for rows in _read_portions(op.get_bind()):
        op.get_bind().execute(change, [_work_out(*row) for row in rows])
    op.create_index("ix_draft_by_readiness", "draft", ["state", "readiness", "sequence"])
    op.create_index("ix_draft_by_connection", "draft", ["connection_key", "sequence"])


def _read_portions(connection: sa.Connection) -> Iterator[list[Any]]:
    after = ""
    columns = sa.select(_DRAFT.c.id, _DRAFT.c.answers, _DRAFT.c.findings).order_by(_DRAFT.c.id)
    while rows := connection.execute(columns.where(_DRAFT.c.id > after).limit(_AT_ONCE)).all():
        yield list(rows)
        after = rows[-1].id


def _work_out(draft_id: str, answers: dict[str, Any], findings: dict[str, int]) -> dict[str, Any]:
    reading = read_answers(answers)
    audience = read_audience(answers, reading.values.get("timezone"))
    problems = count_problems(find_all_problems(reading, audience))
    hours, zone = describe_hours(reading.values)
    return {
        "draft": draft_id,
        "problems": problems,
        "readiness": find_readiness(problems, findings).name,
        "hours": hours,
        "zone": zone,
    }
