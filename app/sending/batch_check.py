"""Check the items of a batch: each draft is explained, and its bytes are kept as reviewed."""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from app.campaign.contract.wording import describe_first_problem
from app.campaign.explanation import Explanation, explain
from app.connections import Connection, ConnectionRegistry
from app.sending.confirmation import describe_duplicate, find_duplicate
from app.store import batch_summary, batches, drafts
from app.store.acceptances import count_anew, write_judgement
from app.store.audit_trail import name_batch_chain
from app.store.base import ItemState
from app.store.batch_models import Batch, BatchItem
from app.store.batch_summary import ADVISED, BREAKING, BREAKS, OVERLAPPING, find_broken
from app.store.database import Store
from app.store.models import Draft
from app.store.overlaps import OtherCampaign, find_overlaps, read_others

_AT_ONCE = 50
_ADDED_AT_ONCE = 1000
_NEW_BATCH = "new batch"
_OTHERS_LOOKED_AT = 1000
_log = logging.getLogger(__name__)


class NothingReady(Exception):
    """No item of the batch can be sent."""


def sort_by_destination(
    draft_ids: Iterable[str], store: Store, connections: ConnectionRegistry
) -> dict[str, list[str]]:
    """Sort drafts by the keys of the connections to which they go, each in the order given.

    What is no draft's id is left out.
    """
    ids = list(dict.fromkeys(draft_ids))
    with store.reading() as session:
        keys = drafts.read_connection_keys(session, ids)
    known = {key: connections.find(key).key for key in set(keys.values())}
    sorted_ids: dict[str, list[str]] = {}
    for draft_id in ids:
        if draft_id in keys:
            sorted_ids.setdefault(known[keys[draft_id]], []).append(draft_id)
    return sorted_ids


def make_batch(
    draft_ids: Sequence[str], to: Connection, store: Store, *, who: str = "", withheld: int = 0
) -> int:
    """Make a batch of drafts, the first `MOST_ITEMS`, for a connection, and give its number.

    *who* makes it, and may not send *withheld* others that were chosen.
    """
    with store.writing(_NEW_BATCH) as session:
        batch = batches.create(session, made_by=who, withheld=withheld, **_describe(to))
        batch_id = batch.id
    ids = draft_ids[: batches.MOST_ITEMS]
    for start in range(0, len(ids), _ADDED_AT_ONCE):  # Nobody waits for all of them.
        with store.writing(name_batch_chain(batch_id)) as session:
            batches.add_items(session, batch_id, start + 1, ids[start : start + _ADDED_AT_ONCE])
    return batch_id


def check_anew(batch_id: int, store: Store, connections: ConnectionRegistry) -> None:
    """Let a batch that is not confirmed be checked again, for its connection as that is now."""
    with store.writing(name_batch_chain(batch_id)) as session:
        batch = batches.find(session, batch_id)
        if not (batch.confirmed_at or batch.stopped_at):
            to = connections.find(batch.connection_key)
            batches.check_anew(session, batch, **_describe(to))


def _describe(to: Connection) -> dict[str, Any]:
    """Write a connection as a batch keeps it."""
    return {
        "connection": to.name,
        "connection_key": to.key,
        "is_sandbox": to.is_sandbox,
        "stamp": to.stamp,
    }


def check_items(batch_id: int, store: Store, connections: ConnectionRegistry) -> bool:
    """Check some items that are new; tells whether there were any. Raises `NoSuchBatch`.

    Once there are none, what all items come to is kept, for the page.
    """
    now = datetime.now(UTC)
    with store.reading() as session:
        batch = batches.find(session, batch_id)
        items = batches.read_items(session, batch_id, (ItemState.NEW,), _AT_ONCE)
        others = _read_others(session, batch, connections) if items else []
        check = _Check(session, batch, connections, now, others)
        checked = {item.position: check.make_or_say(item) for item in items}
    if not items:
        _keep_summary(batch_id, store)
        return False
    with store.writing(name_batch_chain(batch_id)) as session:
        still_new = batches.read_items(session, batch_id, (ItemState.NEW,), _AT_ONCE)
        rest = [item for item in still_new if item.position in checked]
        if rest:  # Else another process has checked them, and somebody may have confirmed since.
            batch_summary.keep_summary(batches.find(session, batch_id), None)
        for item in rest:
            _fill(session, item, checked[item.position])
    return True


