"""Claims have tokens and leases, numbers are never used again, and each chain is its own."""

import hashlib
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

_NOTHING_BEFORE = "0" * 64
_IS_TEST = sa.text("submission_id IS NULL")
_GROWN = sa.text("number > sealed")


def upgrade() -> None:
    """Make the tables anew whose rows are numbered, and put the old trail into chains."""
    with op.batch_alter_table(
        "submission", recreate="always", table_kwargs={"sqlite_autoincrement": True}
    ) as table:
        for name, kind, usual in (
            ("token", sa.String(32), ""),
            ("lease_boot", sa.String(36), ""),
            ("lease_ends", sa.Float, "0"),
        ):
            table.add_column(sa.Column(name, kind, nullable=False, server_default=usual))
    op.create_index("ix_submission_by_campaign", "submission", ["campaign_id"])
    with op.batch_alter_table(
        "exchange", recreate="always", table_kwargs={"sqlite_autoincrement": True}
    ):
        pass
    op.create_index("ix_exchange_by_destination", "exchange", ["destination", "id"])
    op.create_index(
        "ix_exchange_tests",
        "exchange",
        ["destination", "id"],
        sqlite_where=_IS_TEST,
        postgresql_where=_IS_TEST,
    )
    with op.batch_alter_table("connection") as table:  # The request log has them.
        table.drop_column("tested_at")
        table.drop_column("test_said")
    _make_search()
    renamed = _rename_drafts()
    _chain_anew(renamed)


def _make_search() -> None:
    """Let the index know the connection: a word that is everywhere is then found as fast."""
    op.execute("ALTER TABLE exchange_search RENAME TO exchange_search_before")
    op.execute(
        "CREATE VIRTUAL TABLE exchange_search USING fts5(destination, text, tokenize = 'trigram')"
    )
    op.execute(
        "INSERT INTO exchange_search (rowid, destination, text) "
        "SELECT exchange.id, exchange.destination, exchange_search_before.text "
        "FROM exchange_search_before JOIN exchange ON exchange.id = exchange_search_before.rowid"
    )
    op.execute("DROP TABLE exchange_search_before")


def _rename_drafts() -> Mapping[str, str]:
    """Give drafts whose ids were typed by hand one of the usual form; tells old from new."""
    ids = op.get_bind().scalars(sa.text("SELECT id FROM draft")).all()
    renamed = {
        old: hashlib.sha256(old.encode()).hexdigest()[:16]
        for old in ids
        if not re.fullmatch("[0-9a-f]{16}", old)
    }
    for old, new in renamed.items():
        both = {"old": old, "new": new}
        op.get_bind().execute(sa.text("UPDATE draft SET id = :new WHERE id = :old"), both)
        op.get_bind().execute(
            sa.text("UPDATE submission SET draft_id = :new WHERE draft_id = :old"), both
        )
    return renamed


def _chain_anew(renamed: Mapping[str, str]) -> None:
    old = [dict(row._mapping) for row in op.get_bind().execute(sa.text(_OLD_EVENTS))]  # noqa: SLF001  SQLAlchemy's public name for it.
    for change in ("update", "delete"):
        op.execute(f"DROP TRIGGER no_{change}_of_events")
    op.drop_table("event")
    _make_trail()
    chained = _chained(old, renamed)
    if chained:
        op.bulk_insert(_EVENT, chained)
        op.bulk_insert(_HEAD, list(_heads(chained)))
    op.execute(
        "UPDATE submission SET token = 'before tokens' WHERE id IN (SELECT "
        "json_extract(details, '$.submission') FROM event WHERE kind = 'sent')"
    )


_OLD_EVENTS = "SELECT id, draft_id, at, kind, who, details, before, hash FROM event ORDER BY id"
_EVENT = sa.table(
    "event",
    *(
        sa.column(name)
        for name in ("chain", "number", "at", "kind", "who", "details", "before", "hash")
    ),
)
_HEAD = sa.table(
    "chain_head",
    *(sa.column(name) for name in ("chain", "number", "hash", "sealed")),
)


