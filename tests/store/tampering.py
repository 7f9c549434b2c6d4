"""Changes of the records as somebody with the file could make them, and the verdict on them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.store import seals
from app.store.base import State
from app.store.chains import hash_event
from app.store.database import Store
from app.store.verification import Verification, verify
from tests.store.files import is_postgresql

Sent = Callable[[State], int]


def verdict(store: Store, noted: str = "") -> Verification:
    with store.reading() as session:
        return verify(session, noted)


def sealed(store: Store) -> str:
    with store.writing() as session:
        return seals.seal(session)


NO_SEALS = ("DELETE FROM seal", "UPDATE chain_head SET sealed = 0, seal = NULL")


@contextmanager
def unguarded(store: Store) -> Iterator[Session]:
    """Write as somebody with the file, or with all rights on the server, can: past the triggers."""
    with store.writing() as session:
        if is_postgresql(store):
            session.execute(text("SET LOCAL session_replication_role = replica"))
        else:
            for table in ("event", "seal"):
                for change in ("update_of", "delete_of", "replacing_of"):
                    session.execute(text(f"DROP TRIGGER IF EXISTS no_{change}_{table}s"))
        yield session


def tamper(store: Store, *statements: str) -> None:
    """Change the tables past the triggers."""
    with unguarded(store) as session:
        for statement in statements:
            session.execute(text(statement))


def forge_the_last_event(store: Store) -> None:
    with store.reading() as session:
        row = session.execute(text("SELECT * FROM event WHERE number = 4")).mappings().one()
    forge(store, row, who="Eve")


def forge(store: Store, row: Any, **changes: str) -> None:
    """Change the last event of a chain, and make its hashes up anew."""
    hashed = hash_event({**row, **changes})
    with unguarded(store) as session:
        for name, value in {**changes, "hash": hashed}.items():
            change = text(f"UPDATE event SET {name} = :value WHERE id = :id")  # noqa: S608
            session.execute(change, {"value": value, "id": row["id"]})
        end = text("UPDATE chain_head SET hash = :hash WHERE chain = :chain")
        session.execute(end, {"hash": hashed, "chain": row["chain"]})
