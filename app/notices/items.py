"""What waits for somebody, as it is told: a few words, and the page on which it is done.

The words go into e-mail and to other programs, so they name a campaign and what is wanted of the
person, and have nothing else of it in them.
"""

import json
from collections.abc import Callable, Sequence
from hashlib import sha256
from typing import NamedTuple

from sqlalchemy.orm import Session

from app.campaign.formatting import replace_invisible
from app.rights import Person

_LONGEST = 200


class Item(NamedTuple):
    """One thing that waits; *path* begins with a slash, and *since* is when it began to wait.

    *deed* is what is wanted of the person, in words that have no name in them.
    """

    words: str
    path: str
    since: str = ""
    deed: str = ""


ListWaiting = Callable[[Session, Person], Sequence[Item]]
"""Lists what waits for a person, at the connections at which they have a role.

It is called beside the requests, so there is neither a request nor an app to ask.
"""


def hash_item(item: Item, account_id: int | None = None) -> str:
    """Hash what is the same item as long as it waits: what is wanted, where, since when, of whom.

    Names are left out, as they can change meanwhile.
    """
    same = [account_id, item.deed, item.path, item.since]
    return sha256(json.dumps(same).encode()).hexdigest()


def write_words(item: Item) -> str:
    """Write the words of an item on one line of visible signs."""
    line = " ".join(replace_invisible(item.words).split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"


def write_url(item: Item, public_url: str) -> str | None:
    """Write where an item is done; `None` if it is not set where people reach the app."""
    return f"{public_url}{item.path}" if public_url else None
