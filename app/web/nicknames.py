"""What the ids of a campaign are called: by the address book, else by the sandbox's own account."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from app.campaign.contract.id_kinds import iterate_id_fields
from app.connections import Connection
from app.services import find_services
from app.store.address_book import Nicknames, read_nicknames


class NamedId(NamedTuple):
    """Of an id of a campaign: its field, its kind, and what it is called, by the *source* named."""

    field: str
    kind: str
    nickname: str
    source: str


def read_sandbox_names() -> Nicknames:
    """Read what the sandbox's account calls its ids.

    It is read before a session: the sandbox has a connection of its own, and a thread that holds
    one must not wait for another.
    """
    return {
        (known.kind, known.value): known.nickname for known in find_services().account.read_ids()
    }


def list_named_ids(
    session: Session, to: Connection, payload: Mapping[str, Any], of_sandbox: Nicknames
) -> list[NamedId]:
    """List the ids of a campaign's payload that have a name at its connection."""
    in_book = read_nicknames(session, to.key, payload)
    if not to.is_built_in:
        of_sandbox = {}
    named = []
    for field, kind, value in iterate_id_fields(payload):
        if nickname := in_book.get((kind, value)):
            named.append(NamedId(field, kind, nickname, "the address book"))
        elif nickname := of_sandbox.get((kind, value)):
            named.append(NamedId(field, kind, nickname, "the sandbox"))
    return named