def _keep_summary(batch_id: int, store: Store) -> None:
    """Add up what the items come to while nobody waits, and keep it if they are the same still.

    Items are only added and checked, unless all are checked again.
    """
    with store.reading() as session:
        batch = batches.find(session, batch_id)
        if batch.digest or batch.confirmed_at:
            return
        made_at, counts = batch.created_at, batches.count_items(session, batch_id)
        summary = batch_summary.summarise(session, batch)
    with store.writing(name_batch_chain(batch_id)) as session:
        batch = batches.find(session, batch_id)
        is_same = (batch.created_at, batches.count_items(session, batch_id)) == (made_at, counts)
        if is_same and not (counts[ItemState.NEW] or batch.confirmed_at):
            batch_summary.keep_summary(batch, summary)


@dataclass(frozen=True)
class _Checked:
    """What was found of a draft; with a *reason* it is not sent."""

    name: str
    reason: str = ""
    seen: str = ""
    body: bytes = b""
    digest: str = ""
    judged: dict[str, object] | None = None
    findings: dict[str, int] | None = None
    calling_days: int = 0


@dataclass(frozen=True)
class _Check:
    """A look at some items of a batch; the *others* can call the same people."""

    session: Session
    batch: Batch
    connections: ConnectionRegistry
    now: datetime
    others: Sequence[OtherCampaign]

    def make_or_say(self, item: BatchItem) -> _Checked:
        """Check one item; one that cannot be checked must not keep the others from it."""
        try:
            return self._make(item)
        except DatabaseError:
            raise
        except Exception:  # noqa: BLE001  Of whatever kind, it is this item's.
            _log.exception("Item %s of batch %s cannot be checked", item.position, self.batch.id)
            return _Checked(item.name, "It could not be checked. Open it, and look.")

    def _make(self, item: BatchItem) -> _Checked:
        draft = drafts.find(self.session, item.draft_id)
        to = self.connections.find(draft.connection_key)
        if reason := find_batch_obstacle(draft, self.batch, to):
            is_elsewhere = to.key != self.batch.connection_key
            return _Checked(item.name if is_elsewhere else draft.name, reason)
        meaning = explain(draft.answers, self.now)
        if meaning.problems:
            return _Checked(draft.name, describe_first_problem(meaning.problems))
        if duplicate := find_duplicate(self.session, meaning.digest, to, self.now):
            return _Checked(draft.name, describe_duplicate(duplicate), digest=meaning.digest)
        judged = write_judgement(draft, meaning.findings)
        return _Checked(
            draft.name,
            seen=batches.name_version(draft),
            body=meaning.body,
            digest=meaning.digest,
            judged=judged,
            findings=self._count(draft, meaning, find_broken(judged)),
            calling_days=meaning.overview.calling_days if meaning.overview else 0,
        )

    def _count(self, draft: Draft, meaning: Explanation, broken: set[str]) -> dict[str, int]:
        """Count what was found of a draft, by kind."""
        counts = {
            **count_anew(draft),
            BREAKING: int(bool(broken)),
            OVERLAPPING: int(any(find_overlaps(draft.id, meaning, self.others))),
            ADVISED: int(bool(meaning.advice)),
            **{f"{BREAKS}{rule}": 1 for rule in broken},
        }
        return {kind: count for kind, count in counts.items() if count}


def _read_others(
    session: Session, batch: Batch, connections: ConnectionRegistry
) -> list[OtherCampaign]:
    """Read the campaigns that are compared with those of a batch: the last that begin."""
    keys = connections.list_draft_keys(batch.connection_key)
    return list(read_others(session, keys, date.min, date.max, _OTHERS_LOOKED_AT))


def find_batch_obstacle(draft: Draft, batch: Batch, to: Connection) -> str:
    """Say why a draft, which goes to this connection, cannot be sent with the batch."""
    if draft.deleted_at:
        return "It was deleted."
    if draft.is_locked:
        return "It waits to be sent, or was sent already."
    if to.key != batch.connection_key:
        return "It goes to another connection."
    return ""


def _fill(session: Session, item: BatchItem, checked: _Checked) -> None:
    item.name, item.reason, item.seen = checked.name, checked.reason, checked.seen
    item.body, item.digest = checked.body, checked.digest
    item.judged, item.findings = checked.judged or {}, checked.findings or {}
    item.calling_days = checked.calling_days
    session.flush()
    if not checked.reason and (same := batches.find_same_payload(session, item, checked.digest)):
        item.reason = f"It is the same as item {same.position}, so it is left out."
    item.state = ItemState.UNFIT if item.reason else ItemState.READY