def _make_trail() -> None:
    op.create_table(
        "event",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("chain", sa.String(48), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("who", sa.String, nullable=False),
        sa.Column("details", sa.String, nullable=False),
        sa.Column("before", sa.String(64), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_event"),
        sa.UniqueConstraint("chain", "number", name="uq_event_chain"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "chain_head",
        sa.Column("chain", sa.String(48), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("sealed", sa.Integer, nullable=False),
        sa.Column("seal", sa.Integer),
        sa.PrimaryKeyConstraint("chain", name="pk_chain_head"),
    )
    op.create_index(
        "ix_chain_head_grown",
        "chain_head",
        ["chain"],
        sqlite_where=_GROWN,
        postgresql_where=_GROWN,
    )
    op.create_table(
        "seal",
        sa.Column("number", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("heads", sa.String, nullable=False),
        sa.Column("before", sa.String(64), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_seal"),
    )
    # What the hashes would show afterwards, the database refuses at once.
    _refuse_changes("event", "id = NEW.id OR (chain = NEW.chain AND number = NEW.number)")
    _refuse_changes("seal", "number = NEW.number")


def _refuse_changes(table: str, is_there: str) -> None:
    refuse = f"BEGIN SELECT RAISE(ABORT, 'the {table} trail is never changed'); END"
    for change in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER no_{change.lower()}_of_{table}s BEFORE {change} ON {table} {refuse}"
        )
    # REPLACE deletes without asking the trigger above.
    op.execute(
        f"CREATE TRIGGER no_replacing_of_{table}s BEFORE INSERT ON {table} "  # noqa: S608
        f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {is_there}) {refuse}"
    )


def _chained(old: Iterable[Mapping[str, Any]], renamed: Mapping[str, str]) -> list[dict[str, Any]]:
    """Put the events into chains, and say on the instance's what they were before."""
    heads: dict[str, tuple[int, str]] = defaultdict(lambda: (0, _NOTHING_BEFORE))
    chained, fault, before = [], "", _NOTHING_BEFORE
    for count, event in enumerate(old, 1):
        if not fault and (event["id"], event["before"]) != (count, before):
            fault = f"Event {count} did not follow the one before it."
        if not fault and event["hash"] != _old_hash(event):
            fault = f"Event {count} had been changed."
        before = event["hash"]
        chained.append(_next(heads, _chain_of(event, renamed), event))
    if chained:
        facts = {"events": len(chained), "last_hash": before, "fault": fault}
        event = {"at": chained[-1]["at"], "kind": "chained anew", "who": ""}
        chained.append(_next(heads, "instance", event | {"details": _json(facts)}))
    return chained


def _chain_of(event: Mapping[str, Any], renamed: Mapping[str, str]) -> str:
    if event["draft_id"] is not None:
        return f"draft/{renamed.get(event['draft_id'], event['draft_id'])}"
    key = json.loads(event["details"]).get("connection")
    return f"connection/{key}" if event["kind"].startswith("connection") else "instance"


def _next(
    heads: dict[str, tuple[int, str]], chain: str, event: Mapping[str, Any]
) -> dict[str, Any]:
    number, before = heads[chain]
    made = {name: event[name] for name in ("at", "kind", "who", "details")}
    made |= {"chain": chain, "number": number + 1, "before": before}
    hashed = [made[name] for name in ("chain", "number", "at", "kind", "who", "details", "before")]
    made["hash"] = _sha256(_json(hashed))
    heads[chain] = number + 1, made["hash"]
    return made


def _heads(chained: Iterable[Mapping[str, Any]]) -> Iterable[dict[str, Any]]:
    last = {event["chain"]: event for event in chained}
    for chain, event in last.items():
        yield {"chain": chain, "number": event["number"], "hash": event["hash"], "sealed": 0}


def _old_hash(event: Mapping[str, Any]) -> str:
    names = ("id", "draft_id", "at", "kind", "who", "details", "before")
    return _sha256(_json([event[name] for name in names]))


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
