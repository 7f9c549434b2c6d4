"""What waits for somebody: to be approved, read, looked after, sent, mended or looked up."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from flask import Flask
from sqlalchemy.orm import Session

from app.connections import ConnectionRegistry
from app.notices.items import Item, ListWaiting
from app.rights import Person, Right
from app.sending.approval import may_decide
from app.store import approvals, comments, submissions
from app.store.models import Draft
from app.web.access import find_keys_of
from app.web.names import name_campaign

Row = TypeVar("Row")

MOST = 50
"""Of each kind, as many are listed as somebody can look at."""


@dataclass(frozen=True)
class Waiting:
    """Something that waits: what is wanted, of which campaign or batch, where, and since when.

    *name* is the campaign's; *endpoint* and *values* are the address of the page to go to.
    """

    wanted: str
    name: str
    endpoint: str
    values: Mapping[str, object]
    since: datetime | None
    more: str = ""
    part: str = ""
    """What of the page it is about, so that each is told of by itself."""


def list_waiting(session: Session, person: Person, registry: ConnectionRegistry) -> list[Waiting]:
    """List what waits for somebody with an account, by what is wanted; the oldest comes first."""
    if person.account_id is None:
        return []
    return [
        *_list_unknown(session, person, registry),
        *_list_to_approve(session, person, registry),
        *_list_refused(session, person, registry),
        *_list_mentions(session, person, registry),
        *_list_approved(session, person, registry),
        *_list_assigned(session, person, registry),
    ]


def make_list_of_items(app: Flask, registry: ConnectionRegistry) -> ListWaiting:
    """Make what lists, for e-mail and other programs, what waits for somebody.

    Of a campaign they are told the name, and nothing that was said about it.
    """

    def list_items(session: Session, person: Person) -> list[Item]:
        addresses = app.url_map.bind("")
        return [
            Item(
                f"{waiting.wanted}: {name_campaign(waiting.name)}",
                addresses.build(waiting.endpoint, waiting.values)
                + (f"#{waiting.part}" if waiting.part else ""),
            )
            for waiting in list_waiting(session, person, registry)
        ]

    return list_items


def _list_unknown(
    session: Session, person: Person, registry: ConnectionRegistry
) -> Iterator[Waiting]:
    keys = find_keys_of(person, Right.RESOLVE, registry)
    for submission in submissions.find_unknown(session, keys, MOST):
        yield Waiting(
            "Look up what became of it",
            submission.draft.name,
            "submissions.show",
            {"submission_id": submission.id},
            submission.claimed_at,
        )


def _list_to_approve(
    session: Session, person: Person, registry: ConnectionRegistry
) -> Iterator[Waiting]:
    keys = find_keys_of(person, Right.APPROVE, registry)
    for asked in approvals.list_asked(session, keys, MOST):
        if asked.draft_id is not None:
            draft = session.get_one(Draft, asked.draft_id)
            key, name = registry.find(draft.connection_key).key, draft.name
            to: tuple[str, dict[str, object]] = ("approvals.show", {"draft_id": asked.draft_id})
        else:
            key, name = asked.connection_key, f"Batch {asked.batch_id}"
            to = ("approvals.show_batch", {"batch_id": asked.batch_id})
        if may_decide(session, asked, key, person):
            more = f"asked by {asked.asked_by}"
            yield Waiting("Approve or refuse", name, *to, asked.asked_at, more)


def _list_refused(
    session: Session, person: Person, registry: ConnectionRegistry
) -> Iterator[Waiting]:
    rows = approvals.list_refused(session, person.label, MOST)
    for refused, draft in _visible(rows, person, Right.EDIT, registry):
        yield Waiting(
            "Mend what was not approved",
            draft.name,
            "editing.edit",
            {"draft_id": draft.id},
            refused.decided_at,
            refused.reason,
        )


def _list_mentions(
    session: Session, person: Person, registry: ConnectionRegistry
) -> Iterator[Waiting]:
    rows = comments.list_mentions(session, person.account_id or 0, MOST)
    for comment, draft in _visible(rows, person, Right.VIEW, registry):
        yield Waiting(
            "Answer a comment",
            draft.name,
            "comments.show",
            {"draft_id": draft.id},
            comment.at,
            f"{comment.who}: {comment.text}",
            part=f"c{comment.id}",
        )


def _list_approved(
    session: Session, person: Person, registry: ConnectionRegistry
) -> Iterator[Waiting]:
    keys = find_keys_of(person, Right.SEND, registry)
    for approved, draft in approvals.list_approved(session, keys, MOST):
        yield Waiting(
            "Send what is approved",
            draft.name,
            "review.show",
            {"draft_id": draft.id},
            approved.decided_at,
            f"approved by {approved.decided_by}",
        )


def _list_assigned(
    session: Session, person: Person, registry: ConnectionRegistry
) -> Iterator[Waiting]:
    rows = comments.list_assigned(session, person.account_id or 0, MOST)
    for assignment, draft in _visible(rows, person, Right.VIEW, registry):
        yield Waiting(
            "Look after it", draft.name, "editing.edit", {"draft_id": draft.id}, assignment.at
        )


def _visible(
    rows: Iterable[tuple[Row, Draft]], person: Person, right: Right, registry: ConnectionRegistry
) -> Iterator[tuple[Row, Draft]]:
    """Leave out what goes to a connection at which somebody does not have the right."""
    for row, draft in rows:
        if person.may(right, registry.find(draft.connection_key).key):
            yield row, draft
