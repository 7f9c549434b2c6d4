"""Signed webhooks: what waits, as JSON for another program, and the calls that carry it.

A call goes to public addresses only, like every other; to the sandbox within this app none goes.
What is answered is not kept, and of a failure only what kind it was.
"""

import json
import logging
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from requests.exceptions import SSLError
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from app.connections import Network
from app.notices.items import Item, ListWaiting, hash_item, write_url, write_words
from app.notices.signature import sign
from app.remote.addresses import NoPublicAddress
from app.remote.call import Broken, Call
from app.rights import Person, make_local_person
from app.store import accounts, hooks, told_items
from app.store.database import Store
from app.store.hooks import DELIVERIES, Due
from app.store.notice_models import Hook
from app.store.told_items import name_hook_subject
from app.store.vault import CannotUnlock, Vault
from app.version import VERSION

DEADLINE = 10.0
"""Seconds that a call may take."""

PATIENCE = 5.0
"""Seconds that somebody waits for a test."""

_MOST_AT_ONCE = 200
_log = logging.getLogger(__name__)

Waiting = Sequence[tuple[Person, Item]]
"""What waits, each item with the person for whom it does."""


def tell_hooks(store: Store, list_waiting: ListWaiting, public_url: str, now: datetime) -> None:
    """Let each hook be told what it was not told yet; raises `DatabaseError`."""
    with store.reading() as session:
        active = [hook for hook in hooks.list_all(session) if hook.disabled_at is None]
        if not active:
            return
        people = [
            accounts.describe_person(account)
            for account in accounts.list_all(session)
            if account.active
        ] or [make_local_person("")]
        waiting = {hook.id: _list_for(session, list_waiting, people, hook) for hook in active}
    for hook_id, items in waiting.items():
        if items is not None:
            _enqueue_new(store, hook_id, items, public_url, now)


def _list_for(
    session: Session, list_waiting: ListWaiting, people: Sequence[Person], hook: Hook
) -> Waiting | None:
    """List what a hook is told; `None` if that cannot be found out, so that it is left for later.

    Of one person alone it could not be left out: it would be new again at the next look.
    """
    try:
        return [
            (person, item)
            for person in people
            for item in list_waiting(session, person.limit_to(hook.keys))
        ]
    except DatabaseError:
        raise
    except Exception:  # noqa: BLE001  Of whatever kind, it is this hook's.
        _log.exception("What waits for hook %d could not be listed.", hook.id)
        return None


def deliver(store: Store, vault: Vault, network: Network) -> None:
    """Call each hook for which something is due; raises `DatabaseError`."""
    for _ in range(_MOST_AT_ONCE):
        with store.writing(DELIVERIES) as session:
            due = hooks.claim(session, datetime.now(UTC))
        if due is None:
            return
        failure = _call_due(due, vault, network)
        now = datetime.now(UTC)
        with store.writing(DELIVERIES) as session:
            if failure:
                hooks.note_failure(
                    session, due.id, failure.words, now, was_answered=failure.was_answered
                )
            else:
                hooks.note_taken(session, due.id, now)


def try_hook(hook: Hook, vault: Vault, network: Network) -> str:
    """Call a hook with nothing but the word that it is a test; gives what failed, or nothing."""
    body = _write_body((), "", datetime.now(UTC), test=True)
    due = Due(0, hook.url, hook.secret, hooks.make_message_id(), body)
    failure = _call_due(due, vault, network, PATIENCE)
    return failure.words if failure else ""


def _enqueue_new(
    store: Store, hook_id: int, items: Waiting, public_url: str, now: datetime
) -> None:
    waiting = {hash_item(item, person.account_id): (person, item) for person, item in items}
    subject = name_hook_subject(hook_id)
    with store.writing(subject, DELIVERIES) as session:
        new = told_items.claim_new(session, subject, waiting)
        if new:
            new_items = [waiting[key] for key in waiting if key in new]
            hooks.enqueue(session, hook_id, _write_body(new_items, public_url, now), now)


def _write_body(items: Waiting, public_url: str, now: datetime, **more: Any) -> str:
    written = [
        {"who": person.label, "words": write_words(item), "url": write_url(item, public_url)}
        for person, item in items
    ]
    at = now.isoformat(timespec="seconds")
    return json.dumps({"at": at, **more, "items": written}, ensure_ascii=False)


class _Failure(NamedTuple):
    """Why a call was not taken, and whether anybody has answered it."""

    words: str
    was_answered: bool


def _call_due(
    due: Due, vault: Vault, network: Network, seconds: float = DEADLINE
) -> _Failure | None:
    """Make one call; gives what failed, or nothing if it was taken."""
    try:
        secret = vault.unlock(due.secret)
    except CannotUnlock:
        words = "Its secret can no longer be read: delete this hook, and make another."
        return _Failure(words, was_answered=False)
    body, now = due.body.encode(), int(datetime.now(UTC).timestamp())
    headers = {
        "Content-Type": "application/json",
        "User-Agent": f"CampaignBuilder/{VERSION}",
        "Connection": "close",
        "webhook-id": due.message_id,
        "webhook-timestamp": str(now),
        "webhook-signature": sign(secret, due.message_id, now, body),
    }
    call = Call("POST", due.url, body, headers)
    try:
        call.make({}, seconds, network.allowed)
    except Broken as error:
        if call.status is None:
            return _Failure(_describe_silence(error, seconds), was_answered=False)
    if call.status is not None and 200 <= call.status < 300:  # Its body says nothing more.
        return None
    words = f"It answered with status {call.status}, not with one of 200 to 299."
    return _Failure(words, was_answered=True)


def _describe_silence(error: Broken, seconds: float) -> str:
    """Say why no answer came."""
    if isinstance(error.__cause__, NoPublicAddress):
        return "It could not be reached: its host has no public address."
    if error.was_sent:
        return f"It broke the connection off, or did not answer within {seconds:g} seconds."
    if isinstance(error.__cause__, SSLError):
        return "Its certificate is not accepted, or it speaks no TLS. Nothing was sent."
    return f"It could not be reached within {seconds:g} seconds."
