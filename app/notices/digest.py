"""The digest by e-mail: what waits for a person, in the morning or at once.

What is told is written down before it is sent: a process that ends in between tells nobody twice.
What the mail server did not take is told at the next look, and what it may have taken is not.
"""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import NamedTuple

from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from app.campaign.formatting import write_plural
from app.notices.items import Item, ListWaiting, hash_item, write_url, write_words
from app.people.mail import Letter, MayBeMailed, NotMailed, Outbox
from app.store import accounts, digests, told_items
from app.store.database import Store
from app.store.digests import Rhythm
from app.store.told_items import name_account_subject

_MOST = 50
_log = logging.getLogger(__name__)


class Reader(NamedTuple):
    """Who is told, and all that waits for them."""

    account_id: int
    email: str
    name: str
    items: Sequence[Item]


class Claim(NamedTuple):
    """What is to be told now, and how that is taken back if nobody could be told."""

    items: Sequence[Item]
    give_back: Callable[[Session], None]


def tell_people(
    store: Store, list_waiting: ListWaiting, outbox: Outbox, public_url: str, now: datetime
) -> None:
    """Tell everybody whose time it is, if e-mail is sent; raises `DatabaseError`."""
    if not outbox.is_open:
        return
    with store.reading() as session:
        due = digests.list_due(session, now)
    for account_id, rhythm in due:
        try:
            reader = _read(store, list_waiting, account_id)
        except DatabaseError:
            raise
        except Exception:  # noqa: BLE001  Of whatever kind, it is this person's.
            _log.exception("What waits for account %d could not be listed.", account_id)
        else:
            claim = _claim(store, reader, rhythm, now)
            _tell(store, outbox, reader, claim, public_url)


def _tell(store: Store, outbox: Outbox, reader: Reader, claim: Claim, public_url: str) -> None:
    if not claim.items:
        return
    if not _is_told(outbox, reader, claim, public_url):
        with store.writing(name_account_subject(reader.account_id)) as session:
            claim.give_back(session)


def _is_told(outbox: Outbox, reader: Reader, claim: Claim, public_url: str) -> bool:
    """Tell a person, and whether that has come about, or may have."""
    try:
        outbox.send(write_digest(reader, claim.items, public_url))
    except MayBeMailed as error:
        _log.warning("A digest may have been sent, or not. %s", error)
    except NotMailed as error:
        _log.warning("A digest was not sent. %s", error)
        return False
    except Exception:  # noqa: BLE001  Of whatever kind, it is about this person's letter.
        _log.exception("A digest for account %d was not sent.", reader.account_id)
        return False
    return True


def write_digest(reader: Reader, items: Sequence[Item], public_url: str) -> Letter:
    """Write what waits for a person, with a link to each if it is set where they lead."""
    count = write_plural(len(items), "{} thing waits", "{} things wait")
    lines = [_write_item(item, public_url) for item in items[:_MOST]]
    if len(items) > _MOST:
        lines.append(f"- and {len(items) - _MOST} more")
    where = f"{public_url}/account" if public_url else "your account"
    text = "\n\n".join(
        [
            f"Hello {reader.name},",
            f"{count} for you in Campaign Builder:",
            "\n".join(lines),
            f"When you are told of this is set at {where}.",
        ]
    )
    return Letter(reader.email, f"Campaign Builder: {count} for you", f"{text}\n")


def _write_item(item: Item, public_url: str) -> str:
    url = write_url(item, public_url)
    return f"- {write_words(item)}\n  {url}" if url else f"- {write_words(item)}"


def _read(store: Store, list_waiting: ListWaiting, account_id: int) -> Reader:
    with store.reading() as session:
        account = accounts.find(session, account_id)
        items = list_waiting(session, accounts.describe_person(account))
        return Reader(account_id, account.email, account.name, items)


def _claim(store: Store, reader: Reader, rhythm: Rhythm, now: datetime) -> Claim:
    """Take what a person is told now, so that nobody tells it again."""
    with store.writing(name_account_subject(reader.account_id)) as session:
        if rhythm is Rhythm.MORNING:
            return _claim_morning(session, reader, now)
        return _claim_new(session, reader)


def _claim_morning(session: Session, reader: Reader, now: datetime) -> Claim:
    morning = digests.take_morning(session, reader.account_id, now)
    if morning is None:
        return Claim((), lambda _session: None)
    give_back = partial(digests.give_back_morning, account_id=reader.account_id, morning=morning)
    return Claim(reader.items, give_back)


def _claim_new(session: Session, reader: Reader) -> Claim:
    subject = name_account_subject(reader.account_id)
    waiting = {hash_item(item): item for item in reader.items}
    new = told_items.claim_new(session, subject, waiting)
    give_back = partial(told_items.forget, subject=subject, item_hashes=new)
    return Claim([item for key, item in waiting.items() if key in new], give_back)
