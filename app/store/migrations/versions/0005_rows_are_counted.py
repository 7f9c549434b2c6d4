"""The trail counts the rows that it does not bind in, so that a further one is noticed."""

import hashlib
import json
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

_HEAD = "SELECT number, hash FROM chain_head WHERE chain = 'instance'"
_IS_COUNTED = "SELECT 1 FROM event WHERE chain = 'instance' AND kind = 'counted'"
_ROWS = "SELECT coalesce(max(id), 0), count(*) FROM "
_EVENT = """
INSERT INTO event (chain, number, at, kind, who, details, before, hash)
VALUES (:chain, :number, :at, :kind, :who, :details, :before, :hash)"""

_NEW_HEAD = """
INSERT INTO chain_head (chain, number, hash, sealed) VALUES (:chain, :number, :hash, 0)
ON CONFLICT (chain) DO UPDATE SET number = excluded.number, hash = excluded.hash"""


def upgrade() -> None:
    """Write down how many submissions and calls there are, and up to which number."""
    run = op.get_bind().execute
    tables = {"submissions": "submission", "calls": "exchange"}
    counted = {name: list(run(sa.text(_ROWS + of)).one()) for name, of in tables.items()}
    if run(sa.text(_IS_COUNTED)).first():
        return  # Once is all: what is counted a second time could be anybody's.
    head = run(sa.text(_HEAD)).first()
    event = {
        "chain": "instance",
        "number": head.number + 1 if head else 1,
        "at": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "kind": "counted",
        "who": "",
        "details": json.dumps(counted),
        "before": head.hash if head else "0" * 64,
    }
    written = json.dumps(list(event.values()), ensure_ascii=False)
    event["hash"] = hashlib.sha256(written.encode()).hexdigest()
    run(sa.text(_EVENT), event)
    run(sa.text(_NEW_HEAD), event)
