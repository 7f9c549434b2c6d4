"""Seals: the heads of all chains that have grown, named together, so that one hash vouches for all.

A seal is made at every press, outcome, approval and archive, every minute, at every start and
before every backup. It names only the chains that have grown since the one before, so it costs as
much as was done in between.
"""

from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.orm import Session

from app.store.chains import NOTHING_BEFORE, SEAL, hash_seal, write_heads
from app.store.dialects import queries
from app.store.records import ChainHead, Seal

MOST_HEADS = 1000
"""Chains in one seal; more of them make further seals, so that evidence stays small."""

_GROWN = (
    select(ChainHead.chain, ChainHead.number, ChainHead.hash)
    .where(ChainHead.number > ChainHead.sealed)
    .limit(MOST_HEADS)
    .with_for_update(skip_locked=True)  # Who is writing there makes a seal of it after us.
)
_NEWEST = select(Seal.number, Seal.hash).order_by(Seal.number.desc()).limit(1)
_HASHES = select(Seal.number, Seal.hash).where(
    Seal.number.in_(bindparam("numbers", expanding=True))
)
_MARK = (
    update(ChainHead)
    .where(ChainHead.chain == bindparam("of"))
    .values(sealed=bindparam("to"), seal=bindparam("by"))
)


def seal(session: Session) -> str:
    """Seal the chains that have grown, and give the hash of the newest seal, or `NOTHING_BEFORE`.

    On PostgreSQL those are left out that another transaction is writing to.
    """
    queries(session).wait_to_seal(session)
    connection = session.connection()
    newest = connection.execute(_NEWEST).first()
    number, before = (newest.number, newest.hash) if newest else (0, NOTHING_BEFORE)
    while heads := [(chain, to, hashed) for chain, to, hashed in connection.execute(_GROWN)]:
        number += 1
        made = {
            "number": number,
            "at": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "heads": write_heads(heads),
            "before": before,
        }
        made["hash"] = before = hash_seal(made)
        connection.execute(insert(Seal), made)
        connection.execute(_MARK, [{"of": chain, "to": to, "by": number} for chain, to, _ in heads])
    return before


def write_document(made: Seal) -> dict[str, Any]:
    """Write a seal as JSON has it, with the exact texts that are hashed, and the hash."""
    return {name: getattr(made, name) for name in (*SEAL, "hash")}


def read_since(session: Session, number: int, most: int) -> list[Mapping[str, Any]]:
    """Read this seal and those after it as JSON has them, *most* at most, the oldest first."""
    query = select(Seal).where(Seal.number >= number).order_by(Seal.number).limit(most)
    return [write_document(later) for later in session.scalars(query)]


def find_newest(session: Session) -> str:
    """Find the hash of the newest seal, or nothing if there is none."""
    newest = session.execute(_NEWEST).first()
    return newest.hash if newest else ""


def read_hashes(session: Session, numbers: Collection[int]) -> dict[int, str]:
    """Read the hashes of these seals, as far as there are such."""
    rows = session.execute(_HASHES, {"numbers": list(numbers)})
    return dict(rows.all())


def count_seals(session: Session) -> int:
    """Count the seals, which is the newest one's number."""
    newest = session.execute(_NEWEST).first()
    return newest.number if newest else 0
